"""Verbs and projects for tests of the store: small, random, and reproducible from a seed."""

import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import NOTE, Clip, ClipId, Marker, MarkerId, ProjectState, Track, TrackId

Verb = Callable[[ProjectDocument], Change]


def add_track(document: ProjectDocument, name: str) -> Change:
    with document.edit(f"Add track {name}") as edit:
        edit.create(Track(TrackId(document.new_id()), "midi", name, f"a{len(document.state.track_order):04d}"))
    return edit.change


def add_clip(document: ProjectDocument, track: TrackId, start_tick: int, notes: int = 0) -> Change:
    with document.edit("Add clip") as edit:
        clip = ClipId(document.new_id())
        edit.create(Clip(clip, track, start_tick, "Clip", "midi", length_ticks=3840))
        edit.set_notes(clip, some_notes(notes))
    return edit.change


def some_notes(count: int) -> np.ndarray:
    notes = np.zeros(count, NOTE)
    notes["start"] = np.arange(count) * 240
    notes["length"] = 200
    notes["pitch"] = 36 + np.arange(count) % 48
    notes["velocity"] = 100
    return notes


def move_clip(document: ProjectDocument, clip: ClipId, start_tick: int) -> Change:
    with document.edit("Move clip") as edit:
        edit.set(replace(document.state.clips[clip], start_tick=start_tick))
    return edit.change


def set_gain(document: ProjectDocument, track: TrackId, gain_db: float) -> Change:
    with document.edit("Set gain") as edit:
        edit.set(replace(document.state.tracks[track], gain_db=gain_db))
    return edit.change


def rename_track(document: ProjectDocument, track: TrackId, name: str) -> Change:
    with document.edit(f"Rename to {name}") as edit:
        edit.set(replace(document.state.tracks[track], name=name))
    return edit.change


def add_marker(document: ProjectDocument, tick: int, name: str) -> Change:
    with document.edit("Add marker") as edit:
        edit.create(Marker(MarkerId(document.new_id()), tick, name))
    return edit.change


def delete(document: ProjectDocument, *entities: str) -> Change:
    with document.edit("Delete") as edit:
        for entity in entities:
            edit.delete(entity)
    return edit.change


def random_verb(state: ProjectState, source: random.Random) -> Verb:
    """Return an edit that `state` allows."""
    tracks, clips = list(state.track_order), list(state.clips)
    if not tracks:
        return partial(add_track, name="First")
    track = source.choice(tracks)
    choices: list[Verb] = [
        partial(add_clip, track=track, start_tick=source.randrange(100_000), notes=source.randrange(20)),
        partial(add_marker, tick=source.randrange(100_000), name=f"M{source.randrange(100)}"),
        partial(set_gain, track=track, gain_db=source.uniform(-60, 6)),
        partial(rename_track, track=track, name=f"T{source.randrange(1000)}"),
        partial(add_track, name=f"T{source.randrange(1000)}"),
    ]
    if clips:
        clip = source.choice(clips)
        choices += [partial(move_clip, clip=clip, start_tick=source.randrange(100_000))] * 3
        choices.append(lambda document: delete(document, clip))
    return source.choice(choices)
