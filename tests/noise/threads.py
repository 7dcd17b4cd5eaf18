"""Threads that outlive a test."""

import threading
import time

_GRACE_S = 3.0


def running() -> set[threading.Thread]:
    """Return the Python threads that run now.

    Threads of Qt's pool that ran Python leave a stand-in (`_DummyThread`) behind that always looks alive; the pool
    itself is watched by `qt_leftovers`.
    """
    return {thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)}


def left_since(before: set[threading.Thread]) -> list[threading.Thread]:
    """Return what runs now and did not before, after giving it a moment to end."""
    end = time.monotonic() + _GRACE_S
    while (left := running() - before) and time.monotonic() < end:
        next(iter(left)).join(0.02)
    return sorted(left, key=lambda thread: thread.name)
