"""Which channels are heard: mute, solo in place, solo safe. The engine plays it and the mixer shows it.

With nothing soloed every unmuted channel is heard. With solos, a channel is heard when it is soloed or safe, when a
soloed channel's sound passes through it (its outputs and sends, however far), or when it feeds a soloed group or
bus. A channel that is not heard is silent on its pre-fader sends too. Mute automation takes the mute button's place.
"""

from collections.abc import Mapping

from maxbooster_desktop.project.document.state import MASTER, ProjectState, Track, TrackId

_Ways = Mapping[TrackId, list[TrackId]]


def output_of(track: Track, state: ProjectState) -> TrackId:
    """Return the channel a track plays into: its output, else its group, else the master."""
    for candidate in (track.output, track.parent):
        if candidate is not None and candidate in state.tracks and candidate != track.id:
            return candidate
    return MASTER


def heard_tracks(state: ProjectState) -> frozenset[TrackId]:
    """Return the ids of all channels that are heard, the master among them unless it is muted."""
    automated = {
        lane.track for lane in state.lanes.values() if lane.is_enabled and lane.points and lane.parameter == "is_muted"
    }
    unmuted = {track.id for track in state.tracks.values() if not track.is_muted or track.id in automated}
    soloed = {track.id for track in state.tracks.values() if track.is_soloed}
    if not soloed:
        return frozenset(unmuted)
    safe = {track.id for track in state.tracks.values() if track.is_solo_safe}
    targets, sources = _ways(state)
    return frozenset((soloed | safe | _reach(soloed, targets) | _reach(soloed, sources) | {MASTER}) & unmuted)


def _ways(state: ProjectState) -> tuple[_Ways, _Ways]:
    """Return what every channel feeds (outputs and sends), and what feeds it by its output."""
    targets: dict[TrackId, list[TrackId]] = {}
    sources: dict[TrackId, list[TrackId]] = {}
    for track in state.tracks.values():
        if track.id == MASTER:
            continue
        output = output_of(track, state)
        sends = (send.target for send in track.sends if send.target in state.tracks)
        targets[track.id] = [output, *sends]
        sources.setdefault(output, []).append(track.id)
    return targets, sources


def _reach(start: set[TrackId], ways: _Ways) -> set[TrackId]:
    """Return what can be reached from `start`, which is among it."""
    found, waiting = set(start), list(start)
    while waiting:
        more = [track_id for track_id in ways.get(waiting.pop(), ()) if track_id not in found]
        found.update(more)
        waiting += more
    return found
