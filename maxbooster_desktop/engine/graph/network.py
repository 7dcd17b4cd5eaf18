"""From tracks to a network of channels: who feeds whom, in which order, and who has to wait.

Every track, group, bus and the master is a channel. Its output edge leads to `output`, else to its parent group,
else to the master; each send is one more edge. Delay compensation: at every channel the slowest arriving edge sets
the time and every other edge waits for it, sends included.
"""

from dataclasses import dataclass, field

from maxbooster_desktop.engine.graph.devices import DeviceInstance, DeviceMemory
from maxbooster_desktop.project.document.audibility import output_of
from maxbooster_desktop.project.document.state import MASTER, ProjectState, Send, SendTap, Track, TrackId

#: (source channel, "out", "send" or "pfl", the send's id)
EdgeKey = tuple[TrackId, str, str]


@dataclass(frozen=True, slots=True)
class Edge:
    """Sound on its way from one channel into another; `send` is None for the channel's output."""

    source: TrackId
    target: TrackId
    tap: SendTap
    send: Send | None = None

    @property
    def key(self) -> EdgeKey:
        """A name that stays the same from program to program."""
        return (self.source, "send", str(self.send.id)) if self.send else (self.source, "out", "")


@dataclass(frozen=True, slots=True)
class Chain:
    """The devices of one channel: before the strip, and behind the fader (the master's limiter)."""

    pre: tuple[DeviceInstance, ...] = ()
    post: tuple[DeviceInstance, ...] = ()

    @property
    def pre_latency(self) -> int:
        """Frames until the sound leaves the strip."""
        return sum(instance.latency_frames for instance in self.pre)

    @property
    def latency(self) -> int:
        """Frames until the sound leaves the channel."""
        return self.pre_latency + sum(instance.latency_frames for instance in self.post)

    @property
    def timing(self) -> tuple[tuple[str, int], ...]:
        """Which devices the sound passes, and how long each takes."""
        return tuple((instance.insert_id, instance.latency_frames) for instance in (*self.pre, *self.post))


@dataclass(slots=True)
class Network:
    """Channels in processing order with their depth, chains and edges; `delays` are frames per edge."""

    order: list[TrackId]
    depth: dict[TrackId, int]
    chains: dict[TrackId, Chain]
    edges: list[Edge]
    delays: dict[EdgeKey, int] = field(default_factory=dict)
    latency_frames: int = 0

    def fed(self) -> frozenset[TrackId]:
        """Return the channels that some edge leads into."""
        return frozenset(edge.target for edge in self.edges)


def build_network(state: ProjectState, memory: DeviceMemory) -> Network:
    """Build the network of a project; the projection has already removed cycles."""
    edges = [edge for track in state.tracks.values() for edge in _edges_of(track, state)]
    depth = _depths(state, edges)
    chains = {track.id: _chain_of(track, memory) for track in state.tracks.values()}
    order = sorted(depth, key=lambda track_id: (depth[track_id], _place(state, track_id)))
    network = Network(order, depth, chains, edges)
    _compensate(network)
    return network


def _place(state: ProjectState, track_id: TrackId) -> tuple[str, str]:
    return state.tracks[track_id].order, track_id


def _edges_of(track: Track, state: ProjectState) -> list[Edge]:
    if track.id == MASTER:
        return []
    sends = [Edge(track.id, send.target, send.tap, send) for send in track.sends if send.target in state.tracks]
    return [Edge(track.id, output_of(track, state), "post"), *sends]


def _depths(state: ProjectState, edges: list[Edge]) -> dict[TrackId, int]:
    """Return the longest way from a source to every channel (Kahn); the master is deepest."""
    waiting = dict.fromkeys(state.tracks, 0)
    out: dict[TrackId, list[TrackId]] = {track_id: [] for track_id in state.tracks}
    for edge in edges:
        waiting[edge.target] += 1
        out[edge.source].append(edge.target)
    depth = dict.fromkeys(state.tracks, 0)
    ready = [track_id for track_id, count in waiting.items() if count == 0]
    while ready:
        source = ready.pop()
        for target in out[source]:
            depth[target] = max(depth[target], depth[source] + 1)
            waiting[target] -= 1
            if waiting[target] == 0:
                ready.append(target)
    depth[MASTER] = max(depth.values()) + 1
    return depth


def _chain_of(track: Track, memory: DeviceMemory) -> Chain:
    """A master's inserts run behind its fader: a ceiling holds only when nothing follows it."""
    instances = [memory.instance(insert) for insert in track.inserts if insert.enabled]
    known = tuple(instance for instance in instances if instance is not None)
    return Chain(post=known) if track.id == MASTER else Chain(pre=known)


def _compensate(network: Network) -> None:
    """Give every edge the delay that lines it up with the slowest one into the same channel."""
    arrival = dict.fromkeys(network.order, 0)
    incoming: dict[TrackId, list[Edge]] = {track_id: [] for track_id in network.order}
    for edge in network.edges:
        incoming[edge.target].append(edge)

    def leaves(edge: Edge) -> int:
        chain = network.chains[edge.source]
        return arrival[edge.source] + (chain.pre_latency if edge.tap == "pre" else chain.latency)

    for track_id in network.order:
        times = {edge.key: leaves(edge) for edge in incoming[track_id]}
        arrival[track_id] = max(times.values(), default=0)
        network.delays.update({key: arrival[track_id] - time for key, time in times.items()})
    network.latency_frames = arrival[MASTER] + network.chains[MASTER].latency
