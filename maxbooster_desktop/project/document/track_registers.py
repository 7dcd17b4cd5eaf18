"""Tracks, sends and inserts as registers, both ways. docs/document.md lists the facets."""

from collections.abc import Mapping

from maxbooster_desktop.project.document import limits
from maxbooster_desktop.project.document.facets import FacetReader
from maxbooster_desktop.project.document.state import (
    MASTER,
    AssetId,
    Frozen,
    Holder,
    Insert,
    InsertId,
    MidiOutput,
    Send,
    SendId,
    Track,
    TrackId,
    TrackInput,
)
from maxbooster_desktop.project.document.zone_registers import ZONE, read_zones, zone_value
from sync.document.codec import Value

TRACK_DEFAULTS: Mapping[str, Value] = {
    "c": 0, "h": 50, "g": 0, "pan": 0, "m": False, "so": False, "sf": False,
    "dly": 0, "mon": "auto", "rec": "FLOAT",
}  # fmt: skip
SEND_DEFAULTS: Mapping[str, Value] = {"g": 0, "pan": 0, "tap": "post", "on": True}
INSERT_DEFAULTS: Mapping[str, Value] = {"on": True}

_KINDS = ("audio", "instrument", "midi", "group", "bus", "master")


def track_facets(track: Track) -> dict[str, Value]:
    """Return the facets that say `track`, without its sends and inserts; None where the facet should be absent."""
    facets: dict[str, Value] = {
        "k": track.kind,
        "p": (track.parent, track.order),
        "n": track.name,
        "c": track.colour,
        "h": track.height,
        "r": track.output,
        "g": track.gain_db,
        "pan": track.pan,
        "m": track.is_muted,
        "so": track.is_soloed,
        "sf": track.is_solo_safe,
        "dly": track.delay_ms,
        "mon": track.monitoring,
        "rec": track.record_format,
        "in": ("audio", *track.input) if track.input is not None else None,
        "mo": tuple(track.midi_output) if track.midi_output is not None else None,
        "lk": tuple(track.lock) if track.lock is not None else None,
        "ask": tuple(track.asked) if track.asked is not None else None,
        "fz": tuple(track.frozen) if track.frozen is not None else None,
    }
    facets.update({f"v.{name}": value for name, value in track.strip.items()})
    return facets


def send_facets(track: TrackId, send: Send) -> dict[str, Value]:
    """Return the facets that say a send of `track`; its order key is written apart."""
    return {
        "k": ("send", track),
        "to": send.target,
        "g": send.gain_db,
        "pan": send.pan,
        "tap": send.tap,
        "on": send.enabled,
    }


def insert_facets(track: TrackId, insert: Insert) -> dict[str, Value]:
    """Return the facets that say an insert of `track`."""
    facets: dict[str, Value] = {"k": ("insert", track, insert.device), "o": insert.order, "on": insert.enabled}
    facets.update({f"v.{name}": value for name, value in insert.values.items()})
    facets.update({ZONE + zone.id: zone_value(zone) for zone in insert.zones})
    return facets


def read_track(track_id: str, reader: FacetReader) -> Track | None:
    """Return the track the facets say, unrepaired and without sends and inserts; None when its kind is unreadable.

    The master is there even without registers, and its kind cannot be another.
    """
    kind = "master" if track_id == MASTER else reader.choice("k", _KINDS, "")
    if not kind or (kind == "master" and track_id != MASTER):
        return None
    parent, order = (reader.items("p", "T", "t") or (None, ""))[:2]
    return Track(
        id=TrackId(track_id),
        kind=kind,  # type: ignore[arg-type]  # `choice` returns one of them
        name=reader.text("n", "Master" if kind == "master" else ""),
        order=order,  # type: ignore[arg-type]  # `items` checked the list against its kinds
        colour=reader.integer("c"),
        parent=parent or None,  # type: ignore[arg-type]  # as above
        output=_output(reader),
        height=limits.height(reader.integer("h", 50)),
        gain_db=limits.gain_db(reader.number("g")),
        pan=min(1.0, max(-1.0, reader.number("pan"))),
        is_muted=reader.flag("m"),
        is_soloed=reader.flag("so"),
        is_solo_safe=reader.flag("sf"),
        delay_ms=limits.delay_ms(reader.number("dly")),
        monitoring=reader.choice("mon", ("auto", "on", "off"), "auto"),  # type: ignore[arg-type]  # one of them
        record_format=reader.choice("rec", ("FLOAT", "PCM_24", "PCM_16"), "FLOAT"),  # type: ignore[arg-type]  # as above
        input=_input(reader),
        midi_output=_midi_output(reader),
        lock=_holder(reader, "lk"),
        asked=_holder(reader, "ask"),
        frozen=_frozen(reader),
        strip=reader.values(),
    )


