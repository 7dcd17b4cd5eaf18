"""Checks the audit's chains from the first entry to the last, against themselves, their heads and the anchors."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from cloud.foundation.audit.anchoring import Anchor
from cloud.foundation.audit.chain import GENESIS, entry_hash
from cloud.foundation.tables import audit_chain, audit_entry

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry of a chain that is not what was written, and how that shows."""

    chain: str
    seq: int
    what: str


def verify(connection: sa.Connection, anchors: Iterable[Anchor] = ()) -> list[Break]:
    """Return the first break of each chain; an empty list when every entry is what was written."""
    anchored = list(anchors)
    chains = {anchor.chain for anchor in anchored} | set(connection.execute(sa.select(audit_chain.c.chain)).scalars())
    chains |= set(connection.execute(sa.select(audit_entry.c.chain).distinct()).scalars())
    found = (
        _first_break(connection, chain, [one for one in anchored if one.chain == chain]) for chain in sorted(chains)
    )
    return [one for one in found if one is not None]


def _first_break(connection: sa.Connection, chain: str, anchors: list[Anchor]) -> Break | None:
    heads = {anchor.seq: bytes.fromhex(anchor.head) for anchor in anchors if anchor.seq}
    seq, previous = 0, GENESIS
    rows = sa.select(audit_entry).where(audit_entry.c.chain == chain).order_by(audit_entry.c.seq)
    with connection.execute(rows, execution_options={"yield_per": _AT_ONCE}) as entries:
        for entry in entries.mappings():
            seq += 1
            what = _fault(dict(entry), seq, previous, heads)
            if what is not None:
                return Break(chain, seq, what)
            previous = entry["hash"]
    if any(anchored > seq for anchored in heads):
        return Break(chain, seq + 1, "missing: an anchor names a later entry")
    head = connection.execute(
        sa.select(audit_chain.c.seq, audit_chain.c.head).where(audit_chain.c.chain == chain)
    ).first()
    if head is None or tuple(head) != (seq, previous):
        return Break(chain, seq + 1, "missing: the head of the chain names another last entry")
    return None


def _fault(entry: dict[str, object], seq: int, previous: bytes, heads: dict[int, bytes]) -> str | None:
    if entry["seq"] != seq:
        return "missing"
    if entry["prev_hash"] != previous:
        return "does not follow the entry before it"
    if entry["hash"] != entry_hash(previous, entry):
        return "changed"
    if seq in heads and entry["hash"] != heads[seq]:
        return "not the entry that was anchored"
    return None
