"""What a project on this disk knows of its shared twin in the cloud: one fact of the database.

Always holds: every own op up to `acked_number` is durable in the cloud; the document holds the room's log up to
`seen_seq`; ops between two entries of `seen` were made by somebody who knew the room up to the earlier one.
"""

import json
import secrets
from bisect import bisect_left
from dataclasses import asdict, dataclass, replace

import sqlalchemy as sa

from maxbooster_desktop.project.store.facts import is_as_declared, is_moment, read_json, write_fact

_FACT = "cloud"


@dataclass(frozen=True, slots=True)
class CloudLink:
    """See the module.

    Attributes:
        address: of the cloud.
        account: whose membership it works with; empty until the room has told.
        role: what that account was in the project when the room told last.
        device: what this copy of the project is called in the room.
        epoch: of the room's document; 0 until the room has told.
        seen: (op number, seq): with that op the document held the room's log up to seq; in order.
        feed_id: the last entry of the feed of overwritten values that the merge report has.
        left_at_s: when the room was left, in seconds since 1970; 0 while in it, and when that is not known.
    """

    project_id: str
    address: str
    device: str
    account: str = ""
    epoch: int = 0
    acked_number: int = 0
    seen: tuple[tuple[int, int], ...] = ()
    feed_id: int = 0
    role: str = ""
    left_at_s: float = 0.0

    @property
    def seen_seq(self) -> int:
        """Return up to which seq the document holds the room's log."""
        return self.seen[-1][1] if self.seen else 0

    def base_of(self, number: int) -> int:
        """Return up to which seq the author of an op knew the room's log."""
        place = bisect_left(self.seen, (number, 0))
        return self.seen[place - 1][1] if place else 0

    def having_seen(self, number: int, seq: int) -> "CloudLink":
        """Return the link when the document after op `number` holds the log up to `seq`."""
        if seq <= self.seen_seq:
            return self
        kept = [(known, at) for known, at in self.seen if known < number]
        return replace(self, seen=(*kept, (number, seq)))

    def having_acked(self, number: int) -> "CloudLink":
        """Return the link when every own op up to `number` is durable in the cloud."""
        acked = max(number, self.acked_number)
        place = max(0, bisect_left(self.seen, (acked + 1, 0)) - 1)
        return replace(self, acked_number=acked, seen=self.seen[place:])


def new_device() -> str:
    """Return a name for one copy of a project: two copies on one computer are two."""
    return secrets.token_urlsafe(12)


def unlink_copy(connection: sa.Connection, *, goes_on: bool) -> None:
    """Make a copied database a project of its own, or, when it `goes_on` for the one it is of, another device.

    Two copies must never speak to the room as one.
    """
    link = read_link(connection)
    if link is not None:
        write_link(connection, replace(link, device=new_device()) if goes_on else None)


def read_link(connection: sa.Connection) -> CloudLink | None:
    """Return the project's link, None for a project that is not shared or whose fact cannot be read."""
    found = read_json(connection, _FACT)
    try:
        seen = tuple((int(number), int(seq)) for number, seq in found.pop("seen"))
        link = CloudLink(**found, seen=seen)
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError):
        return None
    return link if is_as_declared(link) and is_moment(link.left_at_s) else None


def write_link(connection: sa.Connection, link: CloudLink | None) -> None:
    """Store a link in place of the one before."""
    write_fact(connection, _FACT, json.dumps(None if link is None else asdict(link)))
