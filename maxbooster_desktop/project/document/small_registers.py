"""Meta, markers, assets, tempo events and automation lanes as registers, both ways: see docs/document.md."""

from collections.abc import Mapping

from maxbooster_desktop.project.document import limits
from maxbooster_desktop.project.document.facets import FacetReader
from maxbooster_desktop.project.document.state import (
    Asset,
    AssetId,
    Comment,
    CommentId,
    Lane,
    LaneId,
    Marker,
    MarkerId,
    Meta,
    Point,
    PointId,
    TrackId,
)
from maxbooster_desktop.project.document.tempo_map import TICKS_PER_QUARTER, SignatureEvent, TempoEvent
from sync.document.codec import Value

#: The id that all `meta` registers share.
PROJECT = "project"
POINT = "p."

_LOOP = (0, 4 * 4 * TICKS_PER_QUARTER)
META_DEFAULTS: Mapping[str, Value] = {"key": "", "loop": _LOOP, "loop_on": False, "rate_open": False}
MARKER_DEFAULTS: Mapping[str, Value] = {"c": 0}
COMMENT_DEFAULTS: Mapping[str, Value] = {"at": 0, "re": None, "done": False, "to": None}
_MOST_MENTIONS = 50
LANE_DEFAULTS: Mapping[str, Value] = {"on": True}

_LOWEST_BPM, _HIGHEST_BPM = 1.0, 1000.0
_RATE = 48_000


def meta_facets(meta: Meta) -> dict[str, Value]:
    """Return the facets that say `meta`."""
    return {
        "id": meta.project_id,
        "name": meta.name,
        "rate": meta.sample_rate,
        "format": meta.format_version,
        "key": meta.key,
        "loop": (meta.loop_start_tick, meta.loop_end_tick),
        "loop_on": meta.loop_enabled,
        "rate_open": meta.is_rate_open,
    }


def read_meta(reader: FacetReader) -> Meta:
    """Return the project's meta; missing or unreadable registers have their defaults."""
    first, end = (limits.tick(place) for place in (reader.items("loop", "i", "i") or _LOOP)[:2])  # type: ignore[arg-type]  # `items` checked the list
    if end <= first:
        reader.refuse("loop")
        first, end = _LOOP
    rate = reader.integer("rate", _RATE)
    if not limits.LOWEST_PROJECT_RATE <= rate <= limits.HIGHEST_PROJECT_RATE:
        reader.refuse("rate")
        rate = _RATE
    return Meta(
        project_id=reader.text("id"),
        name=reader.text("name"),
        sample_rate=rate,
        format_version=reader.integer("format", 1),
        key=reader.text("key"),
        loop_start_tick=first,
        loop_end_tick=end,
        loop_enabled=reader.flag("loop_on"),
        is_rate_open=reader.flag("rate_open"),
    )


def marker_facets(marker: Marker) -> dict[str, Value]:
    """Return the facets that say `marker`."""
    return {"p": marker.tick, "n": marker.name, "c": marker.colour}


def read_marker(marker_id: str, reader: FacetReader) -> Marker | None:
    """Return the marker the facets say, None without a readable place."""
    tick = reader.integer("p", -1)
    if "p" not in reader.facets or "p" in reader.unreadable:
        return None
    return Marker(MarkerId(marker_id), limits.tick(tick), reader.text("n"), reader.integer("c"))


def comment_facets(comment: Comment) -> dict[str, Value]:
    """Return the facets that say `comment`."""
    return {
        "c": (comment.account, comment.author, comment.tick, comment.end_tick, comment.track, comment.text),
        "at": comment.when_ms,
        "re": comment.parent,
        "done": comment.is_done,
        "to": comment.mentions or None,
    }


def read_comment(comment_id: str, reader: FacetReader) -> Comment | None:
    """Return the comment the facets say, None without readable words."""
    said = reader.facets.get("c")
    if not isinstance(said, tuple) or len(said) < 6 or not _is_comment(said):
        reader.refuse("c")
        return None
    account, author, tick, end_tick, track, text = said[:6]
    first = limits.tick(tick)  # type: ignore[arg-type]  # `_is_comment` checked the list
    end = None if end_tick is None else limits.tick(end_tick)  # type: ignore[arg-type]  # as above
    parent = reader.text("re")
    return Comment(
        CommentId(comment_id),
        first,
        str(text),
        str(account),
        str(author),
        limits.moment_ms(reader.integer("at")),
        end if end is not None and end > first else None,
        None if track is None else TrackId(str(track)),
        CommentId(parent) if parent else None,
        reader.flag("done"),
        _mentions(reader),
    )


