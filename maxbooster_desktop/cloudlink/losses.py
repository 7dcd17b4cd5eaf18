"""Values that were overwritten while somebody did not know of it: as rows that a person reads and decides about."""

import base64
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maxbooster_desktop.project.document import limits
from maxbooster_desktop.project.document.state import ClipId, MarkerId, ProjectState, TakeId, TrackId
from maxbooster_desktop.project.document.take_registers import RANGE
from maxbooster_desktop.project.edits.wording import decibels, pan_position
from maxbooster_desktop.project.versions.words import number, place_text, track_name
from sync.client.projects import Overwritten
from sync.document.codec import Value, same
from sync.document.grammar import Address, split_key

_FACETS: Mapping[tuple[str, str], str] = {
    ("clips", "p"): "place",
    ("clips", "t"): "trim",
    ("clips", "l"): "length",
    ("clips", "n"): "name",
    ("clips", "g"): "level",
    ("clips", "m"): "mute",
    ("clips", "c"): "colour",
    ("clips", "fi"): "fade in",
    ("clips", "fo"): "fade out",
    ("tracks", "p"): "place in the list",
    ("tracks", "n"): "name",
    ("tracks", "g"): "level",
    ("tracks", "pan"): "pan",
    ("tracks", "m"): "mute",
    ("tracks", "so"): "solo",
    ("tracks", "c"): "colour",
    ("tracks", "r"): "output",
    ("tracks", "dly"): "delay",
    ("tracks", "in"): "input",
    ("tracks", "mo"): "MIDI output",
    ("tracks", "mon"): "monitoring",
    ("tracks", "rec"): "recording format",
    ("takes", "k"): "place",
    ("takes", "n"): "name",
    ("takes", "c"): "colour",
    ("tempo", "e"): "tempo",
    ("tempo", "s"): "time signature",
    ("markers", "p"): "place",
    ("markers", "n"): "name",
    ("meta", "name"): "name",
    ("meta", "key"): "key",
    ("meta", "loop"): "loop",
}
_BYTES = "$bytes"
#: What a person can have decided; "" is nothing yet.
USED, KEPT = "used", "kept"


@dataclass(frozen=True, slots=True)
class Loss:
    """One value that lost.

    Attributes:
        what: whose value it is: the name of the clip, track or marker.
        facet: which of its values.
        lost, won: the value that lost and the one that was in its place when it was first seen, as text.
        is_mine: whether the value that lost is of who works here.
        raw: the value that lost, as the feed writes it.
    """

    id: int
    root: str
    key: str
    what: str
    facet: str
    lost: str
    lost_by: str
    won: str
    won_by: str
    is_mine: bool
    raw: Any
    decision: str = ""

    @property
    def address(self) -> Address:
        """Return which register it is."""
        return self.root, self.key

    @property
    def value(self) -> Value:
        """Return the value that lost, to be written again."""
        return value_of(self.raw)


def losses(
    entries: Sequence[Overwritten],
    held: Mapping[Address, Value],
    state: ProjectState,
    names: Mapping[str, str],
    me: str,
) -> tuple[Loss, ...]:
    """Return rows for entries of the feed; of one register the last entry counts.

    Args:
        entries: of the feed, in order.
        held: what the registers hold now.
        state: of the project, for names.
        names: of accounts.
        me: the account of who works here.
    """
    last = {(entry.root, entry.key): entry for entry in entries}
    rows = [_loss(entry, held, state, names, me) for entry in sorted(last.values(), key=lambda entry: entry.id)]
    return tuple(row for row in rows if not same(held.get(row.address), row.value))


def _loss(
    entry: Overwritten, held: Mapping[Address, Value], state: ProjectState, names: Mapping[str, str], me: str
) -> Loss:
    entity, facet = split_key(entry.key)
    return Loss(
        entry.id,
        entry.root,
        entry.key,
        _name_of(entry.root, entity, state),
        _facet_name(entry.root, facet),
        value_text(entry.root, entry.key, value_of(entry.lost_value), state),
        names.get(entry.lost_account, "Somebody"),
        value_text(entry.root, entry.key, held.get((entry.root, entry.key)), state),
        names.get(entry.won_account, "Somebody"),
        entry.lost_account == me,
        entry.lost_value,
    )


