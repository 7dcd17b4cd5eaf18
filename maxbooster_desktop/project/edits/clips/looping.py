"""Repeat a clip behind itself. Each repeat is a clip of its own that shares the audio.

Every repeat begins at the first tick from which the one before has ended, counted from the first one's start, so that
roundings do not add up. The last one is cut where the loop ends and takes the default fade there.
"""

from collections.abc import Iterator
from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.clip_making import changed_clip
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.sample_grid import first_tick_from
from maxbooster_desktop.project.document.state import Clip, ClipId, ProjectState
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.clip_time import free_tick_after, samples_from_start
from maxbooster_desktop.project.edits.clips.pasting import create_copy
from maxbooster_desktop.project.edits.clips.trimming import audio_until
from maxbooster_desktop.project.edits.lookup import clip_of
from maxbooster_desktop.project.edits.notes import cut_notes

#: More would be a slip of the hand: a clip of a few frames dragged over a song.
MOST_REPEATS = 1_000


def loop_clip(project: ProjectDocument, clip_id: ClipId, end_tick: int) -> Change:
    """Repeat a clip until `end_tick`, a thousand times at most; the repeats' ids are in `created`.

    Raises ClipNotFound, AssetNotFound, ValueNotAllowed.
    """
    state = project.state
    clip = clip_of(state, clip_id)
    end = allowed.tick(end_tick)
    notes = state.notes.get(clip.id)
    with project.edit(f"Loop {clip.name}") as edit:
        for repeat in repeats_of(state, clip, end):
            fitting = notes
            if notes is not None and repeat.length_ticks < clip.length_ticks:
                fitting = cut_notes(notes, repeat.length_ticks)[0]
            create_copy(project, edit, repeat, fitting)
    return edit.change


def repeats_of(state: ProjectState, clip: Clip, end_tick: int) -> Iterator[Clip]:
    """Yield the repeats of a clip that begin before `end_tick`, in order, all under the clip's own id."""
    for number in range(1, MOST_REPEATS + 1):
        repeat = changed_clip(clip, start_tick=_start(state, clip, number))
        if repeat.start_tick >= end_tick:
            return
        if free_tick_after(state, repeat) > end_tick:
            repeat = _cut(state, repeat, end_tick)
        yield repeat


def _start(state: ProjectState, clip: Clip, number: int) -> int:
    if clip.kind == "midi":
        return clip.start_tick + number * clip.length_ticks
    return first_tick_from(state, samples_from_start(state, clip, number * clip.length_frames))


def _cut(state: ProjectState, clip: Clip, end_tick: int) -> Clip:
    if clip.kind == "midi":
        return replace(clip, length_ticks=end_tick - clip.start_tick)
    return audio_until(state, clip, end_tick)
