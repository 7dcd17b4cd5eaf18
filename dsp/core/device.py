"""What a device is: its declared parameters, the size of its state and its latency.

A device is one file with `DEVICE` (a `Device`), `KERNEL` (a cfunc of `KERNEL_SIGNATURE`) and
`prepare(sample_rate, values)`. The kernel works in place on planar stereo whose channels lie `CHANNEL_STRIDE`
floats apart: sample n of channel c is block[c * 64 + n], and frames <= 64. Its state is one float64 array:

    state[0]        sample rate in Hz
    state[1 .. P]   parameter targets in the order of declaration; the engine writes them, the kernel smooths them
    state[P + 1 ..] private: smoothed values, filter memory, delay lines

Invariants: a kernel never allocates, gives the same sound for any way of cutting the stream into blocks, turns
silence into silence, and treats a sample that is not finite as 0 so that it cannot poison what follows.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import types

from dsp.core.intrinsics import F32_POINTER

BLOCK_FRAMES = 64
"""The most frames a kernel is given at once."""
CHANNEL_STRIDE = 64
"""Floats from one channel of a block to the next."""
KERNEL_SIGNATURE = types.void(types.int64, F32_POINTER, types.int64)
"""`void kernel(int64 state_address, float32* block, int64 frames)`."""

State = npt.NDArray[np.float64]
_SCALES = frozenset({"lin", "log", "db"})


@dataclass(frozen=True)
class Parameter:
    """One knob: `id` and `name` are stable for ever, the range and default are in `unit`.

    `scale` is how a knob's travel maps to the range (lin, log, db); `smoothing_ms` is the time constant with which
    the kernel follows a new target (0: at once). `choices` names the values 0, 1, .. of a parameter that is a choice.
    """

    id: int
    name: str
    title: str
    default: float
    low: float
    high: float
    unit: str
    scale: str = "lin"
    smoothing_ms: float = 0.0
    choices: tuple[str, ...] = ()

    def clamped(self, value: float) -> float:
        """Return `value` inside the range; what is not a number becomes the default, a choice is a whole number."""
        inside = self.default if math.isnan(value) else min(max(value, self.low), self.high)
        return float(math.floor(inside + 0.5)) if self.choices else inside

    def problems(self) -> list[str]:
        """Return what is wrong with this declaration, one sentence each."""
        rules = {
            "the default lies outside the range": self.low <= self.default <= self.high,
            "the range is empty": self.low < self.high,
            "a bound is not finite": math.isfinite(self.low) and math.isfinite(self.high),
            f"the scale {self.scale!r} is not one of lin, log, db": self.scale in _SCALES,
            "a log scale needs a range above zero": self.scale != "log" or self.low > 0,
            "the smoothing time is negative": self.smoothing_ms >= 0,
            "the name is not an identifier": self.name.isidentifier() and self.name == self.name.lower(),
            "the title is empty": bool(self.title),
            "a choice's range is not 0 to its last": not self.choices or (self.low, self.high) == self._places,
        }
        return [f"{self.name}: {sentence}" for sentence, holds in rules.items() if not holds]

    @property
    def _places(self) -> tuple[float, float]:
        return 0.0, len(self.choices) - 1.0


def choice(parameter_id: int, name: str, title: str, words: tuple[str, ...]) -> Parameter:
    """Return a parameter that is one of `words`, the first unless it is touched."""
    return Parameter(parameter_id, name, title, 0.0, 0.0, len(words) - 1.0, "", choices=words)


def switch(parameter_id: int, name: str, title: str) -> Parameter:
    """Return a parameter that is off (0) unless it is touched, or on (1); its name begins with `is_`."""
    return choice(parameter_id, name, title, ("Off", "On"))


def no_latency(_sample_rate: int, _values: Mapping[str, float]) -> int:
    """Return the latency of a device from which the sound leaves as it enters: 0 frames."""
    return 0


@dataclass(frozen=True)
class Device:
    """The declaration from which window, automation, presets, undo and tests of a device are made.

    `private_size(sample_rate)` is how many float64 the kernel needs behind its parameters;
    `latency(sample_rate, values)` is the exact delay in frames for a full mapping of parameter values.
    `is_instrument` says that the private state begins with room for notes (`dsp.instruments.notes`).
    """

    id: str
    title: str
    version: int
    parameters: tuple[Parameter, ...]
    private_size: Callable[[int], int]
    latency: Callable[[int, Mapping[str, float]], int] = no_latency
    is_instrument: bool = False

    @property
    def private_start(self) -> int:
        """Index of the first float64 behind the parameter targets."""
        return 1 + len(self.parameters)

    def slot_of(self, name: str) -> int:
        """Return the index in the state of a parameter's target; raises KeyError for an unknown name."""
        for slot, parameter in enumerate(self.parameters, start=1):
            if parameter.name == name:
                return slot
        raise KeyError(name)

    def values(self, given: Mapping[str, float]) -> dict[str, float]:
        """Return every parameter's value: as given and clamped, else its default. Unknown names are ignored."""
        return {p.name: p.clamped(float(given.get(p.name, p.default))) for p in self.parameters}

    def state_size(self, sample_rate: int) -> int:
        """Return how many float64 the whole state takes at this rate."""
        return self.private_start + self.private_size(sample_rate)

    def latency_frames(self, sample_rate: int, values: Mapping[str, float]) -> int:
        """Return the exact delay from input to output in frames."""
        return self.latency(sample_rate, self.values(values))

    def new_state(self, sample_rate: int, values: Mapping[str, float]) -> State:
        """Return a state with rate and targets filled in and everything private at zero."""
        state = np.zeros(self.state_size(sample_rate), np.float64)
        state[0] = sample_rate
        state[1 : self.private_start] = list(self.values(values).values())
        return state

    def check(self) -> list[str]:
        """Return what is wrong with the declaration, one sentence each; empty when it is sound."""
        found = [problem for parameter in self.parameters for problem in parameter.problems()]
        ids, names = {p.id for p in self.parameters}, {p.name for p in self.parameters}
        if len(ids) != len(self.parameters) or len(names) != len(self.parameters):
            found.append("two parameters share an id or a name")
        if self.id.count(".") != 1 or not all(part.isidentifier() for part in self.id.split(".")):
            found.append(f"the id {self.id!r} is not family.name")
        if self.version < 1 or not self.title:
            found.append("a device needs a title and a version from 1")
        found.extend(
            f"state size or latency is negative at {sample_rate} Hz"
            for sample_rate in (44_100, 48_000, 96_000, 192_000)
            if self.private_size(sample_rate) < 0 or self.latency_frames(sample_rate, {}) < 0
        )
        return [f"{self.id}: {problem}" for problem in found]
