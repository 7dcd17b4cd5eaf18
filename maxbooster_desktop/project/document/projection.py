"""From registers to what a project shows and plays: total, deterministic, independent of order, without a clock.

`project` is the reference. `Projection` keeps the indexes that let it bring a state up to date after a change by
touching only what changed; both give equal states, which random edits and merges assert. A state that was stored with
its document saves reading the clips and notes again; whoever changes what is projected raises `state_codec.PROJECTION`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from maxbooster_desktop.project.document.clip_projection import RECOVERED, ClipProjection
from maxbooster_desktop.project.document.small_projection import SmallProjection
from maxbooster_desktop.project.document.small_registers import POINT
from maxbooster_desktop.project.document.state import Clip, ClipId, Conflict, ProjectState, Track, TrackId
from maxbooster_desktop.project.document.take_projection import TakeProjection
from maxbooster_desktop.project.document.track_projection import TrackProjection
from sync.document.grammar import Address, split_key
from sync.document.register_document import RegisterDocument

#: Shown while clips or takes have lost their track.
_RECOVERED_TRACK = Track(RECOVERED, "audio", "Recovered", "")


def project(document: RegisterDocument) -> ProjectState:
    """Return the state of a document; never raises on its content."""
    return Projection(document).state


def advance(projection: "Projection", changed: Iterable[Address]) -> ProjectState:
    """Return the state after `changed` registers of the projection's document; equal to `project`, but fast."""
    return projection.advance(changed)


class Projection:
    """The state of one document and the indexes to bring it up to date. Lives on the document's thread."""

    def __init__(self, document: RegisterDocument, known: ProjectState | None = None) -> None:
        """Project the whole document, or take over `known`, which must be its state: that is faster."""
        self._tracks = TrackProjection(document)
        self._clips = ClipProjection(document)
        self._small = SmallProjection(document)
        self._takes = TakeProjection(document)
        self._tracks.rebuild()
        living = self._tracks.tracks.keys()
        if known is None:
            self._clips.rebuild(living)
        else:
            self._clips.adopt(known, living)
        self._small.rebuild(living)
        self._takes.rebuild(living)
        self.state = self._assembled()
        #: Clips that the last `advance` may have changed.
        self.touched_clips: frozenset[ClipId] = frozenset()

    def advance(self, changed: Iterable[Address]) -> ProjectState:
        """Bring the state up to date after `changed` registers; returns it."""
        by_root = _by_root(changed)
        before = self._tracks.tracks
        self._tracks.advance(by_root.get("tracks", ()), by_root.get("plug", ()))
        living = self._tracks.tracks.keys()
        toggled = living ^ before.keys() if self._tracks.tracks is not before else set()
        self.touched_clips = frozenset(
            self._clips.advance(by_root.get("clips", ()), by_root.get("notes", ()), living, toggled)
        )
        self._advance_small(by_root, has_toggled=bool(toggled))
        if "takes" in by_root or toggled:
            self._takes.advance(by_root.get("takes", ()), living)
        self.state = self._assembled()
        return self.state

    def repairs_of(self, clip_id: ClipId) -> tuple[list[Clip], list[ClipId]]:
        """Return (clips as shown, hidden clips) of the clip's family where they differ from their registers."""
        return self._clips.repairs_of(clip_id)

    def _advance_small(self, by_root: Mapping[str, dict[str, set[str]]], *, has_toggled: bool) -> None:
        if "meta" in by_root:
            self._small.read_meta()
        if "tempo" in by_root:
            self._small.read_tempo()
        if "markers" in by_root:
            self._small.read_markers()
        if "comments" in by_root:
            self._small.read_comments()
        if "assets" in by_root:
            self._small.read_assets(by_root["assets"])
        lanes: dict[str, set[str] | None] = {
            lane: facets if all(facet.startswith(POINT) for facet in facets) else None
            for lane, facets in by_root.get("auto", {}).items()
        }
        if lanes or has_toggled:
            self._small.read_lanes(lanes, self._tracks.tracks.keys())

    def _assembled(self) -> ProjectState:
        tracks: Mapping[TrackId, Track] = self._tracks.tracks
        order = self._tracks.order
        if (self._clips.orphans or self._takes.has_orphans) and RECOVERED not in tracks:
            tracks = {**tracks, RECOVERED: _RECOVERED_TRACK}
            order = (*order, RECOVERED)
        return ProjectState(
            meta=self._small.meta,
            tempo_map=self._small.tempo_map,
            tracks=tracks,
            track_order=order,
            clips=self._clips.clips,
            clips_by_track=self._clips.by_track,
            notes=self._clips.notes,
            markers=self._small.markers,
            comments=self._small.comments,
            lanes=self._small.lanes,
            assets=self._small.assets,
            takes=self._takes.takes,
            takes_by_track=self._takes.by_track,
            comps=self._takes.comps,
            conflicts=self._conflicts(),
        )

    def _conflicts(self) -> tuple[Conflict, ...]:
        parts: list[Mapping[Any, tuple[Conflict, ...]]] = [
            self._tracks.conflicts,
            self._clips.conflicts,
            self._small.conflicts,
            self._takes.conflicts,
        ]
        found = {conflict for part in parts for conflicts in part.values() for conflict in conflicts}
        return tuple(sorted(found, key=lambda conflict: (conflict.entity, conflict.sentence)))


def _by_root(changed: Iterable[Address]) -> dict[str, dict[str, set[str]]]:
    """Return root -> entity -> changed facets."""
    roots: dict[str, dict[str, set[str]]] = {}
    for root, key in changed:
        entity, facet = split_key(key)
        roots.setdefault(root, {}).setdefault(entity, set()).add(facet)
    return roots
