"""Plain callbacks for models that do not know who watches: subscribe, and get back the way to stop."""

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")
Unsubscribe = Callable[[], None]


class Notice(Generic[P]):
    """Callbacks called in the order they came, in the thread that calls `emit`; an error reaches the emitter."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[P, None]] = []

    def subscribe(self, callback: Callable[P, None]) -> Unsubscribe:
        """Call `callback` on every later `emit`; the returned function stops that (twice does no harm)."""
        self._callbacks.append(callback)

        def unsubscribe() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return unsubscribe

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call everyone who is subscribed at this moment."""
        for callback in tuple(self._callbacks):
            callback(*args, **kwargs)
