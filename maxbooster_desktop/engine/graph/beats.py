"""The metronome's beats as timeline samples, from the tempo and signature map."""

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.project.document.tempo_map import TempoMap

_AHEAD_S = 3 * 3_600


def beat_table(tempo_map: TempoMap, end_tick: int, sample_rate: int) -> npt.NDArray[np.int64]:
    """Return rows (sample, is accent) of every beat up to three hours past `end_tick`; bars start accented."""
    last = tempo_map.tick_at(tempo_map.seconds_at(end_tick) + _AHEAD_S)
    pieces = []
    signatures = tempo_map.signatures
    for index, signature in enumerate(signatures):
        stop = signatures[index + 1].tick if index + 1 < len(signatures) else last
        ticks = np.arange(signature.tick, stop, signature.beat_ticks, dtype=np.int64)
        accents = (ticks - signature.tick) % signature.bar_ticks == 0
        pieces.append(np.column_stack((ticks, accents.astype(np.int64))))
    beats = np.concatenate(pieces)
    beats[:, 0] = np.round(seconds_of(tempo_map, beats[:, 0]) * sample_rate)
    return beats


def seconds_of(tempo_map: TempoMap, ticks: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return the times of many ticks at once; a ramp is followed event by event."""
    tempos = tempo_map.tempos
    if any(tempo.is_ramp for tempo in tempos):
        return np.array([tempo_map.seconds_at(int(tick)) for tick in ticks], np.float64)
    starts = np.array([tempo.tick for tempo in tempos], np.int64)
    seconds = np.array([tempo_map.seconds_at(tempo.tick) for tempo in tempos], np.float64)
    per_tick = np.array([60.0 / (960.0 * tempo.bpm) for tempo in tempos], np.float64)
    index = np.maximum(np.searchsorted(starts, ticks, side="right") - 1, 0)
    return np.asarray(seconds[index] + (ticks - starts[index]) * per_tick[index], np.float64)
