"""Dragging clips: move them in time and to other tracks, copy them, slip their contents. No Qt."""

from dataclasses import replace
from typing import Any

from maxbooster_desktop.actions.studio import verb_named
from maxbooster_desktop.project.document.state import CLIP_HOSTS, Clip, ClipId, ProjectState, TrackId
from maxbooster_desktop.ui.arranger.clip_time import asset_rate
from maxbooster_desktop.ui.arranger.desk import Desk, Gesture, Pointer
from maxbooster_desktop.ui.arranger.scene import NO_PREVIEW, Preview


def copy_clips(project: Any, clips: tuple[ClipId, ...], delta_ticks: int, track_delta: int) -> Any:
    """Copy clips in time and to other tracks as one undo step."""
    duplicate, move = verb_named("clips.duplicate_clips"), verb_named("clips.move_clips")
    noun = f"{len(clips)} clips" if len(clips) > 1 else project.state.clips[clips[0]].name
    with project.step(f"Copy {noun}"):
        change = duplicate(project, clips, delta_ticks)
        if track_delta:
            move(project, sorted(change.created), 0, track_delta)
    return change


class MoveClips(Gesture):
    """Moves the selected clips, or copies of them while Ctrl is held."""

    hint = "Alt: ignore snap · Ctrl: copy · Shift: one direction · Esc: cancel"

    def __init__(self, desk: Desk, grabbed: Clip, pointer: Pointer) -> None:
        self._desk, self._start, self._grabbed = desk, pointer, grabbed
        state = desk.scene.state
        selected = desk.studio.selection.clips
        ids = selected if grabbed.id in selected else (grabbed.id,)
        self._clips = tuple(state.clips[clip] for clip in ids if clip in state.clips)
        self._ids = tuple(clip.id for clip in self._clips)
        self._order = {track: index for index, track in enumerate(state.track_order)}
        self._ends = max(state.clip_end_tick(grabbed), grabbed.start_tick + 1)
        self._snapper = desk.snapper(pointer.keys, frozenset(self._ids))
        self._spans = [(clip, clip.start_tick, state.clip_end_tick(clip)) for clip in self._clips]
        self._hidden = frozenset(self._ids)
        self._free = desk.snapper(pointer.keys._replace(alt=True))
        self.delta_ticks = 0
        self.track_delta = 0

    def move(self, pointer: Pointer) -> None:
        """Show the clips where they would come to rest."""
        dx, dy = pointer.x - self._start.x, pointer.y - self._start.y
        if pointer.keys.shift:
            dx, dy = (dx, 0.0) if abs(dx) >= abs(dy) else (0.0, dy)
        self.delta_ticks = self._time(dx, is_free=pointer.keys.alt)
        self.track_delta = self._tracks(self._start.y + dy)
        # Only what can be seen is made, so that dragging a thousand clips costs little more than dragging ten.
        first, last = self._desk.scene.visible_range()
        delta = self.delta_ticks
        shown = [clip for clip, start, end in self._spans if start + delta < last and end + delta > first]
        moved = {clip.id: self._moved(clip) for clip in shown}
        self._desk.preview(Preview(moved, frozenset() if pointer.keys.ctrl else self._hidden))

    def _time(self, dx: float, *, is_free: bool) -> int:
        if dx == 0:
            return 0
        snapper = self._free if is_free else self._snapper
        wanted = round(dx / self._desk.scene.axis.px_per_tick)
        grabbed = self._grabbed
        delta = snapper.snap_move(grabbed.start_tick, self._ends - grabbed.start_tick, wanted)
        return max(delta, -min(clip.start_tick for clip in self._clips))

    def _tracks(self, y: float) -> int:
        """Return by how many tracks the clips move: as far towards the pointer as every one finds a home."""
        scene = self._desk.scene
        row = scene.row_at(y)
        if row is None and scene.rows.rows:
            row = scene.rows.rows[0 if y + scene.scroll_y < 0 else -1]
        if row is None:
            return 0
        wanted = self._order[row.track] - self._order[self._grabbed.track]
        step = 1 if wanted > 0 else -1
        return next((delta for delta in range(wanted, 0, -step) if self._fits(delta)), 0)

    def _fits(self, delta: int) -> bool:
        return all(self._home(clip, delta) is not None for clip in self._clips)

    def _home(self, clip: Clip, delta: int) -> TrackId | None:
        state = self._desk.scene.state
        index = self._order[clip.track] + delta
        if not 0 <= index < len(state.track_order):
            return None
        track = state.tracks[state.track_order[index]]
        return track.id if delta == 0 or track.kind in CLIP_HOSTS[clip.kind] else None

    def _moved(self, clip: Clip) -> Clip:
        home = self._home(clip, self.track_delta) or clip.track
        return replace(clip, start_tick=clip.start_tick + self.delta_ticks, track=home)

    def release(self, pointer: Pointer) -> None:
        """Move or copy the clips as one undo step; nothing when they did not move."""
        self.move(pointer)
        if not (self.delta_ticks or self.track_delta):
            self._desk.preview(NO_PREVIEW)
        elif pointer.keys.ctrl:
            self._desk.commit(copy_clips, self._ids, self.delta_ticks, self.track_delta)
        else:
            self._desk.commit("clips.move_clips", self._ids, self.delta_ticks, self.track_delta)

    def cancel(self) -> None:
        """Put the clips back."""
        self._desk.preview(NO_PREVIEW)


class SlipClip(Gesture):
    """Moves the audio inside a clip whose edges stay."""

    hint = "Drag to slip the audio inside the clip · Esc: cancel"

    def __init__(self, desk: Desk, clip: Clip, pointer: Pointer) -> None:
        self._desk, self._clip, self._start = desk, clip, pointer
        self.delta_frames = 0

    def move(self, pointer: Pointer) -> None:
        """Show the audio slipped; dragging right brings earlier audio in."""
        state = self._desk.scene.state
        milliseconds = (pointer.x - self._start.x) * self._desk.ms_per_px()
        frames = -round(milliseconds * asset_rate(state, self._clip) / 1000.0)
        self.delta_frames = max(-self._clip.source_offset, min(frames, spare_frames(state, self._clip)))
        slipped = replace(self._clip, source_offset=self._clip.source_offset + self.delta_frames)
        self._desk.preview(Preview({slipped.id: slipped}, frozenset({slipped.id})))

    def release(self, pointer: Pointer) -> None:
        """Slip the clip as one undo step."""
        self.move(pointer)
        if self.delta_frames:
            self._desk.commit("clips.slip_clip", self._clip.id, self.delta_frames)
        else:
            self._desk.preview(NO_PREVIEW)

    def cancel(self) -> None:
        """Put the audio back."""
        self._desk.preview(NO_PREVIEW)


def spare_frames(state: ProjectState, clip: Clip) -> int:
    """Return how many frames of the file lie behind what the clip plays."""
    asset = state.assets.get(clip.asset) if clip.asset is not None else None
    return max(0, asset.frames - clip.source_offset - clip.length_frames) if asset else 0
