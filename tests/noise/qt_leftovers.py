"""QThreads, running QTimers and windows that outlive a test.

`QTimer.start` and `QThread.start` are wrapped while a test runs, so that whatever is found can be traced to the line
that started it.
"""

import gc
import traceback
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QThread, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication, QWidget

_GRACE_MS = 5_000


class Watch:
    """What was started during a test, and what was there before it."""

    def __init__(self) -> None:
        self.windows = _windows()
        self.started: list[tuple[Callable[[], Any], str]] = []

    def note(self, started: Any) -> None:
        """Remember an object and the line of the test or program that started it."""
        frame = traceback.extract_stack(limit=3)[0]
        self.started.append((weakref.ref(started), f"{frame.filename}:{frame.lineno}"))

    def left(self) -> list[str]:
        """Return a sentence for everything that is still there once queued events and deletions are delivered."""
        found = []
        if not QThreadPool.globalInstance().waitForDone(_GRACE_MS):
            found.append("work still runs in the global thread pool")
        settle()
        alive = ((reference(), place) for reference, place in self.started)
        for started, place in alive:
            if started is None or not shiboken6.isValid(started):
                continue
            if isinstance(started, QTimer) and started.isActive():
                found.append(f"a timer still runs; started at {place}")
            if isinstance(started, QThread) and not started.wait(_GRACE_MS):
                found.append(f"a QThread still runs; started at {place}")
        found += [f"a window is left: {_described(window)}" for window in _windows() - self.windows]
        return found


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch what is started until the end of the block."""
    watch = Watch()
    originals = {kind: kind.start for kind in (QTimer, QThread)}
    for kind, start in originals.items():
        setattr(kind, "start", _noting(start, watch))  # noqa: B010 - to a type checker a method cannot be assigned
    try:
        yield watch
    finally:
        for kind, start in originals.items():
            setattr(kind, "start", start)  # noqa: B010 - as above


def settle() -> None:
    """Deliver everything that is queued, deletions included."""
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


def _noting(start: Callable[..., Any], watch: Watch) -> Callable[..., Any]:
    def started(self: Any, *arguments: Any) -> Any:
        watch.note(self)
        return start(self, *arguments)

    return started


def _windows() -> set[QWidget]:
    return set(QApplication.topLevelWidgets())


def _described(window: QWidget) -> str:
    return f"{type(window).__name__} {window.objectName() or window.windowTitle()!r}"
