"""Bringing one track of a version or a branch back: what belongs to it, and the one edit that makes it so here.

A track's part is its registers, its sends and devices, its automation, its clips with everything in them, its takes
and its comp, and the sounds these name. Clips that are on the track here and elsewhere there go where they are there;
what is here alone goes as by restoring a version (`store/restoring.py`). Everything else of the project stays as it is.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import ClipId, TrackId
from maxbooster_desktop.project.document.zone_registers import ZONE
from maxbooster_desktop.project.store.restoring import entity_changes
from sync.document.codec import Value
from sync.document.register_document import RegisterDocument
from sync.document.tombstones import is_deleted, tombstone

if TYPE_CHECKING:
    from sync.document.grammar import Address

Facets = Mapping[str, Value]
Entity = tuple[str, str]
#: Where an entity says to which track it belongs: the facet and the place in it.
_OWNER = {
    "plug": ("k", 1),
    "auto": ("k", 0),
    "takes": ("k", 0),
    "macros": ("k", 0),
    "slots": ("k", 0),
}
#: Roots whose entities are clips or what they hold.
_IN_CLIPS = ("clips", "notes", "ctl", "expr")
_BY = "restore"
_NOTHING: Facets = {}


@dataclass(frozen=True, slots=True)
class TrackPart:
    """All registers of one track in some document, by root and entity."""

    track: TrackId
    entities: Mapping[Entity, Facets]


def part_of(registers: RegisterDocument, track: TrackId, clips: Iterable[ClipId] = ()) -> TrackPart:
    """Return a track's part; `clips` are more clips that count as its own, wherever they are."""
    own = {entity for entity, facets in registers.each("clips") if _names(facets.get("p"), 0, track)}
    return TrackPart(track, _entities(registers, track, own.union(clips)))


def take_track(project: ProjectDocument, part: TrackPart, name: str, when_s: float) -> Change:
    """Make a track of the project what it is in `part`, as one step called `name`."""
    mark = tombstone(_BY, round(when_s * 1000))
    registers = project.registers
    present = _entities(registers, part.track, set(project.state.clips_by_track.get(part.track, ())))
    changes: dict[Address, Value] = {}
    for root, entity in {**present, **part.entities}:
        now = registers.facets(root, entity)
        then = part.entities.get((root, entity), _NOTHING)
        if _goes_to_a_missing_track(root, then, part.track, registers):
            then = _NOTHING
        if now or not is_deleted(then):
            changes.update(entity_changes(root, entity, now, then, mark))
    with project.edit(name) as edit:
        edit.changes.update(changes)
    return edit.change


def _entities(registers: RegisterDocument, track: TrackId, clips: AbstractSet[str]) -> dict[Entity, Facets]:
    """Return the registers of a track, of what says that it belongs to it, and of these clips."""
    found: dict[Entity, Facets] = {("tracks", entity): dict(own) for entity, own in registers.each("tracks", [track])}
    for root, (facet, place) in _OWNER.items():
        for entity, facets in registers.each(root):
            if _names(facets.get(facet), place, track):
                found[root, entity] = dict(facets)
    for root in _IN_CLIPS:
        found |= {(root, entity): dict(facets) for entity, facets in registers.each(root, clips)}
    found |= {("takes", entity): dict(facets) for entity, facets in registers.each("takes", [track])}  # its comp
    sounds = {str(found["clips", clip].get("s")) for clip in clips if ("clips", clip) in found}
    sounds |= {_sound_of(facets) for (root, _), facets in found.items() if root == "takes"}
    sounds |= {str(value[0]) for (root, _), facets in found.items() if root == "plug" for value in _zones_of(facets)}
    frozen = found.get(("tracks", track), _NOTHING).get("fz")
    sounds |= {str(frozen[0])} if isinstance(frozen, tuple) and frozen else set()
    found |= {("assets", entity): dict(facets) for entity, facets in registers.each("assets", sounds)}
    return found


def _zones_of(device: Facets) -> list[tuple[Value, ...]]:
    return [value for facet, value in device.items() if facet.startswith(ZONE) and isinstance(value, tuple) and value]


def _sound_of(take: Facets) -> str:
    about = take.get("k")
    return str(about[1]) if isinstance(about, tuple) and len(about) > 1 else ""


def _names(value: Value, place: int, track: TrackId) -> bool:
    return isinstance(value, tuple) and len(value) > place and value[place] == track


def _goes_to_a_missing_track(root: str, then: Facets, track: TrackId, registers: RegisterDocument) -> bool:
    """Whether a clip belongs to another track there that is not here."""
    place = then.get("p")
    if root != "clips" or not isinstance(place, tuple) or not place or place[0] == track:
        return False
    owner = registers.facets("tracks", str(place[0]))
    return not owner or is_deleted(owner)
