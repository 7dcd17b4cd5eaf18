"""From ids to entities: each raises its family's NotFound when the project does not have the id.

Lists of ids come back in the order given, each id once, so that one call on N ids costs N.
"""

from collections.abc import Iterable

from maxbooster_desktop.project.document.state import (
    MASTER,
    Asset,
    AssetId,
    Clip,
    ClipId,
    Comment,
    CommentId,
    Insert,
    InsertId,
    Lane,
    LaneId,
    Marker,
    MarkerId,
    ProjectState,
    Send,
    SendId,
    Take,
    TakeId,
    Track,
    TrackId,
)
from maxbooster_desktop.project.edits.errors import (
    AssetNotFound,
    ClipNotFound,
    CommentNotFound,
    InsertNotFound,
    LaneNotFound,
    MarkerNotFound,
    MasterProtected,
    SendNotFound,
    TakeNotFound,
    TrackNotFound,
)


def track_of(state: ProjectState, track_id: TrackId) -> Track:
    """Return a track (or the master). Raises TrackNotFound."""
    track = state.tracks.get(track_id)
    if track is None:
        raise TrackNotFound(track_id)
    return track


def tracks_of(state: ProjectState, track_ids: Iterable[TrackId]) -> list[Track]:
    """Return tracks in the order given. Raises TrackNotFound."""
    return [track_of(state, track_id) for track_id in dict.fromkeys(track_ids)]


def movable_tracks_of(state: ProjectState, track_ids: Iterable[TrackId], deed: str) -> list[Track]:
    """Return tracks other than the master; `deed` completes "The master cannot ...". Raises MasterProtected."""
    tracks = tracks_of(state, track_ids)
    if any(track.id == MASTER for track in tracks):
        raise MasterProtected(deed)
    return tracks


def send_of(track: Track, send_id: SendId) -> Send:
    """Return one send of a channel. Raises SendNotFound."""
    for send in track.sends:
        if send.id == send_id:
            return send
    raise SendNotFound(send_id)


def insert_of(track: Track, insert_id: InsertId) -> Insert:
    """Return one device of a channel. Raises InsertNotFound."""
    for insert in track.inserts:
        if insert.id == insert_id:
            return insert
    raise InsertNotFound(insert_id)


def clip_of(state: ProjectState, clip_id: ClipId) -> Clip:
    """Return a clip. Raises ClipNotFound."""
    clip = state.clips.get(clip_id)
    if clip is None:
        raise ClipNotFound(clip_id)
    return clip


def clips_of(state: ProjectState, clip_ids: Iterable[ClipId]) -> list[Clip]:
    """Return clips in the order given. Raises ClipNotFound."""
    return [clip_of(state, clip_id) for clip_id in dict.fromkeys(clip_ids)]


def asset_of(state: ProjectState, asset_id: AssetId) -> Asset:
    """Return an asset the project knows. Raises AssetNotFound."""
    asset = state.assets.get(asset_id)
    if asset is None:
        raise AssetNotFound(asset_id)
    return asset


def take_of(state: ProjectState, take_id: TakeId) -> Take:
    """Return a take. Raises TakeNotFound."""
    take = state.takes.get(take_id)
    if take is None:
        raise TakeNotFound(take_id)
    return take


def takes_of(state: ProjectState, take_ids: Iterable[TakeId]) -> list[Take]:
    """Return takes in the order given. Raises TakeNotFound."""
    return [take_of(state, take_id) for take_id in dict.fromkeys(take_ids)]


def marker_of(state: ProjectState, marker_id: MarkerId) -> Marker:
    """Return a marker. Raises MarkerNotFound."""
    for marker in state.markers:
        if marker.id == marker_id:
            return marker
    raise MarkerNotFound(marker_id)


def comment_of(state: ProjectState, comment_id: CommentId) -> Comment:
    """Return a comment. Raises CommentNotFound."""
    for comment in state.comments:
        if comment.id == comment_id:
            return comment
    raise CommentNotFound(comment_id)


def lane_of(state: ProjectState, lane_id: LaneId) -> Lane:
    """Return an automation lane. Raises LaneNotFound."""
    lane = state.lanes.get(lane_id)
    if lane is None:
        raise LaneNotFound(lane_id)
    return lane
