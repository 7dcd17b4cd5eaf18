"""What a document thread drives: the one port between its queue and the project it writes."""

from typing import Protocol

from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.store.durability import Durability


class Session(Protocol):
    """What the thread drives; every method is called on the thread only."""

    @property
    def document(self) -> ProjectDocument:
        """The document; there is one after `complete`."""
        ...

    def begin(self) -> None:
        """Open the project far enough to show it."""

    def complete(self) -> None:
        """Load what the first edit needs."""

    def publish(self, result: object) -> None:
        """Make the document's state the one everybody sees; `result` is what the work returned."""

    def store(self) -> Durability:
        """Put on disk what is not there yet."""

    def refusal(self) -> Exception:
        """Return the error for an edit that cannot be taken now."""

    def rest(self) -> None:
        """Tidy up while nothing is asked."""

    def finish(self) -> None:
        """Close in order."""

    def give_up(self) -> None:
        """Let go of everything without storing more."""
