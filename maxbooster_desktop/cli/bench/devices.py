"""`maxbooster bench devices`: a row for every device: its cost, its latency and what it does to a tone, untouched.

Instruments have rows of their own (`instruments.py`).

`ns` is nanoseconds of the thread's own time per stereo frame, in blocks of 64; `pedalboard_ns` is the nearest device
of pedalboard in the same run, or None. `gain_db` is the level of a tone of 1 kHz at -6 dBFS after 4.5 s, `other_db`
all that is not this tone beside it. `python -m maxbooster_desktop.cli.bench.devices FILE` writes docs/devices.md.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.core.device import BLOCK_FRAMES, CHANNEL_STRIDE
from maxbooster_desktop.cli.bench.device_sound import KERNEL_TYPE, RATE, processed
from maxbooster_desktop.cli.bench.equaliser import lines as equaliser_lines
from maxbooster_desktop.cli.bench.instruments import instrument_row
from maxbooster_desktop.cli.bench.peers import effect_ns
from maxbooster_desktop.engine.graph.devices import device_ids, instrument_ids, module_of
from maxbooster_desktop.engine.graph.presets import presets_of

_PEERS = {"mixing.utility": "Gain", "dynamics.compressor": "Compressor", "dynamics.true_peak_limiter": "Limiter",
          "delays.echo": "Delay", "dynamics.gate": "NoiseGate", "distortion.saturator": "Distortion",
          "distortion.bit_crusher": "Bitcrush", "reverbs.reverb": "Reverb", "modulation.chorus": "Chorus",
          "modulation.phaser": "Phaser", "reverbs.convolution": "Convolution",
          "filters.parametric_equaliser": "PeakFilter"}  # fmt: skip
#: What would be idle untouched is timed at work, beside as many of pedalboard's devices.
_AT_WORK = {"filters.parametric_equaliser": ({f"band{number}_gain_db": 3.0 for number in range(1, 9)}, 8)}
_PARTS = 5
_TONE_HZ = 1_000


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure every device; `--seconds` is how much sound each part processes."""
    seconds = arguments.seconds or (0.2 if arguments.quick else 2.0)
    devices = {device_id: row(module_of(device_id), seconds) for device_id in device_ids()}
    return devices | {device_id: instrument_row(module_of(device_id), seconds) for device_id in instrument_ids()}


def row(module: ModuleType, seconds: float) -> dict[str, Any]:
    """Return the figures of one device with its default values."""
    device = module.DEVICE
    values, peers = _AT_WORK.get(device.id, ({}, 1))
    state = module.prepare(RATE, device.values(values))
    gain_db, other_db = _tone_figures(module)
    return {
        "ns": _device_ns(module.KERNEL.address, state, seconds),
        "pedalboard_ns": effect_ns(_PEERS.get(device.id), seconds, peers),
        "latency": device.latency_frames(RATE, {}),
        "gain_db": gain_db,
        "other_db": other_db,
        "presets": len(presets_of(device.id)),
    }


def _device_ns(address: int, state: npt.NDArray[np.float64], seconds: float) -> float:
    """Return what a frame costs, the least of several parts, without the calls from Python around it."""
    sound = (np.random.default_rng(0).standard_normal((2, CHANNEL_STRIDE)) * 0.1).astype(np.float32)
    call, area = KERNEL_TYPE(address), sound.copy()
    state_at, area_at = state.ctypes.data, area.ctypes.data
    blocks, costs = max(1, round(seconds * RATE / BLOCK_FRAMES)), []
    for frames in (BLOCK_FRAMES, 0):
        best = float("inf")
        for _ in range(_PARTS):
            started = time.thread_time()
            for _block in range(blocks):
                area[:] = sound
                call(state_at, area_at, frames)
            best = min(best, time.thread_time() - started)
        costs.append(best)
    return (costs[0] - costs[1]) * 1e9 / (blocks * BLOCK_FRAMES)


def _tone_figures(module: ModuleType) -> tuple[float, float]:
    """Return the level in dB of a tone behind the device, and of all else beside that tone."""
    wave = 0.5 * np.sin(2 * np.pi * _TONE_HZ * np.arange(5 * RATE) / RATE)
    out = processed(module, np.stack([wave, wave]).astype(np.float32), {})[0, -RATE // 2 :].astype(np.float64)
    power = np.abs(np.fft.rfft(out * np.blackman(out.size))) ** 2
    place = _TONE_HZ * out.size // RATE
    tone, whole = float(power[place - 4 : place + 5].sum()), float(power.sum())
    level_db = 20 * np.log10(np.sqrt(2 * np.mean(out**2)) / 0.5)
    return float(level_db), float(10 * np.log10(max(whole - tone, 1e-16 * tone) / tone))


def page(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of docs/devices.md."""
    yield "# Devices: what each measures\n"
    yield "Written by `python -m maxbooster_desktop.cli.bench.devices docs/devices.md`; `maxbooster bench devices`"
    yield "prints the same. Default values, 48 kHz. ns: per stereo frame, one core, blocks of 64 (pedalboard's nearest"
    yield "device: 512; the EQ: eight bells of 3 dB, beside eight of them; the convolution: two paths of noise as long"
    yield "as our four). Level, and all that is not the tone (further than 8 Hz away): 1 kHz at -6 dBFS, after 4.5 s."
    yield "Formulas and sources: [dsp.md](dsp.md). Presets: in `resources/presets`.\n"
    yield "| device | id | ns | pedalboard ns | latency, frames | level, dB | not the tone, dB | presets |"
    yield "|---|---|---|---|---|---|---|---|"
    for device_id in device_ids():
        found = figures[device_id]
        peer = "-" if found["pedalboard_ns"] is None else f"{found['pedalboard_ns']:.1f}"
        cells = (
            module_of(device_id).DEVICE.title, f"`{device_id}`", f"{found['ns']:.1f}", peer, str(found["latency"]),
            f"{found['gain_db']:+.2f}", f"{found['other_db']:.0f}", str(found["presets"]),
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |"
    yield from equaliser_lines()
    yield "\n# Instruments\n"
    yield "ns a frame: while nothing sounds, and what each note adds; what a call costs by itself is left out. Peak of"
    yield "one hard note. Not the note: all of a held C6 that is no harmonic of it, of the whole spectrum, against its"
    yield "fundamental.\n"
    yield "| instrument | id | idle ns | ns a voice | voices | peak, dB | not the note, dB | presets |"
    yield "|---|---|---|---|---|---|---|---|"
    for device_id in instrument_ids():
        yield _instrument_line(device_id, figures[device_id])


def _instrument_line(device_id: str, found: dict[str, Any]) -> str:
    alias = "-" if found["alias_db"] is None else f"{found['alias_db']:.0f}"
    cells = (
        module_of(device_id).DEVICE.title, f"`{device_id}`", f"{found['idle_ns']:.1f}", f"{found['voice_ns']:.1f}",
        str(found["voices"]), f"{found['peak_db']:+.1f}", alias, str(found["presets"]),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    measured = run(argparse.Namespace(seconds=None, quick=False))
    Path(sys.argv[1]).write_text("\n".join(page(measured)) + "\n", encoding="utf-8")
