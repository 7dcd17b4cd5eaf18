"""What an open project shows: the latest state, and who wants to hear of changes.

`state` is replaced as a whole, so any thread reads a consistent one without a lock.
"""

import logging
import threading
from collections.abc import Callable

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.state import ProjectState

Callback = Callable[[Change, ProjectState], None]
_LOG = logging.getLogger(__name__)


class Projection:
    """Written by the document thread, read by all."""

    def __init__(self) -> None:
        self._state: ProjectState | None = None
        self._callbacks: tuple[Callback, ...] = ()
        self._gate = threading.Lock()
        self.recovery: str | None = None

    @property
    def state(self) -> ProjectState:
        """The state after the last projected edit."""
        assert self._state is not None, "nobody holds a project before it has a state"
        return self._state

    def show(self, state: ProjectState) -> None:
        """Replace the state without telling anybody."""
        self._state = state

    def publish(self, change: Change, state: ProjectState) -> None:
        """Replace the state and call everybody; one that fails is logged and does not keep the rest from hearing."""
        self._state = state
        for callback in self._callbacks:
            try:
                callback(change, state)
            except Exception:  # noqa: BLE001 - whatever a subscriber raises is its own defect: logged, not spread
                _LOG.exception("A subscriber failed on %s", change.name)

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Add a callback and return the function that removes it."""
        with self._gate:
            self._callbacks = (*self._callbacks, callback)

        def unsubscribe() -> None:
            with self._gate:
                self._callbacks = tuple(other for other in self._callbacks if other is not callback)

        return unsubscribe
