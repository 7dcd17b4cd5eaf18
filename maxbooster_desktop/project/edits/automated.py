"""What can be automated, and which values fit: the parameter names of automation lanes."""

import re

from dsp.strips.parameters import BY_NAME
from maxbooster_desktop.project.document.state import LaneId, ProjectState, Track, TrackId
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.declared import automated_value
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
        "strip": not owner and name in BY_NAME,
        "send": name in {"gain_db", "pan"} and any(send.id == owner for send in track.sends),
        "insert": any(insert.id == owner for insert in track.inserts),
    }
    if not known.get(family, False) or not _NAME.fullmatch(name):
        raise UnknownParameter(track.name, parameter)


def checked_value(track: Track | None, parameter: str, value: float) -> float:
    """Return an automation value for `parameter` of `track`, in its unit and range. Raises ValueNotAllowed."""
    last = parameter.rpartition(".")[2]
    if parameter.startswith(("strip.", "insert.")):
        return automated_value(track, parameter, value)
    if last == "gain_db":
        return allowed.gain_db(value)
    if last == "pan":
        return allowed.pan(value)
    return allowed.in_range("Automation of mute", value, 0.0, 1.0)


def lanes_below(state: ProjectState, track_id: TrackId, prefix: str) -> list[LaneId]:
    """Return the lanes of a track whose parameter starts with `prefix`, as in "send.<id>."."""
    lanes = state.lanes.values()
    return [lane.id for lane in lanes if lane.track == track_id and lane.parameter.startswith(prefix)]
