"""Repairs folders and routing after a merge: depends on the tracks alone, never on their order of arrival.

Edges are taken in id order, folders first, then outputs, then sends; an edge that would close a cycle is left out,
so every cycle is cut at its highest id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from maxbooster_desktop.project.document.state import MASTER, Conflict, Track, TrackId


@dataclass(frozen=True, slots=True)
class Routing:
    """What of folders and routing may stand."""

    parents: Mapping[TrackId, TrackId | None]
    outputs: Mapping[TrackId, TrackId | None]
    dropped_sends: frozenset[str]
    conflicts: tuple[Conflict, ...]


@dataclass(slots=True)
class _Graph:
    edges: dict[str, list[str]] = field(default_factory=dict)

    def add(self, source: str, target: str) -> bool:
        """Add an edge unless it closes a cycle; returns whether it stands."""
        if source == target or self._reaches(target, source):
            return False
        self.edges.setdefault(source, []).append(target)
        return True

    def _reaches(self, start: str, goal: str) -> bool:
        seen, waiting = {start}, [start]
        while waiting:
            for following in self.edges.get(waiting.pop(), ()):
                if following == goal:
                    return True
                if following not in seen:
                    seen.add(following)
                    waiting.append(following)
        return False


def repaired_routing(tracks: Mapping[TrackId, Track]) -> Routing:
    """Return which folders, outputs and sends of the unrepaired `tracks` (living ones, the master included) stand."""
    conflicts: list[Conflict] = []
    parents = _parents(tracks, conflicts)
    graph = _Graph()
    outputs = _outputs(tracks, parents, graph, conflicts)
    dropped = _dropped_sends(tracks, graph, conflicts)
    return Routing(parents, outputs, dropped, tuple(conflicts))


def _parents(tracks: Mapping[TrackId, Track], conflicts: list[Conflict]) -> dict[TrackId, TrackId | None]:
    parents: dict[TrackId, TrackId | None] = {}
    graph = _Graph()
    for track_id in sorted(tracks):
        parent = tracks[track_id].parent
        parents[track_id] = None
        if parent is None or track_id == MASTER or parent not in tracks or tracks[parent].kind != "group":
            continue
        if graph.add(track_id, parent):
            parents[track_id] = parent
        else:
            named = f"“{tracks[track_id].name}” would lie inside itself"
            sentence = f"{named}; it was taken out of its group: move it where it belongs."
            conflicts.append(Conflict(track_id, sentence))
    return parents


def _outputs(
    tracks: Mapping[TrackId, Track],
    parents: Mapping[TrackId, TrackId | None],
    graph: _Graph,
    conflicts: list[Conflict],
) -> dict[TrackId, TrackId | None]:
    outputs: dict[TrackId, TrackId | None] = dict.fromkeys(tracks)
    explicit = []
    for track_id in sorted(tracks):
        output = tracks[track_id].output
        if track_id == MASTER:
            continue
        if output is None or output not in tracks:
            graph.add(track_id, parents[track_id] or MASTER)
        else:
            explicit.append((track_id, output))
    for track_id, output in explicit:
        if graph.add(track_id, output):
            outputs[track_id] = output
            continue
        named = f"“{tracks[track_id].name}” would feed itself through its output"
        sentence = f"{named}; it goes to its usual place: choose another output."
        conflicts.append(Conflict(track_id, sentence))
        if not graph.add(track_id, parents[track_id] or MASTER):
            graph.add(track_id, MASTER)
            outputs[track_id] = MASTER
    return outputs


def _dropped_sends(tracks: Mapping[TrackId, Track], graph: _Graph, conflicts: list[Conflict]) -> frozenset[str]:
    dropped = set()
    for send_id, track_id, target in sorted(
        (send.id, track.id, send.target) for track in tracks.values() for send in track.sends
    ):
        if target not in tracks:
            dropped.add(send_id)
        elif not graph.add(track_id, target):
            dropped.add(send_id)
            named = f"A send of “{tracks[track_id].name}” would feed the track itself"
            sentence = f"{named}; it is left out: add one to another track."
            conflicts.append(Conflict(track_id, sentence))
    return frozenset(dropped)
