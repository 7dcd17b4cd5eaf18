"""Edits to automation: lanes and their points."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.ids import INNER_LENGTH
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Lane, LaneId, Point, PointId, ProjectState, TrackId
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.automated import check_parameter, checked_value
from maxbooster_desktop.project.edits.errors import LaneExists
from maxbooster_desktop.project.edits.lookup import lane_of, track_of

#: (tick, value in the parameter's unit, curve: 0 straight, -1..1 bent, None holds until the next point).
PointValue = tuple[int, float, float | None]


def add_lane(project: ProjectDocument, track_id: TrackId, parameter: str) -> Change:
    """Automate a parameter of a track; the lane's id is in `created`. See `Lane` for the parameters' names.

    Raises TrackNotFound, UnknownParameter, LaneExists (which knows the lane that is there).
    """
    state = project.state
    track = track_of(state, track_id)
    check_parameter(track, parameter)
    for lane in state.lanes.values():
        if (lane.track, lane.parameter) == (track_id, parameter):
            raise LaneExists(track.name, parameter, lane.id)
    with project.edit(f"Automate {_title(parameter)} of {track.name}") as edit:
        edit.create(Lane(LaneId(project.new_id()), track_id, parameter))
    return edit.change


def set_points(project: ProjectDocument, lane_id: LaneId, points: Sequence[PointValue]) -> Change:
    """Write points; one at a tick that already has one replaces it, and of two given for one tick the later counts.

    Raises LaneNotFound, ValueNotAllowed.
    """
    state = project.state
    lane = lane_of(state, lane_id)
    track = state.tracks.get(lane.track)
    given = {allowed.tick(tick): (tick, value, curve) for tick, value, curve in points}
    present = {point.tick: point.id for point in reversed(lane.points) if point.tick in given}
    written = [
        Point(
            present.get(tick) or PointId(project.ids(INNER_LENGTH)),
            tick,
            checked_value(track, lane.parameter, value),
            _curve(curve),
        )
        for tick, value, curve in given.values()
    ]
    kept = [point for point in lane.points if point.tick not in given]
    with project.edit(f"Draw {_named(state, lane)}") as edit:
        edit.set(replace(lane, points=_sorted([*kept, *written])))
    return edit.change


def _curve(curve: float | None) -> float | None:
    return None if curve is None else allowed.in_range("A curve", curve, -1.0, 1.0)


def _sorted(points: Iterable[Point]) -> tuple[Point, ...]:
    return tuple(sorted(points, key=lambda point: (point.tick, point.id)))


def _named(state: ProjectState, lane: Lane) -> str:
    track = state.tracks.get(lane.track)
    return f"{_title(lane.parameter)} automation of {track.name if track else 'a deleted track'}"


def _title(parameter: str) -> str:
    titles = {"gain_db": "volume", "is_muted": "mute"}
    last = parameter.rpartition(".")[2]
    return titles.get(last, last.replace("_", " "))
