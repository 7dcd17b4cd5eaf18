"""Which channels are heard: mute, solo in place, solo safe. The engine plays it and the mixer shows it.

With nothing soloed every unmuted channel is heard. With solos, a channel is heard when it is soloed or safe, when a
soloed channel's sound passes through it (its outputs and sends, however far), or when it feeds a soloed channel, by
its output or a send, however far. What only feeds is heard on the ways that lead there and on no other: a soloed
reverb sounds, and the dry tracks that feed it do not. A channel that is not heard is silent on its pre-fader sends
too. Mute automation takes the mute button's place.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from maxbooster_desktop.project.document.state import MASTER, ProjectState, Track, TrackId

_Ways = Mapping[TrackId, list[TrackId]]


@dataclass(frozen=True, slots=True)
class Audibility:
    """Who is heard, and on which ways.

    `heard` are the channels with an open strip; all ways out of `carrying` are open, and all ways into `wanted`.
    """

    heard: frozenset[TrackId]
    carrying: frozenset[TrackId]
    wanted: frozenset[TrackId] = frozenset()

    def is_open(self, source: TrackId, target: TrackId) -> bool:
        """Return whether what `source` gives out gets into `target`."""
        return source in self.heard and (source in self.carrying or target in self.wanted)


def output_of(track: Track, state: ProjectState) -> TrackId:
    """Return the channel a track plays into: its output, else its group, else the master."""
    for candidate in (track.output, track.parent):
        if candidate is not None and candidate in state.tracks and candidate != track.id:
            return candidate
    return MASTER


def heard_tracks(state: ProjectState) -> frozenset[TrackId]:
    """Return the ids of all channels that are heard, the master among them unless it is muted."""
    return audibility_of(state).heard


def audibility_of(state: ProjectState) -> Audibility:
    """Return who is heard in `state`, and on which ways."""
    automated = {
        lane.track for lane in state.lanes.values() if lane.is_enabled and lane.points and lane.parameter == "is_muted"
    }
    unmuted = {track.id for track in state.tracks.values() if not track.is_muted or track.id in automated}
    soloed = {track.id for track in state.tracks.values() if track.is_soloed}
    if not soloed:
        return Audibility(frozenset(unmuted), frozenset(state.tracks))
    safe = {track.id for track in state.tracks.values() if track.is_solo_safe}
    targets, sources = _ways(state)
    carrying, wanted = safe | _reach(soloed, targets) | {MASTER}, _reach(soloed, sources)
    return Audibility(frozenset((carrying | wanted) & unmuted), frozenset(carrying), frozenset(wanted))


def _ways(state: ProjectState) -> tuple[_Ways, _Ways]:
    """Return what every channel feeds, and what feeds it, by outputs and by sends that are on."""
    targets: dict[TrackId, list[TrackId]] = {}
    sources: dict[TrackId, list[TrackId]] = {}
    for track in state.tracks.values():
        if track.id == MASTER:
            continue
        sends = (send.target for send in track.sends if send.enabled and send.target in state.tracks)
        targets[track.id] = [output_of(track, state), *sends]
        for target in targets[track.id]:
            sources.setdefault(target, []).append(track.id)
    return targets, sources


def _reach(start: set[TrackId], ways: _Ways) -> set[TrackId]:
    """Return what can be reached from `start`, which is among it."""
    found, waiting = set(start), list(start)
    while waiting:
        more = [track_id for track_id in ways.get(waiting.pop(), ()) if track_id not in found]
        found.update(more)
        waiting += more
    return found
