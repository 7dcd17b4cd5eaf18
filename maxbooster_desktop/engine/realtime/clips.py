"""Reading clips: what sounds on one channel between two timeline positions, added to a planar stereo buffer.

A clip's gain is constant; its fades follow t / (t + (1 - t) a), a = 4^-curve, which is straight at curve 0. A fade
of 0 frames is unity from its first sample, so a neutral clip reaches the mix bit for bit. Frames that are not
decoded yet are silence and are counted; so is a sample that is not a finite number, which would stay in filters and
buses for ever.
"""

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import inner_kernel
from dsp.core.intrinsics import f32_at, i64_at
from dsp.strips.layout import CELL
from maxbooster_desktop.engine.realtime.access import cells_of, channels_of, clip_shapes_of, clips_of, ends_of
from maxbooster_desktop.engine.realtime.layout import (
    C_CLIP_COUNT,
    C_CLIPS,
    K_END,
    K_FADE_FROM,
    K_FADE_IN,
    K_FADE_OUT,
    K_FADE_TO,
    K_LEFT,
    K_READY,
    K_RIGHT,
    K_SOURCE,
    K_START,
    KS_CURVE_IN,
    KS_CURVE_OUT,
    KS_GAIN,
    STARVED,
)

_f4 = np.float32
#: What lies above 180 dBFS (or is no number) is damage, not sound: its square must fit float32.
_LOUDEST = _f4(1e9)


@inner_kernel
def _first_sounding(ends, first, count, position):
    """Return the first clip that has not ended at `position`; `ends` is the running maximum of ends."""
    low, high = first, first + count
    while low < high:
        middle = (low + high) // 2
        if ends[middle] > position:
            high = middle
        else:
            low = middle + 1
    return low


@inner_kernel
def sound_of(sample):
    """Return a sample, or silence for what is damage."""
    return sample if abs(sample) < _LOUDEST else _f4(0.0)


@inner_kernel
def _fade(frame, length, bend):
    t = (frame + 0.5) / length
    return _f4(t / (t + (1.0 - t) * bend))


@inner_kernel
def _add_faded(out, at, source, first, frames, clip, shape, position):
    """Add frames one by one where a fade runs."""
    begin, end = clip[K_FADE_FROM], clip[K_FADE_TO]
    fade_in, fade_out = clip[K_FADE_IN], clip[K_FADE_OUT]
    bend_in, bend_out = 4.0 ** -shape[KS_CURVE_IN], 4.0 ** -shape[KS_CURVE_OUT]
    for i in range(frames):
        gain = shape[KS_GAIN]
        since, until = position + i - begin, end - 1 - (position + i)
        if since < fade_in:
            gain *= _fade(since, fade_in, bend_in)
        if until < fade_out:
            gain *= _fade(until, fade_out, bend_out)
        out[at + i] += gain * sound_of(source[first + i])


@inner_kernel
def _add_clip(out, side_at, address, clip, shape, position, frames, ready):
    """Add one side of one clip; returns the frames that were not decoded yet."""
    first = clip[K_SOURCE] + position - clip[K_START]
    usable = min(frames, max(0, ready - first))
    source = carray(f32_at(address), (first + frames,))
    full, falling = clip[K_FADE_FROM] + clip[K_FADE_IN], clip[K_FADE_TO] - clip[K_FADE_OUT]
    is_fading = position < full or position + frames > falling
    if is_fading:
        _add_faded(out, side_at, source, first, usable, clip, shape, position)
    else:
        # Through pointers: an array's index may count from its end, and that check keeps a loop from vectorising.
        gain, sound, target = shape[KS_GAIN], f32_at(address + 4 * first), f32_at(out.ctypes.data + 4 * side_at)
        for i in range(usable):
            target[i] += gain * sound_of(sound[i])
    return frames - usable


@inner_kernel
def read_clips(program, runtime, channel, out, frames, position):
    """Add every clip of `channel` that sounds in [position, position + frames) to out[side * CELL + frame]."""
    cells = cells_of(runtime)
    channels = channels_of(program)
    clip_shapes = clip_shapes_of(program)
    clips = clips_of(program)
    first, count = channels[channel, C_CLIPS], channels[channel, C_CLIP_COUNT]
    k, stop = _first_sounding(ends_of(program), first, count, position), first + count
    while k < stop and clips[k, K_START] < position + frames:
        clip, shape = clips[k], clip_shapes[k]
        begin = max(position, clip[K_START])
        length = min(position + frames, clip[K_END]) - begin
        if length > 0:
            ready, at = carray(i64_at(clip[K_READY]), (1,))[0], begin - position
            missing = _add_clip(out, at, clip[K_LEFT], clip, shape, begin, length, ready)
            _add_clip(out, CELL + at, clip[K_RIGHT], clip, shape, begin, length, ready)
            cells[STARVED] += missing > 0
        k += 1
