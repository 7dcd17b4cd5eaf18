"""One edit being made: collects entities, works out which facet registers differ, writes nothing itself.

Reading goes to the document with the edit's own changes on top, so an entity may be set more than once.
"""

from collections.abc import Callable, Iterator, Mapping

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.clip_projection import RECOVERED
from maxbooster_desktop.project.document.clip_registers import (
    DEFAULTS as CLIP_DEFAULTS,
)
from maxbooster_desktop.project.document.clip_registers import (
    NotesArray,
    clip_facets,
    note_changes,
    origin_value,
)
from maxbooster_desktop.project.document.errors import EditError
from maxbooster_desktop.project.document.facets import FacetReader
from maxbooster_desktop.project.document.ids import INNER_LENGTH, IdSource
from maxbooster_desktop.project.document.order_keys import key_between
from maxbooster_desktop.project.document.projection import Projection
from maxbooster_desktop.project.document.small_registers import (
    COMMENT_DEFAULTS,
    LANE_DEFAULTS,
    MARKER_DEFAULTS,
    META_DEFAULTS,
    POINT,
    PROJECT,
    asset_facets,
    comment_facets,
    lane_facets,
    marker_facets,
    meta_facets,
    signature_facets,
    tempo_facets,
)
from maxbooster_desktop.project.document.state import (
    MASTER,
    Asset,
    Clip,
    ClipId,
    Comment,
    CompRange,
    Lane,
    Marker,
    Meta,
    ProjectState,
    RangeId,
    Send,
    Take,
    Track,
    TrackId,
)
from maxbooster_desktop.project.document.take_registers import (
    RANGE,
    TAKE_DEFAULTS,
    range_value,
    read_ranges,
    take_facets,
)
from maxbooster_desktop.project.document.tempo_map import SignatureEvent, TempoEvent
from maxbooster_desktop.project.document.track_registers import (
    INSERT_DEFAULTS,
    SEND_DEFAULTS,
    TRACK_DEFAULTS,
    insert_facets,
    send_facets,
    track_facets,
)
from maxbooster_desktop.project.document.zone_registers import ZONE
from sync.document.codec import Value, canonical, is_surely, same
from sync.document.grammar import Address, is_id, key_of
from sync.document.register_document import RegisterDocument
from sync.document.tombstones import TOMBSTONE, is_deleted

Entity = Track | Clip | Marker | Comment | Lane | Asset | Take | TempoEvent | SignatureEvent

_NONE: Mapping[str, Value] = {}
_ROOTS = {
    Track: "tracks",
    Clip: "clips",
    Marker: "markers",
    Comment: "comments",
    Lane: "auto",
    Asset: "assets",
    Take: "takes",
    TempoEvent: "tempo",
    SignatureEvent: "tempo",
}


