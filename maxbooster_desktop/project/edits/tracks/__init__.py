"""Edits to tracks as things in a list: make, delete, group, move, name, colour, height, hold."""

from maxbooster_desktop.project.edits.tracks.adding import add_instrument_track, add_track, group_tracks
from maxbooster_desktop.project.edits.tracks.deleting import delete_tracks
from maxbooster_desktop.project.edits.tracks.duplicating import duplicate_tracks
from maxbooster_desktop.project.edits.tracks.locking import ask_for_track, give_track, lock_tracks, unlock_tracks
from maxbooster_desktop.project.edits.tracks.looks import recolour_track, rename_track, set_track_height
from maxbooster_desktop.project.edits.tracks.moving import move_tracks

__all__ = [
    "add_instrument_track",
    "add_track",
    "ask_for_track",
    "delete_tracks",
    "duplicate_tracks",
    "give_track",
    "group_tracks",
    "lock_tracks",
    "move_tracks",
    "recolour_track",
    "rename_track",
    "set_track_height",
    "unlock_tracks",
]
