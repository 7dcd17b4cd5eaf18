"""QThreads, running QTimers and windows that outlive a test.

They are found among the objects that Python holds, not by wrapping `start`: a wrapped `QTimer.start` is no longer the
slot that signals are connected to, and gets their arguments.
"""

import gc
import time

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication, QWidget

_GRACE_MS = 5_000
_SINGLE_SHOT_GRACE_S = 0.3


class Watch:
    """What was there before a test."""

    def __init__(self) -> None:
        self._before: set[QObject] = {*_windows(), *_running()}

    def left(self) -> list[str]:
        """Return a sentence for everything that is new once queued events and deletions are delivered."""
        found = []
        if not QThreadPool.globalInstance().waitForDone(_GRACE_MS):
            found.append("work still runs in the global thread pool")
        settle()
        self._let_single_shots_fire()
        for left in _running() - self._before:
            if isinstance(left, QThread) and left.wait(_GRACE_MS):
                continue
            found.append(f"still runs: {_described(left)}")
        found += [f"a window is left: {_described(window)}" for window in _windows() - self._before]
        return sorted(found)

    def _let_single_shots_fire(self) -> None:
        """Wait for timers that end by themselves in a moment: they are an answer on its way, not a leak."""
        end = time.monotonic() + _SINGLE_SHOT_GRACE_S
        while time.monotonic() < end and any(_is_brief(thing) for thing in _running() - self._before):
            time.sleep(0.002)
            settle()


def settle() -> None:
    """Deliver everything that is queued, deletions included."""
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


def _running() -> set[QObject]:
    objects = shiboken6.getAllValidWrappers()
    timers = {thing for thing in objects if isinstance(thing, QTimer) and thing.isActive()}
    return timers | {thing for thing in objects if isinstance(thing, QThread) and thing.isRunning() and _is_ours(thing)}


def _is_ours(thread: QThread) -> bool:
    """Return whether a QThread is more than the main thread's own handle."""
    return thread is not QCoreApplication.instance().thread()


def _is_brief(thing: QObject) -> bool:
    return isinstance(thing, QTimer) and thing.isSingleShot() and thing.interval() < _SINGLE_SHOT_GRACE_S * 1_000


def _windows() -> set[QWidget]:
    return set(QApplication.topLevelWidgets())


def _described(thing: QObject) -> str:
    name = thing.objectName() or (thing.windowTitle() if isinstance(thing, QWidget) else "")
    every = f" every {thing.interval()} ms" if isinstance(thing, QTimer) else ""
    parent = thing.parent()
    return f"{type(thing).__name__} {name!r}{every}" + (f" of {type(parent).__name__}" if parent else "")
