"""How a process stops: first it is not ready any more, then it takes no more requests, then it ends what runs."""

import threading


class Drain:
    """Whether this process is on its way out."""

    def __init__(self) -> None:
        self._begun = threading.Event()

    @property
    def has_begun(self) -> bool:
        """Return whether it is."""
        return self._begun.is_set()

    def begin(self) -> None:
        """Let readiness fail from now on."""
        self._begun.set()
