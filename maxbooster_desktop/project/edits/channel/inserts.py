"""The devices in a channel's chain."""

import re
from collections.abc import Mapping
from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.device_words import device_words
from maxbooster_desktop.project.document.order_keys import key_between
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Insert, InsertId, Track, TrackId
from maxbooster_desktop.project.edits.automated import lanes_below
from maxbooster_desktop.project.edits.declared import device_values
from maxbooster_desktop.project.edits.errors import ValueNotAllowed, WrongTrackKind
from maxbooster_desktop.project.edits.lookup import insert_of, track_of

_DEVICE = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+", re.ASCII)


def add_insert(
    project: ProjectDocument, track_id: TrackId, device: str, values: Mapping[str, float] | None = None
) -> Change:
    """Add a device ("dynamics.true_peak_limiter") at the end of a channel's chain, with touched parameter `values`.

    Raises TrackNotFound, WrongTrackKind, ValueNotAllowed.
    """
    track = track_of(project.state, track_id)
    if track.kind == "midi":
        raise WrongTrackKind(f"{track.name} is a MIDI track and has no sound to process; choose another track.")
    insert = new_insert(project, track, device, values or {})
    with project.edit(f"Add {device_words(device)} to {track.name}") as edit:
        edit.set(replace(track, inserts=(*track.inserts, insert)))
    return edit.change


def new_insert(project: ProjectDocument, track: Track, device: str, values: Mapping[str, float]) -> Insert:
    """Return a device for the end of a channel's chain. Raises ValueNotAllowed."""
    if not _DEVICE.fullmatch(device):
        raise ValueNotAllowed(f"{device!r} is not the id of a device; it should look like family.name.")
    last = max((insert.order for insert in track.inserts), default="")
    order = key_between(last or None, None, project.ids)
    return Insert(InsertId(project.new_id()), device, order, values=device_values(device, values))


def set_insert(project: ProjectDocument, track_id: TrackId, insert_id: InsertId, values: Mapping[str, float]) -> Change:
    """Set parameters of a device by their stable names, each in its own unit; the others stay.

    Raises TrackNotFound, InsertNotFound, ValueNotAllowed.
    """
    track = track_of(project.state, track_id)
    insert = insert_of(track, insert_id)
    checked = device_values(insert.device, values)
    with project.edit(f"Change {device_words(insert.device)} on {track.name}") as edit:
        edit.set(_with(track, replace(insert, values={**insert.values, **checked})))
    return edit.change


def enable_insert(project: ProjectDocument, track_id: TrackId, insert_id: InsertId, on: bool) -> Change:
    """Switch a device on, or bypass it. Raises TrackNotFound, InsertNotFound."""
    track = track_of(project.state, track_id)
    insert = insert_of(track, insert_id)
    with project.edit(f"{'Switch on' if on else 'Bypass'} {device_words(insert.device)} on {track.name}") as edit:
        edit.set(_with(track, replace(insert, enabled=bool(on))))
    return edit.change


def remove_insert(project: ProjectDocument, track_id: TrackId, insert_id: InsertId) -> Change:
    """Take a device out of the chain, with its automation. Raises TrackNotFound, InsertNotFound."""
    state = project.state
    track = track_of(state, track_id)
    insert = insert_of(track, insert_id)
    with project.edit(f"Remove {device_words(insert.device)} from {track.name}") as edit:
        for lane_id in lanes_below(state, track_id, f"insert.{insert_id}."):
            edit.delete(lane_id)
        edit.set(replace(track, inserts=tuple(one for one in track.inserts if one.id != insert_id)))
    return edit.change


def _with(track: Track, insert: Insert) -> Track:
    return replace(track, inserts=tuple(insert if one.id == insert.id else one for one in track.inserts))
