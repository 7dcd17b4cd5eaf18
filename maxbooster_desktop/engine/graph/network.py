"""From tracks to a network of channels: who feeds whom, in which order, and who has to wait.

Every track, group, bus and the master is a channel. Its output edge leads to `output`, else to its parent group,
else to the master; each send is one more edge. Delay compensation: at every channel the slowest arriving edge sets
the time and every other edge waits for it, sends included. A track's own delay is added to what its edges wait; where
it is negative, all others wait for that track's lead instead, which is one more latency of the whole.
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
    """Channels in processing order with their depth, chains and edges.

    `shifts` are the frames by which tracks come later than the others (negative: earlier), `delays` what edges wait.
    `arrivals` are how late after their place on the timeline sounds come into channels, `settle_frames` is how long
    a fresh program takes until sound has come through every way.
    """

    order: list[TrackId]
    depth: dict[TrackId, int]
    chains: dict[TrackId, Chain]
    edges: list[Edge]
    shifts: dict[TrackId, int] = field(default_factory=dict)
    delays: dict[EdgeKey, int] = field(default_factory=dict)
    arrivals: dict[TrackId, int] = field(default_factory=dict)
    latency_frames: int = 0
    settle_frames: int = 0

    def fed(self) -> frozenset[TrackId]:
        """Return the channels that some edge leads into."""
        return frozenset(edge.target for edge in self.edges)


def build_network(state: ProjectState, memory: DeviceMemory, sample_rate: int) -> Network:
    """Build the network of a project at a rate; the projection has already removed cycles."""
    edges = [edge for track in state.tracks.values() for edge in _edges_of(track, state)]
    depth = _depths(state, edges)
    chains = {track.id: _chain_of(track, memory) for track in state.tracks.values()}
    order = sorted(depth, key=lambda track_id: (depth[track_id], _place(state, track_id)))
    shifts = {
        track.id: round(track.delay_ms * sample_rate / 1000)
        for track in state.tracks.values()
        if track.delay_ms and track.id != MASTER
    }
    network = Network(order, depth, chains, edges, shifts)
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
    """Give every edge the delay that lines it up with the slowest one into the same channel, and its source's own."""
    arrival, filled = dict.fromkeys(network.order, 0), dict.fromkeys(network.order, 0)
    incoming: dict[TrackId, list[Edge]] = {track_id: [] for track_id in network.order}
    for edge in network.edges:
        incoming[edge.target].append(edge)

    def takes(edge: Edge) -> int:
        chain = network.chains[edge.source]
        return chain.pre_latency if edge.tap == "pre" else chain.latency

    for track_id in network.order:
        edges = incoming[track_id]
        times = {edge.key: arrival[edge.source] + takes(edge) - network.shifts.get(edge.source, 0) for edge in edges}
        arrival[track_id] = max([0, *times.values()])
        network.delays.update({key: arrival[track_id] - time for key, time in times.items()})
        # A delayed track's sound comes this much after a fresh program has begun.
        filled[track_id] = max(
            (filled[edge.source] + takes(edge) + network.delays[edge.key] for edge in edges), default=0
        )
    network.arrivals = arrival
    network.latency_frames = arrival[MASTER] + network.chains[MASTER].latency
    network.settle_frames = filled[MASTER] + network.chains[MASTER].latency
