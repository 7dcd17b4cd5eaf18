"""How a process stops: first it is not ready any more, then it takes no more requests, then it ends what runs."""

import threading
from collections.abc import Callable


class Drain:
    """Whether this process is on its way out."""

    def __init__(self) -> None:
        self._begun = threading.Event()
        self._listeners: list[Callable[[], None]] = []

    @property
    def has_begun(self) -> bool:
        """Return whether it is."""
        return self._begun.is_set()

    def begin(self) -> None:
        """Let readiness fail from now on, and tell whoever wants to know; the second time nothing happens."""
        if not self._begun.is_set():
            self._begun.set()
            for listener in self._listeners:
                listener()

    def on_begin(self, listener: Callable[[], None]) -> None:
        """Have something called when it begins, from whichever thread that is."""
        self._listeners.append(listener)
