"""The figures of instruments for `maxbooster bench devices`: a row each, with its default values.

`idle_ns` is what a frame costs while nothing sounds, `voice_ns` what each note adds, in nanoseconds of the thread's own
time in blocks of 64, without what a call costs by itself. `peak_db` is the highest sample of one hard note; `alias_db`
is all of a held C6 that is no harmonic of it, over the whole spectrum, against its fundamental (None for what holds no
note).
"""

import ctypes
import time
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.core.device import BLOCK_FRAMES, CHANNEL_STRIDE
from dsp.instruments.notes import EVENT_FIELDS, EVENTS_WAITING, FIRST_EVENT, NOTE_ON
from maxbooster_desktop.engine.graph.presets import presets_of

RATE = 48_000
_KERNEL_TYPE = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64)
_NOTES, _C6, _KICK, _PARTS = 8, 84, 36, 5
_BESIDE_HZ = 12

Sound = npt.NDArray[np.float32]


def instrument_row(module: ModuleType, seconds: float) -> dict[str, Any]:
    """Return the figures of one instrument; `seconds` is how much sound each timed part makes."""
    chord = [_KICK if _is_struck(module) else 48 + place for place in range(_NOTES)]
    idle_ns, busy_ns = (_frame_ns(module, pitches, seconds) for pitches in ([], chord))
    note = _played(module, [_KICK if _is_struck(module) else _C6], 2 * RATE)
    return {
        "idle_ns": idle_ns,
        "voice_ns": (busy_ns - idle_ns) / _NOTES,
        "voices": int(module.VOICES),
        "peak_db": 20 * float(np.log10(np.abs(note).max())),
        "alias_db": None if _is_struck(module) else _alias_db(note[0, RATE:]),
        "presets": len(presets_of(module.DEVICE.id)),
    }


def _is_struck(module: ModuleType) -> bool:
    """Return whether notes of an instrument end by themselves."""
    return bool(np.abs(_played(module, [_KICK], 4 * RATE)[:, -RATE:]).max() == 0.0)


def _started(module: ModuleType, pitches: list[int]) -> npt.NDArray[np.float64]:
    """Return a state in which notes wait to begin."""
    state: npt.NDArray[np.float64] = module.prepare(RATE, module.DEVICE.values({}))
    room = module.DEVICE.private_start
    for place, pitch in enumerate(pitches):
        first = room + FIRST_EVENT + place * EVENT_FIELDS
        state[first : first + EVENT_FIELDS] = 0.0, NOTE_ON, place + 1.0, pitch, 1.0
    state[room + EVENTS_WAITING] = len(pitches)
    return state


def _played(module: ModuleType, pitches: list[int], frames: int) -> Sound:
    call, state = _KERNEL_TYPE(module.KERNEL.address), _started(module, pitches)
    area, out = np.zeros((2, CHANNEL_STRIDE), np.float32), np.zeros((2, frames), np.float32)
    for start in range(0, frames, BLOCK_FRAMES):
        count = min(BLOCK_FRAMES, frames - start)
        area[:] = 0.0
        call(state.ctypes.data, area.ctypes.data, count)
        out[:, start : start + count] = area[:, :count]
    return out


def _frame_ns(module: ModuleType, pitches: list[int], seconds: float) -> float:
    """Return what a frame costs right after notes began, the least of several parts, without the calls from Python."""
    call, area = _KERNEL_TYPE(module.KERNEL.address), np.zeros((2, CHANNEL_STRIDE), np.float32)
    area_at, blocks = area.ctypes.data, max(1, round(min(seconds, 0.05) * RATE / BLOCK_FRAMES))
    costs = []
    for frames in (BLOCK_FRAMES, 0):
        best = float("inf")
        for _ in range(_PARTS):
            state = _started(module, pitches)
            call(state.ctypes.data, area_at, BLOCK_FRAMES)
            started = time.thread_time()
            for _block in range(blocks):
                call(state.ctypes.data, area_at, frames)
            best = min(best, time.thread_time() - started)
        costs.append(best)
    return (costs[0] - costs[1]) * 1e9 / (blocks * BLOCK_FRAMES)


def _alias_db(sound: Sound) -> float:
    power = np.abs(np.fft.rfft(sound.astype(np.float64) * np.kaiser(RATE, 18))) ** 2
    hz = 440.0 * 2 ** ((_C6 - 69) / 12)
    around = [
        slice(max(0, round(k * hz) - _BESIDE_HZ), round(k * hz) + _BESIDE_HZ + 1) for k in range(int(RATE / hz / 2) + 1)
    ]
    fundamental = power[around[1]].sum()
    for harmonic in around:
        power[harmonic] = 0.0
    return float(10 * np.log10(max(power.sum(), 1e-30) / fundamental))
