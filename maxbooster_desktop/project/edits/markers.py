"""Edits to markers."""

from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Marker, MarkerId
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.lookup import marker_of


def add_marker(project: ProjectDocument, tick: int, name: str, colour: int = 0) -> Change:
    """Put a marker at `tick`; its id is in `created`. Raises ValueNotAllowed."""
    marker = Marker(
        MarkerId(project.new_id()), allowed.tick(tick), allowed.name(name, "marker"), allowed.colour(colour)
    )
    with project.edit(f"Add marker {marker.name}") as edit:
        edit.create(marker)
    return edit.change


def move_marker(project: ProjectDocument, marker_id: MarkerId, tick: int) -> Change:
    """Move a marker to `tick`. Raises MarkerNotFound, ValueNotAllowed."""
    marker = marker_of(project.state, marker_id)
    tick = allowed.tick(tick)
    with project.edit(f"Move marker {marker.name}") as edit:
        edit.set(replace(marker, tick=tick))
    return edit.change


def rename_marker(project: ProjectDocument, marker_id: MarkerId, name: str) -> Change:
    """Give a marker another name. Raises MarkerNotFound, ValueNotAllowed."""
    marker = marker_of(project.state, marker_id)
    name = allowed.name(name, "marker")
    with project.edit(f"Rename marker {marker.name} to {name}") as edit:
        edit.set(replace(marker, name=name))
    return edit.change


def delete_marker(project: ProjectDocument, marker_id: MarkerId) -> Change:
    """Delete a marker. Raises MarkerNotFound."""
    marker = marker_of(project.state, marker_id)
    with project.edit(f"Delete marker {marker.name}") as edit:
        edit.delete(marker.id)
    return edit.change