def owner_of(facets: Mapping[str, Value]) -> tuple[str, str] | None:
    """Return ("send" or "insert", track) of a `plug` entity, None when it is neither."""
    about = facets.get("k")
    if not isinstance(about, tuple) or len(about) < 2 or not isinstance(about[1], str):
        return None
    if about[0] == "send" or (about[0] == "insert" and len(about) > 2 and isinstance(about[2], str)):
        return about[0], about[1]
    return None


def read_send(send_id: str, reader: FacetReader) -> Send | None:
    """Return the send the facets say, None when its target is unreadable."""
    target = reader.text("to")
    if not target:
        return None
    return Send(
        SendId(send_id),
        TrackId(target),
        limits.gain_db(reader.number("g")),
        min(1.0, max(-1.0, reader.number("pan"))),
        reader.choice("tap", ("pre", "post"), "post"),  # type: ignore[arg-type]  # `choice` returns one of them
        reader.flag("on", default=True),
    )


def read_insert(insert_id: str, reader: FacetReader) -> Insert:
    """Return the insert the facets say; `owner_of` has found its device readable."""
    about = reader.items("k", "t", "t", "t") or ("", "", "")
    return Insert(
        InsertId(insert_id),
        str(about[2]),
        reader.text("o"),
        reader.flag("on", default=True),
        reader.values(),
        read_zones(reader),
    )


def _holder(reader: FacetReader, facet: str) -> Holder | None:
    said = reader.items(facet, "t", "t")
    return Holder(str(said[0]), str(said[1])) if said is not None and said[0] else None


def _frozen(reader: FacetReader) -> Frozen | None:
    said = reader.items("fz", "t", "i", "i", "t", "t", "t")
    if said is None:
        return None
    asset, start_tick, tail_frames, fingerprint, account, name = said[:6]
    return Frozen(
        AssetId(str(asset)),
        limits.tick(start_tick),  # type: ignore[arg-type]  # `items` checked the list against its kinds
        limits.frames(tail_frames),  # type: ignore[arg-type]  # as above
        str(fingerprint),
        str(account),
        str(name),
    )


def _input(reader: FacetReader) -> TrackInput | None:
    """Return what a track records; of kinds that this version does not know nothing."""
    about = reader.facets.get("in")
    if about is None or (isinstance(about, tuple) and about and isinstance(about[0], str) and about[0] != "audio"):
        return None
    said = reader.items("in", "t", "i", "i")
    if said is None:
        return None
    _, first, channels = said[:3]
    if not 0 <= first < limits.MOST_INPUTS or channels not in (1, 2):  # type: ignore[operator]  # `items` checked
        reader.refuse("in")
        return None
    return TrackInput(first, channels)  # type: ignore[arg-type]  # as above


def _midi_output(reader: FacetReader) -> MidiOutput | None:
    said = reader.items("mo", "t", "i")
    if said is None:
        return None
    port, channel = said[:2]
    if not port or not 0 <= channel < limits.MIDI_CHANNELS:  # type: ignore[operator]  # `items` checked
        reader.refuse("mo")
        return None
    return MidiOutput(str(port), channel)  # type: ignore[arg-type]  # as above


def _output(reader: FacetReader) -> TrackId | None:
    output = reader.text("r")
    return TrackId(output) if output else None
