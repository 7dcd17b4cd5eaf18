"""What became of one track and its channel between two states, as lines of words."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from dsp.strips.parameters import BY_NAME
from maxbooster_desktop.project.document.device_words import device_words
from maxbooster_desktop.project.document.state import Insert, Lane, ProjectState, Track, TrackId
from maxbooster_desktop.project.edits.wording import decibels, pan_position
from maxbooster_desktop.project.versions.words import counted, number, track_name

Counts = Counter[tuple[str, str]]
_MOST_NAMED = 3
_SWITCHES = (("is_muted", "mute"), ("is_soloed", "solo"), ("is_solo_safe", "solo safe"))
_AUTOMATED = {"gain_db": "level", "pan": "pan", "is_muted": "mute"}


def track_lines(before: Track, after: Track, old: ProjectState, new: ProjectState, counts: Counts) -> list[str]:
    """Return lines for a track that is in both states, and count it when its strip sounds otherwise.

    Its place in the list is told by `reordered`: order keys may become others without a track moving.
    """
    if before == after:
        return []
    strip = [
        *_levels(before, after),
        *_values("strip", before.strip, after.strip),
        *_sends(before, after, old, new),
        *_inserts(before.inserts, after.inserts),
    ]
    if before.output != after.output:
        strip.append(f"goes to {track_name(new, after.output, 'the master')}")
    if strip:
        counts["strip", "changed"] += 1
    placed = _placed(before, after, new)
    if placed:
        counts["track", "changed"] += 1
    return [*placed, *strip]


def _placed(before: Track, after: Track, new: ProjectState) -> list[str]:
    lines = []
    if before.name != after.name:
        lines.append(f"renamed from {before.name}")
    if before.parent != after.parent:
        lines.append("no longer in a group" if after.parent is None else f"now in {track_name(new, after.parent)}")
    if before.colour != after.colour:
        lines.append("another colour")
    if _recording(before) != _recording(after):
        lines.append("records otherwise")
    return lines


def _recording(track: Track) -> tuple[object, ...]:
    return track.input, track.monitoring, track.record_format


def reordered(old: ProjectState, new: ProjectState) -> frozenset[TrackId]:
    """Return the fewest tracks that must have moved to give the new order (all but a longest increasing run)."""
    places = {track: place for place, track in enumerate(old.track_order)}
    common = [track for track in new.track_order if track in places]
    ends: list[int] = []
    lengths = []
    for track in common:
        at = bisect_left(ends, places[track])
        ends[at : at + 1] = [places[track]]
        lengths.append(at)
    wanted, kept = len(ends) - 1, set()
    for track, length in zip(reversed(common), reversed(lengths), strict=True):
        if length == wanted:
            kept.add(track)
            wanted -= 1
    return frozenset(common) - kept


def _levels(before: Track, after: Track) -> list[str]:
    lines = []
    if before.gain_db != after.gain_db:
        lines.append(f"level from {decibels(before.gain_db)} to {decibels(after.gain_db)}")
    if before.pan != after.pan:
        here, there = (pan_position(pan).removeprefix("to the ") for pan in (before.pan, after.pan))
        lines.append(f"pan from {here} to {there}")
    if before.delay_ms != after.delay_ms:
        lines.append(f"delay from {number(before.delay_ms)} to {number(after.delay_ms)} ms")
    if before.midi_output != after.midi_output:
        sent = after.midi_output
        lines.append("sends no MIDI" if sent is None else f"sends MIDI to {sent.port}, channel {sent.channel + 1}")
    if before.frozen != after.frozen:
        lines.append("unfrozen" if after.frozen is None else "frozen" if before.frozen is None else "frozen anew")
    for name, title in _SWITCHES:
        if getattr(before, name) != getattr(after, name):
            lines.append(f"{title} {'on' if getattr(after, name) else 'off'}")
    return lines


def _values(what: str, before: Mapping[str, float], after: Mapping[str, float]) -> list[str]:
    """Return which values of a strip are different, by their titles while they are few."""
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if not names:
        return []
    if len(names) > _MOST_NAMED:
        return [f"{counted(len(names), 'value')} of the {what} changed"]
    return [f"{', '.join(BY_NAME[name].title if name in BY_NAME else name for name in names)} changed"]


def _sends(before: Track, after: Track, old: ProjectState, new: ProjectState) -> list[str]:
    was, became = ({send.id: send for send in track.sends} for track in (before, after))
    lines = [f"send to {track_name(new, became[each].target)} added" for each in became if each not in was]
    lines += [f"send to {track_name(old, was[each].target)} deleted" for each in was if each not in became]
    lines += [
        f"send to {track_name(new, became[each].target)} changed"
        for each in became
        if each in was and was[each] != became[each]
    ]
    return lines


def _inserts(before: Iterable[Insert], after: Iterable[Insert]) -> list[str]:
    was, became = ({insert.id: insert for insert in inserts} for inserts in (before, after))
    lines = [f"{_title(became[each])} added" for each in became if each not in was]
    lines += [f"{_title(was[each])} deleted" for each in was if each not in became]
    for each in became:
        if each in was and was[each] != became[each]:
            lines.append(f"{_title(became[each])} {_device_change(was[each], became[each])}")
    return lines


def _device_change(before: Insert, after: Insert) -> str:
    if before.enabled != after.enabled:
        return "switched on" if after.enabled else "switched off"
    count = sum(before.values.get(name) != after.values.get(name) for name in before.values.keys() | after.values)
    if before.zones != after.zones:
        return f"plays {counted(len(after.zones), 'zone')} instead of {len(before.zones)}"
    return f"changed in {counted(count, 'value')}" if count else "moved in the chain"


def _title(insert: Insert) -> str:
    return device_words(insert.device).capitalize()


def lane_lines(old: ProjectState, new: ProjectState, counts: Counts) -> dict[TrackId, list[str]]:
    """Return lines for each track whose automation is different, and count the points."""
    lines: dict[TrackId, list[str]] = {}
    for lane in sorted(old.lanes.keys() | new.lanes.keys()):
        before, after = old.lanes.get(lane), new.lanes.get(lane)
        shown = after or before
        assert shown is not None
        if before == after or shown.track not in old.tracks or shown.track not in new.tracks:
            continue
        changes = _point_changes(before, after)
        for verb, count in changes.items():
            counts["automation point", verb] += count
        parts = [f"{count} {verb}" for verb, count in changes.items() if count]
        became = f"points {', '.join(parts)}" if parts else _switched(after)
        lines.setdefault(shown.track, []).append(f"automation of {_automated(shown.parameter)}: {became}")
    return lines


def _point_changes(before: Lane | None, after: Lane | None) -> dict[str, int]:
    was, became = ({point.id: point for point in (() if lane is None else lane.points)} for lane in (before, after))
    changed = sum(was[each] != became[each] for each in was.keys() & became.keys())
    return {"added": len(became.keys() - was.keys()), "changed": changed, "deleted": len(was.keys() - became.keys())}


def _switched(lane: Lane | None) -> str:
    return "switched on" if lane is not None and lane.is_enabled else "switched off"


def _automated(parameter: str) -> str:
    family, _, name = parameter.partition(".")
    declared: Any = BY_NAME.get(name) if family == "strip" else None
    if declared is not None:
        return str(declared.title).lower()
    return _AUTOMATED.get(parameter, "a send" if family == "send" else "a device")
