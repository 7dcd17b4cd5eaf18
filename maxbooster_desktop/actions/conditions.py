"""Conditions that several actions share, each with the sentence that explains a disabled entry."""

from maxbooster_desktop.actions.action import Condition

PROJECT_OPEN = Condition("No project is open.", lambda studio: studio.has_project)
PROJECT_WRITABLE = Condition(
    "This project is open for reading only.",
    lambda studio: studio.has_project and studio.project.read_only_reason is None,
)
CLIPS_SELECTED = Condition("No clip is selected.", lambda studio: bool(studio.selection.clips))
TRACKS_SELECTED = Condition("No track is selected.", lambda studio: bool(studio.selection.tracks))
RANGE_OR_CLIPS = Condition(
    "Neither time nor a clip is selected.",
    lambda studio: bool(studio.selection.clips) or studio.selection.time_range is not None,
)
CAN_EDIT = (PROJECT_OPEN, PROJECT_WRITABLE)
CAN_EDIT_CLIPS = (*CAN_EDIT, CLIPS_SELECTED)
CAN_EDIT_TRACKS = (*CAN_EDIT, TRACKS_SELECTED)
