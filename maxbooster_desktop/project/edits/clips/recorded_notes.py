"""Put notes that were played live on their tracks: a clip for each track that was played, as long as the pass."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from maxbooster_desktop.project.document import change
from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import NOTE, TrackId
from maxbooster_desktop.project.document.tempo_map import TempoMap
from maxbooster_desktop.project.edits.clips.adding import add_midi_clip
from maxbooster_desktop.project.edits.errors import ValueNotAllowed
from maxbooster_desktop.project.edits.lookup import track_of
from maxbooster_desktop.project.edits.notes import Notes


class RecordedNote(NamedTuple):
    """A note of the song's time: [start, end) in seconds, pitch 0-127, velocity 1-127."""

    start_s: float
    end_s: float
    pitch: int
    velocity: int


def add_recorded_notes(
    project: ProjectDocument, recorded: Mapping[TrackId, Sequence[RecordedNote]], start_s: float, end_s: float
) -> Change:
    """Lay what was played between two moments of the song, as one step; the clips' ids are in `created`.

    Raises TrackNotFound, WrongTrackKind, ValueNotAllowed (nothing was played).
    """
    played = {track: notes for track, notes in recorded.items() if notes}
    if not played:
        raise ValueNotAllowed("No note was played; play some while the armed track records.")
    tempo_map = project.state.tempo_map
    start = max(0, tempo_map.tick_at(start_s))
    with project.step("Record"):
        changes = []
        for track, notes in played.items():
            last_s = max(end_s, *(note.end_s for note in notes))
            length = max(1, tempo_map.tick_at(last_s) - start)
            name = track_of(project.state, track).name
            changes.append(add_midi_clip(project, track, start, length, name, _in_ticks(tempo_map, notes, start)))
    return change.joined("Record", changes)


def _in_ticks(tempo_map: TempoMap, notes: Sequence[RecordedNote], clip_start: int) -> Notes:
    """Return notes in ticks from their clip's start, none of them shorter than a tick."""
    made = np.empty(len(notes), NOTE)
    for place, note in enumerate(notes):
        start = max(tempo_map.tick_at(note.start_s), clip_start)
        length = max(1, tempo_map.tick_at(note.end_s) - start)
        made[place] = start - clip_start, length, 0, note.pitch, note.velocity, 0.0
    return made
