"""What an edit, an undo, a redo or a merge did, in terms of entities."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """The entities one step created, changed and deleted.

    Attributes:
        name: The step's name for people, "Move clips".
        created: Ids that are there now and were not.
        changed: Ids whose value is another now. Notes count as their clip, points as their lane, sends and inserts
            as their track, a comp as its track; the tracks and tempo events are named by their own ids.
        deleted: Ids that are gone.
        step: Number of the history step this change made, undid or redid; 0 for a merge and for no change.
        is_others: Whether it came from the others in a shared project alone.
        notice: A sentence for the person when something was left as it is, else "".
    """

    name: str
    created: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()
    step: int = 0
    is_others: bool = False
    notice: str = ""


def joined(name: str, changes: "list[Change]") -> Change:
    """Return several changes in a row as one; what was created and deleted in between is not mentioned."""
    created: set[str] = set()
    changed: set[str] = set()
    deleted: set[str] = set()
    for change in changes:
        revived = change.created & deleted
        deleted -= revived
        created |= change.created - revived
        changed |= change.changed | revived
        deleted |= change.deleted - created
        created -= change.deleted
        changed -= change.deleted
    return Change(
        name,
        frozenset(created),
        frozenset(changed - created),
        frozenset(deleted),
        changes[-1].step if changes else 0,
        all(change.is_others for change in changes),
        " ".join(change.notice for change in changes if change.notice),
    )
