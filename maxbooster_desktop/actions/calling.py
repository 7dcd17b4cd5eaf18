"""Calling people in comments of the open project: who can be called, who calls oneself, what was opened here. No Qt.

What was opened is kept beside the project on this disk, not in its document. `told` is called in whatever thread.
"""

import importlib
from typing import TYPE_CHECKING, Any

from maxbooster_desktop.actions import mentions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from maxbooster_desktop.project.document.state import Comment, ProjectState


class Calling:
    """One window's side of it; `account` returns one's own, `here` (account, name) of who is there now.

    Attributes:
        read: ids of comments that call oneself and were opened here.
    """

    def __init__(
        self, account: "Callable[[], str]", here: "Callable[[], Iterable[tuple[str, str]]]", told: "Callable[[], None]"
    ) -> None:
        self._account, self._here, self._told = account, here, told
        self._project: Any = None
        self._members: tuple[tuple[str, str], ...] = ()
        self.read: frozenset[str] = frozenset()

    def attach(self, project: Any) -> None:
        """Keep what is opened with a shared project."""
        self._project = project
        project.submit_shared(lambda sharing: sharing.read).add_done_callback(self._take_read)

    def detach(self) -> None:
        """Let go of the project."""
        self._project, self._members, self.read = None, (), frozenset()

    def learn(self, members: "Iterable[tuple[str, str]]") -> None:
        """Take in (account, name) of the project's members."""
        self._members = tuple(members)

    def people(self, state: "ProjectState") -> tuple[mentions.Mentionable, ...]:
        """Return whom a comment can call: members as far as known, who is here, and who has said anything."""
        return mentions.everybody(self._members, self._here(), mentions.authors(state), without=self._account())

    def called(self, text: str, state: "ProjectState") -> tuple[str, ...]:
        """Return the accounts that a text calls."""
        return mentions.mentioned(text, self.people(state))

    def unread(self, state: "ProjectState") -> "tuple[Comment, ...]":
        """Return the comments that call who works here and were not opened yet."""
        return mentions.calls(state, self._account(), self.read)

    def note_read(self, comments: "Iterable[str]") -> None:
        """Note that comments were opened, on this computer only."""
        fresh = frozenset(comments) - self.read
        if self._project is not None and fresh:
            self.read |= fresh
            sharing = importlib.import_module("maxbooster_desktop.project.store.sharing").Sharing
            self._project.submit_shared(sharing.note_read, fresh)
            self._told()

    def _take_read(self, future: Any) -> None:
        if not future.cancelled() and future.exception() is None:
            self.read |= future.result()
            self._told()
