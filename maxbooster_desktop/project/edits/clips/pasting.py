"""Put clips that were copied earlier back into the project; the clips they were copied from may be gone."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.clip_making import changed_clip
from maxbooster_desktop.project.document.edit import Edit
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Clip, ClipId, TrackId
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.clips.adding import host_of
from maxbooster_desktop.project.edits.lookup import asset_of, track_of
from maxbooster_desktop.project.edits.wording import several

Notes = Mapping[ClipId, npt.NDArray[np.void]]


def paste_clips(
    project: ProjectDocument,
    clips: Sequence[Clip],
    notes: Notes,
    start_tick: int,
    homes: Mapping[TrackId, TrackId],
) -> Change:
    """Put copies of `clips` so that the first begins at `start_tick`; their ids are in `created`.

    `notes` holds those of MIDI clips; `homes` the track for each track the clips came from (not named: that track).

    Raises TrackNotFound, WrongTrackKind, AssetNotFound, ValueNotAllowed.
    """
    state = project.state
    shift = allowed.tick(start_tick) - min((clip.start_tick for clip in clips), default=0)
    placed = []
    for clip in clips:
        track = host_of(track_of(state, homes.get(clip.track, clip.track)), clip.kind)
        if clip.asset is not None:
            asset_of(state, clip.asset)
        placed.append((clip, track.id, allowed.tick(clip.start_tick + shift)))
    with project.edit(f"Paste {several(clips, 'clip')}") as edit:
        for clip, track_id, tick in placed:
            create_copy(project, edit, changed_clip(clip, track=track_id, start_tick=tick), notes.get(clip.id))
    return edit.change


def create_copy(project: ProjectDocument, edit: Edit, clip: Clip, notes: npt.NDArray[np.void] | None) -> None:
    """Create `clip` under a new id, as nobody's half, with these notes."""
    copy = changed_clip(clip, id=ClipId(project.new_id()), parent=None)
    edit.create(copy)
    if notes is not None:
        edit.set_notes(copy.id, notes)
