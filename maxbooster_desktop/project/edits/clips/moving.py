"""Move, duplicate and delete clips; several at once keep their distances."""

from collections.abc import Iterable

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.clip_making import changed_clip
from maxbooster_desktop.project.document.limits import HIGHEST_TICK
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import CLIP_HOSTS, Clip, ClipId, ClipKind, ProjectState, TrackId
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.clip_time import free_tick_after
from maxbooster_desktop.project.edits.clips.pasting import create_copy
from maxbooster_desktop.project.edits.lookup import clips_of
from maxbooster_desktop.project.edits.wording import several


def move_clips(project: ProjectDocument, clip_ids: Iterable[ClipId], delta_ticks: int, track_delta: int = 0) -> Change:
    """Move clips by `delta_ticks`, and by `track_delta` rows of `track_order` (positive: down).

    All move alike: they stop together when the first reaches tick 0, and take the largest step up or down for
    which every clip lands on a track of its kind (none, when there is no such step).

    Raises ClipNotFound, ValueNotAllowed.
    """
    state = project.state
    clips = clips_of(state, clip_ids)
    delta = _clamped(clips, delta_ticks)
    targets = _targets(state, clips, allowed.whole("A number of tracks", track_delta, -(2**31), 2**31))
    with project.edit(f"Move {several(clips, 'clip')}") as edit:
        for clip in clips:
            edit.set(changed_clip(clip, start_tick=clip.start_tick + delta, track=targets.get(clip.track, clip.track)))
    return edit.change


def duplicate_clips(project: ProjectDocument, clip_ids: Iterable[ClipId], delta_ticks: int | None = None) -> Change:
    """Copy clips, `delta_ticks` later; by default to where the last of them ends. The copies' ids are in `created`.

    The copies share the audio. A negative delta stops at tick 0.

    Raises ClipNotFound, AssetNotFound, ValueNotAllowed.
    """
    state = project.state
    clips = clips_of(state, clip_ids)
    delta = _span(state, clips) if delta_ticks is None else _clamped(clips, delta_ticks)
    with project.edit(f"Duplicate {several(clips, 'clip')}") as edit:
        for clip in clips:
            moved = changed_clip(clip, start_tick=clip.start_tick + delta)
            create_copy(project, edit, moved, state.notes.get(clip.id))
    return edit.change


def delete_clips(project: ProjectDocument, clip_ids: Iterable[ClipId], deed: str = "Delete") -> Change:
    """Delete clips; their audio stays in the project. `deed` begins the step's name. Raises ClipNotFound."""
    clips = clips_of(project.state, clip_ids)
    with project.edit(f"{deed} {several(clips, 'clip')}") as edit:
        for clip in clips:
            edit.delete(clip.id)
    return edit.change


def _clamped(clips: list[Clip], delta_ticks: int) -> int:
    delta = allowed.whole("A distance", delta_ticks, -HIGHEST_TICK, HIGHEST_TICK)
    first = min((clip.start_tick for clip in clips), default=0)
    last = max((clip.start_tick for clip in clips), default=0)
    return min(max(delta, -first), HIGHEST_TICK - last)


def _span(state: ProjectState, clips: list[Clip]) -> int:
    """Return the ticks from the first start to the first tick at which nothing of the clips sounds any more."""
    first = min((clip.start_tick for clip in clips), default=0)
    return max((free_tick_after(state, clip) for clip in clips), default=0) - first


def _targets(state: ProjectState, clips: list[Clip], track_delta: int) -> dict[TrackId, TrackId]:
    """Return the new track for each track the clips are on; empty when they stay."""
    rows = {track_id: row for row, track_id in enumerate(state.track_order)}
    wanted = {(clip.track, clip.kind) for clip in clips if clip.track in rows}
    direction = 1 if track_delta > 0 else -1
    for step in range(min(abs(track_delta), len(rows)), 0, -1):
        delta = direction * step
        if all(_fits(state, rows[track] + delta, kind) for track, kind in wanted):
            return {track: state.track_order[rows[track] + delta] for track, _ in wanted}
    return {}


def _fits(state: ProjectState, row: int, kind: ClipKind) -> bool:
    return 0 <= row < len(state.track_order) and state.tracks[state.track_order[row]].kind in CLIP_HOSTS[kind]
