"""How a shared project stands: with the cloud, and as one sentence for the status bar."""

from dataclasses import dataclass

from sync.client.room_events import Connection

WRITERS = frozenset({"owner", "editor"})
#: Whose edits the room takes: a commenter makes none but comments (`project/store/sharing.py`).
SENDERS = WRITERS | {"commenter"}


@dataclass(frozen=True, slots=True)
class Standing:
    """One moment.

    Attributes:
        waiting: own edits that are on this disk and not in the cloud.
        reason: why it is not live, as a sentence.
        others: how many people are there besides.
        is_apart: what came from the room could not be merged here.
    """

    connection: Connection = Connection.CONNECTING
    waiting: int = 0
    reason: str = ""
    role: str = ""
    others: int = 0
    round_trip_ms: float = 0.0
    is_apart: bool = False

    @property
    def is_live(self) -> bool:
        """Whether edits reach the others at once."""
        return self.connection is Connection.LIVE

    @property
    def is_out(self) -> bool:
        """Whether one is no member any more, or the project is gone."""
        return self.connection in (Connection.NOT_ALLOWED, Connection.GONE)

    @property
    def is_refused(self) -> bool:
        """Whether own edits would go nowhere."""
        return self.is_out or (self.is_live and self.role not in ("", *SENDERS))

    @property
    def sentence(self) -> str:
        """What the status bar says."""
        if self.is_apart:
            return "Not merged  ·  close the project and open it"
        edits = "1 edit" if self.waiting == 1 else f"{self.waiting} edits"
        if self.is_live and self.is_refused:
            return f"You may look ({self.role})" + (f"  ·  {edits} not allowed" if self.waiting else "")
        if self.is_live:
            return f"{self._company}  ·  " + (f"{edits} waiting" if self.waiting else "saved in the cloud")
        state = {
            Connection.CONNECTING: "Connecting",
            Connection.NOT_ALLOWED: "Not allowed",
            Connection.GONE: "No longer shared",
            Connection.SIGNED_OUT: "Signed out",
            Connection.TOO_OLD: "Update needed",
        }.get(self.connection, "Offline")
        goes_on = ("stays here" if self.waiting == 1 else "stay here") if self.is_out else "waiting"
        return f"{state}  ·  {edits} {goes_on}" if self.waiting else state

    @property
    def _company(self) -> str:
        if self.role == "commenter":
            return "You may comment"
        if not self.others:
            return "Live"
        return "Live with 1 other" if self.others == 1 else f"Live with {self.others} others"
