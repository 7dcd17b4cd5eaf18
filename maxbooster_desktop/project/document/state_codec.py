"""A state as bytes: what opening reads instead of projecting, and its hash.

Layout: magic, then two packed parts, each preceded by (packed size, size) as two little-endian u64: canonical JSON
of everything but the notes, and the notes of all clips one after the other (`NOTE`, in the order of the JSON's
"notes" rows [clip, count]). Ids are sorted, so equal states give equal bytes. Nothing in a file is trusted: sizes
are bounded before they are believed, and whatever cannot be read raises `DamagedStateError`.
"""

import gc
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields
from operator import attrgetter
from typing import Any

import blake3
import numpy as np

from maxbooster_desktop.project.document.clip_making import quick_clip
from maxbooster_desktop.project.document.errors import DamagedStateError
from maxbooster_desktop.project.document.state import (
    NOTE,
    Asset,
    Clip,
    Comment,
    CompRange,
    Conflict,
    Frozen,
    Holder,
    Insert,
    Lane,
    Marker,
    Meta,
    MidiOutput,
    Point,
    ProjectState,
    SampleZone,
    Send,
    Take,
    Track,
    TrackInput,
)
from maxbooster_desktop.project.document.tempo_map import SignatureEvent, TempoEvent, TempoMap

#: Raised with every change of what a document projects to: states stored before are worked out anew.
PROJECTION = 10

_MAGIC = b"MaxBoosterState1"
_SIZES = struct.Struct("<QQ")
_LARGEST = 1 << 30


def _row(entity: type) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*(field.name for field in fields(entity)))


_CLIP, _ASSET, _MARKER, _POINT, _SEND = _row(Clip), _row(Asset), _row(Marker), _row(Point), _row(Send)
_TRACK, _INSERT, _LANE, _COMMENT = _row(Track), _row(Insert), _row(Lane), _row(Comment)
_TAKE, _RANGE, _ZONE = _row(Take), _row(CompRange), _row(SampleZone)

#: Rows follow the fields of the dataclasses; other fields make an older file unreadable, never misread.
_FIELDS = {
    entity.__name__: [field.name for field in fields(entity)]
    for entity in (
        Meta,
        Asset,
        Send,
        Insert,
        SampleZone,
        Track,
        Clip,
        Marker,
        Comment,
        Point,
        Lane,
        Take,
        CompRange,
        Conflict,
    )
} | {"projection": [str(PROJECTION)]}


def encode_state(state: ProjectState) -> bytes:
    """Return a state as bytes."""
    parts = [_MAGIC]
    for part in _parts(state):
        packed = zlib.compress(part, 1)
        parts += [_SIZES.pack(len(packed), len(part)), packed]
    return b"".join(parts)


def state_hash(state: ProjectState) -> str:
    """Return the BLAKE3 (hex) of everything in a state; equal states have equal hashes."""
    digest = blake3.blake3()
    for part in _parts(state):
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return str(digest.hexdigest())


def decode_state(data: bytes) -> ProjectState:
    """Return the state that `encode_state` was given.

    Raises:
        DamagedStateError: when the bytes are damaged, or of another version.
    """
    try:
        text, notes = _unpacked(data)
        with _without_collection():
            return _state(json.loads(text), notes)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, zlib.error) as error:
        raise DamagedStateError("The stored state of the project cannot be read; it is worked out anew.") from error
    except struct.error as error:
        raise DamagedStateError("The stored state of the project is cut off; it is worked out anew.") from error


