"""Run a device's kernel over sound the way the engine does: planar stereo, at most 64 frames at a time, in place."""

import ctypes

import numpy as np

from dsp.core.device import BLOCK_FRAMES, CHANNEL_STRIDE

_KERNEL_TYPE = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64)


def run_kernel(kernel, state, audio, block=BLOCK_FRAMES):
    """Return what the kernel makes of float32 [2, frames]; `state` goes on from where it is."""
    call = _KERNEL_TYPE(kernel.address)
    area = np.zeros((2, CHANNEL_STRIDE), np.float32)
    out = np.empty_like(audio, dtype=np.float32)
    for start in range(0, audio.shape[1], block):
        part = audio[:, start : start + block]
        frames = part.shape[1]
        area[:, :frames] = part
        call(state.ctypes.data, area.ctypes.data, frames)
        out[:, start : start + frames] = area[:, :frames]
    return out
