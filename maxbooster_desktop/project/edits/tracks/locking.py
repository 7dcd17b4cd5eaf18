"""Holding tracks: lock, let go, ask, give, take away. Who may take a lock away is judged where it is asked for."""

from collections.abc import Iterable
from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Holder, TrackId
from maxbooster_desktop.project.document.track_locks import TrackLockedError
from maxbooster_desktop.project.edits.errors import TrackNotHeld
from maxbooster_desktop.project.edits.lookup import track_of, tracks_of
from maxbooster_desktop.project.edits.wording import several


def lock_tracks(project: ProjectDocument, track_ids: Iterable[TrackId], who: Holder) -> Change:
    """Let nobody else edit what is on tracks. Raises TrackNotFound, TrackLockedError."""
    tracks = tracks_of(project.state, track_ids)
    for track in tracks:
        if track.lock is not None and track.lock.account != who.account:
            raise TrackLockedError(track.name, track.lock.name)
    with project.edit(f"Lock {several(tracks, 'track')}") as edit:
        for track in tracks:
            edit.set(replace(track, lock=who))
    return edit.change


def unlock_tracks(project: ProjectDocument, track_ids: Iterable[TrackId]) -> Change:
    """Let everybody edit tracks again, whoever held them. Raises TrackNotFound."""
    tracks = tracks_of(project.state, track_ids)
    with project.edit(f"Unlock {several(tracks, 'track')}") as edit:
        for track in tracks:
            edit.set(replace(track, lock=None, asked=None))
    return edit.change


def ask_for_track(project: ProjectDocument, track_id: TrackId, who: Holder) -> Change:
    """Ask the holder of a track for it. Raises TrackNotFound, TrackNotHeld."""
    track = track_of(project.state, track_id)
    if track.lock is None:
        raise TrackNotHeld(track.name)
    with project.edit(f"Ask for {track.name}") as edit:
        edit.set(replace(track, asked=who))
    return edit.change


def give_track(project: ProjectDocument, track_id: TrackId) -> Change:
    """Let whoever asked for a track hold it. Raises TrackNotFound, TrackNotHeld."""
    track = track_of(project.state, track_id)
    if track.lock is None or track.asked is None:
        raise TrackNotHeld(track.name)
    with project.edit(f"Give {track.name} to {track.asked.name}") as edit:
        edit.set(replace(track, lock=track.asked, asked=None))
    return edit.change