def _mentions(reader: FacetReader) -> tuple[str, ...]:
    named = reader.items("to") or ()
    return tuple(account for account in named[:_MOST_MENTIONS] if isinstance(account, str))


def _is_comment(said: tuple[Value, ...]) -> bool:
    account, author, tick, end_tick, track, text = said[:6]
    are_texts = all(isinstance(one, str) for one in (account, author, text))
    is_place = type(tick) is int and (end_tick is None or type(end_tick) is int)
    return are_texts and is_place and (track is None or isinstance(track, str))


def asset_facets(asset: Asset) -> dict[str, Value]:
    """Return the facets that say `asset`."""
    about = (asset.sample_rate, asset.channels, asset.frames, asset.subtype, asset.file_hash, asset.extension)
    return {"a": about, "n": asset.name}


def read_asset(asset_id: str, reader: FacetReader) -> Asset | None:
    """Return the asset the facets say, None without a readable description."""
    about = reader.items("a", "i", "i", "i", "t", "t", "t")
    if about is None:
        return None
    rate, channels, frames, subtype, file_hash, extension = about[:6]
    if not limits.is_sound(rate, channels, frames):  # type: ignore[arg-type]  # `items` checked the list
        reader.refuse("a")
        return None
    return Asset(
        AssetId(asset_id), reader.text("n"), rate, channels, frames, subtype, file_hash, extension  # type: ignore[arg-type]  # as above
    )  # fmt: skip


def tempo_facets(event: TempoEvent) -> dict[str, Value]:
    """Return the facet that says a tempo event."""
    return {"e": (event.tick, event.bpm, event.is_ramp)}


def signature_facets(event: SignatureEvent) -> dict[str, Value]:
    """Return the facet that says a time signature."""
    return {"s": (event.tick, event.numerator, event.denominator)}


def read_tempo(event_id: str, reader: FacetReader) -> TempoEvent | None:
    """Return the tempo event the facets say; its tempo is kept between 1 and 1000."""
    about = reader.items("e", "i", "n", "b")
    if about is None:
        return None
    tick, bpm, is_ramp = about[:3]
    tempo = min(_HIGHEST_BPM, max(_LOWEST_BPM, float(bpm)))  # type: ignore[arg-type]  # `items` checked the list
    return TempoEvent(limits.tick(tick), tempo, bool(is_ramp), event_id)  # type: ignore[arg-type]  # as above


def read_signature(event_id: str, reader: FacetReader) -> SignatureEvent | None:
    """Return the time signature the facets say, None when it has no whole number of ticks."""
    about = reader.items("s", "i", "i", "i")
    if about is None:
        return None
    tick, numerator, denominator = about[:3]
    if not 0 < numerator <= 128 or denominator not in (1, 2, 4, 8, 16, 32, 64):  # type: ignore[operator]  # as above
        reader.refuse("s")
        return None
    return SignatureEvent(limits.tick(tick), numerator, denominator, event_id)  # type: ignore[arg-type]  # as above


def lane_facets(lane: Lane) -> dict[str, Value]:
    """Return the facets that say `lane` and its points."""
    facets: dict[str, Value] = {"k": (lane.track, lane.parameter), "on": lane.is_enabled}
    facets.update({POINT + point.id: point_value(point) for point in lane.points})
    return facets


def point_value(point: Point) -> Value:
    """Return the register of an automation point."""
    return (point.tick, point.value, point.curve)


def read_lane(lane_id: str, reader: FacetReader) -> Lane | None:
    """Return the lane the facets say, without its points; None without a readable parameter."""
    about = reader.items("k", "t", "t")
    if about is None:
        return None
    return Lane(LaneId(lane_id), TrackId(str(about[0])), str(about[1]), reader.flag("on", default=True))


def read_point(facet: str, reader: FacetReader, low: float, high: float) -> Point | None:
    """Return the automation point of one facet, its value brought into the range of its lane's parameter."""
    about = reader.items(facet, "i", "n", "N")
    if about is None:
        return None
    tick, value, curve = about[:3]
    return Point(
        PointId(facet[len(POINT) :]),
        limits.tick(tick),  # type: ignore[arg-type]  # `items` checked the list against its kinds
        min(high, max(low, float(value))),  # type: ignore[arg-type]  # as above
        None if curve is None else limits.curve(curve),  # type: ignore[arg-type]  # as above
    )
