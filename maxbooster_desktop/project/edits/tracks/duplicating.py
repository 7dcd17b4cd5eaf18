"""Copy tracks with everything on them: channel, clips, automation, takes and comp; all share the audio."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.edit import Edit
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import (
    InsertId,
    LaneId,
    RangeId,
    SendId,
    TakeId,
    Track,
    TrackId,
)
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.clips.pasting import create_copy
from maxbooster_desktop.project.edits.lookup import movable_tracks_of
from maxbooster_desktop.project.edits.placing import in_display_order, inside_of, outermost, placed, siblings_of
from maxbooster_desktop.project.edits.wording import several

_LONGEST_NAME = 255


def duplicate_tracks(project: ProjectDocument, track_ids: Iterable[TrackId]) -> Change:
    """Copy tracks, each directly below itself; groups with what is inside. All new ids are in `created`.

    What goes from one copied track to another goes from copy to copy. Nobody holds the copies.

    Raises TrackNotFound, MasterProtected.
    """
    state = project.state
    heads = outermost(state, movable_tracks_of(state, track_ids, "be duplicated"))
    inside = inside_of(state, {track.id for track in heads})
    originals = in_display_order(state, [*heads, *(state.tracks[track_id] for track_id in inside)])
    copies = {track.id: _copied(project, track) for track in originals}
    copies = {track_id: _rerouted(copy, copies) for track_id, copy in copies.items()}
    with project.edit(f"Duplicate {several(heads, 'track')}") as edit:
        for track in _in_place(project, heads, copies):
            (edit.set if track.id in state.tracks else edit.create)(track)
        for original in originals:
            if original not in heads:
                edit.create(copies[original.id])
            _Contents(project, edit, original, copies[original.id]).copy()
    return edit.change


def _copied(project: ProjectDocument, track: Track) -> Track:
    """Return a copy of a channel under new ids, which still goes where the original goes."""
    return replace(
        track,
        id=TrackId(project.new_id()),
        name=allowed.name(f"{track.name[: _LONGEST_NAME - 5]} copy", "track"),
        lock=None,
        asked=None,
        sends=tuple(replace(send, id=SendId(project.new_id())) for send in track.sends),
        inserts=tuple(replace(insert, id=InsertId(project.new_id())) for insert in track.inserts),
    )


def _rerouted(copy: Track, copies: Mapping[TrackId, Track]) -> Track:
    """Return a copy that lies and goes among the copies where the original does among the originals."""

    def there(track_id: TrackId) -> TrackId:
        return copies[track_id].id if track_id in copies else track_id

    return replace(
        copy,
        parent=None if copy.parent is None else there(copy.parent),
        output=None if copy.output is None else there(copy.output),
        sends=tuple(replace(send, target=there(send.target)) for send in copy.sends),
    )


def _in_place(project: ProjectDocument, heads: list[Track], copies: Mapping[TrackId, Track]) -> list[Track]:
    """Return the copies of `heads` with the keys that put them below their originals, and siblings keyed anew."""
    placements: list[Track] = []
    for parent in dict.fromkeys(head.parent for head in heads):
        sequence: list[Track] = []
        for sibling in siblings_of(project.state, parent):
            sequence += [sibling, copies[sibling.id]] if sibling in heads else [sibling]
        arrivals = {copies[head.id].id for head in heads if head.parent == parent}
        placements += placed(sequence, arrivals, project.ids)
    return placements


@dataclass(frozen=True, slots=True)
class _Contents:
    """What is on one track, on its way onto its copy."""

    project: ProjectDocument
    edit: Edit
    original: Track
    track: Track

    def copy(self) -> None:
        """Create it all."""
        state = self.project.state
        for clip_id in state.clips_by_track.get(self.original.id, ()):
            clip = replace(state.clips[clip_id], track=self.track.id)
            create_copy(self.project, self.edit, clip, state.notes.get(clip_id))
        self._copy_lanes()
        self._copy_takes()

    def _copy_lanes(self) -> None:
        devices: dict[str, str] = {
            before.id: after.id for before, after in zip(self.original.sends, self.track.sends, strict=True)
        }
        devices |= {
            before.id: after.id for before, after in zip(self.original.inserts, self.track.inserts, strict=True)
        }
        for lane in [lane for lane in self.project.state.lanes.values() if lane.track == self.original.id]:
            family, _, rest = lane.parameter.partition(".")
            owner, _, name = rest.rpartition(".")
            parameter = f"{family}.{devices[owner]}.{name}" if owner in devices else lane.parameter
            self.edit.create(replace(lane, id=LaneId(self.project.new_id()), track=self.track.id, parameter=parameter))

    def _copy_takes(self) -> None:
        state, new_id = self.project.state, self.project.new_id
        ids = {take_id: TakeId(new_id()) for take_id in state.takes_by_track.get(self.original.id, ())}
        for take_id, copy in ids.items():
            self.edit.create(replace(state.takes[take_id], id=copy, track=self.track.id))
        for part in state.comps.get(self.original.id, ()):
            self.edit.set_range(self.track.id, replace(part, id=RangeId(new_id()), take=ids[part.take]))
