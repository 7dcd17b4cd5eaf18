"""Fader, pan, mute, solo and the touched parameters of the channel strip."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.limits import LONGEST_DELAY_MS
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import TrackId
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.declared import strip_values
from maxbooster_desktop.project.edits.lookup import movable_tracks_of, track_of, tracks_of
from maxbooster_desktop.project.edits.wording import decibels, pan_position, several


def set_gain(project: ProjectDocument, track_id: TrackId, gain_db: float) -> Change:
    """Set the fader to `gain_db`, -144 (silence) to +24 dB. Raises TrackNotFound, ValueNotAllowed."""
    track = track_of(project.state, track_id)
    gain_db = allowed.gain_db(gain_db)
    with project.edit(f"Set {track.name} to {decibels(gain_db)}") as edit:
        edit.set(replace(track, gain_db=gain_db))
    return edit.change


def set_pan(project: ProjectDocument, track_id: TrackId, pan: float) -> Change:
    """Set the pan position, -1 (left) to +1 (right). Raises TrackNotFound, ValueNotAllowed."""
    track = track_of(project.state, track_id)
    pan = allowed.pan(pan)
    with project.edit(f"Pan {track.name} {pan_position(pan)}") as edit:
        edit.set(replace(track, pan=pan))
    return edit.change


def set_mute(project: ProjectDocument, track_ids: Iterable[TrackId], on: bool) -> Change:
    """Mute or unmute channels. Raises TrackNotFound."""
    tracks = tracks_of(project.state, track_ids)
    with project.edit(f"{'Mute' if on else 'Unmute'} {several(tracks, 'track')}") as edit:
        for track in tracks:
            edit.set(replace(track, is_muted=bool(on)))
    return edit.change


def set_solo(project: ProjectDocument, track_ids: Iterable[TrackId], on: bool) -> Change:
    """Solo channels in place, or end it. Raises TrackNotFound, MasterProtected."""
    tracks = movable_tracks_of(project.state, track_ids, "be soloed")
    with project.edit(f"{'Solo' if on else 'Unsolo'} {several(tracks, 'track')}") as edit:
        for track in tracks:
            edit.set(replace(track, is_soloed=bool(on)))
    return edit.change


def set_solo_safe(project: ProjectDocument, track_id: TrackId, on: bool) -> Change:
    """Keep a channel sounding while others are soloed, or not. Raises TrackNotFound, MasterProtected."""
    [track] = movable_tracks_of(project.state, [track_id], "be made solo safe: it always sounds")
    with project.edit(f"{'Make' if on else 'Stop making'} {track.name} solo safe") as edit:
        edit.set(replace(track, is_solo_safe=bool(on)))
    return edit.change


def set_delay(project: ProjectDocument, track_id: TrackId, delay_ms: float) -> Change:
    """Let all a track gives out come later than the others, or earlier (negative), by at most a second.

    Raises TrackNotFound, MasterProtected, ValueNotAllowed.
    """
    [track] = movable_tracks_of(project.state, [track_id], "be delayed: it is what all others are heard through")
    delay = allowed.in_range("A track's delay", delay_ms, -LONGEST_DELAY_MS, LONGEST_DELAY_MS, "ms")
    with project.edit(f"Set the delay of {track.name} to {delay:g} ms") as edit:
        edit.set(replace(track, delay_ms=delay))
    return edit.change


def set_strip(project: ProjectDocument, track_id: TrackId, values: Mapping[str, float]) -> Change:
    """Set channel strip parameters by their stable names, each in its own unit; the others stay.

    Raises TrackNotFound, ValueNotAllowed.
    """
    track = track_of(project.state, track_id)
    checked = strip_values(values)
    with project.edit(f"Change the strip of {track.name}") as edit:
        edit.set(replace(track, strip={**track.strip, **checked}))
    return edit.change
