"""Impulse responses of guitar and bass cabinets under a microphone, from formulas, the same bytes each time.

    box        second-order high-pass at its resonance (R. Small, "Closed-Box Loudspeaker Systems", JAES 20(10), 1972)
    cone       roll-off of fourth order, lower towards its edge, and a bell where it is loudest
    break-up   modes of the cone between 0.9 kHz and its roll-off, damped sines f e^(-pi f t / Q)
    open back  what comes round from behind, inverted and later, so that the lows cancel

All sections are state-variable filters by trapezoidal integration (A. Simper, 2013), so every rate has the same sound.
"""

import math
from typing import Any

import numpy as np

from dsp.core.compiled import inner_kernel, sized

CABINETS = ("None", "1x10 open", "1x12 open", "2x12", "4x12 closed", "1x15 bass")
LONGEST_S = 0.04
_MODES = 18
_ROUND_GAIN = 0.55
#: Per cabinet: box resonance in Hz and its Q, roll-off in Hz, bell in Hz and dB, level of the modes, the way round the
#: back in ms (0: closed), level.
_TABLE = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
        [125.0, 1.1, 5_800.0, 3_100.0, 5.0, 0.16, 0.9, 0.9],
        [100.0, 1.2, 5_200.0, 2_700.0, 5.5, 0.14, 1.2, 0.8],
        [92.0, 1.1, 5_000.0, 2_500.0, 5.0, 0.12, 1.7, 0.8],
        [110.0, 1.7, 4_600.0, 2_900.0, 7.0, 0.18, 0.0, 0.6],
        [55.0, 0.9, 3_200.0, 1_500.0, 3.0, 0.08, 0.0, 0.9],
    ]
)
SLOTS = 8
"""Numbers of a device's state that writing needs: two for each of four sections."""


@sized
def response_frames(rate: float) -> int:
    """Return how many taps a response has."""
    return int(LONGEST_S * rate)


@inner_kernel
def _section(state: Any, at: int, sample: float, g: float, damping: float) -> Any:
    """Return a sample behind high-pass, band-pass (1 at its middle) and low-pass."""
    middle = (state[at] + g * (sample - state[at + 1])) / (1.0 + g * (g + damping))
    low = state[at + 1] + g * middle
    high = sample - damping * middle - low
    state[at], state[at + 1] = 2.0 * middle - state[at], 2.0 * low - state[at + 1]
    return high, damping * middle, low


@inner_kernel
def _excitation(tap: int, late_frames: float) -> float:
    """Return the impulse, and what comes round from behind it."""
    found = 1.0 if tap == 0 else 0.0
    if late_frames > 0.0:
        found -= _ROUND_GAIN * max(0.0, 1.0 - abs(tap - late_frames))
    return found


@inner_kernel
def _modes(tap: int, rate: float, top_hz: float) -> float:
    """Return the sum of the break-up modes, spread by the golden ratio, one after another in sign."""
    found, seconds = 0.0, tap / rate
    for number in range(_MODES):
        place = (0.6180339887498949 * (number + 1)) % 1.0
        hz = 900.0 * (top_hz / 900.0) ** place
        quality = 9.0 + 8.0 * ((0.7548776662466927 * (number + 1)) % 1.0)
        level = (hz / rate) * math.exp(-math.pi * hz * seconds / quality)
        found += (level if number % 2 == 0 else -level) * math.sin(2.0 * math.pi * hz * seconds)
    return found


@inner_kernel
def write_cabinet(
    state: Any, base: int, memory: Any, left: int, right: int, first: int, count: int, cabinet: int, edge: float
) -> None:
    """Write taps of a cabinet for both sides; `edge` is where the microphone stands, 0 (centre of the cone) to 1."""
    own, rate = _TABLE[cabinet], state[0]
    if first == 0:
        for number in range(SLOTS):
            state[base + number] = 0.0
    top_hz = min(own[2] * (1.0 - 0.5 * edge), 0.4 * rate)
    late, last = own[6] * 0.001 * rate, response_frames(rate)
    bell = 10.0 ** (own[4] * (1.0 - 0.8 * edge) / 20.0) - 1.0
    box_g, bell_g = math.tan(math.pi * own[0] / rate), math.tan(math.pi * own[3] / rate)
    top_g = math.tan(math.pi * top_hz / rate)
    for n in range(count):
        tap = first + n
        found = 1.0 if tap == 0 else 0.0
        if cabinet > 0:
            found = _excitation(tap, late)
            found, _, _ = _section(state, base, found, box_g, 1.0 / own[1])
            _, peak, _ = _section(state, base + 2, found, bell_g, 1.2)
            found += bell * peak
            _, _, found = _section(state, base + 4, found, top_g, 0.75)
            _, _, found = _section(state, base + 6, found, top_g, 1.6)
            found = own[7] * (found + own[5] * _modes(tap, rate, top_hz))
            found *= min(1.0, max(0.0, 5.0 * (last - tap) / last))
        memory[left + n] = memory[right + n] = np.float32(found)
