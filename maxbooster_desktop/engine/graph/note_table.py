"""The notes of a track's clips as rows the callback plays: timeline samples, key, pitch, velocity.

A note begins where its clip is unmuted and it starts before the clip's end, and ends with itself or its clip,
whichever is first. Of notes of one clip that begin together at one pitch the longest sounds. Ticks become samples as
everything else on the timeline does, and every note lasts at least a sample.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.engine.graph.beats import seconds_of
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.state import Clip, ClipId, ProjectState, TrackId
from maxbooster_desktop.project.document.tempo_map import TempoMap

Notes = npt.NDArray[np.void]

#: Keys fit the 53 bits of a float64, and none is 0.
_KEY_BITS = np.uint64(0x000F_FFFF_FFFF_FFFF)


@dataclass(frozen=True, slots=True, eq=False)
class ClipNotes:
    """The notes of all clips, equal to another when every clip has the very same array: they are never written to."""

    by_clip: Mapping[ClipId, Notes]

    def __eq__(self, other: object) -> bool:
        """Whether all arrays are the same ones."""
        if not isinstance(other, ClipNotes) or self.by_clip.keys() != other.by_clip.keys():
            return False
        return self.by_clip is other.by_clip or all(
            notes is other.by_clip[clip_id] for clip_id, notes in self.by_clip.items()
        )

    __hash__ = None  # type: ignore[assignment]  # compared, never looked up


@dataclass(frozen=True, slots=True)
class NoteTable:
    """Rows of one track, float64 [notes, T_FIELDS], sorted by start; `number` tells tables apart and is never 0."""

    rows: npt.NDArray[np.float64]
    number: int = field(default_factory=itertools.count(1).__next__)


class NoteMemory:
    """The note tables of one engine, and the numbers by which it knows clips from program to program."""

    def __init__(self) -> None:
        self._tables: dict[TrackId, tuple[object, NoteTable]] = {}
        self._clips: dict[ClipId, int] = {}

    def table(self, state: ProjectState, track_id: TrackId, sample_rate: int) -> NoteTable:
        """Build a track's rows, or take the ones of before when nothing they depend on has changed."""
        clips = [state.clips[clip_id] for clip_id in state.clips_by_track.get(track_id, ())]
        played = {clip.id: state.notes[clip.id] for clip in clips if not clip.is_muted and clip.id in state.notes}
        places = tuple((clip.id, clip.start_tick, clip.length_ticks) for clip in clips if clip.id in played)
        basis = places, ClipNotes(played), state.tempo_map, sample_rate
        known = self._tables.get(track_id)
        if known is not None and known[0] == basis:
            return known[1]
        pieces = [self._ticks_of(clip, played[clip.id]) for clip in clips if clip.id in played]
        table = NoteTable(_rows(pieces, state.tempo_map, sample_rate))
        self._tables[track_id] = basis, table
        return table

    def _ticks_of(self, clip: Clip, notes: Notes) -> npt.NDArray[np.float64]:
        """Return (start tick, end tick, key, pitch, velocity) of the notes that begin within their clip."""
        number = self._clips.setdefault(clip.id, len(self._clips))
        notes = notes[notes["start"] < clip.length_ticks]
        # The longest of notes alike comes first, and `unique` keeps the first.
        notes = notes[np.argsort(-notes["length"].astype(np.int64), kind="stable")]
        alike = notes["start"].astype(np.uint64) << np.uint64(7) | notes["pitch"].astype(np.uint64)
        alike, chosen = np.unique(alike, return_index=True)
        notes = notes[chosen]
        start = notes["start"].astype(np.int64)
        end = np.minimum(start + np.maximum(1, notes["length"].astype(np.int64)), clip.length_ticks)
        pitch = notes["pitch"] + notes["detune"] / 100.0
        ticks = clip.start_tick + start, clip.start_tick + end
        return np.column_stack((*ticks, _keys(number, alike), pitch, notes["velocity"] / 127.0)).astype(np.float64)


def _keys(clip_number: int, alike: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return a key for every note of a clip, the same as long as it keeps clip, start and pitch (splitmix64)."""
    mixed = alike + np.uint64((clip_number * 0x9E3779B97F4A7C15) % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ (mixed >> np.uint64(31))) & _KEY_BITS) + np.uint64(1)


def _rows(pieces: list[npt.NDArray[np.float64]], tempo_map: TempoMap, rate: int) -> npt.NDArray[np.float64]:
    """Return the notes of all clips of a track as the program holds them."""
    if not pieces:
        return np.zeros((0, at.T_FIELDS), np.float64)
    notes = np.concatenate(pieces)
    rows = np.zeros((len(notes), at.T_FIELDS), np.float64)
    starts, ends = (np.round(seconds_of(tempo_map, notes[:, column].astype(np.int64)) * rate) for column in range(2))
    rows[:, at.T_START], rows[:, at.T_END] = starts, np.maximum(ends, starts + 1.0)
    rows[:, at.T_KEY], rows[:, at.T_PITCH], rows[:, at.T_VELOCITY] = notes[:, 2:].T
    rows = rows[np.lexsort((rows[:, at.T_KEY], rows[:, at.T_PITCH], rows[:, at.T_START]))]
    rows[:, at.T_REACH] = np.maximum.accumulate(rows[:, at.T_END])
    return rows
