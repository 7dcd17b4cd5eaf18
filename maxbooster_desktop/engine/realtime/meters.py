"""What the callback tells the window: levels per channel and the master's samples, in rings nobody waits for.

A meter slot tells of one program (its serial number lies in cells[CELLS + slot]) and holds, per channel: peak left,
peak right, RMS left, RMS right, gain reduction in dB (0 or below). A reader that is slow misses slots; it never
delays the writer.
"""

import math

from dsp.core.compiled import inner_kernel
from dsp.core.fastmath import DB_PER_OCTAVE
from dsp.core.intrinsics import i64_at, load_acquire, store_release
from dsp.strips.layout import CELL, PEAK, REDUCTION, SQUARES
from maxbooster_desktop.engine.realtime.access import cells_of, channels_of, groups_of, meters_of, tap_of
from maxbooster_desktop.engine.realtime.layout import (
    C_GROUP,
    C_SLOT,
    CELLS,
    G_LANES,
    METER_CELLS,
    METER_CELLS_PER_FRAME,
    METERS_WRITTEN,
    SERIAL,
    TAP_FRAMES,
    TAP_WRITTEN,
)
from maxbooster_desktop.engine.realtime.ramps import group_rows


@inner_kernel
def publish_meters(program, runtime):
    """Every few cells, move the meter rows into the next slot of the ring and start them anew."""
    channels = channels_of(program)
    groups = groups_of(program)
    meters = meters_of(runtime)
    cells = cells_of(runtime)
    cells[METER_CELLS] += 1
    if cells[METER_CELLS] < METER_CELLS_PER_FRAME:
        return
    cells[METER_CELLS] = 0
    pointer = i64_at(cells.ctypes.data)
    written = load_acquire(pointer, METERS_WRITTEN)
    slot = meters[written % meters.shape[0]]
    frames = CELL * METER_CELLS_PER_FRAME
    for channel in range(min(channels.shape[0], slot.shape[0])):
        group, lane = channels[channel, C_GROUP], channels[channel, C_SLOT]
        rows, lanes = group_rows(program, group), groups[group, G_LANES]
        for side in range(2):
            at = lane + side * lanes // 2
            slot[channel, side] = rows[PEAK * lanes + at]
            slot[channel, 2 + side] = math.sqrt(rows[SQUARES * lanes + at] / frames)
            rows[PEAK * lanes + at], rows[SQUARES * lanes + at] = 0.0, 0.0
        slot[channel, 4] = rows[REDUCTION * lanes + lane] * DB_PER_OCTAVE
        rows[REDUCTION * lanes + lane] = 0.0
    cells[CELLS + written % meters.shape[0]] = cells[SERIAL]
    store_release(pointer, METERS_WRITTEN, written + 1)


@inner_kernel
def publish_tap(runtime, main, frames):
    """Append the master's output, main[side * 64 + frame], to the tap ring."""
    tap = tap_of(runtime)
    pointer = i64_at(cells_of(runtime).ctypes.data)
    written = load_acquire(pointer, TAP_WRITTEN)
    for i in range(frames):
        at = (written + i) % TAP_FRAMES
        tap[at, 0], tap[at, 1] = main[i], main[CELL + i]
    store_release(pointer, TAP_WRITTEN, written + frames)
