"""Automation lanes as points in samples, each tied to the value or device parameter it moves.

A point acts on the sound that stands on its tick, however late the devices before let that sound arrive.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from dsp.strips.goals import FADER_STAGE, STAGES
from dsp.strips.parameters import AUDIBLE, OPEN, PARAMETERS
from maxbooster_desktop.engine.graph.network import EdgeKey, Network
from maxbooster_desktop.engine.graph.values import STAGES_OF, parameter_index
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.state import Lane, ProjectState, TrackId


@dataclass(slots=True)
class AutomationTable:
    """Rows and points for the program.

    `owned` are the value indices that automation moves, `owned_cells` the addresses in device states.
    """

    rows: list[list[int]] = field(default_factory=list)
    points: list[list[float]] = field(default_factory=list)
    owned: set[int] = field(default_factory=set)
    owned_cells: set[int] = field(default_factory=set)

    def arrays(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Return (rows, points) as the program holds them."""
        rows = np.array(self.rows, np.int64).reshape(len(self.rows), at.A_FIELDS)
        return rows, np.array(self.points, np.float64).reshape(len(self.points), at.P_FIELDS)


def build_automation(
    state: ProjectState, network: Network, channels: dict[TrackId, int], edges: dict[EdgeKey, int], sample_rate: int
) -> AutomationTable:
    """Build the table of every enabled lane with points whose parameter exists."""
    table = AutomationTable()
    for lane in state.lanes.values():
        if lane.is_enabled and lane.points and lane.track in channels:
            targets = _targets(lane, network, channels, edges)
            if targets:
                _add_lane(table, lane, state, sample_rate, targets, _range_of(lane, network), _lateness(lane, network))
    return table


def _targets(
    lane: Lane, network: Network, channels: dict[TrackId, int], edges: dict[EdgeKey, int]
) -> list[tuple[int, int, int]]:
    """Return (value index, unit, device address) of what a lane moves; nothing when it is gone."""
    channel = channels[lane.track]
    index = parameter_index(lane.parameter)
    if index == AUDIBLE:
        return _mute_targets(lane.track, network, channels, edges)
    if index is not None:
        return [(channel * PARAMETERS + index, channel * STAGES + stage, 0) for stage in STAGES_OF.get(index, ())]
    family, _, rest = lane.parameter.partition(".")
    owner, _, name = rest.rpartition(".")
    if family == "send" and name == "gain_db":
        edge = edges.get((lane.track, "send", owner))
        first = len(channels) * PARAMETERS
        return [] if edge is None else [(first + edge * at.EDGE_VALUES, len(channels) * STAGES + edge, 0)]
    if family == "insert":
        return _device_target(network, lane.track, owner, name)
    return []


def _mute_targets(
    track: TrackId, network: Network, channels: dict[TrackId, int], edges: dict[EdgeKey, int]
) -> list[tuple[int, int, int]]:
    """Mute automation closes the fader and the pre-fader sends; solo, which has its own value, keeps its say."""
    channel = channels[track]
    sends = [e for e in network.edges if e.source == track and e.send is not None and e.tap == "pre"]
    units = [channel * STAGES + FADER_STAGE, *(len(channels) * STAGES + edges[e.key] for e in sends)]
    return [(channel * PARAMETERS + OPEN, unit, 0) for unit in units]


def _device_target(network: Network, track: TrackId, insert: str, name: str) -> list[tuple[int, int, int]]:
    chain = network.chains[track]
    for instance in (*chain.pre, *chain.post):
        if instance.insert_id == insert and any(p.name == name for p in instance.device.parameters):
            return [(0, 0, instance.slot_address(name))]
    return []


def _range_of(lane: Lane, network: Network) -> tuple[float, float]:
    """Return what a device declares for its parameter; the document holds all others in their range."""
    family, _, rest = lane.parameter.partition(".")
    owner, _, name = rest.rpartition(".")
    chain = network.chains[lane.track]
    for instance in (*chain.pre, *chain.post) if family == "insert" else ():
        for parameter in instance.device.parameters:
            if instance.insert_id == owner and parameter.name == name:
                return parameter.low, parameter.high
    return -math.inf, math.inf


def _lateness(lane: Lane, network: Network) -> int:
    """Return how many frames after its place on the timeline a sound reaches what a lane moves."""
    chain = network.chains[lane.track]
    arrival = network.arrivals[lane.track]
    owner = lane.parameter.removeprefix("insert.").rpartition(".")[0]
    for place, instance in enumerate(chain.pre):
        if lane.parameter.startswith("insert.") and instance.insert_id == owner:
            return arrival + sum(before.latency_frames for before in chain.pre[:place])
    return arrival + chain.pre_latency


def _add_lane(  # noqa: PLR0917 - one lane, where it is and what it moves
    table: AutomationTable,
    lane: Lane,
    state: ProjectState,
    sample_rate: int,
    targets: list[tuple[int, int, int]],
    held: tuple[float, float],
    late_frames: int,
) -> None:
    """Add a lane's points once and a row for each unit that its value moves."""
    is_mute = lane.parameter == "is_muted"
    for number, (value, unit, device) in enumerate(targets):
        table.rows.append([value, unit, device, len(table.points), len(lane.points), int(number > 0)])
        (table.owned_cells if device else table.owned).add(device or value)
    for point in lane.points:
        sample = round(state.tempo_map.seconds_at(point.tick) * sample_rate) + late_frames
        # A mute lane's 1 means silent, the row's value means heard.
        level = min(held[1], max(held[0], 1.0 - point.value if is_mute else point.value))
        table.points.append([sample, level, math.nan if point.curve is None else point.curve])
