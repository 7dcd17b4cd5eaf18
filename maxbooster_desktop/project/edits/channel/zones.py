"""The zones of a sampler: which keys and velocities play which sound."""

from collections.abc import Iterable
from dataclasses import replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.facets import FacetReader
from maxbooster_desktop.project.document.limits import MOST_ZONES
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import InsertId, SampleZone, TrackId
from maxbooster_desktop.project.document.zone_registers import read_zone, zone_value
from maxbooster_desktop.project.edits.errors import ValueNotAllowed
from maxbooster_desktop.project.edits.lookup import asset_of, insert_of, track_of
from sync.document.codec import canonical
from sync.document.errors import RefusedValueError

_SAMPLER = "instruments.sampler"


def set_zones(project: ProjectDocument, track_id: TrackId, insert_id: InsertId, zones: Iterable[SampleZone]) -> Change:
    """Give a sampler exactly these zones; their sounds must be known.

    Raises TrackNotFound, InsertNotFound, AssetNotFound, ValueNotAllowed.
    """
    track = track_of(project.state, track_id)
    insert = insert_of(track, insert_id)
    wanted = tuple(sorted(zones, key=lambda zone: zone.id))
    if insert.device != _SAMPLER:
        raise ValueNotAllowed("Only a sampler plays zones of samples; choose a sampler's track.")
    if len(wanted) > MOST_ZONES or len({zone.id for zone in wanted}) != len(wanted):
        raise ValueNotAllowed(f"A sampler takes up to {MOST_ZONES} zones, each with an id of its own.")
    for zone in wanted:
        asset_of(project.state, zone.asset)
        _check(zone)
    with project.edit(f"Give {track.name} {len(wanted)} zone{'' if len(wanted) == 1 else 's'}") as edit:
        changed = replace(insert, zones=wanted)
        edit.set(replace(track, inserts=tuple(changed if one.id == insert_id else one for one in track.inserts)))
    return edit.change


def _check(zone: SampleZone) -> None:
    """Raise ValueNotAllowed for a zone that would be read as another."""
    try:
        read = read_zone(f"z.{zone.id}", FacetReader({f"z.{zone.id}": canonical(zone_value(zone))}))
    except RefusedValueError as error:
        raise ValueNotAllowed(f"A zone holds a value that cannot be kept. {error}") from error
    if read != zone:
        raise ValueNotAllowed(
            f"The zone of keys {zone.low_key} to {zone.high_key} has a value outside its range; keys go from 0 to 127, "
            "velocities from 1 to 127, the lower first."
        )
