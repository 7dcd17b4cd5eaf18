"""Zones of a sampler as registers, both ways: one register a zone, so that one person wins a zone.

A zone is there while its register is. What lies outside its range is brought to the range's end (`limits`); a zone
without keys or velocities, or of no sound, is unreadable.
"""

from dataclasses import fields
from operator import attrgetter
from typing import Any

from maxbooster_desktop.project.document import limits
from maxbooster_desktop.project.document.facets import FacetReader
from maxbooster_desktop.project.document.state import LOOP_MODES, AssetId, SampleZone, ZoneId
from sync.document.codec import Value

ZONE = "z."

_ROW = attrgetter(*(field.name for field in fields(SampleZone) if field.name != "id"))
#: What stands in a zone's register, in the order of `SampleZone`'s fields behind its id.
_KINDS = ("t", *"iiiiiii", "t", *"iinnnnnnnnnnn", "b", *"iii")
_KEY, _VELOCITY = (0, 127), (1, 127)
#: By field: the range, for those that are not frames.
_RANGES = {
    "root_key": _KEY,
    "low_key": _KEY,
    "high_key": _KEY,
    "low_velocity": _VELOCITY,
    "high_velocity": _VELOCITY,
    "crossfade_ms": (0.0, limits.LONGEST_CROSSFADE_MS),
    "tune_cents": (-limits.FARTHEST_TUNE_CENTS, limits.FARTHEST_TUNE_CENTS),
    "key_track_percent": (-1_200.0, 1_200.0),
    "gain_db": (limits.LOWEST_GAIN_DB, limits.HIGHEST_GAIN_DB),
    "pan": (-1.0, 1.0),
    "delay_ms": (0.0, limits.LONGEST_STAGE_MS),
    "attack_ms": (0.0, limits.LONGEST_STAGE_MS),
    "hold_ms": (0.0, limits.LONGEST_STAGE_MS),
    "decay_ms": (0.0, limits.LONGEST_STAGE_MS),
    "sustain_percent": (0.0, 100.0),
    "release_ms": (0.0, limits.LONGEST_STAGE_MS),
    "turn": (1, limits.MOST_TURNS),
    "turns": (1, limits.MOST_TURNS),
    "choke": (0, 2**31 - 1),
}
_FRAMES = ("start_frame", "end_frame", "loop_start", "loop_end")
_NAMES = tuple(field.name for field in fields(SampleZone) if field.name != "id")


def zone_value(zone: SampleZone) -> Value:
    """Return the register of a zone."""
    row: Value = _ROW(zone)
    return row


def zone_row(zone: SampleZone) -> tuple[str | float, ...]:
    """Return what a zone's sound is made from, numbers as floats: the same on every computer."""
    row: tuple[Any, ...] = _ROW(zone)
    return tuple(item if isinstance(item, str) else float(item) for item in row)


def read_zones(reader: FacetReader) -> tuple[SampleZone, ...]:
    """Return the zones of an insert, by id; at most `limits.MOST_ZONES`."""
    found = (read_zone(facet, reader) for facet in sorted(facet for facet in reader.facets if facet.startswith(ZONE)))
    return tuple(zone for zone in found if zone is not None)[: limits.MOST_ZONES]


def read_zone(facet: str, reader: FacetReader) -> SampleZone | None:
    """Return the zone of one facet, None when it cannot be read."""
    about = reader.items(facet, *_KINDS)
    if about is None:
        return None
    # `items` checked the list against its kinds.
    said: dict[str, Any] = dict(zip(_NAMES, about, strict=False))
    for name, (low, high) in _RANGES.items():
        said[name] = type(low)(min(high, max(low, said[name])))
    for name in _FRAMES:
        said[name] = limits.frames(said[name])
    made = SampleZone(id=ZoneId(facet[len(ZONE) :]), **{**said, "asset": AssetId(said["asset"])})
    if made.low_key > made.high_key or made.low_velocity > made.high_velocity or made.loop_mode not in LOOP_MODES:
        reader.refuse(facet)
        return None
    return made
