"""Capturing: every frame of the device's input goes into a ring, with a mark wherever the timeline jumps under it.

A mark says which captured frame stood where on the timeline; between two marks both run on together. So whoever reads
the ring knows the place of every frame to the sample, whatever the block size, without the callback knowing what is
recorded. A ring that nobody reads is written over.
"""

import numpy as np

from dsp.core.compiled import inner_kernel
from dsp.core.intrinsics import f32_at, i64_at, store_release
from maxbooster_desktop.engine.realtime.access import capture_of, cells_of, marks_of
from maxbooster_desktop.engine.realtime.layout import (
    CAPTURE_FRAMES,
    CAPTURE_NEXT,
    CAPTURE_ROLLS,
    CAPTURE_WRITTEN,
    INPUT,
    INPUT_CHANNELS,
    IS_PLAYING,
    MARK_CAPACITY,
    MARKS_WRITTEN,
    MOST_INPUTS,
    POSITION,
    R_FRAME,
    R_POSITION,
    R_ROLLS,
)

_MASK = np.int64(CAPTURE_FRAMES - 1)


@inner_kernel
def _mark_jump(runtime, frames):
    """Write a mark if the next captured frame does not follow the last one on the timeline; without an input none does.

    So a pass whose device has gone hears that time no longer rolls under what it records.
    """
    cells, marks = cells_of(runtime), marks_of(runtime)
    rolls = np.int64(cells[IS_PLAYING] != 0 and cells[INPUT_CHANNELS] > 0)
    if rolls != cells[CAPTURE_ROLLS] or (rolls and cells[POSITION] != cells[CAPTURE_NEXT]):
        row = cells[MARKS_WRITTEN] % MARK_CAPACITY
        marks[row, R_FRAME], marks[row, R_POSITION] = cells[CAPTURE_WRITTEN], cells[POSITION]
        marks[row, R_ROLLS] = rolls
        store_release(i64_at(cells.ctypes.data), MARKS_WRITTEN, cells[MARKS_WRITTEN] + 1)
    cells[CAPTURE_ROLLS], cells[CAPTURE_NEXT] = rolls, cells[POSITION] + frames


@inner_kernel
def capture(runtime, first, frames):
    """Keep `frames` frames of the block's input from its frame `first` on; they belong to the playhead's place."""
    cells = cells_of(runtime)
    channels = cells[INPUT_CHANNELS]
    if frames <= 0:
        return
    _mark_jump(runtime, frames)
    if channels <= 0:
        return
    ring, source = capture_of(runtime), f32_at(cells[INPUT])
    kept, written = min(channels, MOST_INPUTS), cells[CAPTURE_WRITTEN]
    for i in range(frames):
        row = (written + i) & _MASK
        for channel in range(kept):
            ring[row, channel] = source[(first + i) * channels + channel]
    store_release(i64_at(cells.ctypes.data), CAPTURE_WRITTEN, written + frames)
