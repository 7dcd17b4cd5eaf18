"""Which channel feeds which, and the check that nothing feeds itself.

A channel feeds its output (by default its group, or the master) and the targets of its sends, switched off or not:
a send that is off today may be switched on tomorrow without asking.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from maxbooster_desktop.project.document.state import MASTER, ProjectState, Track, TrackId
from maxbooster_desktop.project.edits.errors import RoutingCycle


def targets_of(track: Track) -> list[TrackId]:
    """Return the channels that `track` feeds."""
    targets = [send.target for send in track.sends]
    if track.id != MASTER:
        targets.append(track.output or track.parent or MASTER)
    return targets


def may_feed(state: ProjectState, source: TrackId, target: TrackId) -> bool:
    """Tell whether `source` may play or send into `target`: both have sound and `target` does not feed `source`."""
    tracks = state.tracks
    if source not in tracks or target not in tracks or "midi" in (tracks[source].kind, tracks[target].kind):
        return False
    found, waiting = {target}, [target]
    while waiting:
        here = waiting.pop()
        more = [each for each in targets_of(tracks[here]) if each in tracks and each not in found]
        found.update(more)
        waiting += more
    return source not in found


def require_no_cycle(state: ProjectState, changed: Iterable[Track]) -> None:
    """Check the routing as it will be once `changed` is written. Raises RoutingCycle, which names the way round."""
    changed = list(changed)
    tracks = {**state.tracks, **{track.id: track for track in changed}}
    for track in changed:
        way = _way_back(tracks, track.id)
        if way is not None:
            raise RoutingCycle([tracks[track_id].name for track_id in way])


def without_cycles(state: ProjectState, changed: Iterable[Track], gone: Iterable[TrackId]) -> list[Track]:
    """Return `changed` with the outputs that would now feed back sent to the master; `gone` are being deleted."""
    gone = set(gone)
    tracks = {track_id: track for track_id, track in state.tracks.items() if track_id not in gone}
    tracks.update((track.id, track) for track in changed)
    mended = []
    for track in changed:
        feeds_back = track.id != MASTER and _way_back(tracks, track.id) is not None
        mended.append(replace(track, output=MASTER) if feeds_back else track)
        tracks[track.id] = mended[-1]
    return mended


def _way_back(tracks: Mapping[TrackId, Track], start: TrackId) -> list[TrackId] | None:
    """Return the shortest way from `start` back to `start`, ends included, or None."""
    came_from: dict[TrackId, TrackId] = {}
    edge = [start]
    while edge:
        following = []
        for here in edge:
            for target in targets_of(tracks[here]):
                if target == start:
                    return _trail(came_from, start, here)
                if target in tracks and target not in came_from:
                    came_from[target] = here
                    following.append(target)
        edge = following
    return None


def _trail(came_from: Mapping[TrackId, TrackId], start: TrackId, last: TrackId) -> list[TrackId]:
    trail = [start]
    while last != start:
        trail.append(last)
        last = came_from[last]
    return [start, *reversed(trail)]
