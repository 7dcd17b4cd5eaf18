"""What an update overwrote without knowing it, and what of it lost: found from the update itself, whoever sent it.

The replica tells which items were lost or overwritten unseen (`sync.document.replica`). Which registers those are, and
who wrote them, is looked up in the window of the log. What a losing update had written is seen when it is applied to
the document as its author knew it.
"""

from collections.abc import Mapping
from contextlib import closing

from cloud.rooms.contracts import Loss, Row, Writer
from cloud.rooms.window import Window
from sync.document import spans
from sync.document.codec import Value, same
from sync.document.grammar import Address
from sync.document.id_set import IdSet
from sync.document.replica import Applied, Replica
from sync.document.update_reader import Span


def losses(
    window: Window, replica: Replica, applied: Applied, writer: Writer, row: Row, *, removes_in_vain: bool = False
) -> list[Loss]:
    """Return what lost when `row` was applied to `replica`; `window` does not hold it yet."""
    found, unseen, deleted = [], IdSet(applied.unseen), IdSet(applied.described.deleted)
    for address, (old, new) in applied.changed.items():
        held = window.writers.get(address)
        if held is None or same(old, new):
            continue
        # Who sets a removed register and had seen the removal does not delete what was removed once more.
        is_removal_unseen = old is None and held.seq > row.base_seq and deleted.meets(held.deleted)
        if is_removal_unseen or (old is not None and unseen.meets(held.inserted)):
            found.append(Loss(address, held, old, writer))
    removes_in_vain = removes_in_vain or _may_have_removed_in_vain(applied)
    if applied.lost or (removes_in_vain and window.has_others_since(row, applied)):
        found += _lost_by(window, replica, applied, writer, row)
    return found


def removed_in_vain(window: Window, applied: Applied, clocks: Mapping[int, int]) -> list[Span]:
    """Return what an update deletes that others had overwritten before, in updates its author did not have.

    `clocks` are those of the author's document before it took anything from here. What deletes ids and is not there
    cannot have deleted them in that document: its author did.
    """
    unknown = [one for one in window.removers if spans.reach_beyond(one.inserted, clocks)]
    return spans.shared(applied.described.deleted, [span for one in unknown for span in one.deleted])


def needs_more(window: Window, applied: Applied) -> bool:
    """Return whether a register in question may have been written, or removed, before the window begins."""
    unknown = [old for address, (old, _) in applied.changed.items() if address not in window.writers]
    if applied.unseen and any(old is not None for old in unknown):
        return True
    is_removed = bool(applied.described.deleted) and any(old is None for old in unknown)
    return bool(applied.lost) or is_removed or _may_have_removed_in_vain(applied)


def _may_have_removed_in_vain(applied: Applied) -> bool:
    """Return whether it deletes what was gone, and more than it changes: a removal that lost leaves no other trace."""
    if not applied.dead:
        return False
    deleted = sum(end - start for _, start, end in applied.described.deleted)
    inserted = sum(end - start for _, start, end in applied.fresh)
    return deleted > inserted and deleted > len(applied.changed)


def _lost_by(window: Window, replica: Replica, applied: Applied, writer: Writer, row: Row) -> list[Loss]:
    found = []
    for address, value in _written(window, applied, row).items():
        held = window.writers.get(address)
        is_concurrent = held is not None and held.seq > row.base_seq and address not in applied.changed
        if is_concurrent and not same(value, replica.value(*address)):
            assert held is not None
            found.append(Loss(address, writer, value, held))
    return found


def _written(window: Window, applied: Applied, row: Row) -> dict[Address, Value]:
    """Return what an update wrote in the document as its author knew it.

    What the library cannot name there is found by comparing: the author's own updates may build on others' that came
    after `base_seq`, so that they wait for them, and then come in with the update itself.
    """
    known = window.as_known_to(applied, row)
    told = known.apply(row.data)
    written = {address: value for address, (_, value) in told.changed.items()}
    if told.untold:
        with closing(window.copy_as_known_to(applied, row)) as before:
            for address, held in window.writers.items():
                if address[0] in told.untold and held.seq > row.base_seq:
                    value = known.value(*address)
                    if not same(before.value(*address), value):
                        written[address] = value
    return written
