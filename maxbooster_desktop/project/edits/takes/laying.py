"""Laying ranges over a comp inside one edit: what they cover gives way, what they touch of their own take they join.

Only the registers of ranges that reach into what changes are written, so two people who work at different places of one
comp never overwrite each other. Several may be laid in one edit: each sees those before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from maxbooster_desktop.project.document.comp_layers import layered, without
from maxbooster_desktop.project.document.edit import Edit
from maxbooster_desktop.project.document.ids import IdSource, new_id
from maxbooster_desktop.project.document.state import CompRange, RangeId, Take, TakeId, TrackId


@dataclass(frozen=True, slots=True)
class Comp:
    """A track's comp in the middle of an edit; `takes` are the living ones, those the edit makes among them."""

    edit: Edit
    track: TrackId
    takes: Mapping[TakeId, Take]
    ids: IdSource

    def seen(self) -> tuple[CompRange, ...]:
        """Return the pieces that are seen, sorted by start."""
        return layered(part for part in self.edit.comp_of(self.track) if self._is_heard(part))

    def lay(self, start_tick: int, end_tick: int, take: TakeId, crossfade_ms: float) -> None:
        """Let a take be heard from `start_tick` up to `end_tick`."""
        over = [part.layer for part in self.edit.comp_of(self.track) if _reaches(part, start_tick, end_tick)]
        self.clear(start_tick, end_tick)
        layer = max(over, default=-1) + 1
        part = CompRange(RangeId(new_id(self.ids)), start_tick, end_tick, take, crossfade_ms, layer)
        beside = [piece for piece in self.seen() if piece.take == take]
        for before in (piece for piece in beside if piece.end_tick == start_tick):
            part = replace(before, end_tick=end_tick, layer=max(layer, before.layer))
        for after in (piece for piece in beside if piece.start_tick == end_tick):
            if part.start_tick == start_tick:
                part = replace(after, start_tick=start_tick, layer=max(layer, after.layer))
            else:
                self.edit.remove_range(self.track, after.id)
                part = replace(part, end_tick=after.end_tick)
        self.edit.set_range(self.track, part)

    def clear(self, start_tick: int, end_tick: int) -> None:
        """Let no take be heard from `start_tick` up to `end_tick`."""
        reaching = {part.id for part in self.edit.comp_of(self.track) if _reaches(part, start_tick, end_tick)}
        left = without((piece for piece in self.seen() if piece.id in reaching), start_tick, end_tick)
        kept = set[RangeId]()
        for piece in left:
            fresh = RangeId(new_id(self.ids)) if piece.id in kept else piece.id
            kept.add(fresh)
            self.edit.set_range(self.track, replace(piece, id=fresh))
        for gone in reaching - kept:
            self.edit.remove_range(self.track, gone)

    def remove(self, take: TakeId) -> list[CompRange]:
        """Take every range that names a take out of the comp; returns what was seen of it."""
        seen = [piece for piece in self.seen() if piece.take == take]
        for part in self.edit.comp_of(self.track):
            if part.take == take:
                self.edit.remove_range(self.track, part.id)
        return seen

    def _is_heard(self, part: CompRange) -> bool:
        take = self.takes.get(part.take)
        return take is not None and take.track == self.track


def _reaches(part: CompRange, start_tick: int, end_tick: int) -> bool:
    return part.start_tick < end_tick and part.end_tick > start_tick
