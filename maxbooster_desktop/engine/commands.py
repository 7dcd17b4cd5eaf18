"""The way to the callback: a ring of commands, written by one side and read by the other.

Several threads of ours may write (the window, the engine's feed), so writing takes a lock; the callback never does.
"""

import threading
from typing import Any

from maxbooster_desktop.engine.realtime import layout as at


class CommandRing:
    """Writes commands into a runtime."""

    def __init__(self, runtime: Any) -> None:
        self._runtime, self._lock = runtime, threading.Lock()

    def send(self, kind: int, a: int = 0, b: int = 0, value: float = 0.0, serial: int = 0) -> int:
        """Append a command; returns its number (from 1), or 0 when the ring is full because nobody reads it."""
        with self._lock:
            cells = self._runtime.cells
            written = int(cells[at.COMMANDS_WRITTEN])
            if written - int(cells[at.COMMANDS_READ]) >= at.COMMAND_CAPACITY:
                return 0
            slot = written % at.COMMAND_CAPACITY
            self._runtime.commands[slot] = kind, serial, a, b
            self._runtime.command_values[slot] = value
            # numpy's store is one aligned word and comes after the two above on every processor we support:
            # x86 keeps the order of stores, and on ARM the interpreter's own release lies between bytecodes.
            cells[at.COMMANDS_WRITTEN] = written + 1
            return written + 1

    def is_obeyed(self, number: int) -> bool:
        """Whether the command sent as number `number` has been read."""
        return int(self._runtime.cells[at.COMMANDS_READ]) >= number
