"""Edits to the notes of a clip: add, delete, move, resize, velocity, quantise, transpose.

A verb that works on some notes is given them as they stood (`NOTE` records of the clip); what somebody has changed or
deleted since is left alone, so an edit never hits another note than the one that was seen. None means all of a clip.
"""

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.limits import HIGHEST_TICK
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import NOTE, Clip, ClipId, ProjectState
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.errors import WrongClipKind
from maxbooster_desktop.project.edits.lookup import clip_of, clips_of
from maxbooster_desktop.project.edits.notes import Notes, checked_notes
from maxbooster_desktop.project.edits.wording import several

_HIGHEST_PITCH = 127
_LONGEST = 2**32 - 1


def add_notes(project: ProjectDocument, clip_id: ClipId, notes: Notes) -> Change:
    """Add notes (`NOTE` records, ticks from the clip's start). Raises ClipNotFound, WrongClipKind, ValueNotAllowed."""
    clip = _note_clip(project.state, clip_id)
    added = checked_notes(notes)
    return _write(project, clip, np.concatenate([_notes_of(project.state, clip), added]), f"Add {_count(len(added))}")


def delete_notes(project: ProjectDocument, clip_id: ClipId, notes: Notes) -> Change:
    """Delete notes of a clip. Raises ClipNotFound, WrongClipKind."""
    clip = _note_clip(project.state, clip_id)
    present = _notes_of(project.state, clip)
    chosen = _chosen(present, notes)
    return _write(project, clip, present[~chosen], f"Delete {_count(int(chosen.sum()))}")


def move_notes(
    project: ProjectDocument, clip_id: ClipId, notes: Notes, delta_ticks: int, delta_semitones: int = 0
) -> Change:
    """Move notes in time and pitch; all move alike and stop together at the clip's start and at pitch 0 and 127.

    Raises ClipNotFound, WrongClipKind, ValueNotAllowed.
    """
    ticks = allowed.whole("A distance", delta_ticks, -HIGHEST_TICK, HIGHEST_TICK)
    semitones = allowed.whole("A number of semitones", delta_semitones, -_HIGHEST_PITCH, _HIGHEST_PITCH)

    def move(moved: Notes) -> None:
        _shift(moved, "start", ticks, _LONGEST)
        _shift(moved, "pitch", semitones, _HIGHEST_PITCH)

    return _change(project, clip_id, notes, "Move", move)


def resize_notes(project: ProjectDocument, clip_id: ClipId, notes: Notes, delta_ticks: int) -> Change:
    """Lengthen or shorten notes, each down to one tick. Raises ClipNotFound, WrongClipKind, ValueNotAllowed."""
    ticks = allowed.whole("A length", delta_ticks, -HIGHEST_TICK, HIGHEST_TICK)

    def resize(changed: Notes) -> None:
        changed["length"] = np.clip(changed["length"].astype(np.int64) + ticks, 1, _LONGEST)

    return _change(project, clip_id, notes, "Resize", resize)


def shift_velocity(project: ProjectDocument, clip_id: ClipId, notes: Notes, delta: int) -> Change:
    """Make notes harder or softer, each within 1-127. Raises ClipNotFound, WrongClipKind, ValueNotAllowed."""
    by = allowed.whole("A change of velocity", delta, -126, 126)

    def change(changed: Notes) -> None:
        changed["velocity"] = np.clip(changed["velocity"].astype(np.int64) + by, 1, 127)

    return _change(project, clip_id, notes, "Change the velocity of", change)


def quantise_notes(
    project: ProjectDocument, clip_ids: Iterable[ClipId], grid_ticks: int, strength: float = 1.0
) -> Change:
    """Move the starts of all notes of clips to the song's grid, `strength` (0-1) of the way; lengths stay.

    Raises ClipNotFound, WrongClipKind, ValueNotAllowed.
    """
    grid = allowed.whole("A grid", grid_ticks, 1, HIGHEST_TICK)
    share = allowed.in_range("The strength", strength, 0.0, 1.0)

    def quantised(notes: Notes, clip: Clip) -> None:
        at = notes["start"].astype(np.int64) + clip.start_tick
        way = np.round((np.floor(at / grid + 0.5) * grid - at) * share).astype(np.int64)
        # A note that would begin before its clip stays on the first grid line within.
        first = -(-clip.start_tick // grid) * grid if share == 1.0 else clip.start_tick
        notes["start"] = np.maximum(at + way, min(first, clip.start_tick + clip.length_ticks - 1)) - clip.start_tick

    return _change_whole(project, clip_ids, "Quantise", quantised)


def transpose_clips(project: ProjectDocument, clip_ids: Iterable[ClipId], semitones: int) -> Change:
    """Transpose all notes of clips; those of a clip stop together at pitch 0 and 127.

    Raises ClipNotFound, WrongClipKind, ValueNotAllowed.
    """
    by = allowed.whole("A number of semitones", semitones, -_HIGHEST_PITCH, _HIGHEST_PITCH)
    return _change_whole(
        project, clip_ids, "Transpose", lambda notes, _clip: _shift(notes, "pitch", by, _HIGHEST_PITCH)
    )


def _note_clip(state: ProjectState, clip_id: ClipId) -> Clip:
    clip = clip_of(state, clip_id)
    if clip.kind != "midi":
        raise WrongClipKind(f"{clip.name} holds audio, not notes; choose a MIDI clip.")
    return clip


def _notes_of(state: ProjectState, clip: Clip) -> Notes:
    return state.notes.get(clip.id, np.empty(0, NOTE))


def _count(notes: int) -> str:
    return "1 note" if notes == 1 else f"{notes} notes"


def _chosen(present: Notes, notes: Notes) -> npt.NDArray[np.bool_]:
    """Return which of the notes that are there were named."""
    return np.isin(_as_bytes(present), _as_bytes(notes))


def _as_bytes(notes: Notes) -> npt.NDArray[np.void]:
    return np.ascontiguousarray(notes, NOTE).view(f"V{NOTE.itemsize}")


def _shift(notes: Notes, field: str, by: int, highest: int) -> None:
    """Move a field of all notes by as much of `by` as all can go."""
    if len(notes):
        values = notes[field].astype(np.int64)
        notes[field] = values + min(max(by, -int(values.min())), highest - int(values.max()))


def _change(
    project: ProjectDocument, clip_id: ClipId, notes: Notes, deed: str, change: Callable[[Notes], None]
) -> Change:
    """Let `change` work on a copy of the notes that are still there."""
    clip = _note_clip(project.state, clip_id)
    present = _notes_of(project.state, clip)
    chosen = _chosen(present, notes)
    changed = present[chosen]
    change(changed)
    return _write(project, clip, np.concatenate([present[~chosen], changed]), f"{deed} {_count(len(changed))}")


def _change_whole(
    project: ProjectDocument, clip_ids: Iterable[ClipId], deed: str, change: Callable[[Notes, Clip], None]
) -> Change:
    """Let `change` work on copies of all notes of clips, as one step."""
    clips = [_note_clip(project.state, clip.id) for clip in clips_of(project.state, clip_ids)]
    with project.edit(f"{deed} {several(clips, 'clip')}") as edit:
        for clip in clips:
            changed = _notes_of(project.state, clip).copy()
            change(changed, clip)
            edit.set_notes(clip.id, checked_notes(changed))
    return edit.change


def _write(project: ProjectDocument, clip: Clip, notes: Notes, name: str) -> Change:
    with project.edit(f"{name} in {clip.name}" if clip.name else name) as edit:
        edit.set_notes(clip.id, checked_notes(notes))
    return edit.change
