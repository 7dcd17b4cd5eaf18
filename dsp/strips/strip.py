"""The whole strip of a lane group, of any lane count that `layout.LANE_COUNTS` allows.

Four kernels that are called by address, so the callback does not compile them again. Arguments are int64 words;
addresses point at float32.

    process(x, rows, lanes, start, frames, flags, ramps, order)   trim, filters, compressor over x[frame * lanes + lane]
    fade(x, rows, lanes, frames, is_ramping)                      faders
    meter(x, rows, lanes, frames)                                 peak and square rows
    mix(x, weights, lanes, out, frames, is_ramping)               weighted sum into out[side * 64 + frame]

`start` is the first frame's place in its cell. `flags` says which stages some strip of the group needs (bit =
stage), `ramps` which of them move; a stage that nobody needs costs nothing. Order 0 runs filters before the
compressor, order 1 after it.
"""

from numba import types

from dsp.core.compiled import cfunc_kernel, inlined
from dsp.core.intrinsics import f32_at
from dsp.strips.compressor import compress_lanes
from dsp.strips.equaliser import filter_four, filter_lanes
from dsp.strips.gains import meter_lanes, mix_lanes, scale_lanes
from dsp.strips.goals import COMP_STAGE, FIRST_FILTER_STAGE, TRIM_STAGE
from dsp.strips.layout import BIQUADS, FADER, TRIM

_WORD = types.int64
_FIRST_BAND = 2
_BANDS = 0b1111


@inlined
def _equalise(x, rows, lanes, start, frames, needed, moving):
    """Run the filters of bit mask `needed`; the four bands go together when several are used."""
    bands = (needed >> _FIRST_BAND) & _BANDS
    together = bands & (bands - 1) != 0
    for biquad in range(BIQUADS):
        if biquad == _FIRST_BAND and together:
            filter_four(x, rows, biquad, start, frames, (moving >> _FIRST_BAND) & _BANDS, lanes)
            break
        if (needed >> biquad) & 1:
            filter_lanes(x, rows, biquad, start, frames, (moving >> biquad) & 1 != 0, lanes)


@cfunc_kernel(types.void(_WORD, _WORD, _WORD, _WORD, _WORD, _WORD, _WORD, _WORD))
def process(x_at, rows_at, lanes, start, frames, flags, ramps, order):
    """Run trim, filters and compressor over one piece of a cell."""
    x, rows = f32_at(x_at), f32_at(rows_at)
    if (flags >> TRIM_STAGE) & 1:
        scale_lanes(x, rows, TRIM, frames, (ramps >> TRIM_STAGE) & 1 != 0, lanes)
    # One place for each in the loop: compiled once, run in either order.
    for step in range(2):
        if step == order:
            _equalise(x, rows, lanes, start, frames, flags >> FIRST_FILTER_STAGE, ramps >> FIRST_FILTER_STAGE)
        elif (flags >> COMP_STAGE) & 1:
            compress_lanes(x, rows, start, frames, (ramps >> COMP_STAGE) & 1 != 0, lanes)


@cfunc_kernel(types.void(_WORD, _WORD, _WORD, _WORD, _WORD))
def fade(x_at, rows_at, lanes, frames, is_ramping):
    """Apply the faders."""
    scale_lanes(f32_at(x_at), f32_at(rows_at), FADER, frames, is_ramping != 0, lanes)


@cfunc_kernel(types.void(_WORD, _WORD, _WORD, _WORD))
def meter(x_at, rows_at, lanes, frames):
    """Note levels."""
    meter_lanes(f32_at(x_at), f32_at(rows_at), frames, lanes)


@cfunc_kernel(types.void(_WORD, _WORD, _WORD, _WORD, _WORD, _WORD))
def mix(x_at, weights_at, lanes, out_at, frames, is_ramping):
    """Sum the lanes into a stereo bus."""
    mix_lanes(f32_at(x_at), f32_at(weights_at), f32_at(out_at), frames, is_ramping != 0, lanes)
