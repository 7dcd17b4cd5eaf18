"""What copying clips keeps, and which tracks pasting puts them on. No Qt.

Copies are whole: they can be pasted after their originals are cut or changed. Clips of several tracks keep their
distance, counted in tracks that can hold clips, so that a group between them does not count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.state import CLIP_HOSTS, Clip, ClipId, ProjectState, TrackId

_HOLDERS = frozenset(kind for kinds in CLIP_HOSTS.values() for kind in kinds)


class PlaceGoneError(MaxBoosterError):
    """There is no track on which copied clips can be pasted."""


@dataclass(frozen=True, slots=True)
class CopiedClips:
    """Clips with their notes.

    Attributes:
        lanes: how many tracks below the topmost one each track stood.
        selected: the tracks that were selected at the time; another selection at pasting says where to.
    """

    clips: tuple[Clip, ...]
    notes: Mapping[ClipId, Any]
    lanes: Mapping[TrackId, int]
    selected: tuple[TrackId, ...]


def copied(state: ProjectState, clip_ids: Iterable[ClipId], selected: tuple[TrackId, ...]) -> CopiedClips:
    """Return copies of the clips that exist, with where they are."""
    clips = tuple(state.clips[clip] for clip in clip_ids if clip in state.clips)
    order = _holders(state)
    rows = {clip.track: order.index(clip.track) for clip in clips if clip.track in order}
    top = min(rows.values(), default=0)
    notes = {clip.id: state.notes[clip.id] for clip in clips if clip.id in state.notes}
    return CopiedClips(clips, notes, {track: row - top for track, row in rows.items()}, selected)


def homes_of(copy: CopiedClips, state: ProjectState, selected: Sequence[TrackId]) -> dict[TrackId, TrackId]:
    """Return the track for each track the clips came from: from the topmost one selected since down, else the same.

    Raises PlaceGoneError, which says what to select instead.
    """
    order = _holders(state)
    chosen = [order.index(track) for track in selected if track in order]
    if chosen and tuple(selected) != copy.selected:
        top = min(chosen)
        homes = {track: order[top + lane] for track, lane in copy.lanes.items() if top + lane < len(order)}
        if not _fits(copy, state, homes):
            name = state.tracks[order[top]].name
            raise PlaceGoneError(f"The copied clips do not fit on the tracks from {name} down; select another track.")
        return homes
    homes = {track: track for track in copy.lanes if track in state.tracks}
    if not _fits(copy, state, homes):
        raise PlaceGoneError("A track that the copied clips were on is gone; select the track to paste on.")
    return homes


def _fits(copy: CopiedClips, state: ProjectState, homes: Mapping[TrackId, TrackId]) -> bool:
    return all(
        clip.track in homes and state.tracks[homes[clip.track]].kind in CLIP_HOSTS[clip.kind] for clip in copy.clips
    )


def _holders(state: ProjectState) -> list[TrackId]:
    return [track for track in state.track_order if state.tracks[track].kind in _HOLDERS]