def _parts(state: ProjectState) -> tuple[bytes, bytes]:
    notes = sorted(state.notes.items())
    content = {
        "fields": _FIELDS,
        "meta": astuple(state.meta),
        "tempos": [(event.tick, event.bpm, event.is_ramp, event.id) for event in state.tempo_map.tempos],
        "signatures": [
            (event.tick, event.numerator, event.denominator, event.id) for event in state.tempo_map.signatures
        ],
        "tracks": [_track_row(state.tracks[track]) for track in sorted(state.tracks)],
        "track_order": state.track_order,
        "clips": [_CLIP(state.clips[clip]) for clip in sorted(state.clips)],
        "clips_by_track": sorted(state.clips_by_track.items()),
        "notes": [(clip, len(array)) for clip, array in notes],
        "markers": [_MARKER(marker) for marker in state.markers],
        "comments": [_COMMENT(comment) for comment in state.comments],
        "lanes": [_lane_row(state.lanes[lane]) for lane in sorted(state.lanes)],
        "assets": [_ASSET(state.assets[asset]) for asset in sorted(state.assets)],
        "takes": [_TAKE(state.takes[take]) for take in sorted(state.takes)],
        "takes_by_track": sorted(state.takes_by_track.items()),
        "comps": [(track, [_RANGE(part) for part in comp]) for track, comp in sorted(state.comps.items())],
        "conflicts": [(conflict.entity, conflict.sentence) for conflict in state.conflicts],
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return text.encode(), b"".join(array.tobytes() for _, array in notes)


def _track_row(track: Track) -> list[Any]:
    row = list(_TRACK(track))
    return [
        *row[:-3],
        dict(track.strip),
        [_SEND(send) for send in track.sends],
        [_insert_row(i) for i in track.inserts],
    ]


def _insert_row(insert: Insert) -> list[Any]:
    return [*_INSERT(insert)[:-2], dict(insert.values), [_ZONE(zone) for zone in insert.zones]]


def _lane_row(lane: Lane) -> list[Any]:
    return [*_LANE(lane)[:-1], [_POINT(point) for point in lane.points]]


def _unpacked(data: bytes) -> tuple[bytes, bytes]:
    if not data.startswith(_MAGIC):
        raise ValueError("not a state")
    place = len(_MAGIC)
    parts = []
    for _ in range(2):
        packed_size, size = _SIZES.unpack_from(data, place)
        place += _SIZES.size
        if size > _LARGEST or packed_size > len(data) - place:
            raise ValueError("sizes out of range")
        unpacker = zlib.decompressobj()
        part = unpacker.decompress(data[place : place + packed_size], size + 1)
        if len(part) != size or not unpacker.eof:
            raise ValueError("a part has another size")
        parts.append(part)
        place += packed_size
    return parts[0], parts[1]


def _state(content: dict[str, Any], note_bytes: bytes) -> ProjectState:
    if content["fields"] != _FIELDS:
        raise ValueError("of another version")
    clips = [quick_clip(*row) for row in content["clips"]]
    tracks = [_track(row) for row in content["tracks"]]
    lanes = [_lane(row) for row in content["lanes"]]
    assets = [Asset(*row) for row in content["assets"]]
    return ProjectState(
        meta=Meta(*content["meta"]),
        tempo_map=TempoMap(
            tuple(TempoEvent(*row) for row in content["tempos"]),
            tuple(SignatureEvent(*row) for row in content["signatures"]),
        ),
        tracks={track.id: track for track in tracks},
        track_order=tuple(content["track_order"]),
        clips={clip.id: clip for clip in clips},
        clips_by_track={track: tuple(ids) for track, ids in content["clips_by_track"]},
        notes=_notes(content["notes"], note_bytes),
        markers=tuple(Marker(*row) for row in content["markers"]),
        comments=tuple(_comment(row) for row in content["comments"]),
        lanes={lane.id: lane for lane in lanes},
        assets={asset.id: asset for asset in assets},
        takes={take.id: take for take in (Take(*row) for row in content["takes"])},
        takes_by_track={track: tuple(ids) for track, ids in content["takes_by_track"]},
        comps={track: tuple(CompRange(*row) for row in rows) for track, rows in content["comps"]},
        conflicts=tuple(Conflict(*row) for row in content["conflicts"]),
    )


def _comment(row: list[Any]) -> Comment:
    return Comment(*[*row[:-1], tuple(row[-1])])


def _lane(row: list[Any]) -> Lane:
    return Lane(*[*row[:-1], tuple(Point(*point) for point in row[-1])])


def _insert(row: list[Any]) -> Insert:
    return Insert(*[*row[:-1], tuple(SampleZone(*zone) for zone in row[-1])])


def _track(row: list[Any]) -> Track:
    sends, inserts = tuple(Send(*send) for send in row[-2]), tuple(_insert(insert) for insert in row[-1])
    lock, asked = (Holder(*holder) if holder else None for holder in row[-6:-4])
    heard, sent = TrackInput(*row[-8]) if row[-8] else None, MidiOutput(*row[-7]) if row[-7] else None
    frozen = Frozen(*row[-4]) if row[-4] else None
    return Track(*[*row[:-8], heard, sent, lock, asked, frozen, row[-3], sends, inserts])


def _notes(rows: list[list[Any]], note_bytes: bytes) -> dict[Any, Any]:
    every = np.frombuffer(note_bytes, NOTE)  # read-only, as it is a view of bytes
    if sum(count for _, count in rows) != len(every):
        raise ValueError("another number of notes")
    notes, place = {}, 0
    for clip, count in rows:
        notes[clip] = every[place : place + count]
        place += count
    return notes


@contextmanager
def _without_collection() -> Iterator[None]:
    """Hold the cyclic collector back while many small objects are made: none of them is garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
