"""Edits to tracks as things in a list: make, delete, group, move, name, colour, height."""

from maxbooster_desktop.project.edits.tracks.adding import add_track, group_tracks
from maxbooster_desktop.project.edits.tracks.deleting import delete_tracks
from maxbooster_desktop.project.edits.tracks.looks import recolour_track, rename_track, set_track_height
from maxbooster_desktop.project.edits.tracks.moving import move_tracks

__all__ = [
    "add_track",
    "delete_tracks",
    "group_tracks",
    "move_tracks",
    "recolour_track",
    "rename_track",
    "set_track_height",
]
