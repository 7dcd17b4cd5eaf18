"""Links into shared projects: an invitation, or a place in a project that one is in.

`maxbooster://join?cloud=ADDRESS&token=TOKEN` and `maxbooster://project/ID?t=TICK&c=COMMENT`. What comes from outside
is judged here: whatever is read has the form that its fields promise.
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, quote, urlsplit

from maxbooster_desktop.cloudlink.errors import CloudTroubleError
from sync.protocol.addresses import is_safe_address

SCHEME = "maxbooster"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TICK = re.compile(r"[0-9]{1,12}")


class BadLinkError(CloudTroubleError):
    """What was given is no link of ours."""

    def __init__(self) -> None:
        super().__init__("This is no link of Max Booster: copy the whole of it, from maxbooster:// on.")


@dataclass(frozen=True, slots=True)
class InvitationLink:
    """Whoever has it may come in as long as it is valid."""

    address: str
    token: str

    def text(self) -> str:
        """Return the link."""
        return f"{SCHEME}://join?cloud={quote(self.address, safe='')}&token={quote(self.token, safe='')}"


@dataclass(frozen=True, slots=True)
class PlaceLink:
    """A moment of a shared project, and the thread that is pinned to it, if one is meant. Lets nobody in."""

    project_id: str
    tick: int = 0
    comment: str = ""

    def text(self) -> str:
        """Return the link."""
        comment = f"&c={self.comment}" if self.comment else ""
        return f"{SCHEME}://project/{self.project_id}?t={self.tick}{comment}"


def read(text: str) -> InvitationLink | PlaceLink:
    """Read a link; raises BadLinkError."""
    try:
        parts = urlsplit(text.strip())
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    except ValueError:
        raise BadLinkError from None
    if parts.scheme != SCHEME or parts.netloc not in ("join", "project"):
        raise BadLinkError
    if parts.netloc == "project":
        return _place(parts, given)
    address = given.get("cloud", "")
    if "token" not in given or not (address == "" or is_safe_address(address)):
        raise BadLinkError
    return InvitationLink(address, given["token"])


def _place(parts: SplitResult, given: dict[str, str]) -> PlaceLink:
    project_id, tick, comment = parts.path.strip("/"), given.get("t", "0"), given.get("c", "")
    is_comment = not comment or _ID.fullmatch(comment)
    if not (_ID.fullmatch(project_id) and _TICK.fullmatch(tick) and is_comment):
        raise BadLinkError
    return PlaceLink(project_id, int(tick), comment)
