"""The whole strip of a lane group for the three lane counts the engine packs into: 32, 64 and 128.

Each lane count has four kernels that are called by address (`KERNELS[lanes]`), so the callback does not compile
them again. Arguments are int64 words; addresses point at float32.

    process(x, rows, start, frames, flags, ramps, order)   trim, filters, compressor over x[frame * lanes + lane]
    fade(x, rows, frames, is_ramping)                      faders
    meter(x, rows, frames)                                 peak and square rows
    mix(x, weights, out, frames, is_ramping)               weighted sum into out[side * 64 + frame]

`start` is the first frame's place in its cell. `flags` says which stages some strip of the group needs (bit =
stage), `ramps` which of them move; a stage that nobody needs costs nothing. Order 0 runs filters before the
compressor, order 1 after it.
"""

from typing import Any

from numba import types
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inlined
from dsp.core.intrinsics import f32_at
from dsp.strips.compressor import compress_lanes
from dsp.strips.equaliser import filter_lanes
from dsp.strips.gains import meter_lanes, mix_lanes, scale_lanes
from dsp.strips.goals import COMP_STAGE, FIRST_FILTER_STAGE, TRIM_STAGE
from dsp.strips.layout import BIQUADS, CELL, FADER, ROWS, TRIM

_WORD = types.int64
PROCESS, FADE, METER, MIX = range(4)


@inlined
def _process(x_at, rows_at, start, frames, flags, ramps, order, lanes):
    x, rows = carray(f32_at(x_at), (CELL * lanes,)), carray(f32_at(rows_at), (ROWS * lanes,))
    if (flags >> TRIM_STAGE) & 1:
        scale_lanes(x, rows, TRIM, frames, (ramps >> TRIM_STAGE) & 1 != 0, lanes)
    # One place for the compressor in the loop: before the first filter or behind the last.
    for step in range(BIQUADS + 2):
        biquad = step - 1
        if biquad < 0 or biquad == BIQUADS:
            if (flags >> COMP_STAGE) & 1 and (order == 1) == (biquad == -1):
                compress_lanes(x, rows, start, frames, (ramps >> COMP_STAGE) & 1 != 0, lanes)
        elif (flags >> (FIRST_FILTER_STAGE + biquad)) & 1:
            filter_lanes(x, rows, biquad, start, frames, (ramps >> (FIRST_FILTER_STAGE + biquad)) & 1 != 0, lanes)


@inlined
def _fade(x_at, rows_at, frames, is_ramping, lanes):
    x, rows = carray(f32_at(x_at), (CELL * lanes,)), carray(f32_at(rows_at), (ROWS * lanes,))
    scale_lanes(x, rows, FADER, frames, is_ramping != 0, lanes)


@inlined
def _meter(x_at, rows_at, frames, lanes):
    x, rows = carray(f32_at(x_at), (CELL * lanes,)), carray(f32_at(rows_at), (ROWS * lanes,))
    meter_lanes(x, rows, frames, lanes)


@inlined
def _mix(x_at, weights_at, out_at, frames, is_ramping, lanes):
    x, weights = carray(f32_at(x_at), (CELL * lanes,)), carray(f32_at(weights_at), (2 * lanes,))
    mix_lanes(x, weights, carray(f32_at(out_at), (2 * CELL,)), frames, is_ramping != 0, lanes)


@cfunc_kernel(types.void(_WORD, _WORD, _WORD, _WORD, _WORD, _WORD, _WORD))
def _process_32(x, rows, start, frames, flags, ramps, order):
    _process(x, rows, start, frames, flags, ramps, order, 32)


@cfunc_kernel(types.void(_WORD, _WORD, _WORD, _WORD))
def _fade_32(x, rows, frames, is_ramping):
    _fade(x, rows, frames, is_ramping, 32)


@cfunc_kernel(types.void(_WORD, _WORD, _WORD))
def _meter_32(x, rows, frames):
    _meter(x, rows, frames, 32)


@cfunc_kernel(types.void(_WORD, _WORD, _WORD, _WORD, _WORD))
def _mix_32(x, weights, out, frames, is_ramping):
    _mix(x, weights, out, frames, is_ramping, 32)


@cfunc_kernel(types.void(_WORD, _WORD, _WORD, _WORD, _WORD, _WORD, _WORD))
def _process_64(x, rows, start, frames, flags, ramps, order):
    _process(x, rows, start, frames, flags, ramps, order, 64)


@cfunc_kernel(types.void(_WORD, _WORD, _WORD, _WORD))
def _fade_64(x, rows, frames, is_ramping):
    _fade(x, rows, frames, is_ramping, 64)


@cfunc_kernel(types.void(_WORD, _WORD, _WORD))
def _meter_64(x, rows, frames):
    _meter(x, rows, frames, 64)


@cfunc_kernel(types.void(_WORD, _WORD, _WORD, _WORD, _WORD))
def _mix_64(x, weights, out, frames, is_ramping):
    _mix(x, weights, out, frames, is_ramping, 64)


@cfunc_kernel(types.void(_WORD, _WORD, _WORD, _WORD, _WORD, _WORD, _WORD))
def _process_128(x, rows, start, frames, flags, ramps, order):
    _process(x, rows, start, frames, flags, ramps, order, 128)


@cfunc_kernel(types.void(_WORD, _WORD, _WORD, _WORD))
def _fade_128(x, rows, frames, is_ramping):
    _fade(x, rows, frames, is_ramping, 128)


@cfunc_kernel(types.void(_WORD, _WORD, _WORD))
def _meter_128(x, rows, frames):
    _meter(x, rows, frames, 128)


@cfunc_kernel(types.void(_WORD, _WORD, _WORD, _WORD, _WORD))
def _mix_128(x, weights, out, frames, is_ramping):
    _mix(x, weights, out, frames, is_ramping, 128)


#: Per lane count: the addresses of process, fade, meter and mix.
KERNELS: dict[int, tuple[Any, Any, Any, Any]] = {
    32: (_process_32, _fade_32, _meter_32, _mix_32),
    64: (_process_64, _fade_64, _meter_64, _mix_64),
    128: (_process_128, _fade_128, _meter_128, _mix_128),
}
