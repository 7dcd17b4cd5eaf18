"""The studio's end of a plug-in, compiled: a device kernel that hands hops over and plays what came back.

Called by the audio callback it takes no lock, no memory and no GIL; one non-blocking write a hop wakes the plug-in's
process. What is played now was handed over `LINK_LATENCY` frames ago. A hop that is not there when it is due fades
out from the last sample within its 64 frames, is counted, and never comes late: every hop has its place by number.
While the plug-in is bypassed, the sound that went in comes out at the same place, faded over.

Offline the kernel waits for the answer instead, so that a render is the same every time.
"""

from typing import Any

import numpy as np
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inner_kernel
from dsp.core.device import CHANNEL_STRIDE, KERNEL_SIGNATURE
from dsp.core.intrinsics import call_with_words, f32_at, f64_at, i64_at, load_acquire, store_release
from plugins_host.wire.layout import (
    BAD,
    BYPASS,
    C_FIELDS,
    C_HOP,
    C_PARAMETER,
    C_VALUE,
    CHANGES,
    CHANGES_AT,
    CHANGES_READ,
    CHANGES_WRITTEN,
    CHANNELS,
    DONE,
    FIRST,
    HOP_FRAMES,
    HOPS,
    IN_AT,
    LATE,
    OFFERED,
    OUT_AT,
)

#: link[..]: what the kernel knows of its plug-in. The device's state holds the link's address in its first cell, its
#: parameters' targets behind that.
(
    LINK_SHARED,  # address of the shared memory
    LINK_WAKE,  # descriptor that is written to when a hop is there
    LINK_WRITE,  # address of `write`
    LINK_PAUSE,  # address of `usleep` offline, 0 live
    LINK_LATENCY,  # frames from handing over to playing: whole hops, at least one
    LINK_PARAMETERS,  # how many the device has
    LINK_TOLD,  # address of what the plug-in was told of each, float64, in the device's own unit
    LINK_HIGHEST,  # address of each parameter's highest value, which is the plug-in's 1, float64
    LINK_NUMBERS,  # address of each parameter's number in the plug-in, int64
    LINK_NOW,  # frames so far
    LINK_WET,  # 0..HOP_FRAMES: how far what came back is faded in
    LINK_DRY,  # 0..HOP_FRAMES: how far the bypass is faded in
    LINK_ANSWERED,  # 1: the hop that is being played is there
    LINK_HELD,  # address of the last samples that came back, one a channel, float64
    LINK_FIELDS,
) = range(15)

_PAUSE_US = 20
_LOUDEST = np.float32(1e30)
_ONE_HOP = np.float32(1.0 / HOP_FRAMES)


@inner_kernel
def _tell_changes(address, link, hop):
    """Write a row for every parameter that has moved; what finds no room waits for the next hop."""
    shared = link[LINK_SHARED]
    words, count = i64_at(shared), link[LINK_PARAMETERS]
    targets = carray(f64_at(address + 8), (count,))
    told, highest = carray(f64_at(link[LINK_TOLD]), (count,)), carray(f64_at(link[LINK_HIGHEST]), (count,))
    numbers = carray(i64_at(link[LINK_NUMBERS]), (count,))
    rows = carray(f64_at(shared + CHANGES_AT), (CHANGES, C_FIELDS))
    written, read = words[CHANGES_WRITTEN], load_acquire(words, CHANGES_READ)
    for n in range(count):
        if targets[n] == told[n]:
            continue
        if written - read >= CHANGES:
            break
        row = rows[written % CHANGES]
        row[C_HOP], row[C_PARAMETER], row[C_VALUE] = hop, numbers[n], targets[n] / highest[n]
        told[n] = targets[n]
        written += 1
    store_release(words, CHANGES_WRITTEN, written)


