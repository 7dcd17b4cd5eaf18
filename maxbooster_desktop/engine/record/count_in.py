"""The count-in: a bar of clicks as sound, on the beats that the bar before the playhead would have.

It sounds like the metronome's clicks (`engine/realtime/monitor.py`) and ends on the sample where playback begins.
Before the song there is no tempo, so the one at the playhead holds throughout.
"""

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.engine.realtime.monitor import ACCENT_HZ, CLICK_HZ, CLICK_S, DECAY_PER_S
from maxbooster_desktop.project.document.tempo_map import TICKS_PER_QUARTER, TempoMap


def count_in_sound(
    tempo_map: TempoMap, tick: int, sample_rate: int, gain: float, accent_gain: float
) -> npt.NDArray[np.float32]:
    """Return a bar of clicks that leads to `tick`, float32 [1, frames]."""
    signature = tempo_map.signature_at(tick)
    beat, bar = signature.beat_ticks, signature.bar_ticks
    frames_per_tick = 60.0 * sample_rate / (TICKS_PER_QUARTER * tempo_map.bpm_at(tick))
    sound = np.zeros(round(bar * frames_per_tick), np.float32)
    into_bar = (tick - signature.tick) % bar
    # Beats of the bar before, counted in ticks from where the count-in begins.
    for ahead in range((-into_bar) % beat, bar, beat):
        is_accent = (into_bar + ahead) % bar == 0
        click = _click(sample_rate, ACCENT_HZ if is_accent else CLICK_HZ) * (accent_gain if is_accent else gain)
        first = round(ahead * frames_per_tick)
        kept = click[: len(sound) - first]
        sound[first : first + len(kept)] += kept
    return sound[np.newaxis]


def _click(sample_rate: int, hz: float) -> npt.NDArray[np.float32]:
    t = np.arange(int(CLICK_S * sample_rate) + 1) / sample_rate
    click: npt.NDArray[np.float32] = (np.sin(2.0 * np.pi * hz * t) * np.exp(-DECAY_PER_S * t)).astype(np.float32)
    return click
