"""Rendered sounds in place of what they were made from: clips or a range of a track, or a track of its own.

What is replaced is judged by what was rendered (`of_clips`, `Rendered.fingerprint`): what has changed meanwhile is
refused. What stays beside it sounds on as before: its edges keep the fades they had.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from maxbooster_desktop.project.document import change
from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.clip_fades import track_fades_ms
from maxbooster_desktop.project.document.edit import Edit
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import (
    Asset,
    Clip,
    ClipId,
    LaneId,
    ProjectState,
    SendId,
    Track,
    TrackId,
)
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.clips.splitting import split_clips
from maxbooster_desktop.project.edits.errors import SplitOutsideClip, TrackChanged, ValueNotAllowed, WrongClipKind
from maxbooster_desktop.project.edits.freezing import Rendered, still_the_same
from maxbooster_desktop.project.edits.lookup import track_of
from maxbooster_desktop.project.edits.placing import placed, siblings_of
from maxbooster_desktop.project.edits.wording import several

_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Bounced:
    """The sound of clips of a track before its inserts, from `start_tick` on.

    `end_tick` is where a range ends in which only parts of the clips may lie, None when they are replaced whole.
    """

    track: TrackId
    asset: Asset
    start_tick: int
    end_tick: int | None
    of_clips: tuple[Clip, ...]


def require_bounceable(state: ProjectState, clips: Sequence[Clip]) -> None:
    """Check that clips can be rendered into one. Raises ValueNotAllowed, WrongClipKind."""
    if not clips:
        raise ValueNotAllowed("Nothing sounds there, so there is nothing to bounce; select clips, or time with clips.")
    for clip in clips:
        if clip.kind != "audio":
            raise WrongClipKind(f"{clip.name} holds notes and no sound; freeze or flatten its track instead.")
        if state.comps.get(clip.track):
            name = track_of(state, clip.track).name
            raise ValueNotAllowed(f"Takes are heard over the clips of {name}; flatten its comp first, then bounce.")


def bounce_in_place(project: ProjectDocument, sounds: Sequence[Bounced]) -> Change:
    """Put rendered sounds in the place of the clips, or parts of clips, they were made from, in one step.

    The new clips are in `created`.

    Raises TrackNotFound, ValueNotAllowed, WrongClipKind, TrackChanged (a clip is not what was rendered any more).
    """
    before = project.state
    for sound in sounds:
        track = track_of(before, sound.track)
        require_bounceable(before, sound.of_clips)
        if any(before.clips.get(clip.id) != clip for clip in sound.of_clips):
            raise TrackChanged(track.name)
    with project.step("Bounce in place"):
        changes: list[Change] = []
        pieces = [_cut_out(project, sound, changes) for sound in sounds]
        cut = project.state
        with project.edit("Bounce in place") as edit:
            for sound, inside in zip(sounds, pieces, strict=True):
                _replace(project, edit, sound, inside)
        with project.edit("Bounce in place") as mending:
            for clip in _mended(cut, project.state, {sound.track for sound in sounds}):
                mending.set(clip)
    return change.joined("Bounce in place", [*changes, edit.change, mending.change])


def bounce_to_new_tracks(project: ProjectDocument, sounds: Sequence[Rendered]) -> Change:
    """Give each rendered track a new one below it with its sound, strip, sends and automation; the source is muted.

    The new tracks and clips are in `created`.

    Raises TrackNotFound, WrongTrackKind, TrackChanged (a track is not what was rendered any more).
    """
    state = project.state
    sources = [still_the_same(state, sound) for sound in sounds]
    copies = {source.id: _without_inserts(project, source) for source in sources}
    with project.edit(f"Bounce {several(sources, 'track')} to new tracks") as edit:
        for track in _below(project, sources, copies):
            (edit.set if track.id in state.tracks else edit.create)(track)
        for source, sound in zip(sources, sounds, strict=True):
            if sound.asset.id not in state.assets:
                edit.create(sound.asset)
            _fill(project, edit, source, copies[source.id], sound)
    return edit.change


def _cut_out(project: ProjectDocument, sound: Bounced, changes: list[Change]) -> list[ClipId]:
    """Split the clips that reach over the ends, note that, and return the pieces between them."""
    inside = {clip.id for clip in sound.of_clips}
    if sound.end_tick is not None:
        _split(project, inside, sound.end_tick, changes)
        inside |= _split(project, inside, sound.start_tick, changes)
    clips = project.state.clips
    return [clip_id for clip_id in sorted(inside) if clips[clip_id].start_tick >= sound.start_tick]


def _split(project: ProjectDocument, clip_ids: Iterable[ClipId], tick: int, changes: list[Change]) -> set[ClipId]:
    """Cut those clips that a tick lies in; returns their right halves."""
    try:
        changes.append(split_clips(project, clip_ids, tick))
    except SplitOutsideClip:
        return set()  # all of them begin or end there
    return {ClipId(each) for each in changes[-1].created}


def _replace(project: ProjectDocument, edit: Edit, sound: Bounced, pieces: Iterable[ClipId]) -> None:
    for clip_id in pieces:
        edit.delete(clip_id)
    if sound.asset.id not in project.state.assets:
        edit.create(sound.asset)
    first, clip_id, frames = sound.of_clips[0], ClipId(project.new_id()), sound.asset.frames
    place = clip_id, sound.track, sound.start_tick, first.name
    edit.create(Clip(*place, asset=sound.asset.id, length_frames=frames, colour=first.colour))


def _mended(before: ProjectState, after: ProjectState, tracks: Iterable[TrackId]) -> list[Clip]:
    """Return the clips beside a bounced one that would fade otherwise now, with the fades they had."""
    mended = []
    for track_id in tracks:
        was, became = track_fades_ms(before, track_id), track_fades_ms(after, track_id)
        for clip_id in was.keys() & became.keys():
            if was[clip_id] != became[clip_id]:
                fade_in_ms, fade_out_ms = was[clip_id]
                mended.append(replace(after.clips[clip_id], fade_in_ms=fade_in_ms, fade_out_ms=fade_out_ms))
    return sorted(mended, key=lambda clip: clip.id)


def _without_inserts(project: ProjectDocument, source: Track) -> Track:
    return replace(
        source,
        id=TrackId(project.new_id()),
        kind="audio",
        name=allowed.name(f"{source.name[: _LONGEST_NAME - 7]} bounce", "track"),
        lock=None,
        asked=None,
        frozen=None,
        inserts=(),
        sends=tuple(replace(send, id=SendId(project.new_id())) for send in source.sends),
    )


def _below(project: ProjectDocument, sources: Sequence[Track], copies: dict[TrackId, Track]) -> list[Track]:
    """Return the new tracks with the keys that put them below their sources, the sources muted, and who is rekeyed."""
    placements: dict[TrackId, Track] = {}
    for parent in dict.fromkeys(source.parent for source in sources):
        sequence: list[Track] = []
        for sibling in siblings_of(project.state, parent):
            sequence += [sibling, copies[sibling.id]] if sibling.id in copies else [sibling]
        arrivals = {copies[source.id].id for source in sources if source.parent == parent}
        placements |= {track.id: track for track in placed(sequence, arrivals, project.ids)}
    for source in sources:
        placements[source.id] = replace(placements.get(source.id, source), is_muted=True)
    return list(placements.values())


def _fill(project: ProjectDocument, edit: Edit, source: Track, track: Track, sound: Rendered) -> None:
    """Put the sound and the automation of everything but the inserts on a new track."""
    frames = sound.asset.frames
    place = ClipId(project.new_id()), track.id, sound.start_tick, track.name
    edit.create(Clip(*place, asset=sound.asset.id, length_frames=frames))
    sends = {before.id: after.id for before, after in zip(source.sends, track.sends, strict=True)}
    for lane in [each for each in project.state.lanes.values() if each.track == source.id]:
        family, _, rest = lane.parameter.partition(".")
        owner, _, name = rest.rpartition(".")
        if family == "insert":
            continue
        parameter = f"send.{sends[SendId(owner)]}.{name}" if SendId(owner) in sends else lane.parameter
        edit.create(replace(lane, id=LaneId(project.new_id()), track=track.id, parameter=parameter))
