"""Going back to a version: the registers that differ from it, written as one edit that can be undone.

What came into being after the version gets a tombstone, as everything that is deleted; notes, automation points, ranges
of comps and single facets, which have none, are removed. Assets stay: their sounds may be wanted again and harm nobody.
So does what people have said, and who holds a track: neither is a state of the song.
"""

from collections.abc import Mapping

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.track_locks import HOLDING
from maxbooster_desktop.project.store.database import DamageFoundError
from maxbooster_desktop.project.store.record_blob import decode_record
from maxbooster_desktop.project.store.versions import Draft
from sync.document.codec import Value, same
from sync.document.errors import RefusedUpdateError
from sync.document.grammar import ALL_ROOTS, Address, key_of
from sync.document.register_document import RegisterDocument
from sync.document.tombstones import TOMBSTONE, is_deleted, tombstone

#: Roots whose entities are deleted by a tombstone, in the order of docs/document.md.
_BURIED = frozenset({"tracks", "clips", "auto", "plug", "tempo", "markers", "takes", "scenes", "slots"})
_KEPT = frozenset({"assets"})
_NOTHING: Mapping[str, Value] = {}
_BY = "restore"


def restore(document: ProjectDocument, name: str, wanted: RegisterDocument, when_s: float) -> Change:
    """Make `document` show what `wanted` holds, as one step named after it; `when_s` goes into tombstones."""
    mark = tombstone(_BY, round(when_s * 1000))
    with document.edit(f"Restore {name}") as edit:
        edit.changes.update(_differences(document.registers, wanted, mark))
    return edit.change


def version_registers(draft: Draft) -> RegisterDocument:
    """Return the document of a version, owned by the calling thread.

    Raises:
        DamageFoundError: it is no document, although its digest is right.
    """
    registers = RegisterDocument()
    try:
        registers.load(draft.document)
    except RefusedUpdateError as refused:
        raise DamageFoundError(str(refused)) from refused
    if draft.patch is not None:
        registers.write(decode_record(draft.patch).before, _BY)
    return registers


def entity_changes(
    root: str, entity: str, now: Mapping[str, Value], then: Mapping[str, Value], mark: Value
) -> dict[Address, Value]:
    """Return what makes an entity with the facets `now` one with the facets `then`; none of them: it is not there."""
    if root == "comments":
        return {}
    is_comp = root == "takes" and "k" not in now
    if then or is_comp or root not in _BURIED | _KEPT:
        stays = HOLDING if root == "tracks" else frozenset()
        return {
            (root, key_of(entity, facet)): then.get(facet)
            for facet in {*now, *then} - stays
            if not same(now.get(facet), then.get(facet))
        }
    if root in _BURIED and now and not is_deleted(now):
        return {(root, key_of(entity, TOMBSTONE)): mark}
    return {}


def _differences(present: RegisterDocument, wanted: RegisterDocument, mark: Value) -> dict[Address, Value]:
    changes: dict[Address, Value] = {}
    for root in ALL_ROOTS:
        present_facets, wanted_facets = dict(present.each(root)), dict(wanted.each(root))
        for entity in {*present_facets, *wanted_facets}:
            now, then = present_facets.get(entity, _NOTHING), wanted_facets.get(entity, _NOTHING)
            changes.update(entity_changes(root, entity, now, then, mark))
    return changes
