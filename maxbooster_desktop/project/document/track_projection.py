"""Projects tracks with their sends and inserts, and keeps what it needs to project only those that changed.

Folders and routing depend on all tracks (`routing_repair`); they are repaired again only when one of them changed.
"""

from collections.abc import Iterable
from dataclasses import replace

from maxbooster_desktop.project.document.clip_projection import unreadable_conflict
from maxbooster_desktop.project.document.facets import FacetReader
from maxbooster_desktop.project.document.routing_repair import Routing, repaired_routing
from maxbooster_desktop.project.document.state import MASTER, Conflict, Insert, Send, Track, TrackId
from maxbooster_desktop.project.document.track_registers import owner_of, read_insert, read_send, read_track
from sync.document.register_document import RegisterDocument
from sync.document.tombstones import is_deleted


class TrackProjection:
    """The tracks of a document; its public mappings are replaced, never changed in place."""

    def __init__(self, document: RegisterDocument) -> None:
        self._document = document
        self.tracks: dict[TrackId, Track] = {}
        self.order: tuple[TrackId, ...] = ()
        self.conflicts: dict[str, tuple[Conflict, ...]] = {}
        self._raw: dict[TrackId, Track] = {}
        self._routing = Routing({}, {}, frozenset(), ())
        self._devices: dict[str, set[str]] = {}
        self._owners: dict[str, str] = {}

    def rebuild(self) -> None:
        """Project every track."""
        for device in self._document.entities("plug"):
            self._own(device)
        for track_id in {MASTER, *self._document.entities("tracks")}:
            self._read(TrackId(track_id))
        self._route()

    def advance(self, tracks: Iterable[str], devices: Iterable[str]) -> None:
        """Project again after registers of `tracks` and of the sends and inserts `devices` changed."""
        dirty = {TrackId(name) for name in tracks}
        for device in devices:
            dirty |= self._own(device)
        is_rerouted = False
        for track_id in dirty:
            earlier = self._raw.get(track_id)
            self._read(track_id)
            is_rerouted |= _edges(earlier) != _edges(self._raw.get(track_id))
        if is_rerouted:
            self._route()
        elif dirty:
            self._show(dirty)

    def _own(self, device: str) -> set[TrackId]:
        """Note which track a send or insert belongs to; returns the tracks it left and came to."""
        about = owner_of(self._document.facets("plug", device))
        earlier = self._owners.pop(device, None)
        concerned = set()
        if earlier is not None:
            self._devices[earlier].discard(device)
            concerned.add(TrackId(earlier))
        if about is not None:
            self._owners[device] = about[1]
            self._devices.setdefault(about[1], set()).add(device)
            concerned.add(TrackId(about[1]))
        return concerned

    def _read(self, track_id: TrackId) -> None:
        self._raw.pop(track_id, None)
        self.conflicts.pop(track_id, None)
        facets = self._document.facets("tracks", track_id)
        if is_deleted(facets) and track_id != MASTER:
            return
        reader = FacetReader(facets)
        track = read_track(track_id, reader)
        conflicts = [unreadable_conflict(track_id, "a track", reader)] if reader.unreadable else []
        if track is not None:
            sends, inserts = self._read_devices(track_id, conflicts)
            if sends or inserts:
                track = replace(track, sends=sends, inserts=inserts)
            self._raw[track_id] = track
        if conflicts:
            self.conflicts[track_id] = tuple(conflicts)

    def _read_devices(self, track_id: str, conflicts: list[Conflict]) -> tuple[tuple[Send, ...], tuple[Insert, ...]]:
        sends: list[tuple[str, str, Send]] = []
        inserts: list[tuple[str, str, Insert]] = []
        for device in self._devices.get(track_id, ()):
            facets = self._document.facets("plug", device)
            about = owner_of(facets)
            if about is None or is_deleted(facets):
                continue
            reader = FacetReader(facets)
            order = reader.text("o")
            if about[0] == "send":
                send = read_send(device, reader)
                if send is not None:
                    sends.append((order, device, send))
            else:
                inserts.append((order, device, read_insert(device, reader)))
            if reader.unreadable:
                conflicts.append(unreadable_conflict(track_id, f"a track's {about[0]}", reader))
        return tuple(item[2] for item in sorted(sends, key=_place)), tuple(
            item[2] for item in sorted(inserts, key=_place)
        )

    def _route(self) -> None:
        self._routing = repaired_routing(self._raw)
        self.conflicts = {key: value for key, value in self.conflicts.items() if not key.startswith(" ")}
        if self._routing.conflicts:
            self.conflicts[" routing"] = self._routing.conflicts
        earlier, self.tracks = self.tracks, {}
        for track_id in sorted(self._raw):
            track = self._routed(track_id)
            before = earlier.get(track_id)
            self.tracks[track_id] = before if before == track and before is not None else track
        self.order = _display_order(self.tracks)

    def _show(self, dirty: Iterable[TrackId]) -> None:
        tracks = dict(self.tracks)
        for track_id in dirty:
            if track_id in self._raw:
                track = self._routed(track_id)
                if track != tracks[track_id]:
                    tracks[track_id] = track
        self.tracks = tracks

    def _routed(self, track_id: TrackId) -> Track:
        """Return the track with what of its folder, output and sends may stand."""
        raw = self._raw[track_id]
        parent, output = self._routing.parents[track_id], self._routing.outputs[track_id]
        sends = raw.sends
        if any(send.id in self._routing.dropped_sends for send in sends):
            sends = tuple(send for send in sends if send.id not in self._routing.dropped_sends)
        if (parent, output, sends) == (raw.parent, raw.output, raw.sends):
            return raw
        return replace(raw, parent=parent, output=output, sends=sends)


def _edges(track: Track | None) -> tuple[object, ...]:
    """Return what of a track decides about folders, order and routing, and the name that conflicts mention."""
    if track is None:
        return ()
    sends = tuple((send.id, send.target) for send in track.sends)
    return (track.kind, track.parent, track.order, track.output, sends, track.name)


def _display_order(tracks: dict[TrackId, Track]) -> tuple[TrackId, ...]:
    children: dict[TrackId | None, list[tuple[str, TrackId]]] = {}
    for track in tracks.values():
        if track.id != MASTER:
            children.setdefault(track.parent, []).append((track.order, track.id))
    for siblings in children.values():
        siblings.sort(reverse=True)
    order = []
    waiting = [track_id for _, track_id in children.get(None, ())]
    while waiting:
        track_id = waiting.pop()
        order.append(track_id)
        waiting += [child for _, child in children.get(track_id, ())]
    return tuple(order)


def _place(item: tuple[str, str, object]) -> tuple[str, str]:
    return item[:2]
