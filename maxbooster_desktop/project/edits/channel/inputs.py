"""What a track records, in which form, when its input is heard, and where its notes go. Arming is presence."""

from collections.abc import Iterable
from dataclasses import replace
from typing import get_args

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.limits import MIDI_CHANNELS, MOST_INPUTS
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import (
    MidiOutput,
    Monitoring,
    ProjectState,
    RecordFormat,
    Track,
    TrackId,
    TrackInput,
)
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.clips.adding import host_of
from maxbooster_desktop.project.edits.errors import ValueNotAllowed
from maxbooster_desktop.project.edits.lookup import tracks_of
from maxbooster_desktop.project.edits.wording import several


def set_input(project: ProjectDocument, track_ids: Iterable[TrackId], source: TrackInput | None) -> Change:
    """Choose the channels of the input device that audio tracks record; None: none.

    Raises TrackNotFound, WrongTrackKind, ValueNotAllowed.
    """
    tracks = _recording_tracks(project.state, track_ids)
    if source is not None:
        allowed.whole("An input", source.first_channel, 0, MOST_INPUTS - 1)
        allowed.whole("A number of channels", source.channels, 1, 2)
    with project.edit(f"Set the input of {several(tracks, 'track')}") as edit:
        for track in tracks:
            edit.set(replace(track, input=source))
    return edit.change


def set_monitoring(project: ProjectDocument, track_ids: Iterable[TrackId], mode: Monitoring) -> Change:
    """Choose when the input of audio tracks is heard: "auto" (armed, and not where takes play), "on", "off".

    Raises TrackNotFound, WrongTrackKind, ValueNotAllowed.
    """
    tracks = _recording_tracks(project.state, track_ids)
    _one_of("monitoring mode", mode, get_args(Monitoring))
    with project.edit(f"Set the monitoring of {several(tracks, 'track')} to {mode}") as edit:
        for track in tracks:
            edit.set(replace(track, monitoring=mode))
    return edit.change


def set_record_format(project: ProjectDocument, track_ids: Iterable[TrackId], sample_format: RecordFormat) -> Change:
    """Choose how recordings of audio tracks are stored: "FLOAT" (32 bits), "PCM_24" or "PCM_16".

    Raises TrackNotFound, WrongTrackKind, ValueNotAllowed.
    """
    tracks = _recording_tracks(project.state, track_ids)
    _one_of("format of recordings", sample_format, get_args(RecordFormat))
    with project.edit(f"Set the recording format of {several(tracks, 'track')}") as edit:
        for track in tracks:
            edit.set(replace(track, record_format=sample_format))
    return edit.change


def set_midi_output(project: ProjectDocument, track_ids: Iterable[TrackId], target: MidiOutput | None) -> Change:
    """Send the notes of instrument or MIDI tracks to a channel of a port too; None: to none.

    Raises TrackNotFound, WrongTrackKind, ValueNotAllowed.
    """
    tracks = [host_of(track, "midi") for track in tracks_of(project.state, track_ids)]
    if target is not None:
        channel = allowed.whole("A MIDI channel", target.channel, 0, MIDI_CHANNELS - 1)
        target = MidiOutput(allowed.name(target.port, "MIDI port"), channel)
    with project.edit(f"Set the MIDI output of {several(tracks, 'track')}") as edit:
        for track in tracks:
            edit.set(replace(track, midi_output=target))
    return edit.change


def _recording_tracks(state: ProjectState, track_ids: Iterable[TrackId]) -> list[Track]:
    return [host_of(track, "audio") for track in tracks_of(state, track_ids)]


def _one_of(what: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueNotAllowed(f"{value!r} is not a {what}; choose one of {', '.join(choices)}.")
