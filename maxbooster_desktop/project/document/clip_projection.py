"""Projects clips and notes, and keeps what it needs to project only those that changed.

The registers give unrepaired clips; a clip whose track is gone moves to the Recovered track, and families that were
split twice at once are cut (`split_repair`). Indexes: clips by the track their register names, halves by parent.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from operator import itemgetter

from maxbooster_desktop.project.document.clip_making import changed_clip
from maxbooster_desktop.project.document.clip_registers import NotesArray, Origin, read_clip, read_notes, read_origin
from maxbooster_desktop.project.document.facets import FacetReader, Facets
from maxbooster_desktop.project.document.note_reading import read_all_notes
from maxbooster_desktop.project.document.split_repair import FamilyRepair, repaired_family
from maxbooster_desktop.project.document.state import Clip, ClipId, Conflict, ProjectState, TrackId
from sync.document.register_document import RegisterDocument
from sync.document.tombstones import is_deleted

#: Where clips go whose track is gone.
RECOVERED = TrackId("recovered")


class ClipProjection:
    """The clips of a document; its public mappings are replaced, never changed in place."""

    def __init__(self, document: RegisterDocument) -> None:
        self._document = document
        self.clips: dict[ClipId, Clip] = {}
        self.by_track: dict[TrackId, tuple[ClipId, ...]] = {}
        self.notes: dict[ClipId, NotesArray] = {}
        self.conflicts: dict[str, tuple[Conflict, ...]] = {}
        self.orphans: set[ClipId] = set()
        self._raw: dict[ClipId, Clip] = {}
        self._origins: dict[ClipId, Origin] = {}
        self._parents: dict[str, str] = {}
        self._halves: dict[str, set[str]] = {}
        self._on_track: dict[TrackId, set[ClipId]] = {}

    # What was changed

    def rebuild(self, tracks: AbstractSet[TrackId]) -> None:
        """Project every clip; `tracks` are the living ones."""
        for clip_id, facets in self._document.each("clips"):
            self._take_in(ClipId(clip_id), facets)
        repairs: dict[ClipId, FamilyRepair] = {}
        for clip_id in self._origins:
            if clip_id not in repairs:
                family = self._family(clip_id)
                repairs.update(dict.fromkeys(family, self._repair_of(family)))
        shown: dict[ClipId, Clip] = {}
        members: dict[TrackId, list[tuple[int, ClipId]]] = {}
        for clip_id, raw in sorted(self._raw.items(), key=itemgetter(0)):
            is_plain = clip_id not in repairs and raw.track in tracks
            clip = raw if is_plain else self._repaired(clip_id, repairs.get(clip_id), tracks)
            if clip is not None:
                shown[clip_id] = clip
                members.setdefault(clip.track, []).append((clip.start_tick, clip_id))
        self.clips = shown
        self.by_track = {track: tuple(clip_id for _, clip_id in sorted(places)) for track, places in members.items()}
        self.notes, unclear = read_all_notes(
            named for named in self._document.each_in_order("notes") if named[0] in shown
        )
        self._read_notes(unclear)

    def adopt(self, state: ProjectState, tracks: AbstractSet[TrackId]) -> None:
        """Take over what `rebuild` would make, from the state of the same document: only odd clips are read again."""
        halves = self._document.entities_with("clips", "o")
        named = {conflict.entity for conflict in state.conflicts}
        plain = {
            clip_id: clip
            for clip_id, clip in state.clips.items()
            if clip_id not in halves and clip_id not in named and clip.track != RECOVERED and clip.track in tracks
        }
        odd = [clip_id for clip_id in self._document.entities("clips") if clip_id not in plain]
        for clip_id, facets in self._document.each("clips", odd):
            self._take_in(ClipId(clip_id), facets)
        # The halves were cut as the registers say, their first ancestors perhaps shorter than that.
        for parent in [ClipId(parent) for parent in self._halves if parent in plain]:
            del plain[parent]
            self._take_in(parent, self._document.facets("clips", parent))
        self._raw.update(plain)
        for clip_id, clip in plain.items():
            self._on_track.setdefault(clip.track, set()).add(clip_id)
        for clip_id, clip in state.clips.items():
            if clip.track == RECOVERED:
                self._repaired(clip_id, None, tracks)
        self.clips, self.by_track = dict(state.clips), dict(state.clips_by_track)
        self.notes = dict(state.notes)
        self._read_notes(clip_id for clip_id in state.clips if clip_id in named)

    def advance(
        self, clips: Iterable[str], notes: Iterable[str], tracks: AbstractSet[TrackId], toggled: Iterable[TrackId]
    ) -> set[ClipId]:
        """Project again after a change.

        Args:
            clips: Clips with a changed register.
            notes: Clips with a changed note.
            tracks: The living tracks now.
            toggled: Tracks that appeared or went.

        Returns:
            The clips that may be shown otherwise than before.
        """
        dirty: set[ClipId] = set()
        for name in clips:
            clip_id = ClipId(name)
            if self._is_related(clip_id):
                dirty |= self._family(clip_id)
            self._read(clip_id)
            if self._is_related(clip_id):
                dirty |= self._family(clip_id)
            dirty.add(clip_id)
        for track in toggled:
            dirty |= self._on_track.get(track, set())
        reread = {ClipId(name) for name in notes}
        if dirty:
            appeared = self._show(dirty, tracks)
            reread |= appeared
            # The sentence about unreadable notes names the clip.
            reread |= {clip_id for clip_id in dirty if f"{clip_id} notes" in self.conflicts}
        if reread:
            self.notes = self.notes.copy()
            self._read_notes(reread)
        return dirty | reread

    def repairs_of(self, clip_id: ClipId) -> tuple[list[Clip], list[ClipId]]:
        """Return (clips as shown, hidden clips) of the clip's family where they differ from the registers."""
        if not self._is_related(clip_id):
            return [], []
        repair = self._repair_of(self._family(clip_id))
        return [repair.shortened[name] for name in sorted(repair.shortened)], sorted(repair.hidden)

    # Clips

    def _read(self, clip_id: ClipId) -> None:
        """Read one clip's registers into the indexes."""
        earlier = self._raw.pop(clip_id, None)
        if earlier is not None:
            self._on_track[earlier.track].discard(clip_id)
        self._origins.pop(clip_id, None)
        self.conflicts.pop(clip_id, None)
        self._take_in(clip_id, self._document.facets("clips", clip_id))

    def _take_in(self, clip_id: ClipId, facets: Facets) -> None:
        """Put one clip into the indexes, in which it is not, or no longer."""
        if "o" in facets or clip_id in self._parents:
            self._relate(clip_id, facets.get("o"))
        if is_deleted(facets):
            return
        reader = FacetReader(facets)
        clip = read_clip(clip_id, reader)
        if reader.unreadable:
            self.conflicts[clip_id] = (unreadable_conflict(clip_id, "a clip", reader),)
        if clip is None:
            return
        self._raw[clip_id] = clip
        here = self._on_track.get(clip.track)
        if here is None:
            here = self._on_track[clip.track] = set()
        here.add(clip_id)
        origin = read_origin(facets) if clip.parent is not None else None
        if origin is not None:
            self._origins[clip_id] = origin

    def _relate(self, clip_id: str, origin: object) -> None:
        parent = origin[0] if isinstance(origin, tuple) and origin and isinstance(origin[0], str) else None
        earlier = self._parents.pop(clip_id, None)
        if earlier is not None:
            self._halves[earlier].discard(clip_id)
        if parent is not None:
            self._parents[clip_id] = parent
            self._halves.setdefault(parent, set()).add(clip_id)

    def _show(self, dirty: set[ClipId], tracks: AbstractSet[TrackId]) -> set[ClipId]:
        """Bring the shown clips up to date; returns those that appeared or went."""
        shown = self.clips.copy()  # unlike dict(), fast when the dict has holes
        lists: dict[TrackId, set[ClipId]] = {}
        toggled = set()
        for clip_id in dirty:
            repair = self._repair_of(self._family(clip_id)) if self._is_related(clip_id) else None
            clip = self._repaired(clip_id, repair, tracks)
            earlier = shown.get(clip_id)
            if clip is not None and clip == earlier:
                continue
            if earlier is not None:
                lists.setdefault(earlier.track, set()).add(clip_id)
            if clip is None:
                shown.pop(clip_id, None)
            else:
                # Overwritten in place: popping first leaves holes that make every later copy of the dict slow.
                shown[clip_id] = clip
                lists.setdefault(clip.track, set()).add(clip_id)
            if (clip is None) != (earlier is None):
                toggled.add(clip_id)
        self.clips = shown
        if lists:
            self._list(lists)
        return toggled

    def _list(self, lists: Mapping[TrackId, set[ClipId]]) -> None:
        by_track = self.by_track.copy()
        clips = self.clips
        for track, changed in lists.items():
            kept = [clip_id for clip_id in by_track.pop(track, ()) if clip_id not in changed]
            kept += [clip_id for clip_id in changed if clip_id in clips and clips[clip_id].track == track]
            if kept:
                by_track[track] = tuple(sorted(kept, key=lambda clip_id: (clips[clip_id].start_tick, clip_id)))
        self.by_track = by_track

    def _repaired(self, clip_id: ClipId, repair: FamilyRepair | None, tracks: AbstractSet[TrackId]) -> Clip | None:
        """Return the clip as shown, None when it is gone or a twin hides it."""
        self.orphans.discard(clip_id)
        self.conflicts.pop(f"{clip_id} orphan", None)
        clip = self._raw.get(clip_id)
        if clip is None:
            return None
        if repair is not None:
            if clip_id in repair.hidden:
                return None
            clip = repair.shortened.get(clip_id, clip)
        if clip.track not in tracks:
            self.orphans.add(clip_id)
            sentence = (
                f"The track of the clip “{clip.name}” is gone; the clip is on the Recovered track: drag it to another."
            )
            self.conflicts[f"{clip_id} orphan"] = (Conflict(clip_id, sentence),)
            return changed_clip(clip, track=RECOVERED)
        return clip

    # Families

    def _is_related(self, clip_id: str) -> bool:
        return clip_id in self._parents or bool(self._halves.get(clip_id))

    def _family(self, clip_id: str) -> set[ClipId]:
        """Return the living relatives of a clip through all parents, dead ones too; empty when it has none."""
        if not self._is_related(clip_id):
            return set()
        found, waiting = {clip_id}, [clip_id]
        while waiting:
            here = waiting.pop()
            near = set(self._halves.get(here, ()))
            if here in self._parents:
                near.add(self._parents[here])
            waiting += near - found
            found |= near
        return {ClipId(name) for name in found if name in self._raw}

    def _repair_of(self, family: set[ClipId]) -> FamilyRepair:
        clips = {clip_id: self._raw[clip_id] for clip_id in family}
        return repaired_family(clips, {name: self._origins[name] for name in family if name in self._origins})

    # Notes

    def _read_notes(self, clips: Iterable[ClipId]) -> None:
        for clip_id in clips:
            self.notes.pop(clip_id, None)
            self.conflicts.pop(f"{clip_id} notes", None)
            if clip_id not in self.clips:
                continue
            notes, _, unreadable = read_notes(self._document.facets("notes", clip_id))
            if len(notes):
                self.notes[clip_id] = notes
            if unreadable:
                name = self.clips[clip_id].name
                sentence = (
                    f"{len(unreadable)} notes of the clip “{name}” cannot be read; they are left out: write them anew."
                )
                self.conflicts[f"{clip_id} notes"] = (Conflict(clip_id, sentence),)


def unreadable_conflict(entity: str, what: str, reader: FacetReader) -> Conflict:
    """Return the conflict that names an entity's unreadable facets."""
    facets = ", ".join(sorted(set(reader.unreadable)))
    return Conflict(entity, f"Some values of {what} cannot be read ({facets}); their defaults are used: set them anew.")
