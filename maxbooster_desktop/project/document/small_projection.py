"""Projects meta, tempo, markers, assets and automation lanes."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Protocol, TypeVar

from maxbooster_desktop.project.document import limits
from maxbooster_desktop.project.document.clip_projection import unreadable_conflict
from maxbooster_desktop.project.document.facets import FacetReader
from maxbooster_desktop.project.document.small_registers import (
    POINT,
    PROJECT,
    read_asset,
    read_comment,
    read_lane,
    read_marker,
    read_meta,
    read_point,
    read_signature,
    read_tempo,
)
from maxbooster_desktop.project.document.state import (
    Asset,
    AssetId,
    Comment,
    Conflict,
    Lane,
    LaneId,
    Marker,
    Meta,
    Point,
    TrackId,
)
from maxbooster_desktop.project.document.tempo_map import SignatureEvent, TempoEvent, TempoMap
from sync.document.register_document import RegisterDocument
from sync.document.tombstones import is_deleted


class _Event(Protocol):
    @property
    def tick(self) -> int: ...
    @property
    def id(self) -> str: ...


_E = TypeVar("_E", bound=_Event)


class SmallProjection:
    """What a project has few of; its public values are replaced, never changed in place."""

    def __init__(self, document: RegisterDocument) -> None:
        self._document = document
        self.meta = Meta("", "", 48_000)
        self.tempo_map = TempoMap()
        self.markers: tuple[Marker, ...] = ()
        self.comments: tuple[Comment, ...] = ()
        self.assets: dict[AssetId, Asset] = {}
        self.lanes: dict[LaneId, Lane] = {}
        self.conflicts: dict[str, tuple[Conflict, ...]] = {}
        self._raw_lanes: dict[LaneId, Lane] = {}

    def rebuild(self, tracks: AbstractSet[TrackId]) -> None:
        """Project everything; `tracks` are the living ones."""
        self.read_meta()
        self.read_tempo()
        self.read_markers()
        self.read_comments()
        self.read_assets(self._document.entities("assets"))
        self.read_lanes(dict.fromkeys(self._document.entities("auto")), tracks)

    def read_meta(self) -> None:
        """Project the meta registers."""
        reader = FacetReader(self._document.facets("meta", PROJECT))
        meta = read_meta(reader)
        self._note(" meta", PROJECT, "the project", reader)
        if meta != self.meta:
            self.meta = meta

    def read_tempo(self) -> None:
        """Project tempo and signature events."""
        tempos: list[TempoEvent] = []
        signatures: list[SignatureEvent] = []
        conflicts: list[Conflict] = []
        for event_id in sorted(self._document.entities("tempo")):
            facets = self._document.facets("tempo", event_id)
            if is_deleted(facets):
                continue
            reader = FacetReader(facets)
            tempo, signature = read_tempo(event_id, reader), read_signature(event_id, reader)
            tempos += [tempo] if tempo is not None else []
            signatures += [signature] if signature is not None else []
            if reader.unreadable:
                conflicts.append(unreadable_conflict(event_id, "a tempo event", reader))
        tempo_map = TempoMap(
            _from_start(_one_per_tick(tempos, "tempo", conflicts), TempoEvent(0, 120.0)),
            _from_start(_one_per_tick(signatures, "time signature", conflicts), SignatureEvent(0, 4, 4)),
        )
        self.conflicts.pop(" tempo", None)
        if conflicts:
            self.conflicts[" tempo"] = tuple(conflicts)
        if tempo_map != self.tempo_map:
            self.tempo_map = tempo_map

    def read_markers(self) -> None:
        """Project the markers, in order of time, then id."""
        markers = []
        for marker_id in self._document.entities("markers"):
            facets = self._document.facets("markers", marker_id)
            self.conflicts.pop(f"{marker_id} marker", None)
            if is_deleted(facets):
                continue
            reader = FacetReader(facets)
            marker = read_marker(marker_id, reader)
            self._note(f"{marker_id} marker", marker_id, "a marker", reader)
            if marker is not None:
                markers.append(marker)
        self.markers = tuple(sorted(markers, key=lambda marker: (marker.tick, marker.id)))

    def read_comments(self) -> None:
        """Project the comments, in order of place, then time, then id."""
        comments = []
        for comment_id in self._document.entities("comments"):
            facets = self._document.facets("comments", comment_id)
            self.conflicts.pop(f"{comment_id} comment", None)
            if is_deleted(facets):
                continue
            reader = FacetReader(facets)
            comment = read_comment(comment_id, reader)
            self._note(f"{comment_id} comment", comment_id, "a comment", reader)
            if comment is not None:
                comments.append(comment)
        self.comments = tuple(sorted(comments, key=lambda comment: (comment.tick, comment.when_ms, comment.id)))

    def read_assets(self, changed: Iterable[str]) -> None:
        """Project the assets that changed."""
        assets = dict(self.assets)
        for asset_id in changed:
            assets.pop(AssetId(asset_id), None)
            facets = self._document.facets("assets", asset_id)
            self.conflicts.pop(f"{asset_id} asset", None)
            if is_deleted(facets):
                continue
            reader = FacetReader(facets)
            asset = read_asset(asset_id, reader)
            self._note(f"{asset_id} asset", asset_id, "a sound", reader)
            if asset is not None:
                assets[asset.id] = asset
        self.assets = assets

    def read_lanes(self, changed: dict[str, set[str] | None], tracks: AbstractSet[TrackId]) -> None:
        """Project the lanes in `changed` (id -> its changed points, None for all); only living tracks have lanes."""
        for lane_id, some in changed.items():
            earlier = self._raw_lanes.pop(LaneId(lane_id), None)
            facets = self._document.facets("auto", lane_id)
            if is_deleted(facets):
                self.conflicts.pop(f"{lane_id} lane", None)
                continue
            reader = FacetReader(facets)
            lane = read_lane(lane_id, reader)
            if lane is not None:
                points = some
                if earlier is None or points is None or f"{lane_id} lane" in self.conflicts:
                    earlier, points = None, {facet for facet in facets if facet.startswith(POINT)}
                lane = replace(lane, points=_points(reader, lane.parameter, earlier, points))
                self._raw_lanes[lane.id] = lane
            self._note(f"{lane_id} lane", lane_id, "an automation lane", reader)
        self.lanes = {lane.id: lane for lane in self._raw_lanes.values() if lane.track in tracks}

    def _note(self, key: str, entity: str, what: str, reader: FacetReader) -> None:
        self.conflicts.pop(key, None)
        if reader.unreadable:
            self.conflicts[key] = (unreadable_conflict(entity, what, reader),)


def _points(reader: FacetReader, parameter: str, earlier: Lane | None, changed: Iterable[str]) -> tuple[Point, ...]:
    low, high = limits.automated_range(parameter)
    points = {point.id: point for point in earlier.points} if earlier is not None else {}
    by_facet = {POINT + point_id: point for point_id, point in points.items()}
    for facet in changed:
        by_facet.pop(facet, None)
        point = read_point(facet, reader, low, high)
        if point is not None:
            by_facet[facet] = point
    return tuple(sorted(by_facet.values(), key=lambda point: (point.tick, point.id)))


def _one_per_tick(events: list[_E], what: str, conflicts: list[Conflict]) -> list[_E]:
    """Return events sorted by tick; of several on one tick the lowest id counts."""
    kept: dict[int, _E] = {}
    for event in sorted(events, key=lambda event: (event.tick, event.id)):
        if event.tick in kept:
            sentence = (
                f"Two {what} events stand on tick {event.tick}; the one with the lower id counts: delete one of them."
            )
            conflicts.append(Conflict(event.id, sentence))
        else:
            kept[event.tick] = event
    return list(kept.values())


def _from_start(events: list[_E], default: _E) -> tuple[_E, ...]:
    """Return events that begin at tick 0: the first one counts from the start."""
    if not events:
        return (default,)
    if events[0].tick != 0:
        events[0] = replace(events[0], tick=0)  # type: ignore[type-var]  # both event types are dataclasses
    return tuple(events)
