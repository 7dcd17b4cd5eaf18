"""The studio's side of one plug-in: its process from start to end, and what became of it.

Nothing here waits for the plug-in: `look`, called by a watch several times a second, finds out. A plug-in that has
loaded is let into the sound; one that crashed or hangs is taken out of it first, then ended.
"""

import contextlib
import json
import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from plugins_host.processes import end_worker, start_worker
from plugins_host.wire.layout import BYPASS, BYTES, DONE, IS_LOADED, LATE, LATENCY, OFFERED, shared_of
from plugins_host.wire.link import Link, new_link
from plugins_host.wire.memory import new_memory

if TYPE_CHECKING:
    import subprocess

#: How long a plug-in may take to load, and how long it may leave hops unanswered, in seconds.
LOAD_LIMIT_S, HANG_LIMIT_S = 60.0, 1.0

#: "silent": its process could not be started, or said no.
Condition = Literal["loading", "running", "crashed", "hung", "silent"]


@dataclass(frozen=True, slots=True)
class HostedParameter:
    """A parameter of a hosted plug-in: its number there, and its highest value here, which is the plug-in's 1."""

    number: int
    highest: float


class HostedPlugin:
    """One plug-in in a process of its own.

    Args:
        path: the plug-in's file or bundle.
        sample_rate: in Hz.
        parameters: those that can be moved, in the order of `targets`.
        targets: their values at the start, as the document and the defaults have them.
        latency_frames: whole hops from handing over to hearing, without the plug-in's own delay.
        plugin_latency_frames: that one, as far as it is known before the plug-in is loaded.
        is_live: whether a late answer is done without; else it is waited for.

    Raises:
        PluginError: this computer cannot share memory with a process.
    """

    def __init__(
        self,
        path: str,
        sample_rate: int,
        parameters: Sequence[HostedParameter],
        targets: Sequence[float],
        *,
        latency_frames: int,
        plugin_latency_frames: int = 0,
        is_live: bool,
    ) -> None:
        self.path, self._rate, self._parameters = path, sample_rate, tuple(parameters)
        self._memory, self._descriptor = new_memory(BYTES)
        self._shared = shared_of(self._memory)
        # No process is there yet that could write it.
        self._shared.words[LATENCY] = plugin_latency_frames
        self._lock = threading.RLock()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        rows = [(parameter.number, parameter.highest) for parameter in self._parameters]
        values = np.array(targets, np.float64)
        self.link: Link = new_link(self._shared, self._wake_write, latency_frames, values, rows, is_live=is_live)
        self.condition: Condition = "loading"
        self.reason = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._begun = self._answered_at = 0.0
        self._answered = -1

    def start(self, touched: Mapping[int, float]) -> None:
        """Start the process, which loads the plug-in and sets `touched` (place in `parameters` to value)."""
        with self._lock:
            self._start(touched)

    def _start(self, touched: Mapping[int, float]) -> None:
        self._end_process()
        words = self._shared.words
        words[BYPASS], words[IS_LOADED] = 1, 0
        values = [
            [self._parameters[place].number, value / self._parameters[place].highest]
            for place, value in sorted(touched.items())
        ]
        order = {"do": "host", "path": self.path, "rate": self._rate, "values": values,
                 "memory": self._descriptor, "wake": self._wake_read}  # fmt: skip
        self.condition, self.reason, self._begun = "loading", "", time.monotonic()
        try:
            self._process = start_worker(order, (self._descriptor, self._wake_read))
        except OSError as error:
            self.condition, self.reason = "silent", f"its process could not be started ({error.strerror})"

    @property
    def plugin_latency_frames(self) -> int:
        """The plug-in's own delay, as far as it is known."""
        return max(0, int(self._shared.words[LATENCY]))

    @property
    def late_hops(self) -> int:
        """How many hops of 64 frames were not there when they were due."""
        return int(self._shared.words[LATE])

    def look(self, now: float) -> bool:
        """Find out what became of the process; returns whether that is news. `now` is of `time.monotonic`."""
        with self._lock:
            return self._look(now)

    def _look(self, now: float) -> bool:
        process, before = self._process, self.condition
        if process is None or before not in ("loading", "running"):
            return False
        status = process.poll()
        if status is not None:
            self._give_up("silent" if before == "loading" and status > 0 else "crashed", self._last_words(status))
        elif before == "loading":
            self._look_at_loading(now)
        elif self._is_hanging(now):
            self._give_up("hung", f"it left the sound unanswered for {HANG_LIMIT_S:.0f} s")
        return self.condition != before

    def close(self) -> None:
        """End the process; the sound is passed by. The memory goes when nobody holds the link any more."""
        with self._lock:
            self._shared.words[BYPASS] = 1
            self._end_process()
            self.condition = "silent"
            for descriptor in (self._descriptor, self._wake_read):
                if descriptor >= 0:
                    os.close(descriptor)
            self._descriptor = self._wake_read = -1

    def __del__(self) -> None:
        """Let go of the pipe only when no kernel can write to it any more: a number is soon another file's."""
        with contextlib.suppress(OSError, AttributeError):
            os.close(self._wake_write)

    def _look_at_loading(self, now: float) -> None:
        if self._shared.words[IS_LOADED]:
            self.condition, self._answered, self._answered_at = "running", -1, now
            self._shared.words[BYPASS] = 0
        elif now - self._begun > LOAD_LIMIT_S:
            self._give_up("hung", f"it was not loaded after {LOAD_LIMIT_S:.0f} s")

    def _is_hanging(self, now: float) -> bool:
        done = int(self._shared.words[DONE])
        if done != self._answered or done >= int(self._shared.words[OFFERED]):
            self._answered, self._answered_at = done, now
        return now - self._answered_at > HANG_LIMIT_S

    def _give_up(self, condition: Condition, reason: str) -> None:
        self._shared.words[BYPASS] = 1
        self.condition, self.reason = condition, reason
        self._end_process()

    def _last_words(self, status: int) -> str:
        process = self._process
        said = process.stdout.readline() if process is not None and process.stdout is not None else b""
        if said:
            return str(json.loads(said).get("refused", "it ended"))
        return f"signal {-status} ended it" if status < 0 else f"it ended with status {status}"

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            end_worker(process)
