"""Put new clips on tracks."""

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.limits import HIGHEST_TICK
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import CLIP_HOSTS, NOTE, AssetId, Clip, ClipId, ClipKind, Track, TrackId
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.errors import WrongTrackKind
from maxbooster_desktop.project.edits.lookup import asset_of, track_of
from maxbooster_desktop.project.edits.notes import checked_notes


def add_audio_clip(
    project: ProjectDocument,
    track_id: TrackId,
    asset_id: AssetId,
    start_tick: int,
    *,
    source_offset: int = 0,
    length_frames: int | None = None,
    name: str | None = None,
    gain_db: float = 0.0,
) -> Change:
    """Put audio on an audio track; the clip's id is in `created`.

    `source_offset` and `length_frames` (None: all the rest) count frames of the asset; the name is the asset's.

    Raises TrackNotFound, WrongTrackKind, AssetNotFound, ValueNotAllowed.
    """
    track = host_of(track_of(project.state, track_id), "audio")
    asset = asset_of(project.state, asset_id)
    offset = allowed.whole("The start inside the file", source_offset, 0, asset.frames - 1)
    rest = asset.frames - offset
    clip = Clip(
        ClipId(project.new_id()),
        track.id,
        allowed.tick(start_tick),
        allowed.name(asset.name if name is None else name, "clip"),
        asset=asset_id,
        source_offset=offset,
        length_frames=rest if length_frames is None else allowed.whole("A clip's length", length_frames, 1, rest),
        gain_db=allowed.gain_db(gain_db),
    )
    with project.edit(f"Add {clip.name}") as edit:
        edit.create(clip)
    return edit.change


def add_midi_clip(  # noqa: PLR0917  # the order in which a clip is described
    project: ProjectDocument,
    track_id: TrackId,
    start_tick: int,
    length_ticks: int,
    name: str = "MIDI",
    notes: npt.NDArray[np.void] | None = None,
) -> Change:
    """Put notes (`NOTE` records, ticks from the clip's start) on an instrument or MIDI track; its id is in `created`.

    Raises TrackNotFound, WrongTrackKind, ValueNotAllowed.
    """
    track = host_of(track_of(project.state, track_id), "midi")
    length = allowed.whole("A clip's length", length_ticks, 1, HIGHEST_TICK)
    start = allowed.tick(start_tick)
    clip = Clip(ClipId(project.new_id()), track.id, start, allowed.name(name, "clip"), kind="midi", length_ticks=length)
    written = checked_notes(np.empty(0, NOTE) if notes is None else notes)
    with project.edit(f"Add {clip.name}") as edit:
        edit.create(clip)
        if len(written):
            edit.set_notes(clip.id, written)
    return edit.change


def host_of(track: Track, kind: ClipKind) -> Track:
    """Return a track that can hold clips of a kind. Raises WrongTrackKind."""
    if track.kind not in CLIP_HOSTS[kind]:
        hosts = " or ".join(CLIP_HOSTS[kind])
        raise WrongTrackKind(f"{track.name} cannot hold {kind} clips; choose an {hosts} track.")
    return track
