"""What can be automated, and which values fit: the parameter names of automation lanes."""

import re

from maxbooster_desktop.project.document.state import LaneId, ProjectState, Track, TrackId
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.errors import UnknownParameter

_CHANNEL = ("gain_db", "pan", "is_muted")
_NAME = re.compile(r"[a-z0-9_]+", re.ASCII)


def check_parameter(track: Track, parameter: str) -> None:
    """Check that `track` has what `parameter` names. Raises UnknownParameter."""
    if parameter in _CHANNEL:
        return
    family, _, rest = parameter.partition(".")
    owner, _, name = rest.rpartition(".")
    known = {
        "strip": not owner,
        "send": name in {"gain_db", "pan"} and any(send.id == owner for send in track.sends),
        "insert": any(insert.id == owner for insert in track.inserts),
    }
    if not known.get(family, False) or not _NAME.fullmatch(name):
        raise UnknownParameter(track.name, parameter)


def checked_value(parameter: str, value: float) -> float:
    """Return an automation value for `parameter`, in its unit and range where known. Raises ValueNotAllowed."""
    last = parameter.rpartition(".")[2]
    if parameter.startswith(("strip.", "insert.")):
        return allowed.finite(last, value)
    if last == "gain_db":
        return allowed.gain_db(value)
    if last == "pan":
        return allowed.pan(value)
    return allowed.in_range("Automation of mute", value, 0.0, 1.0)


def lanes_below(state: ProjectState, track_id: TrackId, prefix: str) -> list[LaneId]:
    """Return the lanes of a track whose parameter starts with `prefix`, as in "send.<id>."."""
    lanes = state.lanes.values()
    return [lane.id for lane in lanes if lane.track == track_id and lane.parameter.startswith(prefix)]
