"""Delete tracks together with all that only made sense because of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import LaneId, ProjectState, Track, TrackId
from maxbooster_desktop.project.edits.lookup import movable_tracks_of
from maxbooster_desktop.project.edits.placing import inside_of, placed, siblings_of
from maxbooster_desktop.project.edits.signal_flow import without_cycles
from maxbooster_desktop.project.edits.wording import several


def delete_tracks(project: ProjectDocument, track_ids: Iterable[TrackId], *, keep_children: bool = False) -> Change:
    """Delete tracks with their clips and automation, the sends to them and the automation of those sends.

    What was routed to a deleted track goes to its default output. A group takes its children with it, unless
    `keep_children`: then they take the group's place in the list and go on playing where the group played to.

    Raises TrackNotFound, MasterProtected.
    """
    state = project.state
    named = movable_tracks_of(state, track_ids, "be deleted")
    gone = {track.id for track in named}
    if not keep_children:
        gone |= inside_of(state, gone)
    kept = _kept_tracks(project, gone)
    with project.edit(f"Delete {several(named, 'track')}") as edit:
        for track in kept:
            edit.set(track)
        for lane_id in _lanes_without_target(state, gone):
            edit.delete(lane_id)
        for track_id in gone:
            for clip_id in state.clips_by_track.get(track_id, ()):
                edit.delete(clip_id)
            edit.delete(track_id)
    return edit.change


def _kept_tracks(project: ProjectDocument, gone: Collection[TrackId]) -> list[Track]:
    """Return the tracks that stay but have to change."""
    state = project.state
    kept = {track.id: _detached(state.tracks, track, gone) for track in state.tracks.values() if track.id not in gone}
    for track in _lifted(project, gone, kept):
        kept[track.id] = track
    return without_cycles(state, [track for track in kept.values() if track != state.tracks[track.id]], gone)


def _detached(tracks: Mapping[TrackId, Track], track: Track, gone: Collection[TrackId]) -> Track:
    """Return `track` without sends, output and parents that are gone; it plays on to where its lost group played."""
    sends = tuple(send for send in track.sends if send.target not in gone)
    output = None if track.output in gone else track.output
    parent = track.parent
    while parent is not None and parent in gone:
        lost = tracks[parent]
        if output is None and lost.output not in gone:
            output = lost.output
        parent = lost.parent
    return replace(track, sends=sends, output=output, parent=parent)


def _lifted(project: ProjectDocument, gone: Collection[TrackId], kept: Mapping[TrackId, Track]) -> list[Track]:
    """Return the children of lost groups, and siblings that need it, with keys at the place of their group."""
    state = project.state
    heirs = [track_id for track_id in state.track_order if _lost_parent(state, track_id, gone) and track_id in kept]
    placements: list[Track] = []
    for parent in dict.fromkeys(kept[heir].parent for heir in heirs):
        sequence: list[Track] = []
        for sibling in siblings_of(state, parent):
            inside = inside_of(state, {sibling.id}) if sibling.id in gone else set()
            sequence += [kept[sibling.id]] if sibling.id in kept else [kept[heir] for heir in heirs if heir in inside]
        placements += placed(sequence, set(heirs), project.ids)
    return placements


def _lost_parent(state: ProjectState, track_id: TrackId, gone: Collection[TrackId]) -> bool:
    return state.tracks[track_id].parent in gone


def _lanes_without_target(state: ProjectState, gone: Collection[TrackId]) -> list[LaneId]:
    lost = {
        (track.id, f"send.{send.id}.") for track in state.tracks.values() for send in track.sends if send.target in gone
    }
    sends = {(track, prefix) for track, prefix in lost if track not in gone}
    return [
        lane.id
        for lane in state.lanes.values()
        if lane.track in gone or any(lane.track == track and lane.parameter.startswith(p) for track, p in sends)
    ]
