"""Channels into lane groups: same depth side by side, as wide as they need, in the order the callback runs them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from dsp.strips.layout import LANE_COUNTS, MAX_LANES
from maxbooster_desktop.engine.graph.network import Network
from maxbooster_desktop.project.document.state import ProjectState, Track, TrackId

_WIDEST = MAX_LANES // 2


@dataclass(frozen=True, slots=True)
class LaneGroup:
    """Channels that run side by side; `order` is the strip's order (0 filters first, 1 compressor first)."""

    members: tuple[TrackId, ...]
    lanes: int
    order: int


def pack_groups(state: ProjectState, network: Network) -> list[LaneGroup]:
    """Return the groups in processing order.

    Within a depth, strips that use the same stages sit together, so that a group of plain strips skips what none of
    its members needs.
    """

    def kind(track_id: TrackId) -> tuple[int, int, bool, bool]:
        track = state.tracks[track_id]
        return network.depth[track_id], _order(track), *_uses(track)

    ordered = sorted(network.order, key=kind)
    groups: list[LaneGroup] = []
    for (_, order), members in groupby(ordered, key=lambda track_id: kind(track_id)[:2]):
        groups.extend(LaneGroup(chunk, _lanes_for(len(chunk)), order) for chunk in _chunks(tuple(members)))
    return groups


def _order(track: Track) -> int:
    return int(track.strip.get("order", 0.0) > 0.5)


def _uses(track: Track) -> tuple[bool, bool]:
    strip = track.strip
    return strip.get("comp_on", 0.0) > 0.5, any(strip.get(name, 0.0) > 0.5 for name in ("eq_on", "hp_on", "lp_on"))


def _chunks(members: tuple[TrackId, ...]) -> Iterator[tuple[TrackId, ...]]:
    for first in range(0, len(members), _WIDEST):
        yield members[first : first + _WIDEST]


def _lanes_for(count: int) -> int:
    return next(lanes for lanes in LANE_COUNTS if lanes >= 2 * count)
