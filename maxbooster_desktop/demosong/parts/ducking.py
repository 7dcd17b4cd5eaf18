"""Ducking: whatever shares the low end with the kick steps back for a moment at each of its hits."""

from functools import lru_cache

import numpy as np

from dsp.generators.signal import RATE, Samples
from maxbooster_desktop.demosong.parts.drums import KICK_FEEL, KICKS
from maxbooster_desktop.demosong.patterns import hits
from maxbooster_desktop.demosong.performance import Note, perform
from maxbooster_desktop.demosong.score import STEP_S, STEPS_PER_BAR


def kick_times_s() -> list[float]:
    """Return when kicks sound in the song, in seconds from its start, for everything that ducks under them."""
    times: list[float] = []
    for name, (bars, pattern) in KICKS.items():
        notes = [Note(step, 1.0, 0.0, velocity) for step, velocity in hits(pattern) if velocity > 0.5]
        played = perform(notes, name, KICK_FEEL)
        times += [bar * STEPS_PER_BAR * STEP_S + note.start_s for bar in bars for note in played]
    return sorted(times)


@lru_cache(maxsize=1)
def _since_kick_s(frames: int) -> Samples:
    since = np.full(frames, 10.0, dtype=np.float32)
    ramp = np.arange(2 * RATE, dtype=np.float32) / np.float32(RATE)
    for time in kick_times_s():
        start = round(time * RATE)
        end = min(frames, start + ramp.shape[0])
        if end > start:
            since[start:end] = ramp[: end - start]
    return since


def ducking(frames: int, depth_db: float, recovery_s: float) -> Samples:
    """Return a gain per frame that dips by `depth_db` at each kick and comes back over `recovery_s`."""
    since = _since_kick_s(frames)
    shape = np.minimum(since / np.float32(0.006), 1.0) * np.exp(-np.maximum(since - 0.03, 0.0) * (3.0 / recovery_s))
    gain: Samples = np.exp2(np.float32(-depth_db / 6.02) * shape.astype(np.float32))
    return gain
