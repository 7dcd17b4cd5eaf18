"""A small project that has one of everything, for the tests of edits, and ways to compare states whole."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import count
from typing import Any

import numpy as np
import pytest

from maxbooster_desktop.project.document.freezing import fingerprint_of
from maxbooster_desktop.project.document.new_document import new_document
from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.document.state import (
    NOTE,
    Asset,
    AssetId,
    ClipId,
    Holder,
    LaneId,
    ProjectState,
    TakeId,
    TrackId,
)
from maxbooster_desktop.project.edits import (
    assets,
    automation,
    bouncing,
    channel,
    clips,
    comments,
    freezing,
    markers,
    takes,
    tempo,
    tracks,
)
from maxbooster_desktop.project.edits.errors import EditError

BAR = 3840
BEAT = 960
FRAMES = 480_000


def new_project(sample_rate: int = 48_000) -> ProjectDocument:
    """Return an empty project whose clock ticks a second per reading; its rate is still open."""
    seconds = count(1)
    return ProjectDocument(
        new_document("Test song", sample_rate, is_rate_open=True), clock=lambda: float(next(seconds))
    )


def asset(name: str = "loop", sample_rate: int = 48_000, frames: int = FRAMES) -> Asset:
    """Return stereo audio that exists in name only: edits never open it."""
    return Asset(AssetId(f"{name}-{sample_rate}"), name, sample_rate, 2, frames, "PCM_24", "0" * 64, "wav")


def notes(*starts: int, length: int = 240) -> np.ndarray:
    """Return notes of one length at `starts` (ticks), pitches rising from 60."""
    return np.array([(start, length, 0, 60 + number, 100, 0.0) for number, start in enumerate(starts)], NOTE)


def only(ids: frozenset[str]) -> Any:
    """Return the one id that a change names."""
    [found] = ids
    return found


def comparable(state: ProjectState) -> dict[str, Any]:
    """Return the whole state as values that compare with ==."""
    values = {field.name: getattr(state, field.name) for field in fields(state)}
    return {
        **values,
        "notes": {clip: array.tobytes() for clip, array in state.notes.items() if len(array)},
        "clips_by_track": {track: ids for track, ids in state.clips_by_track.items() if ids},
    }


@dataclass
class Song:
    """The project and the ids of what is in it."""

    project: ProjectDocument
    drums: TrackId
    vox: TrackId
    band: TrackId
    bass: TrackId
    keys: TrackId
    verb: TrackId
    loop: ClipId
    phrase: ClipId
    riff: ClipId
    lane: LaneId
    send: Any
    insert: Any
    marker: Any
    comment: Any
    takes: list[TakeId]

    @property
    def state(self) -> ProjectState:
        """The present state."""
        return self.project.state


def add_track(project: ProjectDocument, *args: Any, **kw: Any) -> Any:
    """Add a track and return its id."""
    return only(tracks.add_track(project, *args, **kw).created)


def new_take(track: TrackId, start_tick: int, pass_number: int, name: str = "Take", offset: int = 0) -> takes.NewTake:
    """Return a take of the loop, four seconds long."""
    made = (track, asset().id, start_tick, offset, 192_000, pass_number, f"{name} {pass_number}", 1_000 * pass_number)
    return takes.NewTake(*made)


def rendered(state: ProjectState, track: TrackId) -> freezing.Rendered:
    """Return the sound of a track as it is in `state`, which exists in name only."""
    return freezing.Rendered(track, asset(f"frozen-{track}"), BAR, 4_800, fingerprint_of(state, track))


def bounced(song: "Song", clip: ClipId, end_tick: int | None) -> bouncing.Bounced:
    """Return the sound of a clip from BAR + 480 on, which exists in name only."""
    made = song.state.clips[clip]
    return bouncing.Bounced(made.track, asset(f"bounce-{clip}", frames=40_000), BAR + 480, end_tick, (made,))


def freeze(song: "Song", track: TrackId) -> None:
    """Freeze a track."""
    freezing.freeze_tracks(song.project, [rendered(song.state, track)], "acc_1", "Mara Lind")


def small_song() -> Song:
    """Return: Drums, Vox, Band (Bass, Keys), Verb; two audio clips, a MIDI clip, a send, an insert, automation.

    Two takes on Vox, over the beginning of its clip; the second, which begins later in its file, is heard.
    Mara holds the keys, and Deniz asks for them.
    """
    project = new_project()
    drums = add_track(project, "audio", "Drums")
    vox = add_track(project, "audio", "Vox")
    band = add_track(project, "group", "Band")
    bass = add_track(project, "audio", "Bass", parent=band)
    keys = add_track(project, "instrument", "Keys", parent=band)
    verb = add_track(project, "bus", "Verb")
    sound = asset()
    assets.register_asset(project, sound)
    loop = only(clips.add_audio_clip(project, drums, sound.id, BAR, source_offset=1000, length_frames=96_000).created)
    phrase = only(clips.add_audio_clip(project, vox, sound.id, 2 * BAR, name="Phrase").created)
    riff = only(clips.add_midi_clip(project, keys, BAR, BAR, "Riff", notes(0, 960, 1920, 2880)).created)
    channel.add_send(project, vox, verb, gain_db=-6.0)
    channel.add_insert(project, vox, "dynamics.true_peak_limiter", {"ceiling_dbtp": -1.0})
    lane = only(automation.add_lane(project, vox, "gain_db").created)
    automation.set_points(project, lane, [(0, -6.0, 0.0), (BAR, 0.0, None), (2 * BAR, -3.0, 0.5)])
    marker = only(markers.add_marker(project, 4 * BAR, "Hook", 3).created)
    comment = only(comments.add_comment(project, ("acc_1", "Mara Lind"), "Too loud?", BAR, track=vox).created)
    tracks.lock_tracks(project, [keys], Holder("acc_1", "Mara Lind"))
    tracks.ask_for_track(project, keys, Holder("acc_2", "Deniz Aksoy"))
    tempo.set_tempo(project, 4 * BAR, 90.0)
    tempo.set_signature(project, 4 * BAR, 3, 4)
    old, new = (new_take(vox, 0, number, offset=480 * number) for number in (0, 1))
    recorded = [only(takes.add_pass(project, [take]).created) for take in (old, new)]
    send, insert = project.state.tracks[vox].sends[0].id, project.state.tracks[vox].inserts[0].id
    return Song(
        project, drums, vox, band, bass, keys, verb, loop, phrase, riff, lane, send, insert, marker, comment, recorded
    )


def assert_refused(edit: Callable[[Song], object], error: type[EditError]) -> None:
    """Assert that an edit is refused with a sentence and leaves the document and its history as they were."""
    song = small_song()
    before, steps = comparable(song.state), song.project.history
    with pytest.raises(error) as caught:
        edit(song)
    assert isinstance(caught.value, EditError)
    assert str(caught.value).endswith(".")
    assert comparable(song.state) == before
    assert song.project.history == steps
