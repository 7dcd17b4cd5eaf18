"""What only the listener hears: pre-fader listen, the sound being auditioned, the metronome.

None of it is part of the project's sound; offline rendering never runs it. PFL replaces the master within 5 ms.
The click is a sine burst with an exponential decay, 1 kHz, 1.5 kHz on an accent, 30 ms.
"""

import math

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import inner_kernel
from dsp.core.intrinsics import f32_at
from dsp.strips.layout import CELL
from maxbooster_desktop.engine.realtime.access import beats_of, buses_of, cells_of, info_of, levels_of
from maxbooster_desktop.engine.realtime.layout import (
    B_IS_ACCENT,
    B_SAMPLE,
    CLICK_ACCENT_GAIN,
    CLICK_AGE,
    CLICK_GAIN,
    CLICK_IS_ACCENT,
    CLICK_LEFT,
    CLICK_NEXT,
    CLICK_ON,
    CLICK_RIGHT,
    IS_PLAYING,
    N_PFL_BUS,
    OUTPUT_LEFT,
    OUTPUT_RIGHT,
    PFL_COUNT,
    PFL_MIX,
    POSITION,
    PREVIEW_FRAME,
    PREVIEW_FRAMES,
    PREVIEW_GAIN,
    PREVIEW_LEFT,
    PREVIEW_RIGHT,
    RATE,
)

CLICK_HZ, ACCENT_HZ, CLICK_S = 1_000.0, 1_500.0, 0.03
DECAY_PER_S = 120.0
_PFL_STEP = 1.0 / 240.0


@inner_kernel
def _add_preview(runtime, out, at, frames):
    cells = cells_of(runtime)
    count = min(frames, cells[PREVIEW_FRAMES] - cells[PREVIEW_FRAME])
    first = cells[PREVIEW_FRAME]
    left = carray(f32_at(cells[PREVIEW_LEFT]), (first + count,))
    right = carray(f32_at(cells[PREVIEW_RIGHT]), (first + count,))
    gain = np.float32(levels_of(runtime)[PREVIEW_GAIN])
    for i in range(count):
        out[at + i, cells[OUTPUT_LEFT]] += gain * left[first + i]
        out[at + i, cells[OUTPUT_RIGHT]] += gain * right[first + i]
    cells[PREVIEW_FRAME] += count
    if cells[PREVIEW_FRAME] >= cells[PREVIEW_FRAMES]:
        cells[PREVIEW_LEFT] = 0


@inner_kernel
def _add_click(program, runtime, out, at, frames):
    beats = beats_of(program)
    levels = levels_of(runtime)
    cells, rate = cells_of(runtime), levels[RATE]
    for i in range(frames):
        beat = cells[CLICK_NEXT]
        if cells[IS_PLAYING] and beat < beats.shape[0] and beats[beat, B_SAMPLE] == cells[POSITION] + i:
            cells[CLICK_AGE], cells[CLICK_IS_ACCENT] = 0, beats[beat, B_IS_ACCENT]
            cells[CLICK_NEXT] += 1
        age = cells[CLICK_AGE]
        if age < 0:
            continue
        t = age / rate
        accent = cells[CLICK_IS_ACCENT] != 0
        gain = levels[CLICK_ACCENT_GAIN] if accent else levels[CLICK_GAIN]
        value = gain * math.sin(2.0 * math.pi * (ACCENT_HZ if accent else CLICK_HZ) * t) * math.exp(-DECAY_PER_S * t)
        out[at + i, cells[CLICK_LEFT]] += np.float32(value)
        if cells[CLICK_RIGHT] != cells[CLICK_LEFT]:
            out[at + i, cells[CLICK_RIGHT]] += np.float32(value)
        cells[CLICK_AGE] = age + 1 if t < CLICK_S else -1


@inner_kernel
def monitor(program, runtime, main, out, at, frames):
    """Write main[side * 64 + frame] to out[frame, channel] with everything only the listener hears."""
    cells, levels = cells_of(runtime), levels_of(runtime)
    first = info_of(program)[N_PFL_BUS] * 2 * CELL
    pfl = buses_of(program)[first : first + 2 * CELL]
    goal = 1.0 if cells[PFL_COUNT] > 0 else 0.0
    mix = levels[PFL_MIX]
    for i in range(frames):
        if mix != goal:
            mix = min(goal, mix + _PFL_STEP) if goal > mix else max(goal, mix - _PFL_STEP)
        left, right = main[i], main[CELL + i]
        if mix > 0.0:
            share = np.float32(mix)
            left += share * (pfl[i] - left)
            right += share * (pfl[CELL + i] - right)
        out[at + i, cells[OUTPUT_LEFT]] += left
        if cells[OUTPUT_RIGHT] != cells[OUTPUT_LEFT]:
            out[at + i, cells[OUTPUT_RIGHT]] += right
    levels[PFL_MIX] = mix
    if cells[PREVIEW_LEFT] != 0:
        _add_preview(runtime, out, at, frames)
    if cells[CLICK_ON] or cells[CLICK_AGE] >= 0:
        _add_click(program, runtime, out, at, frames)
