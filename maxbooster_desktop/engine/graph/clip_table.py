"""What sounds on a track as rows the callback reads: timeline samples, addresses of decoded sound, fades.

What of clips and takes sounds, where it lies and how it fades are the project's own rules (`project.document.heard`,
`.clip_fades`).
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.clip_fades import Cut, heard_cuts
from maxbooster_desktop.project.document.state import AssetId, ProjectState, TrackId

_NO_FRAMES = np.zeros(1, np.int64)
_SILENCE = np.zeros(1, np.float32)

Unsettled = Mapping[AssetId, npt.NDArray[np.float32] | None]


def has_better(unsettled: Unsettled, pool: MediaPool) -> bool:
    """Return whether a sound is there now that was not, or was another."""
    return any(pool.samples(asset_id) is not read for asset_id, read in unsettled.items())


@dataclass(frozen=True, slots=True)
class ClipTable:
    """Rows of one track, sorted by start; `assets` says whose sound each row plays.

    `kept` holds the arrays whose addresses the rows name, `number` tells tables apart. `unsettled` holds what was read
    for sounds that will be others: nothing, or the preview of one that still comes.
    """

    rows: npt.NDArray[np.int64]
    shapes: npt.NDArray[np.float32]
    ends: npt.NDArray[np.int64]
    kept: tuple[npt.NDArray[np.generic], ...]
    assets: tuple[AssetId, ...]
    unsettled: Unsettled = field(default_factory=dict)
    number: int = field(default_factory=itertools.count(1).__next__)


def build_clip_table(state: ProjectState, track_id: TrackId, pool: MediaPool) -> ClipTable:
    """Build the rows of a track's audible audio clips and of its comp."""
    cuts = heard_cuts(state, track_id, pool.sample_rate)
    rows = np.zeros((len(cuts), at.K_FIELDS), np.int64)
    shapes = np.zeros((len(cuts), at.KS_FIELDS), np.float32)
    kept: list[npt.NDArray[np.generic]] = []
    unsettled: dict[AssetId, npt.NDArray[np.float32] | None] = {}
    for index, cut in enumerate(cuts):
        is_settled = pool.is_settled(cut.asset.id)
        samples = _place_row(rows[index], cut, pool, kept)
        if not is_settled:
            unsettled[cut.asset.id] = samples
        shapes[index] = 10 ** (cut.clip.gain_db / 20), cut.fade_in.curve, cut.fade_out.curve
    ends = np.maximum.accumulate(rows[:, at.K_END]) if len(cuts) else np.zeros(0, np.int64)
    return ClipTable(rows, shapes, ends, tuple(kept), tuple(cut.asset.id for cut in cuts), unsettled)


def _place_row(
    row: npt.NDArray[np.int64], cut: Cut, pool: MediaPool, kept: list[npt.NDArray[np.generic]]
) -> npt.NDArray[np.float32] | None:
    """Fill one row; returns what it plays, None while the sound has no address yet."""
    found = samples = pool.samples(cut.asset.id)
    mark = pool.ready_mark(cut.asset.id)
    if samples is None or mark is None:
        samples, mark = _SILENCE[np.newaxis, :], _NO_FRAMES
    kept.extend((samples, mark))
    left = int(samples[0].ctypes.data)
    right = int(samples[-1].ctypes.data)
    end = cut.start + cut.length
    row[:] = cut.start, end, left, right, cut.source, int(mark.ctypes.data), *_fade_lines(cut)
    return found


def _fade_lines(cut: Cut) -> tuple[int, int, int, int]:
    """Return where the fade in begins and its frames, then where the fade out ends and its frames."""
    fade_in, fade_out = cut.fade_in, cut.fade_out
    return cut.start - fade_in.outside, fade_in.frames, cut.start + cut.length + fade_out.outside, fade_out.frames
