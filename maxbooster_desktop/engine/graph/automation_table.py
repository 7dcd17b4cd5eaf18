"""Automation lanes as points in samples, each tied to the value or device parameter it moves."""

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from dsp.strips.goals import STAGES
from dsp.strips.parameters import PARAMETERS
from maxbooster_desktop.engine.graph.network import Network
from maxbooster_desktop.engine.graph.values import STAGES_OF, parameter_index
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.state import Lane, ProjectState, TrackId


@dataclass(slots=True)
class AutomationTable:
    """Rows and points for the program; `owned` are the value indices that automation moves."""

    rows: list[list[int]] = field(default_factory=list)
    points: list[list[float]] = field(default_factory=list)
    owned: set[int] = field(default_factory=set)

    def arrays(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Return (rows, points) as the program holds them."""
        rows = np.array(self.rows, np.int64).reshape(len(self.rows), at.A_FIELDS)
        return rows, np.array(self.points, np.float64).reshape(len(self.points), at.P_FIELDS)


def build_automation(
    state: ProjectState, network: Network, channels: dict[TrackId, int], edges: dict[str, int], sample_rate: int
) -> AutomationTable:
    """Build the table of every enabled lane with points whose parameter exists."""
    table = AutomationTable()
    for lane in state.lanes.values():
        if lane.is_enabled and lane.points and lane.track in channels:
            for value, unit, device in _targets(lane, network, channels, edges):
                _add_lane(table, lane, state, sample_rate, (value, unit, device))
    return table


def _targets(
    lane: Lane, network: Network, channels: dict[TrackId, int], edges: dict[str, int]
) -> list[tuple[int, int, int]]:
    """Return (value index, unit, device address) of what a lane moves; nothing when it is gone."""
    channel = channels[lane.track]
    index = parameter_index(lane.parameter)
    if index is not None:
        return [(channel * PARAMETERS + index, channel * STAGES + stage, 0) for stage in STAGES_OF.get(index, ())]
    family, _, rest = lane.parameter.partition(".")
    owner, _, name = rest.rpartition(".")
    if family == "send" and name == "gain_db":
        edge = edges.get(f"{lane.track}>{owner}")
        first = len(channels) * PARAMETERS
        return [] if edge is None else [(first + edge * at.EDGE_VALUES, len(channels) * STAGES + edge, 0)]
    if family == "insert":
        return _device_target(network, lane.track, owner, name)
    return []


def _device_target(network: Network, track: TrackId, insert: str, name: str) -> list[tuple[int, int, int]]:
    chain = network.chains[track]
    for instance in (*chain.pre, *chain.post):
        if instance.insert_id == insert and any(p.name == name for p in instance.device.parameters):
            return [(0, 0, instance.slot_address(name))]
    return []


def _add_lane(
    table: AutomationTable, lane: Lane, state: ProjectState, sample_rate: int, target: tuple[int, int, int]
) -> None:
    value, unit, device = target
    is_mute = lane.parameter == "is_muted"
    table.rows.append([value, unit, device, len(table.points), len(lane.points), 0])
    if not device:
        table.owned.add(value)
    for point in lane.points:
        sample = round(state.tempo_map.seconds_at(point.tick) * sample_rate)
        # A mute lane's 1 means silent, the row's value means heard.
        level = 1.0 - point.value if is_mute else point.value
        table.points.append([sample, level, math.nan if point.curve is None else point.curve])
