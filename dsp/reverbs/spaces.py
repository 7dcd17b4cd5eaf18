"""The impulse responses of the convolution reverb: rooms, plate and spring from formulas, the same bytes each time.

    late       noise in three bands, each falling by 60 dB in its share of the decay, opening with 1 - exp(-t / onset)
    rooms      early reflections before it: image sources of a box (J. Allen, D. Berkley, JASA 65(4), 1979), images up
               to the second on each axis, two sources and two ears, so all four paths differ
    plate      no reflections: dense at once, its lows last
    spring     chirps that rise to a transition frequency and widen with every way along the wire (J. Parker, S. Bilbao,
               DAFx 2009), each the closed form of its dispersion: f(t) = f_c sqrt((t - m T) / (m D)); noise behind them

Late energy is the same for every decay. Direct sound is left out: that is the dry sound.
"""

import math
from typing import Any

import numpy as np

from dsp.core.compiled import inner_kernel, sized

SPACES = ("Room", "Chamber", "Hall", "Church", "Plate", "Spring")
LONGEST_DECAY_S = 5.0
#: A response ends where the middle band is 66 dB down, faded over its last tenth.
_LENGTH = 1.1
_SOUND_M_S = 343.0
_LOW_HZ, _HIGH_HZ = 250.0, 4_000.0
_MOST_HITS, _WAYS = 2, 24
_SIXTY_DB = math.log(1_000.0)
_SPRING = 5
#: Per space: box in m (0: none), reflection of a wall, level of what is early and late, onset in ms, decay of the low
#: and the high band beside the middle one.
_TABLE = np.array(
    [
        [5.1, 4.2, 2.7, 0.80, 0.45, 0.7, 6.0, 1.10, 0.60],
        [7.4, 5.6, 3.6, 0.93, 0.35, 0.9, 3.0, 1.15, 0.80],
        [28.0, 19.0, 13.0, 0.85, 0.60, 0.9, 30.0, 1.20, 0.50],
        [46.0, 23.0, 17.0, 0.90, 0.40, 1.0, 70.0, 1.30, 0.35],
        [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.4, 1.40, 0.90],
        [0.0, 0.0, 0.0, 0.0, 0.9, 0.45, 35.0, 0.90, 0.30],
    ]
)
#: Places of both sources and both ears in the box, as shares of its sides.
_SOURCES = np.array([[0.31, 0.27, 0.41], [0.67, 0.29, 0.43]])
_EARS = np.array([[0.44, 0.73, 0.47], [0.57, 0.71, 0.46]])
SLOTS = 16
"""Numbers of a device's state that writing needs: two filters of two poles for each of four paths."""


@sized
def response_frames(decay_s: float, rate: float) -> int:
    """Return how many taps a response has."""
    return int(_LENGTH * decay_s * rate)


@inner_kernel
def _noise(tap: int, path: int) -> float:
    """Return a number of variance 1 that depends on nothing else (SplitMix64)."""
    x = np.uint64(tap * 4 + path + 1) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return (float(x >> np.uint64(11)) * 2.0**-52 - 1.0) * 1.7320508075688772


@inner_kernel
def _late(state: Any, base: int, memory: Any, row: int, path: int, first: int, count: int, values: Any) -> None:
    """Write the late sound of one path; `values`: space, decay in s, size as a factor."""
    space, decay_s, size = values
    rate, fall = state[0], _SIXTY_DB / (decay_s * state[0])
    own = _TABLE[int(space)]
    level = own[5] * math.sqrt(2.0 * fall)
    low_keep = 1.0 - math.exp(-2.0 * math.pi * _LOW_HZ / rate)
    high_keep = 1.0 - math.exp(-2.0 * math.pi * _HIGH_HZ / rate)
    m = base + 4 * path
    low1, low, mid1, mid = state[m], state[m + 1], state[m + 2], state[m + 3]
    a, b, c = math.exp(-fall * first / own[7]), math.exp(-fall * first), math.exp(-fall * first / own[8])
    step_a, step_b, step_c = math.exp(-fall / own[7]), math.exp(-fall), math.exp(-fall / own[8])
    onset = 1_000.0 / (own[6] * size * rate)
    open_now, open_step = math.exp(-onset * first), math.exp(-onset)
    last = response_frames(decay_s, rate)
    fade = 10.0 / last
    for n in range(count):
        x = _noise(first + n, path)
        low1 += low_keep * (x - low1)
        low += low_keep * (low1 - low)
        mid1 += high_keep * (x - mid1)
        mid += high_keep * (mid1 - mid)
        found = level * (1.0 - open_now) * (a * low + b * (mid - low) + c * (x - mid))
        ending = min(1.0, max(0.0, fade * (last - first - n)))
        memory[row + n] = np.float32(found * ending)
        a, b, c, open_now = a * step_a, b * step_b, c * step_c, open_now * open_step
    state[m], state[m + 1], state[m + 2], state[m + 3] = low1, low, mid1, mid


