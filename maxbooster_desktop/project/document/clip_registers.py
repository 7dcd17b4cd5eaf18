"""Clips and their notes as registers, both ways. docs/document.md lists the facets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.project.document import limits
from maxbooster_desktop.project.document.clip_making import quick_clip
from maxbooster_desktop.project.document.facets import FacetReader, Facets
from maxbooster_desktop.project.document.state import NOTE, AssetId, Clip, ClipId, TrackId
from sync.document.codec import Value

NotesArray = npt.NDArray[np.void]

#: Facets whose default is not written over nothing.
DEFAULTS: Mapping[str, Value] = {
    "k": "audio",
    "g": 0,
    "m": False,
    "fi": (None, 0),
    "fo": (None, 0),
    "t": (0, 0),
    "l": 0,
}

NOTE_BYTES = NOTE.itemsize

_NO_RANGE: tuple[int, int] = (0, 0)
_NO_FADE: tuple[float | None, float] = (None, 0.0)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a right half took over when it was split off: see "Splits" in docs/document.md."""

    parent: ClipId
    range_start: int
    range_end: int
    track: TrackId
    start_tick: int


def clip_facets(clip: Clip) -> dict[str, Value]:
    """Return the facets that say `clip`; None where the facet should be absent. The origin is not among them."""
    is_audio = clip.kind == "audio"
    return {
        "k": clip.kind,
        "p": (clip.track, clip.start_tick, clip.lane),
        "s": clip.asset,
        "t": (clip.source_offset, clip.length_frames) if is_audio else None,
        "l": None if is_audio else clip.length_ticks,
        "n": clip.name,
        "c": clip.colour,
        "g": clip.gain_db,
        "m": clip.is_muted,
        "fi": (clip.fade_in_ms, clip.fade_in_curve),
        "fo": (clip.fade_out_ms, clip.fade_out_curve),
    }


def origin_value(clip: Clip) -> Value:
    """Return the `o` register of a half that has just been split off."""
    if clip.kind == "audio":
        first, end = clip.source_offset, clip.source_offset + clip.length_frames
    else:
        first, end = clip.start_tick, clip.start_tick + clip.length_ticks
    return (clip.parent, first, end, clip.track, clip.start_tick)


def read_clip(clip_id: str, reader: FacetReader) -> Clip | None:
    """Return the clip that the facets say, None when its place is missing or unreadable, or its kind unknown."""
    facets = reader.facets
    kind = reader.choice("k", ("audio", "midi"), "audio")
    place = reader.items("p", "t", "i", "i")
    if place is None or "k" in reader.unreadable:
        return None
    # What few clips have is looked at only where it is there: opening a project reads tens of thousands.
    offset, length = _range(reader) if "t" in facets else _NO_RANGE
    fade_in_ms, fade_in_curve = _fade(reader, "fi") if "fi" in facets else _NO_FADE
    fade_out_ms, fade_out_curve = _fade(reader, "fo") if "fo" in facets else _NO_FADE
    colour = reader.integer("c", -1) if "c" in facets else -1
    parent = facets.get("o")
    return quick_clip(
        clip_id,
        place[0],
        limits.tick(place[1]),  # type: ignore[arg-type]  # `items` checked the list against its kinds
        reader.text("n"),
        kind,
        place[2],
        _asset(reader) if "s" in facets else None,
        offset,
        length,
        limits.tick(reader.integer("l")) if "l" in facets else 0,
        limits.gain_db(reader.number("g")) if "g" in facets else 0.0,
        fade_in_ms,
        fade_out_ms,
        fade_in_curve,
        fade_out_curve,
        reader.flag("m") if "m" in facets else False,
        None if "c" not in facets or "c" in reader.unreadable else colour,
        parent[0] if isinstance(parent, tuple) and parent and isinstance(parent[0], str) else None,
    )


