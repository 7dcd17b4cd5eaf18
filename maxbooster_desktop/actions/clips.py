"""Clip verbs: cut, copy, paste, split, duplicate, delete, mute, nudge."""

from collections.abc import Iterable
from typing import Any

from maxbooster_desktop.actions.action import Action, Condition
from maxbooster_desktop.actions.clipboard import PlaceGoneError, copied, homes_of
from maxbooster_desktop.actions.conditions import CAN_EDIT, CAN_EDIT_CLIPS, CLIPS_SELECTED, PROJECT_OPEN
from maxbooster_desktop.actions.studio import Studio, verb_named
from maxbooster_desktop.project.document.state import Clip, ClipId

_CLIPS_COPIED = Condition("No clip was copied yet.", lambda studio: studio.clipboard is not None)


def _copy(studio: Studio) -> None:
    studio.keep_copied(copied(studio.state, studio.selection.clips, studio.selection.tracks))


def _cut(studio: Studio) -> None:
    _copy(studio)
    studio.do("clips.delete_clips", studio.selection.clips, "Cut")


def _paste(studio: Studio) -> None:
    copy = studio.clipboard
    if copy is None:
        return
    try:
        homes = homes_of(copy, studio.state, studio.selection.tracks)
    except PlaceGoneError as nowhere:
        studio.notify(str(nowhere))
        return
    studio.do_and_select("clips.paste_clips", copy.clips, copy.notes, studio.playhead_tick, homes)


def _clips_across(studio: Studio, tick: int) -> tuple[ClipId, ...]:
    """Return the selected clips that `tick` cuts; with none selected, every clip it cuts on the selected tracks."""
    state = studio.state

    def is_cut(clip: Clip) -> bool:
        return clip.start_tick < tick < state.clip_end_tick(clip)

    if studio.selection.clips:
        return tuple(each for each in studio.selection.clips if each in state.clips and is_cut(state.clips[each]))
    tracks = set(studio.selection.tracks) or set(state.track_order)
    return tuple(clip.id for clip in state.clips.values() if clip.track in tracks and is_cut(clip))


def split_at_ticks(project: Any, cuts: Iterable[tuple[tuple[ClipId, ...], int]]) -> Any:
    """Cut clips at several ticks as one undo step; cuts come latest first, so that the ids stay those of the left."""
    split_clips = verb_named("clips.split_clips")
    with project.step("Split"):
        changes = [split_clips(project, clips, tick) for clips, tick in cuts]
    return changes[-1]


def _split(studio: Studio) -> None:
    ticks = studio.selection.time_range or (studio.playhead_tick,)
    cuts = [(_clips_across(studio, tick), tick) for tick in sorted(ticks, reverse=True)]
    cuts = [(clips, tick) for clips, tick in cuts if clips]
    if not cuts:
        studio.notify("Nothing to split: no clip lies under the playhead. Move it into a clip first.")
        return
    studio.do(split_at_ticks, cuts)


def _duplicate(studio: Studio) -> None:
    studio.do_and_select("clips.duplicate_clips", studio.selection.clips)


def _delete(studio: Studio) -> None:
    studio.do("clips.delete_clips", studio.selection.clips)


def _are_muted(studio: Studio) -> bool:
    clips = [studio.state.clips[clip] for clip in studio.selection.clips if clip in studio.state.clips]
    return bool(clips) and all(clip.is_muted for clip in clips)


def _toggle_mute(studio: Studio) -> None:
    studio.do("clips.mute_clips", studio.selection.clips, not _are_muted(studio))


def _nudge(studio: Studio, direction: int) -> None:
    first = min(studio.state.clips[clip].start_tick for clip in studio.selection.clips)
    grid = studio.snap.grid_ticks(studio.state.tempo_map, first)
    studio.do("clips.move_clips", studio.selection.clips, max(-first, direction * grid))


CUT = Action(
    id="clip.cut",
    title="Cut",
    family="edit",
    shortcut="Ctrl+X",
    icon="scissors",
    help="Takes the selected clips out, to be pasted elsewhere.",
    enabled=CAN_EDIT_CLIPS,
    run=_cut,
    undo=True,
    group=1,
)
COPY = Action(
    id="clip.copy",
    title="Copy",
    family="edit",
    shortcut="Ctrl+C",
    icon="copy",
    help="Remembers the selected clips, to be pasted elsewhere.",
    enabled=(PROJECT_OPEN, CLIPS_SELECTED),
    run=_copy,
    group=1,
)
PASTE = Action(
    id="clip.paste",
    title="Paste",
    family="edit",
    shortcut="Ctrl+V",
    icon="clipboard-paste",
    help="Puts the copied clips at the playhead, on the track selected since, else on the tracks they came from.",
    enabled=(*CAN_EDIT, _CLIPS_COPIED),
    run=_paste,
    undo=True,
    group=1,
)
SPLIT = Action(
    id="clip.split",
    title="Split at playhead or selection",
    family="clips",
    shortcut="S",
    alternatives=("Ctrl+E",),
    icon="scissors",
    help="Cuts the selected clips where the playhead stands, or at both ends of the selected time.",
    enabled=CAN_EDIT,
    run=_split,
    undo=True,
)
DUPLICATE = Action(
    id="clip.duplicate",
    title="Duplicate",
    family="clips",
    shortcut="Ctrl+D",
    icon="copy",
    help="Puts a copy of the selected clips right behind them.",
    enabled=CAN_EDIT_CLIPS,
    run=_duplicate,
    undo=True,
)
DELETE = Action(
    id="clip.delete",
    title="Delete",
    family="clips",
    shortcut="Delete",
    alternatives=("Backspace",),
    icon="trash-2",
    help="Removes the selected clips; their audio stays in the project.",
    enabled=CAN_EDIT_CLIPS,
    run=_delete,
    undo=True,
)
MUTE = Action(
    id="clip.mute",
    title="Mute clip",
    family="clips",
    shortcut="0",
    icon="volume-x",
    help="Silences the selected clips, or lets them sound again.",
    enabled=CAN_EDIT_CLIPS,
    run=_toggle_mute,
    checked=lambda studio: studio.has_project and _are_muted(studio),
    undo=True,
    group=1,
)
NUDGE_LEFT = Action(
    id="clip.nudge_left",
    title="Nudge left",
    family="clips",
    shortcut="Alt+Left",
    help="Moves the selected clips one grid line earlier.",
    enabled=CAN_EDIT_CLIPS,
    run=lambda studio: _nudge(studio, -1),
    undo=True,
    group=2,
)
NUDGE_RIGHT = Action(
    id="clip.nudge_right",
    title="Nudge right",
    family="clips",
    shortcut="Alt+Right",
    help="Moves the selected clips one grid line later.",
    enabled=CAN_EDIT_CLIPS,
    run=lambda studio: _nudge(studio, 1),
    undo=True,
    group=2,
)

#: They stand in the Edit menu, where people look for them.
CLIPBOARD = (CUT, COPY, PASTE)
ACTIONS = (SPLIT, DUPLICATE, DELETE, MUTE, NUDGE_LEFT, NUDGE_RIGHT)
