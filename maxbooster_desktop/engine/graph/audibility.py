"""Which channels are heard: mute, solo in place, solo safe.

With nothing soloed every unmuted channel is heard. With solos, a channel is heard when it is soloed or safe, when a
soloed channel's sound passes through it (its outputs and sends, however far), or when it feeds a soloed group or
bus. A channel that is not heard is silent on its pre-fader sends too. Mute automation takes the place of the mute
button.
"""

from maxbooster_desktop.engine.graph.network import Edge, Network
from maxbooster_desktop.project.document.state import MASTER, ProjectState, TrackId


def heard_channels(state: ProjectState, network: Network) -> frozenset[TrackId]:
    """Return the ids of all channels that are heard."""
    automated = {
        lane.track for lane in state.lanes.values() if lane.is_enabled and lane.points and lane.parameter == "is_muted"
    }
    unmuted = {track.id for track in state.tracks.values() if not track.is_muted or track.id in automated}
    soloed = {track.id for track in state.tracks.values() if track.is_soloed}
    if not soloed:
        return frozenset(unmuted)
    safe = {track.id for track in state.tracks.values() if track.is_solo_safe}
    downstream = _reach(soloed, network.edges, forwards=True)
    outputs = [edge for edge in network.edges if edge.send is None]
    upstream = _reach(soloed, outputs, forwards=False)
    return frozenset((soloed | safe | downstream | upstream | {MASTER}) & unmuted)


def _reach(start: set[TrackId], edges: list[Edge], *, forwards: bool) -> set[TrackId]:
    """Follow edges from `start` for as long as they lead to something new."""
    found, frontier = set(start), set(start)
    while frontier:
        if forwards:
            frontier = {edge.target for edge in edges if edge.source in frontier} - found
        else:
            frontier = {edge.source for edge in edges if edge.target in frontier} - found
        found |= frontier
    return found
