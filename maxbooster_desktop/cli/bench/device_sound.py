"""What a device makes of a sound: its kernel called as the engine calls it, in blocks of 64 frames at 48 kHz."""

import ctypes
from collections.abc import Mapping
from types import ModuleType

import numpy as np
import numpy.typing as npt

from dsp.core.device import BLOCK_FRAMES, CHANNEL_STRIDE

RATE = 48_000
KERNEL_TYPE = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64)

Sound = npt.NDArray[np.float32]


def processed(module: ModuleType, sound: Sound, values: Mapping[str, float]) -> Sound:
    """Return [2, frames] behind a fresh device with these values by name."""
    call, state = KERNEL_TYPE(module.KERNEL.address), module.prepare(RATE, module.DEVICE.values(values))
    area, out = np.zeros((2, CHANNEL_STRIDE), np.float32), np.empty_like(sound)
    for start in range(0, sound.shape[1], BLOCK_FRAMES):
        frames = min(BLOCK_FRAMES, sound.shape[1] - start)
        area[:, :frames] = sound[:, start : start + frames]
        call(state.ctypes.data, area.ctypes.data, frames)
        out[:, start : start + frames] = area[:, :frames]
    return out
