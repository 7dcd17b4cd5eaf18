"""Which tracks hear the input: from a list of them to the rows that the callback looks at."""

import threading
from collections.abc import Callable, Sequence

from maxbooster_desktop.engine.commands import CommandRing
from maxbooster_desktop.engine.listener import Listener
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.state import TrackId


class Listening:
    """Keeps a runtime's rows equal to what was asked for; `name_of` gives a channel's number."""

    def __init__(self, ring: CommandRing, name_of: Callable[[TrackId], int]) -> None:
        self._ring, self._name_of = ring, name_of
        # Its own: the window asks twice a second, and shall not wait for a program that is being compiled.
        self._lock = threading.Lock()
        #: Per row: whose it is, and what the callback was told.
        self._rows: list[tuple[TrackId, int]] = []

    def set(self, listeners: Sequence[Listener]) -> None:
        """Let exactly these hear the input; what is more than the callback has rows for goes without."""
        with self._lock:
            self._set({each.track: _source(each) for each in listeners})

    def _set(self, wanted: dict[TrackId, int]) -> None:
        for row, (track, told) in enumerate(self._rows):
            self._tell(row, track, wanted.pop(track, told - told % at.LISTEN_MODES))
        for track, source in wanted.items():
            free = self._free_row()
            if free is not None:
                self._tell(free, track, source)

    def _free_row(self) -> int | None:
        if len(self._rows) < at.MOST_LISTENERS:
            return len(self._rows)
        silent = (row for row, (_, told) in enumerate(self._rows) if told % at.LISTEN_MODES == at.LISTEN_OFF)
        return next(silent, None)

    def _tell(self, row: int, track: TrackId, source: int) -> None:
        if row < len(self._rows) and self._rows[row] == (track, source):
            return
        if self._ring.send(at.CMD_LISTEN, self._name_of(track), source, float(row)):
            self._rows[row : row + 1] = [(track, source)]


def _source(listener: Listener) -> int:
    """Return what is heard and when, as one word of the command."""
    mode = at.LISTEN_STOPPED if listener.only_stopped else at.LISTEN_ALWAYS
    return (listener.first_channel * at.LISTEN_CHANNELS + listener.channels) * at.LISTEN_MODES + mode
