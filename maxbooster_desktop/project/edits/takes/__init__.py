"""Edits to takes and comps: record, choose what is heard, name, move, delete, flatten."""

from maxbooster_desktop.project.edits.takes.choosing import choose_range, choose_take, clear_range, use_next_take
from maxbooster_desktop.project.edits.takes.deleting import delete_takes
from maxbooster_desktop.project.edits.takes.flattening import flatten_comps
from maxbooster_desktop.project.edits.takes.looks import recolour_takes, rename_take
from maxbooster_desktop.project.edits.takes.moving import move_takes
from maxbooster_desktop.project.edits.takes.recording import NewTake, add_pass, next_pass_number
from maxbooster_desktop.project.edits.takes.shaping import move_boundary, set_crossfade

__all__ = [
    "NewTake",
    "add_pass",
    "choose_range",
    "choose_take",
    "clear_range",
    "delete_takes",
    "flatten_comps",
    "move_boundary",
    "move_takes",
    "next_pass_number",
    "recolour_takes",
    "rename_take",
    "set_crossfade",
    "use_next_take",
]
