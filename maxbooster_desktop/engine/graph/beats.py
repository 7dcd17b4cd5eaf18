"""The metronome's beats as timeline samples, from the tempo and signature map.

The table never grows beyond `MOST_BEATS`: a clip or a signature dragged years away costs no memory. Behind the last
beat the click is silent.
"""

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.project.document.tempo_map import TICKS_PER_QUARTER, TempoMap

#: Six days of quarter notes at 120 bpm; 16 MiB.
MOST_BEATS = 1 << 20
_AHEAD_S = 3 * 3_600


def beat_table(tempo_map: TempoMap, end_tick: int, sample_rate: int) -> npt.NDArray[np.int64]:
    """Return rows (sample, is accent) of the beats up to three hours past `end_tick`; bars start accented."""
    last = tempo_map.tick_at(tempo_map.seconds_at(end_tick) + _AHEAD_S)
    pieces = []
    signatures = tempo_map.signatures
    room = MOST_BEATS
    for index, signature in enumerate(signatures):
        stop = min(last, signatures[index + 1].tick) if index + 1 < len(signatures) else last
        stop = min(stop, signature.tick + room * signature.beat_ticks)
        ticks = np.arange(signature.tick, stop, signature.beat_ticks, dtype=np.int64)
        accents = (ticks - signature.tick) % signature.bar_ticks == 0
        pieces.append(np.column_stack((ticks, accents.astype(np.int64))))
        room -= len(ticks)
    beats = np.concatenate(pieces)
    beats[:, 0] = np.round(seconds_of(tempo_map, beats[:, 0]) * sample_rate)
    return beats


def seconds_of(tempo_map: TempoMap, ticks: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return the times of many ticks at once, as `TempoMap.seconds_at` gives them one by one."""
    tempos = tempo_map.tempos
    starts = np.array([tempo.tick for tempo in tempos], np.int64)
    seconds = np.array([tempo_map.seconds_at(tempo.tick) for tempo in tempos], np.float64)
    bpm = np.array([tempo.bpm for tempo in tempos], np.float64)
    slopes = np.array([tempo_map.slope_at(index) for index in range(len(tempos))], np.float64)
    index = np.maximum(np.searchsorted(starts, ticks, side="right") - 1, 0)
    since, bpm, slope = ticks - starts[index], bpm[index], slopes[index]
    is_flat = slope == 0.0
    ramped = np.log1p(slope * since / bpm) / np.where(is_flat, 1.0, slope)
    return np.asarray(seconds[index] + np.where(is_flat, since / bpm, ramped) * 60.0 / TICKS_PER_QUARTER, np.float64)
