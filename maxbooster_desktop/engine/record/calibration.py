"""How long sound takes from the callback to the output, through the air or a cable, and back: measured, not believed.

A burst of noise is played and looked for in what the inputs captured, by cross-correlation (the lag of its peak). Noise
has one sharp peak, so the answer is exact to the sample, and a peak that does not stand out means that nothing came
back.
"""

import time
from collections import Counter
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.record.capture_ring import CaptureRing
from maxbooster_desktop.foundation.errors import MaxBoosterError

_BURST_S, _LONGEST_S = 0.4, 0.6
_GAIN = 0.25
#: How far the peak must stand above everything that is more than a millisecond away from it.
_CLEAR = 4.0
_LOOKS = 60


class NothingCameBackError(MaxBoosterError):
    """The burst is not in what was captured."""


class Listening(Protocol):
    """What is needed of the engine's session, whose input is open and whose transport stands."""

    sample_rate: int

    @property
    def runtime(self) -> Any:
        """The callback's arrays."""
        ...

    @property
    def inputs(self) -> int:
        """Open input channels."""
        ...

    def preview(self, samples: npt.NDArray[np.float32] | None) -> None:
        """Play samples beside the song."""
        ...


def burst(sample_rate: int) -> npt.NDArray[np.float32]:
    """Return the noise that is played, float32 [2, frames]."""
    mono = np.random.default_rng(1_770).standard_normal(round(_BURST_S * sample_rate)).astype(np.float32)
    return np.repeat(np.clip(mono * _GAIN, -1.0, 1.0)[np.newaxis], 2, axis=0)


def measure_round_trip(engine: Listening) -> int:
    """Return the frames from a frame's output to its arrival at an input. Takes about a second.

    Raises:
        NothingCameBackError: no input hears the output.
    """
    ring, sound = CaptureRing(engine.runtime), burst(engine.sample_rate)
    engine.preview(sound)
    start = _start_of_preview(engine.runtime, ring)
    end = start + sound.shape[1] + round(_LONGEST_S * engine.sample_rate)
    give_up = time.monotonic() + 3.0 * (_BURST_S + _LONGEST_S)
    while ring.written < end and time.monotonic() < give_up:
        time.sleep(0.01)
    heard = ring.read(start, min(end, ring.written), 0, max(1, engine.inputs))
    lags = [lag for channel in heard.T if (lag := _lag_of(channel, sound[0], engine.sample_rate)) is not None]
    if not lags:
        raise NothingCameBackError(
            "Nothing of the test sound came back: connect an output to an input with a cable, or put the microphone "
            "before the speakers, turn both up and measure again."
        )
    return min(lags)


def _start_of_preview(runtime: Any, ring: CaptureRing) -> int:
    """Return the captured frame that was taken in as the preview's first frame went out.

    Both counters belong to the callback and move within a block one after the other, so what most looks agree on is
    what holds between blocks.
    """
    seen: Counter[int] = Counter()
    give_up = time.monotonic() + 1.0
    while sum(seen.values()) < _LOOKS and time.monotonic() < give_up:
        time.sleep(0.002)
        before, done = ring.written, int(runtime.cells[at.PREVIEW_FRAME])
        if done and int(runtime.cells[at.PREVIEW_LEFT]) and ring.written == before:
            seen[before - done] += 1
    if not seen:
        raise NothingCameBackError("The test sound was not played; check the output in the audio settings.")
    return seen.most_common(1)[0][0]


def _lag_of(heard: npt.NDArray[np.float32], played: npt.NDArray[np.float32], rate: int) -> int | None:
    """Return how many frames later `played` is in `heard`, None when it is not clearly there."""
    size = 1 << (len(heard) + len(played)).bit_length()
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(played, size))
    match = np.abs(np.fft.irfft(spectrum, size)[: len(heard)])
    lag = int(np.argmax(match))
    peak, near = float(match[lag]), round(rate / 1_000)
    match[max(0, lag - near) : lag + near] = 0.0
    return lag if peak > _CLEAR * float(match.max()) and peak > 0.0 else None
