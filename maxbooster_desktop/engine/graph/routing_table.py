"""Edges into matrix rows, weights and delay lines.

Edges of one group that lead into the same bus at the same tap share a matrix row. An edge that has to wait has
weights and a delay line of its own. Every channel has one more edge, for pre-fader listen, and the master leads to
the main bus.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.strips.layout import CELL
from maxbooster_desktop.engine.graph.network import Edge, EdgeKey, Network
from maxbooster_desktop.engine.graph.packing import LaneGroup
from maxbooster_desktop.engine.graph.values import edge_is_on, edge_row
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.audibility import Audibility
from maxbooster_desktop.project.document.state import MASTER, TrackId

MAIN_BUS, PFL_BUS, FIRST_BUS = 0, 1, 2
_MAIN = TrackId(">main")
_PFL = TrackId(">pfl")


class DelayMemory:
    """Delay lines of one engine by edge key; a line outlives programs as long as its delay stays the same.

    A line that the newest program does not use is forgotten: what it holds would come back as an echo of long ago.
    """

    def __init__(self) -> None:
        self._lines: dict[EdgeKey, tuple[int, npt.NDArray[np.float32]]] = {}

    def line(self, key: EdgeKey, frames: int) -> npt.NDArray[np.float32]:
        """Return float32 [2, size], size a power of two that holds the delay and one cell."""
        known = self._lines.get(key)
        if known is not None and known[0] == frames:
            return known[1]
        size = 1 << (frames + CELL).bit_length()
        self._lines[key] = frames, np.zeros((2, size), np.float32)
        return self._lines[key][1]

    def keep_only(self, keys: set[EdgeKey]) -> None:
        """Forget the lines of edges that are gone or do not wait any more."""
        for key in set(self._lines) - keys:
            del self._lines[key]


@dataclass(slots=True)
class Routing:
    """Rows for the program, and the index of every edge by key."""

    matrix: npt.NDArray[np.int64]
    edges: npt.NDArray[np.int64]
    delayed: npt.NDArray[np.int64]
    weights: int
    values: npt.NDArray[np.float32]
    index: dict[EdgeKey, int]
    first_matrix: list[tuple[int, int]]
    first_delayed: list[tuple[int, int]]
    buses: dict[TrackId, int]
    kept: list[npt.NDArray[np.float32]]


def pfl_key(track_id: TrackId) -> EdgeKey:
    """Return the key of a channel's pre-fader-listen edge."""
    return track_id, "pfl", ""


class RoutingBuilder:
    """Lays out the edges of one program, group by group."""

    def __init__(self, network: Network, audibility: Audibility, memory: DelayMemory) -> None:
        self._network, self._audibility, self._memory = network, audibility, memory
        feeding = network.fed()
        fed = [track_id for track_id in network.order if track_id in feeding]
        self._buses = {track_id: FIRST_BUS + number for number, track_id in enumerate(fed)}
        self._buses |= {_MAIN: MAIN_BUS, _PFL: PFL_BUS}
        self._matrix: list[list[int]] = []
        self._edges: list[list[int]] = []
        self._delayed: list[list[int]] = []
        self._values: list[npt.NDArray[np.float32]] = []
        self._index: dict[EdgeKey, int] = {}
        self._weights = 0
        self._kept: list[npt.NDArray[np.float32]] = []

    def build(self, groups: list[LaneGroup]) -> Routing:
        """Return the routing of all groups in their order."""
        by_source: dict[TrackId, list[Edge]] = {}
        for edge in self._network.edges:
            by_source.setdefault(edge.source, []).append(edge)
        first_matrix, first_delayed, channel = [], [], 0
        for group in groups:
            matrix, delayed = len(self._matrix), len(self._delayed)
            self._lay_out(group, channel, by_source)
            first_matrix.append((matrix, len(self._matrix) - matrix))
            first_delayed.append((delayed, len(self._delayed) - delayed))
            channel += len(group.members)
        self._memory.keep_only({key for key, delay in self._network.delays.items() if delay})
        return Routing(
            matrix=_table(self._matrix, at.M_FIELDS),
            edges=_table(self._edges, at.E_FIELDS),
            delayed=_table(self._delayed, at.D_FIELDS),
            weights=self._weights,
            values=np.concatenate(self._values),
            index=self._index,
            first_matrix=first_matrix,
            first_delayed=first_delayed,
            buses=self._buses,
            kept=self._kept,
        )

    def _lay_out(self, group: LaneGroup, channel: int, by_source: dict[TrackId, list[Edge]]) -> None:
        rows: dict[tuple[int, int], int] = {}
        for slot, track_id in enumerate(group.members):
            edges = list(by_source.get(track_id, ()))
            if track_id == MASTER:
                edges.append(Edge(MASTER, _MAIN, "post"))
            for edge in edges:
                self._add(edge, group, rows, (channel + slot, slot))
            self._add(Edge(track_id, _PFL, "pre"), group, rows, (channel + slot, slot))

    def _add(self, edge: Edge, group: LaneGroup, rows: dict[tuple[int, int], int], place: tuple[int, int]) -> None:
        is_pfl = edge.target == _PFL
        key = pfl_key(edge.source) if is_pfl else edge.key
        channel, slot = place
        bus, tap = self._buses[edge.target], at.TAP_PRE if edge.tap == "pre" else at.TAP_POST
        delay = self._network.delays.get(key, 0)
        is_gated = int(edge.send is not None and edge.tap == "pre")
        number = len(self._edges)
        self._index[key] = number
        if delay:
            self._add_delayed(number, (channel, bus, tap, delay), key, is_gated)
        else:
            row = self._matrix_row(rows, (bus, tap), group.lanes)
            first = self._matrix[row][at.M_WEIGHTS] + slot
            half, lanes = group.lanes // 2, group.lanes
            places = first, first + half, first + lanes, first + lanes + half
            self._edges.append([channel, row, *places, -1, 0, 0, is_gated])
        is_on = not is_pfl and edge_is_on(self._audibility, edge.source, edge.target, edge.send)
        self._values.append(edge_row(edge.send, is_on=is_on))

    def _matrix_row(self, rows: dict[tuple[int, int], int], target: tuple[int, int], lanes: int) -> int:
        if target not in rows:
            rows[target] = len(self._matrix)
            self._matrix.append([target[0], target[1], self._weights, 0, 0])
            self._weights += 2 * lanes
        return rows[target]

    def _add_delayed(self, number: int, facts: tuple[int, int, int, int], key: EdgeKey, is_gated: int) -> None:
        channel, bus, tap, delay = facts
        line = self._memory.line(key, delay)
        self._kept.append(line)
        first = self._weights
        self._weights += 4
        row = len(self._delayed)
        self._delayed.append([channel, bus, tap, line.ctypes.data, line.shape[1] - 1, delay, 0, number])
        self._edges.append([channel, -1, first, first + 1, first + 2, first + 3, row, 0, delay, is_gated])


def _table(rows: list[list[int]], fields: int) -> npt.NDArray[np.int64]:
    return np.array(rows, np.int64).reshape(len(rows), fields)