@inner_kernel
def _image(side_m: float, share: float, number: int) -> float:
    return side_m * (number + (share if number % 2 == 0 else 1.0 - share))


@inner_kernel
def _reflections(memory: Any, row: int, path: int, first: int, count: int, rate: float, values: Any) -> None:
    """Add the early reflections of one path whose taps lie here."""
    own, size = _TABLE[int(values[0])], values[2]
    source, ear = _SOURCES[path // 2], _EARS[path % 2]
    direct = 0.0
    for axis in range(3):
        direct += (own[axis] * size * (source[axis] - ear[axis])) ** 2
    direct = math.sqrt(direct)
    for i in range(-_MOST_HITS, _MOST_HITS + 1):
        x = _image(own[0] * size, source[0], i) - own[0] * size * ear[0]
        for j in range(-_MOST_HITS, _MOST_HITS + 1):
            y = _image(own[1] * size, source[1], j) - own[1] * size * ear[1]
            for k in range(-_MOST_HITS, _MOST_HITS + 1):
                hits = abs(i) + abs(j) + abs(k)
                z = _image(own[2] * size, source[2], k) - own[2] * size * ear[2]
                distance = math.sqrt(x * x + y * y + z * z)
                tap = (distance - direct) / _SOUND_M_S * rate - first
                if hits == 0 or tap <= -1.0 or tap >= count:
                    continue
                whole = math.floor(tap)
                part = tap - whole
                gain = own[4] * own[3] ** hits * direct / distance
                at = row + int(whole)
                if whole >= 0:
                    memory[at] += np.float32(gain * (1.0 - part))
                if whole + 1 < count:
                    memory[at + 1] += np.float32(gain * part)


@inner_kernel
def _spring(memory: Any, row: int, path: int, first: int, count: int, rate: float, values: Any) -> None:
    """Add the chirps of one path that sound here."""
    _, decay_s, size = values
    way_s, top_hz = (0.033 + 0.0023 * path) * size, min(4_200.0 + 130.0 * path, 0.4 * rate)
    fall = _SIXTY_DB / decay_s
    # A chirp has the energy (level top rate / 2) squared; all of them together that of the table.
    level = _TABLE[_SPRING, 4] * math.sqrt(2.0 * min(1.0, 4.0 * fall * way_s) / (top_hz * rate))
    begin_s, end_s = first / rate, (first + count) / rate
    for way in range(1, _WAYS + 1):
        start, spread = way_s * (2 * way - 1), 0.022 * way * size
        if end_s <= start or begin_s >= start + spread:
            continue
        gain = level * math.sqrt(top_hz / (2.0 * spread)) * math.exp(-fall * begin_s) * (1.0 if way % 2 == 0 else -1.0)
        turns = 4.0 / 3.0 * math.pi * top_hz * spread
        for n in range(count):
            u = (begin_s + n / rate - start) / spread
            if 0.0 < u < 1.0:
                u2 = u * u
                shape = gain * (1.0 - u2 * u2) / math.sqrt(math.sqrt(u + 0.02))
                memory[row + n] += np.float32(shape * math.sin(turns * u * math.sqrt(u)))


@inner_kernel
def writing_units(space: float, seconds: float, size: float) -> int:
    """Return what writing a piece of taps that far in costs, in units of a transform's work."""
    if space == _SPRING:
        # Chirps widen: about 4 sound at once for every second.
        return 12 + int(60.0 * min(seconds / size, 2.0))
    return 20 if _TABLE[int(space), 0] > 0.0 else 12


@inner_kernel
def write_space(
    state: Any, base: int, memory: Any, left: int, right: int, path: int, first: int, count: int, values: Any
) -> None:
    """Write taps of `path` and the next path; `values`: space, decay in s, size as a factor."""
    for side in range(2):
        row, own = left if side == 0 else right, path + side
        _late(state, base, memory, row, own, first, count, values)
        if values[0] == _SPRING:
            _spring(memory, row, own, first, count, state[0], values)
        elif _TABLE[int(values[0]), 0] > 0.0:
            _reflections(memory, row, own, first, count, state[0], values)
