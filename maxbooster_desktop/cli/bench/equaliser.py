"""How far each shape of the parametric equaliser lies from its analogue prototype: a table of docs/devices.md.

Measured through the device: the spectrum of an impulse's answer, from 20 Hz to 0.4 rate, wherever the prototype lies
above -40 dB. The worst of gains of +12 and -12 dB and of Q 0.5, 0.71 and 2 (shelves: 1), where a shape has them.
Prototypes: *Audio EQ Cookbook*; Butterworth for the cuts; a tilt is (g s + 1) / (s + g).
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.filters import parametric_equaliser
from maxbooster_desktop.cli.bench.device_sound import RATE, processed

PLACES_HZ = (100, 1_000, 5_000, 10_000, 15_000)
_FRAMES = RATE // 2
_HZ = np.arange(20, 0.4 * RATE + 1, 10)
_QUIETEST_DB = -40.0
_BUTTERWORTH_Q = math.sqrt(0.5)

Response = npt.NDArray[np.complexfloating[Any, Any]]


def worst_off_db(shape: str, hz: float) -> float:
    """Return how far a shape at `hz` lies from its prototype at worst, in dB."""
    has_gain = shape in {"Bell", "Low shelf", "High shelf", "Tilt"}
    worst = 0.0
    for gain_db in (12.0, -12.0) if has_gain else (0.0,):
        for q in _qualities(shape):
            wanted = 20 * np.log10(np.abs(_prototype(shape, hz, gain_db, q)) + 1e-12)
            off = np.abs(_measured_db(shape, hz, gain_db, q) - wanted)
            worst = max(worst, float(off[wanted > _QUIETEST_DB].max()))
    return worst


def _qualities(shape: str) -> tuple[float, ...]:
    if "cut" in shape or shape == "Tilt":
        return (_BUTTERWORTH_Q,)
    return (0.5, _BUTTERWORTH_Q, 1.0 if "shelf" in shape else 2.0)


def _measured_db(shape: str, hz: float, gain_db: float, q: float) -> npt.NDArray[np.float64]:
    impulse = np.zeros((2, _FRAMES), np.float32)
    impulse[:, 0] = 1.0
    number = float(parametric_equaliser.SHAPES.index(shape))
    values = {"band5_shape": number, "band5_hz": hz, "band5_gain_db": gain_db, "band5_q": q}
    spectrum = np.abs(np.fft.rfft(processed(parametric_equaliser, impulse, values)[0].astype(np.float64)))
    return np.asarray(20 * np.log10(spectrum[(_HZ * _FRAMES / RATE).astype(int)] + 1e-12))


def _prototype(shape: str, hz: float, gain_db: float, q: float) -> Response:
    s, a = 1j * _HZ / hz, 10 ** (gain_db / 40)
    if "cut" in shape:
        return _butterworth(1 / s if shape.startswith("Low") else s, int(shape.split()[2]) // 6)
    below, beside = s * s + s / q + 1, math.sqrt(a) / q * s
    found: dict[str, Response] = {
        "Bell": (s * s + s * a / q + 1) / (s * s + s / (a * q) + 1),
        "Low shelf": a * (s * s + beside + a) / (a * s * s + beside + 1),
        "High shelf": a * (a * s * s + beside + 1) / (s * s + beside + a),
        "Tilt": (a * a * s + 1) / (s + a * a),
        "Band-pass": s / q / below,
        "Notch": (s * s + 1) / below,
    }
    return found[shape]


def _butterworth(s: Response, order: int) -> Response:
    """Return a low-pass of an order, by its poles on the left half of the unit circle."""
    angles = math.pi * (2 * np.arange(1, order + 1) + order - 1) / (2 * order)
    return np.asarray(1.0 / np.prod(s[:, None] - np.exp(1j * angles), axis=1))


def lines() -> Iterator[str]:
    """Yield the section of docs/devices.md."""
    yield "\n# Parametric EQ beside its prototypes\n"
    yield "Worst distance in dB from the analogue filter, 20 Hz to 19.2 kHz at 48 kHz, where that lies above -40 dB;"
    yield "gains of +12 and -12 dB, Q of 0.5, 0.71 and 2 (shelves: 1; cuts: 0.71). A notch keeps its depth and width"
    yield "in Hz up there, not its skirts.\n"
    yield f"| shape | {' | '.join(f'{hz} Hz' for hz in PLACES_HZ)} |"
    yield "|---|" + "---|" * len(PLACES_HZ)
    for shape in parametric_equaliser.SHAPES[1:]:
        yield f"| {shape} | {' | '.join(f'{worst_off_db(shape, hz):.2f}' for hz in PLACES_HZ)} |"
