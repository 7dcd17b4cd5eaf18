"""Move takes to another track, with what is heard of them."""

from collections.abc import Iterable
from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import TakeId, TrackId
from maxbooster_desktop.project.edits.clips.adding import host_of
from maxbooster_desktop.project.edits.lookup import takes_of, track_of
from maxbooster_desktop.project.edits.takes.laying import Comp
from maxbooster_desktop.project.edits.takes.ranges import require_own_track
from maxbooster_desktop.project.edits.wording import several


def move_takes(project: ProjectDocument, take_ids: Iterable[TakeId], track_id: TrackId) -> Change:
    """Move takes to an audio track, at the same time; what was heard of them is heard there, over what was.

    Raises TakeNotFound, TrackNotFound, WrongTrackKind.
    """
    state = project.state
    track = host_of(track_of(state, track_id), "audio")
    moving = [take for take in takes_of(state, take_ids) if take.track != track_id]
    moved = [replace(take, track=track.id) for take in moving]
    for take in moved:
        require_own_track(take)
    living = {**state.takes, **{take.id: take for take in moved}}
    with project.edit(f"Move {several(moving, 'take')} to {track.name}") as edit:
        there = Comp(edit, track.id, living, project.ids)
        for before, take in zip(moving, moved, strict=True):
            Comp(edit, before.track, state.takes, project.ids).remove(take.id)
            edit.set(take)
            for piece in state.comps.get(before.track, ()):
                if piece.take == take.id:
                    there.lay(piece.start_tick, piece.end_tick, take.id, piece.crossfade_ms)
    return edit.change
