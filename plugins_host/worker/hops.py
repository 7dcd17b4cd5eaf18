"""The worker's sound: answers hops in their order, on a thread of its own, from the shared memory into it.

Nothing is copied and nothing allocated by us: every row of the rings has its view from the start.
"""

import os
import threading

from plugins_host.wire.layout import (
    C_HOP,
    C_PARAMETER,
    C_VALUE,
    CHANGES,
    CHANGES_READ,
    CHANGES_WRITTEN,
    DONE,
    FIRST,
    HOPS,
    IS_LOADED,
    LATENCY,
    OFFERED,
    Shared,
)
from plugins_host.worker.port import LoadedPlugin

#: A plug-in that is so far behind has stood still: what it missed is let go, so that it is in time again.
_MOST_BEHIND = HOPS // 2
_WAKES = 4_096
#: A plug-in's own delay becomes another some time after what changed it.
_HOPS_BETWEEN_LOOKS = 16


class HopWorker:
    """Answers the hops of one shared memory with one plug-in."""

    def __init__(self, plugin: LoadedPlugin, shared: Shared, wake: int) -> None:
        self._plugin, self._words, self._changes, self._wake = plugin, shared.words, shared.changes, wake
        self._into = [shared.into[row] for row in range(HOPS)]
        self._back = [shared.back[row] for row in range(HOPS)]
        # Taken and given back before a hop counts as done: what was written before is seen before.
        self._fence = threading.Lock()
        self._read = int(self._words[CHANGES_READ])

    def run(self) -> None:
        """Answer hops until the studio lets go of the pipe."""
        words = self._words
        words[FIRST] = words[DONE] = words[OFFERED]
        words[LATENCY] = self._plugin.latency_frames
        with self._fence:
            words[IS_LOADED] = 1
        while os.read(self._wake, _WAKES):
            done, offered = int(words[DONE]), int(words[OFFERED])
            if offered - done > _MOST_BEHIND:
                done = self._skip(offered - 1)
            while done < offered:
                self._answer(done)
                done += 1
                offered = int(words[OFFERED])

    def _answer(self, hop: int) -> None:
        self._obey(hop)
        row = hop % HOPS
        self._plugin.process(self._into[row], self._back[row])
        if hop % _HOPS_BETWEEN_LOOKS == 0:
            self._words[LATENCY] = self._plugin.latency_frames
        with self._fence:
            self._words[DONE] = hop + 1

    def _obey(self, hop: int) -> None:
        """Apply the changes that belong to hops up to this one."""
        written = int(self._words[CHANGES_WRITTEN])
        if self._read == written:
            return
        while self._read < written:
            row = self._changes[self._read % CHANGES]
            if row[C_HOP] > hop:
                break
            self._plugin.set_parameter(int(row[C_PARAMETER]), float(row[C_VALUE]))
            self._read += 1
        self._words[CHANGES_READ] = self._read

    def _skip(self, hop: int) -> int:
        for back in self._back:
            back[:] = 0.0
        with self._fence:
            self._words[DONE] = hop
        return hop
