"""The numbers a program runs with: one row per channel, one per edge, and which unit ramps when one changes."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from dsp.strips.goals import COMP_STAGE, FADER_STAGE, FIRST_FILTER_STAGE, TRIM_STAGE
from dsp.strips.parameters import (
    AUDIBLE,
    BAND_KIND,
    BAND_WIDTH,
    BANDS,
    BY_NAME,
    COMP_ON,
    EQ_ON,
    GAIN_DB,
    HP_ON,
    LP_ON,
    OPEN,
    PAN,
    PARAMETERS,
    STRIP,
    TRIM_DB,
)
from maxbooster_desktop.engine.realtime.layout import EDGE_GAIN_DB, EDGE_ON, EDGE_PAN, EDGE_VALUES
from maxbooster_desktop.project.document.audibility import Audibility
from maxbooster_desktop.project.document.state import Send, Track, TrackId

Row = npt.NDArray[np.float32]

#: Cells (of 64 frames) over which a changed value is reached: faders 5 ms, filters and compressor 20 ms at 48 kHz.
FADER_CELLS, STRIP_CELLS = 4, 15


def _default_row() -> Row:
    row = np.zeros(PARAMETERS, np.float32)
    row[OPEN] = 1.0
    for parameter in STRIP:
        row[parameter.index] = parameter.default
    return row


_DEFAULTS = _default_row()


def channel_row(track: Track, *, is_heard: bool) -> Row:
    """Return a channel's parameter row, float32 [PARAMETERS]; unknown strip names are ignored, values clamped."""
    row = _DEFAULTS.copy()
    for name, value in track.strip.items():
        parameter = BY_NAME.get(name)
        if parameter is not None:
            row[parameter.index] = min(max(value, parameter.low), parameter.high)
    row[GAIN_DB], row[PAN], row[AUDIBLE] = track.gain_db, track.pan, float(is_heard)
    return row


def edge_row(send: Send | None, *, is_on: bool) -> Row:
    """Return an edge's values, float32 [gain_db, pan, on]; an output edge is unity."""
    row = np.zeros(EDGE_VALUES, np.float32)
    if send is not None:
        row[EDGE_GAIN_DB], row[EDGE_PAN] = send.gain_db, send.pan
    row[EDGE_ON] = float(is_on and (send is None or send.enabled))
    return row


def edge_is_on(audibility: Audibility, source: TrackId, target: TrackId, send: Send | None) -> bool:
    """Return whether mute and solo leave an edge open.

    A channel that is not heard is silent before its output, which stays as it is: one of the two fades.
    """
    return (send is None and source not in audibility.heard) or audibility.is_open(source, target)


def _stages() -> Mapping[int, tuple[int, ...]]:
    """Map a parameter's index to the stages that depend on it."""
    bands = tuple(FIRST_FILTER_STAGE + 2 + band for band in range(BANDS))
    found: dict[int, tuple[int, ...]] = dict.fromkeys((GAIN_DB, PAN, AUDIBLE, OPEN), (FADER_STAGE,))
    found |= dict.fromkeys((TRIM_DB, BY_NAME["is_inverted"].index), (TRIM_STAGE,))
    found |= dict.fromkeys((HP_ON, HP_ON + 1), (FIRST_FILTER_STAGE,))
    found |= dict.fromkeys((LP_ON, LP_ON + 1), (FIRST_FILTER_STAGE + 1,))
    found[EQ_ON] = bands
    for band in range(BANDS):
        first = BAND_KIND + band * BAND_WIDTH
        found |= dict.fromkeys(range(first, first + BAND_WIDTH), (bands[band],))
    found |= dict.fromkeys(range(COMP_ON, OPEN), (COMP_STAGE,))
    return found


STAGES_OF = _stages()


def cells_of_stage(stage: int) -> int:
    """Return over how many cells a change of a stage is reached."""
    return FADER_CELLS if stage in (FADER_STAGE, TRIM_STAGE) else STRIP_CELLS


def parameter_index(name: str) -> int | None:
    """Return the index of "gain_db", "pan", "is_muted" or "strip.<name>" in a channel's row, or None."""
    plain = {"gain_db": GAIN_DB, "pan": PAN, "is_muted": AUDIBLE}
    if name in plain:
        return plain[name]
    parameter = BY_NAME.get(name.removeprefix("strip.")) if name.startswith("strip.") else None
    return None if parameter is None else parameter.index