def _facet_name(root: str, facet: str) -> str:
    if root == "takes" and facet.startswith(RANGE):
        return "take that is heard"
    return _FACETS.get((root, facet), "a value" if facet != "x" else "deletion")


def value_of(found: Any) -> Value:
    """Return a register's value as the feed writes it."""
    if isinstance(found, Mapping) and set(found) == {_BYTES}:
        return _bytes_of(found[_BYTES])
    if isinstance(found, list):
        return tuple(value_of(item) for item in found)
    if isinstance(found, Mapping):
        return {str(key): value_of(item) for key, item in found.items()}
    return found if found is None or isinstance(found, bool | int | float | str) else None


def _bytes_of(written: Any) -> bytes | None:
    try:
        return base64.b64decode(written)
    except (ValueError, TypeError):
        return None


def value_text(root: str, key: str, value: Value, state: ProjectState) -> str:
    """Return a register's value as a person reads it: "8.1.1 on Keys", "-6.0 dB", "126 at 17.1.1"."""
    facet = split_key(key)[1]
    if facet == "x":
        return "deleted" if value else "there"
    if value is None:
        return "nothing"
    if root == "tempo" and isinstance(value, tuple) and len(value) > 2:
        return f"{_event(facet, value)} at {_place(value[0], state)}"
    if root == "takes" and isinstance(value, tuple) and len(value) > 2:
        return _take_place(facet, value, state)
    write = _WRITERS.get((root, facet))
    return _plain(facet, value) if write is None else write(value, state)


def _clip_place(value: Value, state: ProjectState) -> str:
    if not isinstance(value, tuple) or len(value) < 2:
        return "nowhere"
    return f"{_place(value[1], state)} on {track_name(state, TrackId(str(value[0])), 'a deleted track')}"


def _take_place(facet: str, value: tuple[Value, ...], state: ProjectState) -> str:
    """Return a range as "Take 3 from 8.1.1 to 9.1.1", a take's place as "8.1.1 on Vox"."""
    if not facet.startswith(RANGE):
        return f"{_place(value[2], state)} on {track_name(state, TrackId(str(value[0])), 'a deleted track')}"
    take = state.takes.get(TakeId(str(value[2])))
    named = "a deleted take" if take is None else take.name
    return f"{named} from {_place(value[0], state)} to {_place(value[1], state)}"


def _place(tick: Value, state: ProjectState) -> str:
    # What others sent: any number may stand there.
    if not isinstance(tick, int | float) or not math.isfinite(tick):
        return "nowhere"
    return place_text(limits.tick(int(tick)), state.tempo_map)


#: How registers are written whose value is no plain one.
_WRITERS: Mapping[tuple[str, str], Callable[[Value, ProjectState], str]] = {
    ("clips", "p"): _clip_place,
    ("markers", "p"): _place,
    ("tracks", "r"): lambda value, state: track_name(state, TrackId(str(value))),
}


def _event(facet: str, value: tuple[Value, ...]) -> str:
    if facet == "s":
        return "/".join(_plain("", item) for item in value[1:3])
    return _plain("", value[1])


def _plain(facet: str, value: Value) -> str:
    if isinstance(value, bytes):
        return "a note"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        if facet == "g":
            return decibels(float(value))
        return pan_position(float(value)).removeprefix("to the ") if facet == "pan" else number(float(value))
    if isinstance(value, tuple):
        return ", ".join(_plain("", item) for item in value if item is not None)
    return str(value)


def _name_of(root: str, entity: str, state: ProjectState) -> str:
    if root in ("clips", "notes") and ClipId(entity) in state.clips:
        return state.clips[ClipId(entity)].name
    if root == "tracks" and TrackId(entity) in state.tracks:
        return state.tracks[TrackId(entity)].name
    if root == "takes":
        take = state.takes.get(TakeId(entity))
        return track_name(state, TrackId(entity), "A take") if take is None else take.name
    if root == "markers":
        return next((marker.name for marker in state.markers if marker.id == MarkerId(entity)), "A marker")
    return {"meta": state.meta.name, "tempo": "Tempo", "plug": "A device", "auto": "Automation"}.get(root, "Something")
