"""Edits to clips: make, place, cut, name and shape them."""

from maxbooster_desktop.project.edits.clips.adding import add_audio_clip, add_midi_clip
from maxbooster_desktop.project.edits.clips.looks import mute_clips, recolour_clips, rename_clip
from maxbooster_desktop.project.edits.clips.looping import loop_clip
from maxbooster_desktop.project.edits.clips.moving import delete_clips, duplicate_clips, move_clips
from maxbooster_desktop.project.edits.clips.pasting import paste_clips
from maxbooster_desktop.project.edits.clips.recorded_notes import RecordedNote, add_recorded_notes
from maxbooster_desktop.project.edits.clips.shaping import set_clip_fades, set_clip_gain
from maxbooster_desktop.project.edits.clips.splitting import split_clips
from maxbooster_desktop.project.edits.clips.trimming import slip_clip, trim_clip_end, trim_clip_start

__all__ = [
    "RecordedNote",
    "add_audio_clip",
    "add_midi_clip",
    "add_recorded_notes",
    "delete_clips",
    "duplicate_clips",
    "loop_clip",
    "move_clips",
    "mute_clips",
    "paste_clips",
    "recolour_clips",
    "rename_clip",
    "set_clip_fades",
    "set_clip_gain",
    "slip_clip",
    "split_clips",
    "trim_clip_end",
    "trim_clip_start",
]
