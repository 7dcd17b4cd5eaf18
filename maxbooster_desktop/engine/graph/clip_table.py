"""A track's clips as rows the callback reads: timeline samples, addresses of decoded sound, fades.

Where a clip lies and how it fades is the project's own rule (`project.document.clip_fades`).
"""

import itertools
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.clip_fades import Cut, cuts_of
from maxbooster_desktop.project.document.state import AssetId, ProjectState, TrackId

_NO_FRAMES = np.zeros(1, np.int64)
_SILENCE = np.zeros(1, np.float32)


@dataclass(frozen=True, slots=True)
class ClipTable:
    """Rows of one track, sorted by start; `assets` says whose sound each row plays.

    `kept` holds the arrays whose addresses the rows name, `number` tells tables apart.
    """

    rows: npt.NDArray[np.int64]
    shapes: npt.NDArray[np.float32]
    ends: npt.NDArray[np.int64]
    kept: tuple[npt.NDArray[np.generic], ...]
    assets: tuple[AssetId, ...]
    silent: frozenset[AssetId] = frozenset()
    number: int = field(default_factory=itertools.count(1).__next__)


def build_clip_table(state: ProjectState, track_id: TrackId, pool: MediaPool) -> ClipTable:
    """Build the rows of a track's audible audio clips."""
    cuts = cuts_of(state, track_id, pool.sample_rate)
    rows = np.zeros((len(cuts), at.K_FIELDS), np.int64)
    shapes = np.zeros((len(cuts), at.KS_FIELDS), np.float32)
    kept: list[npt.NDArray[np.generic]] = []
    silent = set()
    for index, cut in enumerate(cuts):
        if not _place_row(rows[index], cut, pool, kept):
            silent.add(cut.asset.id)
        shapes[index] = 10 ** (cut.clip.gain_db / 20), cut.fade_in.curve, cut.fade_out.curve
    ends = np.maximum.accumulate(rows[:, at.K_END]) if len(cuts) else np.zeros(0, np.int64)
    return ClipTable(rows, shapes, ends, tuple(kept), tuple(cut.asset.id for cut in cuts), frozenset(silent))


def _place_row(row: npt.NDArray[np.int64], cut: Cut, pool: MediaPool, kept: list[npt.NDArray[np.generic]]) -> bool:
    """Fill one row; returns False while the sound has no address yet (it is silent and looked up again later)."""
    samples, mark = pool.samples(cut.asset.id), pool.ready_mark(cut.asset.id)
    is_there = samples is not None and mark is not None
    if samples is None or mark is None:
        samples, mark = _SILENCE[np.newaxis, :], _NO_FRAMES
    kept.extend((samples, mark))
    left = int(samples[0].ctypes.data)
    right = int(samples[-1].ctypes.data)
    end = cut.start + cut.length
    row[:] = cut.start, end, left, right, cut.source, int(mark.ctypes.data), *_fade_lines(cut)
    return is_there


def _fade_lines(cut: Cut) -> tuple[int, int, int, int]:
    """Return where the fade in begins and its frames, then where the fade out ends and its frames."""
    fade_in, fade_out = cut.fade_in, cut.fade_out
    return cut.start - fade_in.outside, fade_in.frames, cut.start + cut.length + fade_out.outside, fade_out.frames
