"""Freeze tracks and let go of them; turn what was frozen or bounced into clips. The sounds were rendered before.

Whoever renders works on a state of a moment ago: `Rendered.fingerprint` says which, and a track that has become another
meanwhile is refused, so that no sound ever stands for what it was not made from.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.edit import Edit
from maxbooster_desktop.project.document.freezing import fed_by, fingerprint_of
from maxbooster_desktop.project.document.heard import heard_clips
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import Asset, Clip, ClipId, Frozen, ProjectState, Track, TrackId
from maxbooster_desktop.project.edits.automated import lanes_below
from maxbooster_desktop.project.edits.errors import TrackChanged, ValueNotAllowed, WrongTrackKind
from maxbooster_desktop.project.edits.lookup import track_of, tracks_of
from maxbooster_desktop.project.edits.wording import several

_FREEZABLE = ("audio", "instrument")


@dataclass(frozen=True, slots=True)
class Rendered:
    """The sound of a track behind its last insert: where it starts, how much of it is tail, what it was made from."""

    track: TrackId
    asset: Asset
    start_tick: int
    tail_frames: int
    fingerprint: str


def require_freezable(state: ProjectState, track_id: TrackId) -> Track:
    """Return a track whose sound can be rendered apart from all others. Raises TrackNotFound, WrongTrackKind."""
    track = track_of(state, track_id)
    if track.kind not in _FREEZABLE:
        raise WrongTrackKind(f"{track.name} holds no clips of its own; freeze the tracks that play into it instead.")
    sources = sorted(state.tracks[each].name for each in fed_by(state, track_id))
    if sources:
        raise WrongTrackKind(f"{track.name} also plays what {sources[0]} sends to it; route that elsewhere first.")
    if not any(not clip.is_muted for clip in heard_clips(state, track_id)):
        raise WrongTrackKind(f"Nothing on {track.name} sounds, so there is nothing to freeze; put a clip on it first.")
    return track


def freeze_tracks(project: ProjectDocument, sounds: Sequence[Rendered], account: str = "", name: str = "") -> Change:
    """Let tracks play rendered sounds instead of their clips, takes and inserts, which stay; `name` is who does it.

    Raises TrackNotFound, WrongTrackKind, TrackChanged (it is not what was rendered any more).
    """
    tracks = [still_the_same(project.state, sound) for sound in sounds]
    with project.edit(f"Freeze {several(tracks, 'track')}") as edit:
        for track, sound in zip(tracks, sounds, strict=True):
            if sound.asset.id not in project.state.assets:
                edit.create(sound.asset)
            said = sound.asset.id, sound.start_tick, sound.tail_frames, sound.fingerprint
            edit.set(replace(track, frozen=Frozen(*said, account, name)))
    return edit.change


def unfreeze_tracks(project: ProjectDocument, track_ids: Iterable[TrackId]) -> Change:
    """Let tracks play what is on them again. Raises TrackNotFound, ValueNotAllowed (none of them is frozen)."""
    tracks = _frozen_of(project.state, track_ids)
    with project.edit(f"Unfreeze {several(tracks, 'track')}") as edit:
        for track in tracks:
            edit.set(replace(track, frozen=None))
    return edit.change


def flatten_tracks(project: ProjectDocument, track_ids: Iterable[TrackId]) -> Change:
    """Make the sound of frozen tracks their only clip; inserts with their automation, clips and comp go, takes stay.

    Raises TrackNotFound, ValueNotAllowed (none of them is frozen), TrackChanged (a freeze is stale).
    """
    state = project.state
    tracks = _frozen_of(state, track_ids)
    for track in tracks:
        if track.frozen is not None and track.frozen.fingerprint != fingerprint_of(state, track.id):
            raise TrackChanged(track.name)
    with project.edit(f"Flatten {several(tracks, 'track')}") as edit:
        for track in tracks:
            _flatten(project, edit, track)
    return edit.change


def _flatten(project: ProjectDocument, edit: Edit, track: Track) -> None:
    state, frozen = project.state, track.frozen
    assert frozen is not None
    for clip_id in state.clips_by_track.get(track.id, ()):
        edit.delete(clip_id)
    for part in edit.comp_of(track.id):
        edit.remove_range(track.id, part.id)
    for lane_id in lanes_below(state, track.id, "insert."):
        edit.delete(lane_id)
    edit.set(replace(track, inserts=(), frozen=None, kind="audio"))
    frames = state.assets[frozen.asset].frames
    clip_id = ClipId(project.new_id())
    edit.create(Clip(clip_id, track.id, frozen.start_tick, track.name, asset=frozen.asset, length_frames=frames))


def still_the_same(state: ProjectState, sound: Rendered) -> Track:
    """Return the track of a sound that was made from what is on it now. Raises as `freeze_tracks`."""
    track = require_freezable(state, sound.track)
    if fingerprint_of(state, track.id) != sound.fingerprint:
        raise TrackChanged(track.name)
    return track


def _frozen_of(state: ProjectState, track_ids: Iterable[TrackId]) -> list[Track]:
    tracks = tracks_of(state, track_ids)
    found = [track for track in tracks if track.frozen is not None]
    if not found:
        raise ValueNotAllowed(f"Nothing is frozen on {several(tracks, 'track')}; freeze it first.")
    return found
