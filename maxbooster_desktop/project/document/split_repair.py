"""Cuts what two concurrent splits of one clip would play twice. The rule is in docs/document.md under "Splits"."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from maxbooster_desktop.project.document.clip_registers import Origin
from maxbooster_desktop.project.document.state import Clip, ClipId


@dataclass(frozen=True, slots=True)
class FamilyRepair:
    """The clips of one family that are shown otherwise than their registers say."""

    shortened: Mapping[ClipId, Clip]
    hidden: frozenset[ClipId]


def repaired_family(clips: Mapping[ClipId, Clip], origins: Mapping[ClipId, Origin]) -> FamilyRepair:
    """Return the repair of a family: its living, unrepaired clips and the origins of those that are halves."""
    cutters = {clip: origin for clip, origin in origins.items() if _stands(clips[clip], origin)}
    if not cutters:
        return FamilyRepair({}, frozenset())
    hidden = _twins(clips, cutters)
    ends = {place for origin in origins.values() for place in (origin.range_start, origin.range_end)}
    shortened = {}
    for clip_id, clip in clips.items():
        first, end = _range(clip, origins.get(clip_id))
        if clip_id in hidden or end not in ends:
            continue
        cuts = [
            origin.range_start
            for cutter, origin in cutters.items()
            if cutter != clip_id and first < origin.range_start < end and _same_place(clips[cutter], clip)
        ]
        if cuts:
            shortened[clip_id] = _with_length(clip, min(cuts) - first)
    return FamilyRepair(shortened, hidden)


def _stands(clip: Clip, origin: Origin) -> bool:
    return clip.track == origin.track and clip.start_tick == origin.start_tick


def _same_place(one: Clip, other: Clip) -> bool:
    return (one.track, one.lane, one.kind, one.asset) == (other.track, other.lane, other.kind, other.asset)


def _twins(clips: Mapping[ClipId, Clip], cutters: Mapping[ClipId, Origin]) -> frozenset[ClipId]:
    """Return the halves that stand where a relative with a lower id stands: two people split at one place."""
    seen: set[tuple[object, ...]] = set()
    hidden = set()
    for clip_id in sorted(cutters):
        clip, origin = clips[clip_id], cutters[clip_id]
        place = (origin.range_start, clip.track, clip.lane, clip.start_tick, clip.kind, clip.asset)
        if place in seen:
            hidden.add(clip_id)
        seen.add(place)
    return frozenset(hidden)


def _range(clip: Clip, origin: Origin | None) -> tuple[int, int]:
    if clip.kind == "audio":
        return clip.source_offset, clip.source_offset + clip.length_frames
    first = clip.start_tick if origin is None else origin.range_start
    return first, first + clip.length_ticks


def _with_length(clip: Clip, length: int) -> Clip:
    if clip.kind == "audio":
        return replace(clip, length_frames=length)
    return replace(clip, length_ticks=length)
