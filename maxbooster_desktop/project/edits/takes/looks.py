"""Name and colour of takes."""

from collections.abc import Iterable
from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import TakeId
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.lookup import take_of, takes_of
from maxbooster_desktop.project.edits.wording import several


def rename_take(project: ProjectDocument, take_id: TakeId, name: str) -> Change:
    """Give a take another name; its audio keeps its own. Raises TakeNotFound, ValueNotAllowed."""
    take = take_of(project.state, take_id)
    name = allowed.name(name, "take")
    with project.edit(f"Rename {take.name} to {name}") as edit:
        edit.set(replace(take, name=name))
    return edit.change


def recolour_takes(project: ProjectDocument, take_ids: Iterable[TakeId], colour: int | None) -> Change:
    """Give takes a palette colour, 0 to 11; None: that of their track. Raises TakeNotFound, ValueNotAllowed."""
    takes = takes_of(project.state, take_ids)
    colour = None if colour is None else allowed.colour(colour)
    with project.edit(f"Recolour {several(takes, 'take')}") as edit:
        for take in takes:
            edit.set(replace(take, colour=colour))
    return edit.change
