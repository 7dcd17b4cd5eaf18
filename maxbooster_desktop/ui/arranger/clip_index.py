"""What is visible of clips and comps: per track, sorted start and end ticks, searched by halving.

A comp covers the clips beneath it, as in `project.document.heard`: what is seen is what is heard.

An index is built the first time its track is shown and kept while the clips are the same objects: projected states
share what an edit did not touch, so after an edit only the rows it touched are rebuilt.
"""

import bisect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from maxbooster_desktop.project.document.heard import heard_clips
from maxbooster_desktop.project.document.state import Clip, ProjectState, TrackId
from maxbooster_desktop.project.document.tempo_map import TempoMap
from maxbooster_desktop.ui.arranger.clip_time import length_ms


@dataclass(frozen=True, slots=True)
class TrackClips:
    """The clips of one track by start tick; `reach[i]` is the latest end among clips 0..i.

    `has_long_fade` when a fade is longer than its clip: it may run on in the next one.
    """

    clips: tuple[Clip, ...]
    starts: list[int]
    ends: list[int]
    reach: list[int]
    tempo_map: TempoMap
    has_long_fade: bool

    def between(self, start_tick: int, end_tick: int) -> list[tuple[Clip, int, int]]:
        """Return (clip, start, end) of every clip that shows between two ticks, in paint order."""
        first = bisect.bisect_right(self.reach, start_tick)
        last = bisect.bisect_left(self.starts, end_tick)
        ends = self.ends
        return [(self.clips[i], self.starts[i], ends[i]) for i in range(first, last) if ends[i] > start_tick]


def index_clips(state: ProjectState, clips: tuple[Clip, ...]) -> TrackClips:
    """Build the index of one track's clips."""
    ordered = tuple(sorted(clips, key=lambda clip: clip.start_tick))
    ends = [state.clip_end_tick(clip) for clip in ordered]
    reach = list(itertools.accumulate(ends, max))
    has_long_fade = any(_has_long_fade(state, clip) for clip in ordered)
    return TrackClips(ordered, [clip.start_tick for clip in ordered], ends, reach, state.tempo_map, has_long_fade)


def _has_long_fade(state: ProjectState, clip: Clip) -> bool:
    longest_ms = max(clip.fade_in_ms or 0.0, clip.fade_out_ms or 0.0)
    return longest_ms > 0.0 and clip.kind == "audio" and longest_ms > length_ms(state, clip)


class ClipIndex:
    """The per-track indices of the state shown last."""

    def __init__(self, state: ProjectState) -> None:
        self._state = state
        self._tracks: dict[TrackId, TrackClips] = {}
        self._bases: dict[TrackId, list[object]] = {}
        self._checked: set[TrackId] = set()
        self._end: int | None = None
        self.built = 0

    def show(self, state: ProjectState) -> None:
        """Take a new state; indices are compared and rebuilt when they are next asked for."""
        self._state = state
        self._checked.clear()
        self._end = None

    def of(self, track: TrackId) -> TrackClips:
        """Return the index of one track."""
        known = self._tracks.get(track)
        if known is not None and track in self._checked:
            return known
        state = self._state
        basis: list[object] = [state.clips[clip] for clip in state.clips_by_track.get(track, ())]
        for part in state.comps.get(track, ()):
            basis += (part, state.takes[part.take])
        self._checked.add(track)
        if known is None or known.tempo_map != state.tempo_map or not _same(self._bases[track], basis):
            self._bases[track] = basis
            known = self._tracks[track] = index_clips(state, tuple(heard_clips(state, track)))
            self.built += 1
        if self._end is not None and known.reach:
            self._end = max(self._end, known.reach[-1])
        return known

    def content_end_tick(self) -> int:
        """Return about where the content ends: exact on rows shown, else by the clip that starts last."""
        if self._end is None:
            clips = self._state.clips
            last = (clips[ids[-1]] for ids in self._state.clips_by_track.values() if ids)
            shown = (self._tracks[track].reach[-1:] for track in self._checked)
            comps = (comp[-1].end_tick for comp in self._state.comps.values())
            self._end = max(itertools.chain(map(self._state.clip_end_tick, last), comps, *shown), default=0)
        return self._end


def _same(old: Sequence[object], new: Sequence[object]) -> bool:
    return len(old) == len(new) and all(a is b for a, b in zip(old, new, strict=True))