def read_origin(facets: Facets) -> Origin | None:
    """Return a half's origin, None when the clip is no half or only remembers its parent."""
    value = FacetReader(facets).items("o", "t", "i", "i", "t", "i")
    return Origin(*value[:5]) if value is not None else None  # type: ignore[arg-type]  # checked against the kinds


def read_notes(facets: Facets) -> tuple[NotesArray, tuple[str, ...], list[str]]:
    """Return (notes sorted by start, pitch and note id, frozen; their ids; the facets that are no note)."""
    named = sorted(facets.items())
    unreadable = [note for note, value in named if not _is_note(value)]
    if unreadable:
        named = [item for item in named if _is_note(item[1])]
    notes = np.frombuffer(b"".join(value for _, value in named), NOTE)  # type: ignore[misc]  # all bytes by now
    order = np.lexsort((notes["pitch"], notes["start"]))
    sorted_notes = notes[order]
    sorted_notes.flags.writeable = False
    return sorted_notes, tuple(named[index][0] for index in order.tolist()), unreadable


def note_values(notes: NotesArray) -> list[bytes]:
    """Return each note's register."""
    packed = np.ascontiguousarray(notes, NOTE).tobytes()
    return [packed[place : place + NOTE_BYTES] for place in range(0, len(packed), NOTE_BYTES)]


def note_changes(earlier: Facets, notes: NotesArray, fresh_ids: Iterable[str]) -> dict[str, Value]:
    """Return the note registers that turn `earlier` into `notes`: kept notes keep their ids.

    Notes that changed are paired by pitch, then start, so that an edit of many notes stays an edit of registers.
    """
    wanted: dict[bytes, int] = {}
    for value in note_values(notes):
        wanted[value] = wanted.get(value, 0) + 1
    left = []
    for note, register in sorted(earlier.items()):
        if isinstance(register, bytes) and wanted.get(register, 0) > 0:
            wanted[register] -= 1
        else:
            left.append((_pairing(register), note))
    new = sorted((_pairing(value), value) for value, count in wanted.items() for _ in range(count))
    left.sort()
    changes: dict[str, Value] = {note: value for (_, note), (_, value) in zip(left, new, strict=False)}
    changes.update({note: None for _, note in left[len(new) :]})
    changes.update(zip(fresh_ids, (value for _, value in new[len(left) :]), strict=False))
    return changes


def _pairing(register: Value) -> tuple[int, int]:
    if not _is_note(register):
        return (256, 0)
    return register[10], int.from_bytes(register[:4], "little")  # type: ignore[index, arg-type, return-value]  # bytes


def _is_note(value: Value) -> bool:
    """Return whether a register is a playable note: 16 bytes, pitch and velocity in MIDI's range, finite detune."""
    if not isinstance(value, bytes) or len(value) != NOTE_BYTES or value[10] > 127 or not 0 < value[11] <= 127:
        return False
    # An exponent of all ones is infinity or NaN.
    return (int.from_bytes(value[12:16], "little") & 0x7F800000) != 0x7F800000


def _asset(reader: FacetReader) -> AssetId | None:
    asset = reader.text("s")
    return AssetId(asset) if asset else None


def _range(reader: FacetReader) -> tuple[int, int]:
    """Return which frames of its sound a clip plays: the first, and how many."""
    value = reader.items("t", "i", "i")
    return _NO_RANGE if value is None else (limits.frames(value[0]), limits.frames(value[1]))  # type: ignore[arg-type]  # items() checked the kinds


def _fade(reader: FacetReader, facet: str) -> tuple[float | None, float]:
    """Return the length of a fade in milliseconds, None for the default, and its curve."""
    value = reader.items(facet, "N", "n")
    if value is None:
        return _NO_FADE
    length_ms = None if value[0] is None else limits.fade_ms(value[0])  # type: ignore[arg-type]  # `items` checked
    return length_ms, limits.curve(value[1])  # type: ignore[arg-type]  # as above
