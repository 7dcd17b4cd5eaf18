"""Read a part of the feed of changes, in the order in which they became durable."""

from dataclasses import dataclass

from cloud.drafts.ports import Desk
from sync.protocol.changes import Draft


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the feed.

    Attributes:
        floor: removals up to this number need not be told: they were when reading began, or were read.
    """

    position: int
    floor: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the feed, and the place behind it."""

    drafts: list[Draft]
    place: Place
    is_whole: bool
    must_refetch: bool = False


REFETCH = Part([], Place(0, 0), is_whole=False, must_refetch=True)


def read_changes(desk: Desk, after: Place | None, size: int) -> Part:
    """Return the changes behind `after` (None: everything there is), at most `size`.

    Reading the feed's number first makes no gap: what becomes durable after that has a higher number.
    """
    feed = desk.store.feed(desk.account_id)
    start = after or Place(0, feed.horizon)
    # Beyond the last number: the cloud was restored from a backup, and its numbers mean other changes now.
    if start.position > feed.last or max(start.position, start.floor) < feed.horizon:
        return REFETCH
    found = desk.store.changes(desk.account_id, start.position, size + 1)
    drafts = [row.draft for row in found[:size] if after is not None or not row.draft.is_removed]
    if len(found) > size:
        return Part(drafts, Place(found[size - 1].draft.version, start.floor), is_whole=False)
    position = max([start.position, feed.last, *(row.draft.version for row in found)])
    return Part(drafts, Place(position, position), is_whole=True)
