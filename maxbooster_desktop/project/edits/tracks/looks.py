"""How a track looks in the list: name, colour, height."""

from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.limits import HIGHEST_HEIGHT, LOWEST_HEIGHT
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import TrackId
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.lookup import track_of


def rename_track(project: ProjectDocument, track_id: TrackId, name: str) -> Change:
    """Give a track another name. Raises TrackNotFound, ValueNotAllowed."""
    track = track_of(project.state, track_id)
    name = allowed.name(name, "track")
    with project.edit(f"Rename {track.name} to {name}") as edit:
        edit.set(replace(track, name=name))
    return edit.change


def recolour_track(project: ProjectDocument, track_id: TrackId, colour: int) -> Change:
    """Give a track another palette colour, 0 to 11. Raises TrackNotFound, ValueNotAllowed."""
    track = track_of(project.state, track_id)
    colour = allowed.colour(colour)
    with project.edit(f"Recolour {track.name}") as edit:
        edit.set(replace(track, colour=colour))
    return edit.change


def set_track_height(project: ProjectDocument, track_id: TrackId, height: int) -> Change:
    """Set how high a track is drawn, 20 to 1000 pixels at 100 %. Raises TrackNotFound, ValueNotAllowed."""
    track = track_of(project.state, track_id)
    height = allowed.whole("A track's height", height, LOWEST_HEIGHT, HIGHEST_HEIGHT)
    with project.edit(f"Resize {track.name}") as edit:
        edit.set(replace(track, height=height))
    return edit.change