class Edit:
    """Collects what one edit does. After the with-block `change` says what it did."""

    def __init__(
        self,
        document: RegisterDocument,
        projection: Projection,
        tombstone: Callable[[], Value],
        ids: IdSource,
    ) -> None:
        self.change = Change("")
        self.changes: dict[Address, Value] = {}
        self._document = document
        self._projection = projection
        self._state = projection.state
        self._tombstone = tombstone
        self._ids = ids
        self._own: dict[tuple[str, str], dict[str, Value]] = {}
        self._split_off: list[Clip] = []
        self._touched_clips: set[ClipId] = set()

    @property
    def state(self) -> ProjectState:
        """The state before this edit."""
        return self._state

    # Verbs

    def create(self, entity: Entity) -> None:
        """Add an entity.

        Raises:
            EditError: when its id cannot be one, or is taken by a living entity.
        """
        root, entity_id = _ROOTS[type(entity)], entity.id
        if not is_id(entity_id):
            raise EditError(f"“{entity_id}” cannot be the id of a new entity: ids are 1 to 64 letters, digits, _ or -.")
        facets = self._facets(root, entity_id)
        if facets and not is_deleted(facets) and root != "assets":
            raise EditError(
                f"There is already something with the id “{entity_id}”; a new entity needs an id of its own."
            )
        if TOMBSTONE in facets:
            self._write(root, entity_id, TOMBSTONE, None)
        if isinstance(entity, Clip) and entity.parent is not None:
            self._split_off.append(entity)
        self._put(entity)

    def set(self, entity: Entity) -> None:
        """Write what differs between `entity` and the registers.

        Raises:
            EditError: when there is no such entity, or it was deleted.
        """
        root, entity_id = _ROOTS[type(entity)], entity.id
        facets = self._facets(root, entity_id)
        is_supplied = isinstance(entity, Track) and entity_id in self._state.tracks
        if (not facets and not is_supplied) or (is_deleted(facets) and not is_supplied):
            raise EditError(f"There is nothing with the id “{entity_id}” to change; it may have been deleted.")
        if is_supplied and TOMBSTONE in facets:
            self._write(root, entity_id, TOMBSTONE, None)
        self._put(entity)

    def delete(self, entity_id: str) -> None:
        """Set an entity's tombstone, whatever it is; a track goes with its clips and takes.

        Raises:
            EditError: for the master, and when there is no such living entity.
        """
        if entity_id == MASTER:
            raise EditError("The master cannot be deleted; every project has one.")
        found = False
        for root in ("tracks", "clips", "markers", "comments", "auto", "assets", "tempo", "plug", "takes"):
            facets = self._facets(root, entity_id)
            if facets and not is_deleted(facets) and not _is_comp(root, facets):
                self._bury(root, entity_id)
                found = True
        if not found:
            raise EditError(f"There is nothing with the id “{entity_id}” to delete; it may be gone already.")

    def set_meta(self, meta: Meta) -> None:
        """Write what differs in the project's meta."""
        self._diff("meta", PROJECT, meta_facets(meta), META_DEFAULTS)

    def set_notes(self, clip_id: ClipId, notes: NotesArray) -> None:
        """Write what differs between `notes` (dtype `NOTE`, ticks from the clip's start) and the clip's notes."""
        earlier = self._facets("notes", clip_id)
        changes = note_changes(earlier, notes, self._inner_ids(earlier))
        for note, value in changes.items():
            self._write("notes", clip_id, note, value)
        if changes:
            self._touched_clips.add(clip_id)

    def comp_of(self, track_id: TrackId) -> list[CompRange]:
        """Return the ranges of a track's comp as its registers say, with this edit's changes: see `comp_layers`."""
        return read_ranges(FacetReader(self._facets("takes", track_id)))

    def set_range(self, track_id: TrackId, part: CompRange) -> None:
        """Write a range of a track's comp where it differs."""
        self._diff("takes", track_id, {RANGE + part.id: range_value(part)}, _NONE)

    def remove_range(self, track_id: TrackId, range_id: RangeId) -> None:
        """Take a range out of a track's comp."""
        if RANGE + range_id in self._facets("takes", track_id):
            self._write("takes", track_id, RANGE + range_id, None)

    def finish(self) -> None:
        """Add what follows from the edit as a whole: origins of split halves, repairs that become registers."""
        for clip in self._split_off:
            parent = clip.parent
            is_split = parent in self._touched_clips and parent in self._state.clips
            self._write("clips", clip.id, "o", origin_value(clip) if is_split else (parent,))
        for clip_id in sorted(self._touched_clips):
            self._publish_repairs(clip_id)

    # How

    def _put(self, entity: Entity) -> None:
        if isinstance(entity, Track):
            self._put_track(entity)
        elif isinstance(entity, Clip):
            self._diff("clips", entity.id, clip_facets(entity), CLIP_DEFAULTS)
            self._touched_clips.add(entity.id)
        elif isinstance(entity, Marker):
            self._diff("markers", entity.id, marker_facets(entity), MARKER_DEFAULTS)
        elif isinstance(entity, Comment):
            self._diff("comments", entity.id, comment_facets(entity), COMMENT_DEFAULTS)
        elif isinstance(entity, Lane):
            self._diff("auto", entity.id, lane_facets(entity), LANE_DEFAULTS, gone=POINT)
        elif isinstance(entity, Asset):
            self._diff("assets", entity.id, asset_facets(entity), _NONE)
        elif isinstance(entity, Take):
            self._put_take(entity)
        elif isinstance(entity, TempoEvent):
            self._diff("tempo", entity.id, tempo_facets(entity), _NONE)
        else:
            self._diff("tempo", entity.id, signature_facets(entity), _NONE)

    def _put_take(self, take: Take) -> None:
        facets = take_facets(take)
        if take.track == RECOVERED:
            del facets["k"]  # it is shown there; its own track may come back, and its comp names it there
        self._diff("takes", take.id, facets, TAKE_DEFAULTS)

    def _put_track(self, track: Track) -> None:
        self._diff("tracks", track.id, track_facets(track), TRACK_DEFAULTS, gone="v.")
        before = self._state.tracks.get(track.id)
        kept = {send.id for send in track.sends} | {insert.id for insert in track.inserts}
        if before is not None:
            present = [send.id for send in before.sends] + [insert.id for insert in before.inserts]
            for device in present:
                if device not in kept:
                    self._bury("plug", device)
        self._put_sends(track.id, track.sends)
        for insert in track.inserts:
            self._revive("plug", insert.id)
            self._diff("plug", insert.id, insert_facets(track.id, insert), INSERT_DEFAULTS, gone=("v.", ZONE))

    def _put_sends(self, track: TrackId, sends: tuple[Send, ...]) -> None:
        """Write sends in their order: a key that does not follow its predecessor's is made anew."""
        last = ""
        for send in sends:
            self._revive("plug", send.id)
            self._diff("plug", send.id, send_facets(track, send), SEND_DEFAULTS)
            order = self._facets("plug", send.id).get("o")
            if not isinstance(order, str) or order <= last:
                order = key_between(last or None, None, self._ids)
                self._write("plug", send.id, "o", order)
            last = order

    def _revive(self, root: str, entity_id: str) -> None:
        if is_deleted(self._facets(root, entity_id)):
            self._write(root, entity_id, TOMBSTONE, None)

    def _bury(self, root: str, entity_id: str) -> None:
        self._write(root, entity_id, TOMBSTONE, self._tombstone())
        if root == "clips":
            self._touched_clips.add(ClipId(entity_id))
        elif root == "tracks":
            for clip_id in self._state.clips_by_track.get(TrackId(entity_id), ()):
                facets = self._facets("clips", clip_id)
                place = facets.get("p")
                if not is_deleted(facets) and isinstance(place, tuple) and place[0] == entity_id:
                    self._bury("clips", clip_id)
            for take_id in self._state.takes_by_track.get(TrackId(entity_id), ()):
                if not is_deleted(self._facets("takes", take_id)):
                    self._bury("takes", take_id)

    def _publish_repairs(self, clip_id: ClipId) -> None:
        """Write the cuts of a clip's relatives, so that they stay when the clip that caused them moves."""
        shown, hidden = self._projection.repairs_of(clip_id)
        for clip in shown:
            if clip.id not in self._touched_clips:
                length = clip_facets(clip)
                self._diff("clips", clip.id, {facet: length[facet] for facet in ("t", "l")}, CLIP_DEFAULTS)
        for twin in hidden:
            if not is_deleted(self._facets("clips", twin)):
                self._write("clips", twin, TOMBSTONE, self._tombstone())

    def _diff(
        self,
        root: str,
        entity_id: str,
        wanted: Mapping[str, Value],
        defaults: Mapping[str, Value],
        gone: str | tuple[str, ...] = "",
    ) -> None:
        """Write the facets that differ; `gone` is the prefix (or several) below which missing facets are removed."""
        present = self._facets(root, entity_id)
        for facet, value in wanted.items():
            held = present.get(facet)
            shown = defaults.get(facet) if held is None else held
            if is_surely(value, shown):
                continue
            exact = canonical(value)
            if not (same(exact, held) or (held is None and facet in defaults and same(exact, canonical(shown)))):
                self._write(root, entity_id, facet, exact)
        if gone:
            for facet in [facet for facet in present if facet.startswith(gone) and facet not in wanted]:
                self._write(root, entity_id, facet, None)

    def _write(self, root: str, entity_id: str, facet: str, value: Value) -> None:
        self.changes[root, key_of(entity_id, facet)] = value
        self._own.setdefault((root, entity_id), {})[facet] = value

    def _facets(self, root: str, entity_id: str) -> Mapping[str, Value]:
        """Return an entity's facets with this edit's changes on top."""
        facets = self._document.facets(root, entity_id)
        own = self._own.get((root, entity_id))
        if own is None:
            return facets
        return {facet: value for facet, value in {**facets, **own}.items() if value is not None}

    def _inner_ids(self, taken: Mapping[str, Value]) -> Iterator[str]:
        while True:
            inner = self._ids(INNER_LENGTH)
            if inner not in taken:
                yield inner


def _is_comp(root: str, facets: Mapping[str, Value]) -> bool:
    """Whether an entity is a track's comp, which has the track's id and is deleted with nothing."""
    return root == "takes" and "k" not in facets
