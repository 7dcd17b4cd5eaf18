"""Undo, redo, cut, copy, paste and selecting."""

from maxbooster_desktop.actions.action import Action
from maxbooster_desktop.actions.clips import CLIPBOARD
from maxbooster_desktop.actions.conditions import CAN_EDIT, PROJECT_OPEN
from maxbooster_desktop.actions.studio import Studio


def _undo(studio: Studio) -> None:
    studio.project.undo().add_done_callback(studio.tell_failure)


def _redo(studio: Studio) -> None:
    studio.project.redo().add_done_callback(studio.tell_failure)


def _select_all(studio: Studio) -> None:
    state = studio.state
    studio.selection.set_clips(clip for track in state.track_order for clip in state.clips_by_track.get(track, ()))


UNDO = Action(
    id="edit.undo",
    title="Undo",
    family="edit",
    shortcut="Ctrl+Z",
    icon="undo-2",
    help="Takes back the last edit. The history panel goes back further in one step.",
    enabled=CAN_EDIT,
    run=_undo,
)
REDO = Action(
    id="edit.redo",
    title="Redo",
    family="edit",
    shortcut="Ctrl+Shift+Z",
    alternatives=("Ctrl+Y",),
    icon="redo-2",
    help="Does the edit again that was taken back last.",
    enabled=CAN_EDIT,
    run=_redo,
)
SELECT_ALL = Action(
    id="edit.select_all",
    title="Select all clips",
    family="edit",
    shortcut="Ctrl+A",
    help="Selects every clip of the project.",
    enabled=(PROJECT_OPEN,),
    run=_select_all,
    group=2,
)
SELECT_NONE = Action(
    id="edit.select_none",
    title="Deselect all",
    family="edit",
    shortcut="Ctrl+Shift+A",
    help="Drops the selection of clips, tracks and time.",
    enabled=(PROJECT_OPEN,),
    run=lambda studio: studio.selection.clear(),
    group=2,
)

ACTIONS = (UNDO, REDO, *CLIPBOARD, SELECT_ALL, SELECT_NONE)
