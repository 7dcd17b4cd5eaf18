"""What became of takes and comps between two states, as words for the tracks that they are on."""

from collections import Counter

from maxbooster_desktop.project.document.state import ProjectState, Take, TrackId
from maxbooster_desktop.project.versions.words import counted, track_name

Counts = Counter[tuple[str, str]]
#: How verbs are counted; all others say from where a take was moved.
_COUNTED = {"recorded": "added", "deleted": "deleted", "changed": "changed"}
#: track -> verb -> what became so.
_Told = dict[TrackId, dict[str, list[Take]]]


def take_lines(old: ProjectState, new: ProjectState, counts: Counts) -> dict[TrackId, list[str]]:
    """Return lines for each track on which takes or what is heard of them are different, and count them."""
    lines: dict[TrackId, list[str]] = {}
    for track, by_verb in _told(old, new).items():
        for verb, takes in sorted(by_verb.items()):
            counts["take", _COUNTED.get(verb, "moved")] += len(takes)
            what = f"{takes[0].name}" if len(takes) == 1 else counted(len(takes), "take")
            lines.setdefault(track, []).append(f"{what} {verb}")
    for track in sorted(old.comps.keys() | new.comps.keys()):
        is_there = track in old.tracks and track in new.tracks
        if is_there and old.comps.get(track) != new.comps.get(track):
            counts["comp", "changed"] += 1
            lines.setdefault(track, []).append(
                "another comp of the takes" if track in new.comps else "no take is heard"
            )
    return lines


def _told(old: ProjectState, new: ProjectState) -> _Told:
    told: _Told = {}
    if old.takes is new.takes:
        return told
    for take_id in sorted(old.takes.keys() | new.takes.keys()):
        before, after = old.takes.get(take_id), new.takes.get(take_id)
        if before == after:
            continue
        shown = after or before
        assert shown is not None
        if shown.track not in old.tracks or shown.track not in new.tracks:
            continue
        if before is None or after is None:
            verb = "recorded" if before is None else "deleted"
        elif before.track != after.track:
            verb = f"moved from {track_name(old, before.track)}"
        else:
            verb = "changed"
        told.setdefault(shown.track, {}).setdefault(verb, []).append(shown)
    return told
