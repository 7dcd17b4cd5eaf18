"""What became of clips and their notes between two states, as words for the tracks that they are on.

A clip that came or went with its track is not told: the track is. A half that a split made is told as a split of the
clip it was cut from, which then is not told as trimmed.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from maxbooster_desktop.project.document.state import Clip, ClipId, ProjectState, TrackId
from maxbooster_desktop.project.edits.wording import decibels
from maxbooster_desktop.project.versions.words import counted, place_text, track_name

if TYPE_CHECKING:
    import numpy as np

Counts = Counter[tuple[str, str]]
#: track -> verb -> (tick, sentence) of each clip.
_Told = dict[TrackId, dict[str, list[tuple[int, str]]]]
#: So many clips of a track are named for one verb; more are counted.
_MOST_NAMED = 3
#: Verbs that are counted as they are; every other change of a clip counts as "changed".
_COUNTED = frozenset({"added", "deleted", "split", "moved", "trimmed"})


def clip_lines(old: ProjectState, new: ProjectState, counts: Counts) -> dict[TrackId, list[str]]:
    """Return lines for each track on which clips or notes are different, and count them."""
    told: _Told = {}
    changed = [clip for clip in old.clips.keys() | new.clips.keys() if old.clips.get(clip) != new.clips.get(clip)]
    halves = {new.clips[clip].parent for clip in changed if _is_split_off(clip, old, new)}
    for clip in changed:
        for track, verb, tick, sentence in _said(clip, old, new, is_cut=clip in halves):
            counts["clip", verb if verb in _COUNTED else "changed"] += 1
            told.setdefault(track, {}).setdefault(verb, []).append((tick, sentence))
    lines = {track: _folded(by_verb) for track, by_verb in told.items()}
    for track, note_lines in _note_lines(old, new, counts).items():
        lines.setdefault(track, []).extend(note_lines)
    return lines


def _folded(by_verb: dict[str, list[tuple[int, str]]]) -> list[str]:
    lines = []
    for verb, sentences in sorted(by_verb.items()):
        if len(sentences) <= _MOST_NAMED:
            lines += [sentence for _, sentence in sorted(sentences)]
        else:
            lines.append(f"{counted(len(sentences), 'clip')} {verb}")
    return lines


def _is_split_off(clip: ClipId, old: ProjectState, new: ProjectState) -> bool:
    if clip in old.clips:
        return False
    parent = new.clips[clip].parent
    if parent is None or parent not in old.clips or parent not in new.clips:
        return False
    return _length(old.clips[parent]) != _length(new.clips[parent])


def _said(
    clip: ClipId, old: ProjectState, new: ProjectState, *, is_cut: bool
) -> Iterator[tuple[TrackId, str, int, str]]:
    """Yield (track, verb, tick, sentence) for everything that became of a clip."""
    before, after = old.clips.get(clip), new.clips.get(clip)
    if before is None:
        assert after is not None
        if after.track in old.tracks:
            place = place_text(after.start_tick, new.tempo_map)
            verb = "split" if _is_split_off(clip, old, new) else "added"
            yield after.track, verb, after.start_tick, f"{after.name} {verb} at {place}"
    elif after is None:
        if before.track in new.tracks:
            place = place_text(before.start_tick, old.tempo_map)
            yield before.track, "deleted", before.start_tick, f"{before.name} at {place} deleted"
    else:
        if _is_moved(before, after, old, new):
            yield after.track, "moved", after.start_tick, _moved(before, after, old, new)
        for verb, is_other, sentence in _ASPECTS:
            if is_other(before, after) and not (verb == "trimmed" and is_cut):
                yield after.track, verb, after.start_tick, sentence(before, after)


def _is_moved(before: Clip, after: Clip, old: ProjectState, new: ProjectState) -> bool:
    """Whether a clip lies elsewhere; one whose beginning alone was trimmed ends where it did."""
    if (before.track, before.lane) != (after.track, after.lane):
        return True
    if before.start_tick == after.start_tick:
        return False
    is_trimmed = _length(before) != _length(after)
    return not (is_trimmed and abs(old.clip_end_tick(before) - new.clip_end_tick(after)) <= 1)


def _moved(before: Clip, after: Clip, old: ProjectState, new: ProjectState) -> str:
    start, end = place_text(before.start_tick, old.tempo_map), place_text(after.start_tick, new.tempo_map)
    if before.track != after.track:
        start = f"{track_name(old, before.track)}, {start},"
    return f"{after.name} moved from {start} to {end}"


def _length(clip: Clip) -> tuple[int, int, int]:
    return clip.source_offset, clip.length_frames, clip.length_ticks


def _fades(clip: Clip) -> tuple[float | None, ...]:
    return clip.fade_in_ms, clip.fade_out_ms, clip.fade_in_curve, clip.fade_out_curve


def _differs(read: Callable[[Clip], Any]) -> Callable[[Clip, Clip], bool]:
    return lambda before, after: bool(read(before) != read(after))


_ASPECTS: tuple[tuple[str, Callable[[Clip, Clip], bool], Callable[[Clip, Clip], str]], ...] = (
    ("trimmed", _differs(_length), lambda _, after: f"{after.name} trimmed"),
    ("renamed", _differs(lambda clip: clip.name), lambda before, after: f"{before.name} renamed to {after.name}"),
    (
        "set to another level",
        _differs(lambda clip: clip.gain_db),
        lambda before, after: f"{after.name} from {decibels(before.gain_db)} to {decibels(after.gain_db)}",
    ),
    ("faded otherwise", _differs(_fades), lambda _, after: f"{after.name} faded otherwise"),
    (
        "muted or unmuted",
        _differs(lambda clip: clip.is_muted),
        lambda _, after: f"{after.name} {'muted' if after.is_muted else 'unmuted'}",
    ),
    ("given another sound", _differs(lambda clip: clip.asset), lambda _, after: f"{after.name} plays another sound"),
    ("given another colour", _differs(lambda clip: clip.colour), lambda _, after: f"{after.name} has another colour"),
)


def _note_lines(old: ProjectState, new: ProjectState, counts: Counts) -> dict[TrackId, list[str]]:
    found: dict[TrackId, list[tuple[int, str, int]]] = {}
    for clip in old.clips.keys() & new.clips.keys():
        before, after = old.notes.get(clip), new.notes.get(clip)
        if before is after:
            continue
        changes = _note_changes(before, after)
        total = sum(changes.values())
        if total:
            for verb, count in changes.items():
                counts["note", verb] += count
            parts = [f"{count} {verb}" for verb, count in changes.items() if count]
            place = new.clips[clip]
            sentence = f"{place.name}: notes {', '.join(parts)}"
            found.setdefault(place.track, []).append((place.start_tick, sentence, total))
    return {track: _note_sentences(rows) for track, rows in found.items()}


def _note_sentences(rows: list[tuple[int, str, int]]) -> list[str]:
    if len(rows) <= _MOST_NAMED:
        return [sentence for _, sentence, _ in sorted(rows)]
    total = sum(count for _, _, count in rows)
    return [f"{counted(total, 'note')} in {counted(len(rows), 'clip')} changed"]


def _note_changes(before: "np.ndarray[Any, Any] | None", after: "np.ndarray[Any, Any] | None") -> dict[str, int]:
    """Return how many notes were added, changed and deleted: as many as differ count as changed."""
    was, became = (b"" if notes is None else notes.tobytes() for notes in (before, after))
    if was == became:
        return {}
    mine, theirs = (Counter([] if notes is None else notes.tolist()) for notes in (before, after))
    gone, come = (mine - theirs).total(), (theirs - mine).total()
    changed = min(gone, come)
    return {"added": come - changed, "changed": changed, "deleted": gone - changed}
