"""Knobs that were taught what they move: a controller of a port's channel, and a parameter of a track.

Kept in the settings, not in the project: another computer has other knobs. Tracks' ids are never used twice, so what
was learned in one project means nothing in another. A knob moves one thing, the newest it was taught.
"""

from typing import NamedTuple

from maxbooster_desktop.project.document.state import TrackId
from maxbooster_desktop.settings.declared import LEARNED_LIMIT
from maxbooster_desktop.settings.store import Settings

_SETTING, _BETWEEN = "midi.learned", "\t"


class Knob(NamedTuple):
    """A controller: port, channel from 0, number 0..119."""

    port: str
    channel: int
    controller: int


class Moved(NamedTuple):
    """What a knob moves; `parameter` as in `EngineSession.touch`."""

    track: TrackId
    parameter: str


class LearnedControls:
    """What every knob moves."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        entries = (_read(entry) for entry in settings.get(_SETTING))
        self._moved: dict[Knob, Moved] = dict(entry for entry in entries if entry is not None)

    def moved_by(self, knob: Knob) -> Moved | None:
        """Return what a knob moves, or None."""
        return self._moved.get(knob)

    def learn(self, knob: Knob, moved: Moved) -> str:
        """Let a knob move something from now on; returns why that is forgotten at the next start, or ""."""
        self._moved.pop(knob, None)
        self._moved[knob] = moved
        for oldest in list(self._moved)[:-LEARNED_LIMIT]:
            del self._moved[oldest]
        lines = [_BETWEEN.join(map(str, (*knob, *moved))) for knob, moved in self._moved.items()]
        return self._settings.remember(_SETTING, lines)


def _read(entry: str) -> tuple[Knob, Moved] | None:
    """Return what an entry of the settings says, None for one that is damaged."""
    parts = entry.split(_BETWEEN)
    if len(parts) != len(Knob._fields) + len(Moved._fields) or not (parts[1].isdecimal() and parts[2].isdecimal()):
        return None
    return Knob(parts[0], int(parts[1]), int(parts[2])), Moved(TrackId(parts[3]), parts[4])
