"""Turn a comp into ordinary clips that sound the same; the takes stay."""

from collections.abc import Iterable

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.clip_making import changed_clip
from maxbooster_desktop.project.document.edit import Edit
from maxbooster_desktop.project.document.heard import heard_clips
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import ClipId, TrackId
from maxbooster_desktop.project.edits.errors import ValueNotAllowed
from maxbooster_desktop.project.edits.lookup import tracks_of
from maxbooster_desktop.project.edits.wording import several


def flatten_comps(project: ProjectDocument, track_ids: Iterable[TrackId]) -> Change:
    """Make what is heard of the takes of tracks into clips with the crossfades that sound; new clips are in `created`.

    Clips beneath the comp are cut to what is heard of them.

    Raises TrackNotFound, ValueNotAllowed (nothing of a take is heard on them).
    """
    tracks = tracks_of(project.state, track_ids)
    heard = [track for track in tracks if project.state.comps.get(track.id)]
    if not heard:
        raise ValueNotAllowed(f"No take is heard on {several(tracks, 'track')}; choose one first.")
    with project.edit(f"Flatten {several(heard, 'track')}") as edit:
        for track in heard:
            _flatten(project, edit, track.id)
    return edit.change


def _flatten(project: ProjectDocument, edit: Edit, track_id: TrackId) -> None:
    present = set(project.state.clips_by_track.get(track_id, ()))
    for clip in heard_clips(project.state, track_id):
        if clip.id in present:
            present.remove(clip.id)
            edit.set(clip)
        else:
            edit.create(changed_clip(clip, id=ClipId(project.new_id())))
    for covered in present:
        edit.delete(covered)
    for part in edit.comp_of(track_id):
        edit.remove_range(track_id, part.id)
