"""Projects takes and comps: takes whose track is gone go to the Recovered track, overlapping ranges are layered.

Registers are read where they changed; what is shown is then worked out for all takes, of which a project has few.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from maxbooster_desktop.project.document.clip_projection import RECOVERED, unreadable_conflict
from maxbooster_desktop.project.document.comp_layers import layered
from maxbooster_desktop.project.document.facets import FacetReader
from maxbooster_desktop.project.document.state import CompRange, Conflict, Take, TakeId, TrackId
from maxbooster_desktop.project.document.take_registers import RANGE, read_ranges, read_take
from sync.document.register_document import RegisterDocument
from sync.document.tombstones import is_deleted


class TakeProjection:
    """The takes and comps of a document; its public mappings are replaced, never changed in place."""

    def __init__(self, document: RegisterDocument) -> None:
        self._document = document
        self.takes: Mapping[TakeId, Take] = {}
        self.by_track: Mapping[TrackId, tuple[TakeId, ...]] = {}
        self.comps: Mapping[TrackId, tuple[CompRange, ...]] = {}
        self.conflicts: dict[str, tuple[Conflict, ...]] = {}
        self._raw: dict[TakeId, Take] = {}
        self._ranges: dict[TrackId, list[CompRange]] = {}
        self._unreadable: dict[str, tuple[Conflict, ...]] = {}

    @property
    def has_orphans(self) -> bool:
        """Whether a take has lost its track."""
        return RECOVERED in self.by_track

    def rebuild(self, tracks: AbstractSet[TrackId]) -> None:
        """Project everything; `tracks` are the living ones."""
        self.advance(self._document.entities("takes"), tracks)

    def advance(self, changed: Iterable[str], tracks: AbstractSet[TrackId]) -> None:
        """Project again after registers of the takes and comps `changed`, or which tracks live, changed."""
        for entity in changed:
            self._read(entity)
        self._show(tracks)

    def _read(self, entity: str) -> None:
        self._raw.pop(TakeId(entity), None)
        self._ranges.pop(TrackId(entity), None)
        self._unreadable.pop(entity, None)
        reader = FacetReader(self._document.facets("takes", entity))
        if "k" in reader.facets and not is_deleted(reader.facets):
            take = read_take(entity, reader)
            if take is not None:
                self._raw[take.id] = take
        if any(facet.startswith(RANGE) for facet in reader.facets):
            ranges = read_ranges(reader)
            if ranges:
                self._ranges[TrackId(entity)] = ranges
        if reader.unreadable:
            what = "a take" if "k" in reader.facets else "a comp"
            self._unreadable[entity] = (unreadable_conflict(entity, what, reader),)

    def _show(self, tracks: AbstractSet[TrackId]) -> None:
        self.conflicts = dict(self._unreadable)
        takes, lanes = {}, dict[TrackId, list[Take]]()
        for raw in self._raw.values():
            take = raw if raw.track in tracks else self._recovered(raw)
            takes[take.id] = take
            lanes.setdefault(take.track, []).append(take)
        self.takes = takes
        self.by_track = {track: tuple(take.id for take in sorted(own, key=_place)) for track, own in lanes.items()}
        self.comps = self._layers(tracks)

    def _recovered(self, take: Take) -> Take:
        sentence = (
            f"The track of the take “{take.name}” is gone; the take is on the Recovered track: "
            "undo what took its track, or delete the take."
        )
        self.conflicts[f"{take.id} orphan"] = (Conflict(take.id, sentence),)
        return replace(take, track=RECOVERED)

    def _layers(self, tracks: AbstractSet[TrackId]) -> dict[TrackId, tuple[CompRange, ...]]:
        """Return the comps as they are seen; ranges of a lost track's comp follow its takes."""
        sound: dict[TrackId, list[CompRange]] = {}
        for track, ranges in self._ranges.items():
            for part in ranges:
                take = self._raw.get(part.take)
                if take is not None and take.track == track:
                    sound.setdefault(track if track in tracks else RECOVERED, []).append(part)
                elif track in tracks:
                    self._tell_silent(track)
        return {track: layered(ranges) for track, ranges in sound.items()}

    def _tell_silent(self, track: TrackId) -> None:
        sentence = (
            "A range of this track's comp names a take that is gone; nothing of a take plays there: choose another."
        )
        self.conflicts[f"{track} comp"] = (Conflict(track, sentence),)


def _place(take: Take) -> tuple[int, int, str]:
    return take.pass_number, take.recorded_at_ms, take.id
