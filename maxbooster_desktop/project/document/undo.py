"""What undoing or redoing a record writes: earlier values, entity by entity, where nobody else has been since.

The inverse of a record is made from the record and the document as it is now. An entity of which one register no
longer holds what the record wrote stays whole. Undoing a creation sets the tombstone, and only while the entity
holds exactly what the record created.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sync.document.codec import Value, same
from sync.document.grammar import Address, key_of, split_key
from sync.document.register_document import RegisterDocument
from sync.document.tombstones import TOMBSTONE

#: Roots in which every register is an entity of its own.
_SINGLE = frozenset({"meta", "notes"})
#: Roots in which the registers below a prefix are.
_INNER = {"auto": "p.", "takes": "c.", "plug": "z."}


@dataclass(frozen=True, slots=True)
class Inverse:
    """The registers to write, and the ids of entities that stay because somebody else has touched them."""

    changes: Mapping[Address, Value]
    left: frozenset[str]


def inverse_of(
    before: Mapping[Address, Value], after: Mapping[Address, Value], document: RegisterDocument, tombstone: Value
) -> Inverse:
    """Return what takes a record back."""
    changes: dict[Address, Value] = {}
    left = set()
    for (root, entity), addresses in _by_entity(after).items():
        if not all(same(document.value(*address), after[address]) for address in addresses):
            left.add(split_key(entity)[0])
        elif not _is_creation(root, addresses, before, after):
            changes.update((address, before[address]) for address in addresses)
        elif _holds_more(document, root, entity, after):
            left.add(entity)
        else:
            changes[root, key_of(entity, TOMBSTONE)] = tombstone
    return Inverse(changes, frozenset(left))


def _by_entity(after: Mapping[Address, Value]) -> dict[tuple[str, str], list[Address]]:
    entities: dict[tuple[str, str], list[Address]] = {}
    for address in after:
        root, key = address
        entity, facet = split_key(key)
        is_single = root in _SINGLE or (root in _INNER and facet.startswith(_INNER[root]))
        entities.setdefault((root, key if is_single else entity), []).append(address)
    return entities


def _is_creation(
    root: str, addresses: list[Address], before: Mapping[Address, Value], after: Mapping[Address, Value]
) -> bool:
    """Whether a record made the entity: it wrote its identity over nothing."""
    for address in addresses:
        facet = split_key(address[1])[1]
        is_identity = facet in _IDENTITY.get(root, ())
        if is_identity and before[address] is None and after[address] is not None:
            return True
    return False


def _holds_more(document: RegisterDocument, root: str, entity: str, after: Mapping[Address, Value]) -> bool:
    """Whether somebody has added registers, points or notes to an entity that a record created."""
    roots = ("clips", "notes") if root == "clips" else (root,)
    return any(
        (where, key_of(entity, facet)) not in after
        for where in roots
        for facet in document.facets(where, entity)
        if facet != TOMBSTONE
    )


_IDENTITY = {
    "tracks": ("k",),
    "clips": ("p",),
    "auto": ("k",),
    "plug": ("k",),
    "tempo": ("e", "s"),
    "markers": ("p",),
    "comments": ("c",),
    "assets": ("a",),
    "takes": ("k",),
}
