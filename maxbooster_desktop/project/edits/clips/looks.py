"""Name, colour and mute of clips."""

from collections.abc import Iterable

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.clip_making import changed_clip
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import ClipId
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.lookup import clip_of, clips_of
from maxbooster_desktop.project.edits.wording import several


def rename_clip(project: ProjectDocument, clip_id: ClipId, name: str) -> Change:
    """Give a clip another name; its audio keeps its own. Raises ClipNotFound, ValueNotAllowed."""
    clip = clip_of(project.state, clip_id)
    name = allowed.name(name, "clip")
    with project.edit(f"Rename {clip.name} to {name}") as edit:
        edit.set(changed_clip(clip, name=name))
    return edit.change


def recolour_clips(project: ProjectDocument, clip_ids: Iterable[ClipId], colour: int | None) -> Change:
    """Give clips a palette colour, 0 to 11; None: that of their track. Raises ClipNotFound, ValueNotAllowed."""
    clips = clips_of(project.state, clip_ids)
    colour = None if colour is None else allowed.colour(colour)
    with project.edit(f"Recolour {several(clips, 'clip')}") as edit:
        for clip in clips:
            edit.set(changed_clip(clip, colour=colour))
    return edit.change


def mute_clips(project: ProjectDocument, clip_ids: Iterable[ClipId], on: bool) -> Change:
    """Mute or unmute clips. Raises ClipNotFound."""
    clips = clips_of(project.state, clip_ids)
    with project.edit(f"{'Mute' if on else 'Unmute'} {several(clips, 'clip')}") as edit:
        for clip in clips:
            edit.set(changed_clip(clip, is_muted=bool(on)))
    return edit.change
