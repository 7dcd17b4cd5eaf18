"""What is selected: clips, tracks and a stretch of time. No Qt; the arranger, inspector and actions share one.

Clips and tracks keep the order in which they were chosen; the first is the one the inspector shows. Ids that a
project no longer holds are dropped by `prune`.
"""

from collections.abc import Callable, Iterable

from maxbooster_desktop.actions.notices import Notice, Unsubscribe
from maxbooster_desktop.project.document.state import ClipId, ProjectState, TrackId

_Content = tuple[tuple[ClipId, ...], tuple[TrackId, ...], tuple[int, int] | None]


class Selection:
    """The selection model. Every method that changes it tells the subscribers once, and only if it did change."""

    def __init__(self) -> None:
        self._content: _Content = ((), (), None)
        self._changed: Notice[[]] = Notice()

    @property
    def clips(self) -> tuple[ClipId, ...]:
        """Selected clips, the first chosen first."""
        return self._content[0]

    @property
    def tracks(self) -> tuple[TrackId, ...]:
        """Selected tracks, the first chosen first."""
        return self._content[1]

    @property
    def time_range(self) -> tuple[int, int] | None:
        """Selected time as (start tick, end tick) with start < end, or None."""
        return self._content[2]

    def subscribe(self, callback: Callable[[], None]) -> Unsubscribe:
        """Call `callback()` after every change; returns the way to stop."""
        return self._changed.subscribe(callback)

    def set_clips(self, clips: Iterable[ClipId]) -> None:
        """Select exactly these clips."""
        self._become((tuple(dict.fromkeys(clips)), self.tracks, self.time_range))

    def toggle_clip(self, clip: ClipId) -> None:
        """Add a clip to the selection, or take it out."""
        kept = tuple(each for each in self.clips if each != clip)
        self.set_clips(kept if clip in self.clips else (*self.clips, clip))

    def set_tracks(self, tracks: Iterable[TrackId]) -> None:
        """Select exactly these tracks."""
        self._become((self.clips, tuple(dict.fromkeys(tracks)), self.time_range))

    def toggle_track(self, track: TrackId) -> None:
        """Add a track to the selection, or take it out."""
        kept = tuple(each for each in self.tracks if each != track)
        self.set_tracks(kept if track in self.tracks else (*self.tracks, track))

    def set_time_range(self, start_tick: int, end_tick: int) -> None:
        """Select a stretch of time in either direction; an empty one selects none."""
        low, high = sorted((max(0, start_tick), max(0, end_tick)))
        self._become((self.clips, self.tracks, (low, high) if low < high else None))

    def clear_time_range(self) -> None:
        """Select no time."""
        self._become((self.clips, self.tracks, None))

    def clear(self) -> None:
        """Select nothing at all."""
        self._become(((), (), None))

    def prune(self, state: ProjectState) -> None:
        """Drop what the project no longer holds."""
        clips = tuple(clip for clip in self.clips if clip in state.clips)
        tracks = tuple(track for track in self.tracks if track in state.tracks)
        self._become((clips, tracks, self.time_range))

    def _become(self, content: _Content) -> None:
        if content != self._content:
            self._content = content
            self._changed.emit()
