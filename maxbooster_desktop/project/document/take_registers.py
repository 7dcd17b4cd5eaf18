"""Takes and comps as registers, both ways. docs/document.md lists the facets."""

from collections.abc import Mapping

from maxbooster_desktop.project.document import limits
from maxbooster_desktop.project.document.facets import FacetReader
from maxbooster_desktop.project.document.state import AssetId, CompRange, RangeId, Take, TakeId, TrackId
from sync.document.codec import Value

#: The prefix of a comp's ranges; what stands behind it is the range's id.
RANGE = "c."
TAKE_DEFAULTS: Mapping[str, Value] = {"pass": 0, "at": 0}


def take_facets(take: Take) -> dict[str, Value]:
    """Return the facets that say `take`; None where the facet should be absent."""
    return {
        "k": (take.track, take.asset, take.start_tick, take.source_offset, take.length_frames),
        "n": take.name,
        "c": take.colour,
        "pass": take.pass_number,
        "at": take.recorded_at_ms,
    }


def read_take(take_id: str, reader: FacetReader) -> Take | None:
    """Return the take the facets say, None without a readable place or any frames of sound."""
    about = reader.items("k", "t", "t", "i", "i", "i")
    if about is None:
        return None
    length = limits.frames(about[4])  # type: ignore[arg-type]  # `items` checked the list against its kinds
    if length < 1:
        reader.refuse("k")
        return None
    colour = reader.integer("c", -1)
    return Take(
        TakeId(take_id),
        TrackId(str(about[0])),
        AssetId(str(about[1])),
        limits.tick(about[2]),  # type: ignore[arg-type]  # as above
        limits.frames(about[3]),  # type: ignore[arg-type]  # as above
        length,
        reader.text("n"),
        max(0, reader.integer("pass")),
        reader.integer("at"),
        None if "c" not in reader.facets or "c" in reader.unreadable else colour,
    )


def range_value(part: CompRange) -> Value:
    """Return the register of a range."""
    return (part.start_tick, part.end_tick, part.take, part.crossfade_ms, part.layer)


def read_ranges(reader: FacetReader) -> list[CompRange]:
    """Return the ranges of a comp as they stand in the registers, sorted by id."""
    found = (read_range(facet, reader) for facet in sorted(reader.facets) if facet.startswith(RANGE))
    return [part for part in found if part is not None]


def read_range(facet: str, reader: FacetReader) -> CompRange | None:
    """Return the range of one facet, None when it has no length."""
    about = reader.items(facet, "i", "i", "t", "n")
    if about is None:
        return None
    first, end = limits.tick(about[0]), limits.tick(about[1])  # type: ignore[arg-type]  # `items` checked the list
    if end <= first:
        reader.refuse(facet)
        return None
    crossfade_ms = limits.crossfade_ms(about[3])  # type: ignore[arg-type]  # as above
    layer = about[4] if len(about) > 4 and type(about[4]) is int else 0
    return CompRange(RangeId(facet[len(RANGE) :]), first, end, TakeId(str(about[2])), crossfade_ms, layer)
