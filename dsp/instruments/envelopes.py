"""Envelopes: a straight attack, then an exponential way to the sustain level, and one to silence after the note.

A decay or release time is what the way takes to -60 dB of where it began; a note counts as over at -100 dB.
"""

import math
from typing import Any

from dsp.core.compiled import inner_kernel

#: Of full level: -100 dB.
SILENT = 1.0e-5
_60_DB = math.log(1_000.0)


@inner_kernel
def rise_of(attack_ms: float, rate: float) -> Any:
    """Return what an attack adds to the level each frame."""
    return 1_000.0 / (attack_ms * rate)


@inner_kernel
def keep_of(time_ms: float, rate: float) -> Any:
    """Return by what a decay multiplies each frame."""
    return math.exp(-_60_DB * 1_000.0 / (time_ms * rate))


@inner_kernel
def next_level(level: float, is_rising: float, is_held: float, stages: Any, at: int) -> Any:
    """Return (level of the next frame, whether the attack goes on).

    `stages` holds, from `at` on: what the attack adds, what the decay keeps, the sustain level, what the release keeps.
    """
    if is_held == 0.0:
        return level * stages[at + 3], 0.0
    if is_rising != 0.0:
        level += stages[at]
        return (1.0, 0.0) if level >= 1.0 else (level, 1.0)
    return stages[at + 2] + (level - stages[at + 2]) * stages[at + 1], 0.0
