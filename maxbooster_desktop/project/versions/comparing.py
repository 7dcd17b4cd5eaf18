"""What is different between two states of a project: counts for a glance, and for each track its lines of words.

Compares states, not documents: what two states share is the same object and costs nothing. Names are those of the newer
state where it has the thing. Any thread may compare.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from maxbooster_desktop.project.document.state import MASTER, ProjectState, Track, TrackId
from maxbooster_desktop.project.versions.channel_changes import lane_lines, reordered, track_lines
from maxbooster_desktop.project.versions.clip_changes import Counts, clip_lines
from maxbooster_desktop.project.versions.take_changes import take_lines
from maxbooster_desktop.project.versions.words import counted, number, place_text

#: The order in which counts are shown.
_NOUNS = (
    "clip",
    "take",
    "comp",
    "note",
    "track",
    "strip",
    "automation point",
    "marker",
    "tempo",
    "time signature",
    "comment",
)
_VERBS = ("moved", "changed", "added", "trimmed", "split", "deleted")


@dataclass(frozen=True, slots=True)
class TrackChanges:
    """What became of one track; `track` None is the song as a whole."""

    track: TrackId | None
    name: str
    kind: Literal["added", "deleted", "changed"]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """So many things became something: 14 clips moved."""

    noun: str
    verb: str
    count: int

    @property
    def text(self) -> str:
        """Return "14 clips moved"."""
        return f"{counted(self.count, self.noun)} {self.verb}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that is different; without anything both are empty."""

    counts: tuple[Counted, ...] = ()
    tracks: tuple[TrackChanges, ...] = ()


def compare(old: ProjectState, new: ProjectState) -> Comparison:
    """Return what became different from `old` to `new`."""
    counts: Counts = Counter()
    clips, lanes, takes = (told(old, new, counts) for told in (clip_lines, lane_lines, take_lines))
    found, moved = [], reordered(old, new)
    song = _song_lines(old, new, counts)
    if song:
        found.append(TrackChanges(None, "Song", "changed", tuple(song)))
    for track in _in_order(old, new):
        before, after = old.tracks.get(track), new.tracks.get(track)
        if before is None or after is None:
            found.append(_came_or_went(before, after, old, new, counts))
        else:
            lines = [*track_lines(before, after, old, new, counts), *clips.get(track, ()), *takes.get(track, ())]
            lines += lanes.get(track, ())
            if track in moved and before.parent == after.parent:
                lines.insert(0, "moved in the list")
                counts["track", "moved"] += 1
            if lines:
                found.append(TrackChanges(track, after.name, "changed", tuple(lines)))
    return Comparison(_sorted(counts), tuple(found))


def _in_order(old: ProjectState, new: ProjectState) -> list[TrackId]:
    return [*new.track_order, MASTER, *(track for track in old.track_order if track not in new.tracks)]


def _came_or_went(
    before: Track | None, after: Track | None, old: ProjectState, new: ProjectState, counts: Counts
) -> TrackChanges:
    shown, state = (after, new) if after is not None else (before, old)
    assert shown is not None
    clips = len(state.clips_by_track.get(shown.id, ()))
    lines = (f"with {counted(clips, 'clip')}",) if clips else ()
    if after is not None:
        counts["track", "added"] += 1
        return TrackChanges(shown.id, shown.name, "added", lines)
    counts["track", "deleted"] += 1
    return TrackChanges(shown.id, shown.name, "deleted", lines)


def _sorted(counts: Counts) -> tuple[Counted, ...]:
    rows = [Counted(noun, verb, count) for (noun, verb), count in counts.items() if count]
    return tuple(sorted(rows, key=lambda row: (_NOUNS.index(row.noun), _VERBS.index(row.verb))))


def _song_lines(old: ProjectState, new: ProjectState, counts: Counts) -> list[str]:
    lines = _meta_lines(old, new)
    for noun, before, after, write in (
        ("tempo", old.tempo_map.tempos, new.tempo_map.tempos, lambda one: f"{number(one.bpm)}"),
        (
            "time signature",
            old.tempo_map.signatures,
            new.tempo_map.signatures,
            lambda one: f"{one.numerator}/{one.denominator}",
        ),
        ("marker", old.markers, new.markers, lambda one: one.name),
    ):
        lines += _events(noun, _by_id(before), _by_id(after), write, new)
        _count(noun, _by_id(before), _by_id(after), counts)
    comments, others = _by_id(new.comments), _by_id(old.comments)
    _count("comment", others, comments, counts)
    written = len(comments.keys() - others.keys())
    return [*lines, f"{counted(written, 'comment')} written"] if written else lines


def _meta_lines(old: ProjectState, new: ProjectState) -> list[str]:
    before, after = old.meta, new.meta
    lines = []
    if before.name != after.name:
        lines.append(f"renamed from {before.name} to {after.name}")
    if before.key != after.key:
        lines.append(f"key from {before.key or 'none'} to {after.key or 'none'}")
    if before.sample_rate != after.sample_rate:
        lines.append(f"sample rate from {before.sample_rate} to {after.sample_rate} Hz")
    return lines


def _events(noun: str, before: Mapping[str, Any], after: Mapping[str, Any], write: Any, new: ProjectState) -> list[str]:
    lines = []
    for each in [*after, *(gone for gone in before if gone not in after)]:
        was, became = before.get(each), after.get(each)
        if was == became:
            continue
        shown: Any = became if became is not None else was
        place = place_text(shown.tick, new.tempo_map)
        if was is None:
            lines.append(f"{noun} {write(shown)} added at {place}")
        elif became is None:
            lines.append(f"{noun} {write(shown)} deleted at {place}")
        elif write(was) != write(became):
            lines.append(f"{noun} from {write(was)} to {write(became)} at {place}")
        elif was.tick != became.tick:
            lines.append(f"{noun} {write(shown)} moved from {place_text(was.tick, new.tempo_map)} to {place}")
        else:
            lines.append(f"{noun} {write(shown)} changed at {place}")
    return lines


def _count(noun: str, before: Mapping[str, Any], after: Mapping[str, Any], counts: Counts) -> None:
    counts[noun, "added"] += len(after.keys() - before.keys())
    counts[noun, "deleted"] += len(before.keys() - after.keys())
    counts[noun, "changed"] += sum(before[each] != after[each] for each in before.keys() & after.keys())


def _by_id(entities: Iterable[Any]) -> dict[str, Any]:
    return {entity.id: entity for entity in entities}
