"""The whole strip of a lane group for the three lane counts the engine packs into: 32, 64 and 128.

`flags` says which stages some strip of the group needs (bit = stage) and `ramps` which of them move; a stage that
nobody needs costs nothing. Order 0 runs filters before the compressor, order 1 after it (low-cut stays first).
"""

from dsp.core.compiled import inlined, njit_kernel
from dsp.strips.compressor import compress_lanes
from dsp.strips.equaliser import filter_lanes
from dsp.strips.gains import meter_lanes, mix_lanes, scale_lanes
from dsp.strips.goals import COMP_STAGE, FADER_STAGE, FIRST_FILTER_STAGE, TRIM_STAGE
from dsp.strips.layout import BIQUADS, FADER, TRIM


@inlined
def _process(x, rows, start, frames, flags, ramps, order, lanes):
    if (flags >> TRIM_STAGE) & 1:
        scale_lanes(x, rows, TRIM, frames, (ramps >> TRIM_STAGE) & 1 != 0, lanes)
    has_comp = (flags >> COMP_STAGE) & 1
    if has_comp and order == 1:
        compress_lanes(x, rows, start, frames, (ramps >> COMP_STAGE) & 1 != 0, lanes)
    for biquad in range(BIQUADS):
        stage = FIRST_FILTER_STAGE + biquad
        if (flags >> stage) & 1:
            filter_lanes(x, rows, biquad, start, frames, (ramps >> stage) & 1 != 0, lanes)
    if has_comp and order == 0:
        compress_lanes(x, rows, start, frames, (ramps >> COMP_STAGE) & 1 != 0, lanes)


@inlined
def _fade(x, rows, frames, flags, ramps, lanes):
    if (flags >> FADER_STAGE) & 1:
        scale_lanes(x, rows, FADER, frames, (ramps >> FADER_STAGE) & 1 != 0, lanes)


@njit_kernel
def _process_32(x, rows, start, frames, flags, ramps, order):
    _process(x, rows, start, frames, flags, ramps, order, 32)


@njit_kernel
def _process_64(x, rows, start, frames, flags, ramps, order):
    _process(x, rows, start, frames, flags, ramps, order, 64)


@njit_kernel
def _process_128(x, rows, start, frames, flags, ramps, order):
    _process(x, rows, start, frames, flags, ramps, order, 128)


@njit_kernel
def process_strips(x, rows, start, frames, flags, ramps, order, lanes):
    """Run trim, filters and compressor over x[frame * lanes + lane]; `start` is the first frame's place in its cell."""
    if lanes == 128:
        _process_128(x, rows, start, frames, flags, ramps, order)
    elif lanes == 64:
        _process_64(x, rows, start, frames, flags, ramps, order)
    else:
        _process_32(x, rows, start, frames, flags, ramps, order)


@njit_kernel
def fade_strips(x, rows, frames, flags, ramps, lanes):
    """Run the faders of a group."""
    if lanes == 128:
        _fade(x, rows, frames, flags, ramps, 128)
    elif lanes == 64:
        _fade(x, rows, frames, flags, ramps, 64)
    else:
        _fade(x, rows, frames, flags, ramps, 32)


@njit_kernel
def meter_strips(x, rows, frames, lanes):
    """Feed the peak and square rows of a group."""
    if lanes == 128:
        meter_lanes(x, rows, frames, 128)
    elif lanes == 64:
        meter_lanes(x, rows, frames, 64)
    else:
        meter_lanes(x, rows, frames, 32)


@njit_kernel
def mix_strips(x, weights, out, frames, is_ramping, lanes):
    """Add a group, weighted per lane, to one stereo target."""
    if lanes == 128:
        mix_lanes(x, weights, out, frames, is_ramping, 128)
    elif lanes == 64:
        mix_lanes(x, weights, out, frames, is_ramping, 64)
    else:
        mix_lanes(x, weights, out, frames, is_ramping, 32)
