"""A track's clips as rows the callback reads: timeline samples, addresses of decoded sound, fades.

Positions: a clip starts at round(seconds(start_tick) x rate); its source is cut at session-rate frames rounded from
source frames, so two halves of a split share one frame border. A half whose start lands a frame beside the end of
the half before it (ticks are coarser than frames) is moved onto it: the seam nulls against the unsplit clip. Such a
seam has no default fades; a half that is moved away or changes its gain gets them back, and so does an edge whose
neighbour fades to or from silence. A fade longer than its half was cut to it by the split: there the halves differ
from the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.state import Asset, AssetId, Clip, ProjectState, TrackId

DEFAULT_FADE_MS = 4.0
_SEAM_FRAMES = 4
_NO_FRAMES = np.zeros(1, np.int64)
_SILENCE = np.zeros(1, np.float32)


@dataclass(frozen=True, slots=True)
class ClipTable:
    """Rows of one track, sorted by start; `assets` says whose sound each row plays.

    `kept` holds the arrays whose addresses the rows name.
    """

    rows: npt.NDArray[np.int64]
    shapes: npt.NDArray[np.float32]
    ends: npt.NDArray[np.int64]
    kept: tuple[npt.NDArray[np.generic], ...]
    assets: tuple[AssetId, ...]
    silent: frozenset[AssetId] = frozenset()


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where a clip lies on the timeline and in its source, in session frames."""

    clip: Clip
    asset: Asset
    start: int
    source: int
    length: int
    is_sealed_in: bool = False
    is_sealed_out: bool = False


def build_clip_table(state: ProjectState, track_id: TrackId, pool: MediaPool) -> ClipTable:
    """Build the rows of a track's audible audio clips."""
    rate = pool.sample_rate
    clips = [state.clips[clip_id] for clip_id in state.clips_by_track.get(track_id, ())]
    cuts = [_cut_of(state, clip, rate) for clip in clips if clip.asset in state.assets and not clip.is_muted]
    cuts = _sealed([cut for cut in cuts if cut.length > 0])
    rows = np.zeros((len(cuts), at.K_FIELDS), np.int64)
    shapes = np.zeros((len(cuts), at.KS_FIELDS), np.float32)
    kept: list[npt.NDArray[np.generic]] = []
    silent = set()
    for index, cut in enumerate(cuts):
        if not _place_row(rows[index], cut, pool, kept):
            silent.add(cut.asset.id)
        shapes[index] = 10 ** (cut.clip.gain_db / 20), cut.clip.fade_in_curve, cut.clip.fade_out_curve
    ends = np.maximum.accumulate(rows[:, at.K_END]) if len(cuts) else np.zeros(0, np.int64)
    return ClipTable(rows, shapes, ends, tuple(kept), tuple(cut.asset.id for cut in cuts), frozenset(silent))


def _cut_of(state: ProjectState, clip: Clip, rate: int) -> _Cut:
    asset = state.assets[clip.asset]  # type: ignore[index]  # only clips with an asset come here
    ratio = rate / asset.sample_rate
    source = round(clip.source_offset * ratio)
    length = round((clip.source_offset + clip.length_frames) * ratio) - source
    return _Cut(clip, asset, round(state.tempo_map.seconds_at(clip.start_tick) * rate), source, length)


def _sealed(cuts: Sequence[_Cut]) -> list[_Cut]:
    """Close the seam between clips that go on where the one before stops, in source and (nearly) in time."""
    ended: dict[tuple[str, int], int] = {}
    found: list[_Cut] = []
    for cut in sorted(cuts, key=_place):
        number = ended.get((cut.asset.id, cut.source))
        before = None if number is None else found[number]
        if number is not None and before is not None and abs(before.start + before.length - cut.start) <= _SEAM_FRAMES:
            is_level = before.clip.gain_db == cut.clip.gain_db
            is_faded_out, is_faded_in = bool(before.clip.fade_out_ms), bool(cut.clip.fade_in_ms)
            start, is_sealed_in = before.start + before.length, is_level and not is_faded_out
            found[number] = replace(before, is_sealed_out=is_level and not is_faded_in)
            cut = replace(cut, start=start, is_sealed_in=is_sealed_in)  # noqa: PLW2901
        ended[cut.asset.id, cut.source + cut.length] = len(found)
        found.append(cut)
    return sorted(found, key=_place)


def _place(cut: _Cut) -> tuple[int, str]:
    return cut.start, cut.clip.id


def _place_row(row: npt.NDArray[np.int64], cut: _Cut, pool: MediaPool, kept: list[npt.NDArray[np.generic]]) -> bool:
    """Fill one row; returns False while the sound has no address yet (it is silent and looked up again later)."""
    samples, mark = pool.samples(cut.asset.id), pool.ready_mark(cut.asset.id)
    is_there = samples is not None and mark is not None
    if samples is None or mark is None:
        samples, mark = _SILENCE[np.newaxis, :], _NO_FRAMES
    kept.extend((samples, mark))
    left = int(samples[0].ctypes.data)
    right = int(samples[-1].ctypes.data)
    fades = _fade_frames(cut, pool.sample_rate)
    end = cut.start + cut.length
    row[:] = cut.start, end, left, right, cut.source, int(mark.ctypes.data), *fades
    return is_there


def _fade_frames(cut: _Cut, rate: int) -> tuple[int, int]:
    """Return fade lengths in frames; None means 4 ms where the edge cuts into its source without a seam, else 0."""
    clip, asset = cut.clip, cut.asset
    cuts_in = clip.source_offset > 0 and not cut.is_sealed_in
    cuts_out = clip.source_offset + clip.length_frames < asset.frames and not cut.is_sealed_out
    fade_in_ms = clip.fade_in_ms if clip.fade_in_ms is not None else DEFAULT_FADE_MS * cuts_in
    fade_out_ms = clip.fade_out_ms if clip.fade_out_ms is not None else DEFAULT_FADE_MS * cuts_out
    fade_in = min(cut.length, round(fade_in_ms * rate / 1000))
    return fade_in, min(cut.length - fade_in, round(fade_out_ms * rate / 1000))
