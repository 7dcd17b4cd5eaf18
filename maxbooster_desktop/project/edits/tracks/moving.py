"""Move tracks in the list and between groups."""

from collections.abc import Iterable
from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import ProjectState, Track, TrackId
from maxbooster_desktop.project.edits.errors import GroupInsideItself
from maxbooster_desktop.project.edits.lookup import movable_tracks_of, track_of
from maxbooster_desktop.project.edits.placing import below, checked_parent, inside_of, outermost, placed, siblings_of
from maxbooster_desktop.project.edits.signal_flow import require_no_cycle
from maxbooster_desktop.project.edits.wording import several


def move_tracks(
    project: ProjectDocument, track_ids: Iterable[TrackId], parent: TrackId | None, after: TrackId | None
) -> Change:
    """Move tracks into `parent` (None: the top level), below `after` (None: first), in their present order.

    Tracks inside a listed group move along with it. An explicit output is kept; a default one follows the new group.

    Raises TrackNotFound, MasterProtected, NotAGroup, NotSiblings, GroupInsideItself, RoutingCycle.
    """
    state = project.state
    moving = outermost(state, movable_tracks_of(state, track_ids, "be moved"))
    checked_parent(state, parent)
    _refuse_own_child(state, moving, parent)
    neighbour = None if after is None else track_of(state, after)
    placements = _placements(project, moving, parent, neighbour)
    require_no_cycle(state, placements)
    with project.edit(f"Move {several(moving, 'track')}") as edit:
        for track in placements:
            edit.set(track)
    return edit.change


def _refuse_own_child(state: ProjectState, moving: list[Track], parent: TrackId | None) -> None:
    ids = {track.id for track in moving}
    if parent is not None and (parent in ids or parent in inside_of(state, ids)):
        names = [track.name for track in moving if parent == track.id or parent in inside_of(state, {track.id})]
        raise GroupInsideItself(names[0])


def _placements(
    project: ProjectDocument, moving: list[Track], parent: TrackId | None, neighbour: Track | None
) -> list[Track]:
    siblings = siblings_of(project.state, parent)
    ids = {track.id for track in moving}
    index = below(siblings, neighbour)
    top = [track for track in siblings[:index] if track.id not in ids]
    bottom = [track for track in siblings[index:] if track.id not in ids]
    arrivals = [replace(track, parent=parent) for track in moving]
    sequence = [*top, *arrivals, *bottom]
    if [track.id for track in sequence] == [track.id for track in siblings]:
        return []
    return placed(sequence, ids, project.ids)
