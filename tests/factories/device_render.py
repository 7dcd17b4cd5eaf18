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


def rendered(device, sound, sample_rate=48_000, **values):
    """Return what a device makes of [2, frames], as float64; values that are not named keep their default."""
    state = device.prepare(sample_rate, device.DEVICE.values(values))
    return run_kernel(device.KERNEL, state, np.asarray(sound, np.float32)).astype(np.float64)


def both_sides(hz, level_db, seconds=0.5, sample_rate=48_000):
    """Return a tone in dBFS, the same left and right."""
    wave = 10 ** (level_db / 20) * np.sin(2 * np.pi * hz * np.arange(round(seconds * sample_rate)) / sample_rate)
    return np.stack([wave, wave])


def response_db(device, sample_rate=48_000, **values):
    """Return what a device does to each Hz up to half the rate, by an impulse of one second at -40 dBFS."""
    impulse = np.zeros((2, sample_rate))
    impulse[:, 0] = 0.01
    return 20 * np.log10(np.abs(np.fft.rfft(rendered(device, impulse, sample_rate, **values)[0])) / 0.01 + 1e-9)