@inner_kernel
def _is_answered(link, words, hop):
    """Tell whether a hop's output is there; offline wait until it is, or the plug-in is given up."""
    if link[LINK_PAUSE] != 0:
        while load_acquire(words, DONE) <= hop and load_acquire(words, BYPASS) == 0:
            call_with_words(link[LINK_PAUSE], (np.int64(_PAUSE_US),))
    return load_acquire(words, DONE) > hop


@inner_kernel
def _finite(sample, words):
    if abs(sample) < _LOUDEST:
        return sample
    words[BAD] += 1
    return np.float32(0.0)


@inner_kernel
def _play(link, words, slot, place, is_answered, block, i):
    """Put sample `place` of the due hop in `slot` into the block."""
    shared = link[LINK_SHARED]
    back, into = f32_at(shared + OUT_AT), f32_at(shared + IN_AT)
    held = f64_at(link[LINK_HELD])
    link[LINK_WET] = min(HOP_FRAMES, link[LINK_WET] + 1) if is_answered else max(0, link[LINK_WET] - 1)
    wet_gain, dry_gain = np.float32(link[LINK_WET]) * _ONE_HOP, np.float32(link[LINK_DRY]) * _ONE_HOP
    for channel in range(CHANNELS):
        at = slot + channel * HOP_FRAMES + place
        if is_answered:
            held[channel] = _finite(back[at], words)
        wet = np.float32(held[channel]) * wet_gain
        dry = into[at]
        block[channel * CHANNEL_STRIDE + i] = wet + (dry - wet) * dry_gain if dry_gain < 1.0 else dry


@inner_kernel
def _take_in(link, words, block, i, frame):
    """Hand one frame over; with the last of a hop its process is woken."""
    into = f32_at(link[LINK_SHARED] + IN_AT)
    hop, place = frame // HOP_FRAMES, frame % HOP_FRAMES
    slot = (hop % HOPS) * CHANNELS * HOP_FRAMES
    for channel in range(CHANNELS):
        sample = block[channel * CHANNEL_STRIDE + i]
        into[slot + channel * HOP_FRAMES + place] = sample if abs(sample) < _LOUDEST else np.float32(0.0)
    if place == HOP_FRAMES - 1:
        store_release(words, OFFERED, hop + 1)
        if load_acquire(words, BYPASS) == 0:
            call_with_words(link[LINK_WRITE], (link[LINK_WAKE], link[LINK_SHARED], np.int64(1)))


def _process(address: int, block: Any, frames: int) -> None:
    """Exchange one block in place; see the module."""
    link = carray(i64_at(i64_at(address)[0]), (LINK_FIELDS,))
    words = i64_at(link[LINK_SHARED])
    for i in range(frames):
        frame = link[LINK_NOW] + i
        due, place = frame - link[LINK_LATENCY], frame % HOP_FRAMES
        hop = due // HOP_FRAMES
        if place == 0:
            _tell_changes(address, link, frame // HOP_FRAMES)
        # A plug-in that is loading was handed nothing yet: until its first hop is due it is passed by.
        is_passed = load_acquire(words, BYPASS) != 0 or 0 <= hop < load_acquire(words, FIRST)
        link[LINK_DRY] = min(HOP_FRAMES, link[LINK_DRY] + 1) if is_passed else max(0, link[LINK_DRY] - 1)
        if place == 0 and due >= 0:
            is_answered = not is_passed and _is_answered(link, words, hop)
            link[LINK_ANSWERED] = is_answered
            if not is_answered and not is_passed:
                store_release(words, LATE, words[LATE] + 1)
        _take_in(link, words, block, i, frame)
        if due >= 0:
            slot = (hop % HOPS) * CHANNELS * HOP_FRAMES
            _play(link, words, slot, place, link[LINK_ANSWERED] != 0, block, i)
        else:
            block[i] = block[CHANNEL_STRIDE + i] = np.float32(0.0)
    link[LINK_NOW] += frames


KERNEL = cfunc_kernel(KERNEL_SIGNATURE)(_process)
