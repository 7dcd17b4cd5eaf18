"""What was overwritten while somebody did not know of it: as rows that a person reads and decides about."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maxbooster_desktop.project.document.state import ClipId, MarkerId, ProjectState, TrackId
from sync.client.projects import Overwritten
from sync.document.codec import Value
from sync.document.grammar import split_key

_FACETS: Mapping[tuple[str, str], str] = {
    ("clips", "p"): "place",
    ("clips", "t"): "trim",
    ("clips", "l"): "length",
    ("clips", "n"): "name",
    ("clips", "g"): "level",
    ("clips", "m"): "mute",
    ("clips", "c"): "colour",
    ("tracks", "p"): "place in the list",
    ("tracks", "n"): "name",
    ("tracks", "g"): "level",
    ("tracks", "pan"): "pan",
    ("tracks", "m"): "mute",
    ("tracks", "so"): "solo",
    ("tracks", "c"): "colour",
    ("tempo", "e"): "tempo",
    ("tempo", "s"): "time signature",
    ("markers", "p"): "place",
    ("markers", "n"): "name",
    ("meta", "name"): "name",
    ("meta", "key"): "key",
    ("meta", "loop"): "loop",
}
_BYTES = "$bytes"


@dataclass(frozen=True, slots=True)
class Loss:
    """One value that lost.

    Attributes:
        what: whose value it is: the name of the clip, track or marker.
        facet: which of its values.
        lost, now: both values as text.
        value: the one that lost, to be written again.
    """

    id: int
    root: str
    key: str
    what: str
    facet: str
    lost: str
    lost_by: str
    now: str
    won_by: str
    value: Value


def losses(entries: Sequence[Overwritten], state: ProjectState, names: Mapping[str, str]) -> tuple[Loss, ...]:
    """Return rows for entries of the feed; of one register the last entry counts."""
    last = {(entry.root, entry.key): entry for entry in entries}
    return tuple(_loss(entry, state, names) for entry in sorted(last.values(), key=lambda entry: entry.id))


def _loss(entry: Overwritten, state: ProjectState, names: Mapping[str, str]) -> Loss:
    entity, facet = split_key(entry.key)
    value = value_of(entry.lost_value)
    return Loss(
        entry.id,
        entry.root,
        entry.key,
        _name_of(entry.root, entity, state),
        _FACETS.get((entry.root, facet), "a value" if facet != "x" else "deletion"),
        _text(entry.root, facet, value, state),
        names.get(entry.lost_account, "Somebody"),
        "changed since",
        names.get(entry.won_account, "Somebody"),
        value,
    )


def value_of(found: Any) -> Value:
    """Return a register's value as the feed writes it."""
    if isinstance(found, Mapping) and set(found) == {_BYTES}:
        return base64.b64decode(found[_BYTES])
    if isinstance(found, list):
        return tuple(value_of(item) for item in found)
    if isinstance(found, Mapping):
        return {str(key): value_of(item) for key, item in found.items()}
    return found if found is None or isinstance(found, bool | int | float | str) else None


def _name_of(root: str, entity: str, state: ProjectState) -> str:
    if root in ("clips", "notes") and ClipId(entity) in state.clips:
        return state.clips[ClipId(entity)].name
    if root == "tracks" and TrackId(entity) in state.tracks:
        return state.tracks[TrackId(entity)].name
    if root == "markers":
        return next((marker.name for marker in state.markers if marker.id == MarkerId(entity)), "A marker")
    return {"meta": state.meta.name, "tempo": "Tempo", "plug": "A device", "auto": "Automation"}.get(root, "Something")


def _text(root: str, facet: str, value: Value, state: ProjectState) -> str:
    if value is None:
        return "nothing"
    if (root, facet) == ("clips", "p") and isinstance(value, tuple) and len(value) > 1:
        track = state.tracks.get(TrackId(str(value[0])))
        return f"{track.name if track else 'a deleted track'}, tick {value[1]!s}"
    if isinstance(value, bytes):
        return "a note"
    if isinstance(value, tuple):
        return ", ".join(_text(root, "", item, state) for item in value if item is not None)
    text = str(value)
    return f"{text} dB" if facet == "g" else text
