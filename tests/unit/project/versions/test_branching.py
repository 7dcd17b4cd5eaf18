"""Branches: projects of their own, and tracks that come back from them in one step."""

from dataclasses import replace

import numpy as np
import pytest

from maxbooster_desktop.project.document.projection import project as project_state
from maxbooster_desktop.project.document.state import Clip, Lane, Point, Track
from maxbooster_desktop.project.document.state_codec import state_hash
from maxbooster_desktop.project.edits import clips, tracks
from maxbooster_desktop.project.exchange.import_audio import import_audio
from maxbooster_desktop.project.exchange.load_samples import Target, load_samples
from maxbooster_desktop.project.store.errors import (
    ProjectExistsError,
    ProjectMissingError,
    StorageFullError,
    VersionMissingError,
)
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.versions.branching import bring_back, start_branch
from maxbooster_desktop.project.versions.comparing import compare
from maxbooster_desktop.project.versions.sources import kin, present_document, version_document
from tests.factories.audio_files import noise, write_audio
from tests.factories.projects import some_notes
from tests.unit.project.store.test_displaced_project import wait_for

BAR = 3840


def fill(document):
    with document.edit("Fill") as edit:
        for place, track in enumerate(("keys", "bass")):
            edit.create(Track(track, "instrument", track.capitalize(), f"a{place}"))
            for number in range(3):
                clip = f"{track}-{number}"
                edit.create(Clip(clip, track, number * BAR, clip, "midi", length_ticks=BAR))
                edit.set_notes(clip, some_notes(4))
        edit.create(Lane("l1", "keys", "gain_db", points=(Point("p1", 0, -6.0),)))


@pytest.fixture
def song(tmp_path):
    with create_project(tmp_path / "Night Drive") as project:
        project.do(fill)
        yield project


def change_keys(document):
    """Everything that can become of a track."""
    with document.edit("Change") as edit:
        state = document.state
        edit.set(replace(state.tracks["keys"], name="Rhodes", gain_db=-3.0, strip={"comp_ratio": 4.0}))
        edit.set(replace(state.clips["keys-0"], start_tick=8 * BAR))
        edit.delete("keys-1")
        edit.create(Clip("keys-9", "keys", 4 * BAR, "New", "midi", length_ticks=BAR))
        edit.set_notes("keys-9", some_notes(3))
        notes = some_notes(4)
        notes["pitch"] += 12
        edit.set_notes("keys-2", notes)
        edit.set(replace(state.lanes["l1"], points=(Point("p1", 0, -12.0), Point("p2", BAR, 0.0))))


def track_of(state, track):
    """Return everything that is on a track."""
    own = {clip.id: clip for clip in state.clips.values() if clip.track == track}
    notes = {clip: state.notes[clip].tobytes() for clip in own if clip in state.notes}
    lanes = [lane for lane in state.lanes.values() if lane.track == track]
    return state.tracks.get(track), own, notes, lanes


def test_a_branch_begins_with_a_version_and_is_a_project_of_its_own(song, tmp_path):
    version = song.save_version("First mix").result()
    saved = song.state
    song.do(tracks.rename_track, "keys", "Later")
    copied = start_branch(song, tmp_path / "Slower intro", version.id)
    with open_project(copied.folder) as branch:
        assert branch.state.tracks == saved.tracks
        assert branch.state.meta.name == "Slower intro"
        assert branch.state.meta.project_id != saved.meta.project_id
        assert branch.link is None
        assert branch.history() == []
        origin, branches = kin(branch.folder)
        assert (origin.folder, origin.name, origin.version, branches) == (song.folder, "Night Drive", version.id, [])
    _, (known,) = kin(song.folder)
    assert (known.folder, known.name) == (copied.folder, "Slower intro")


def test_a_branch_brings_its_sounds_along_and_back(tmp_path):
    take, later = (write_audio(tmp_path / f"{name}.wav", noise(4_800, seed=seed)) for seed, name in enumerate("AB"))
    with create_project(tmp_path / "Song") as song:
        import_audio(song, [take], start_tick=0, new_tracks=True)
        copied = start_branch(song, tmp_path / "Branch")
        assert copied.missing == ()
        (track,) = song.state.track_order
        with open_project(copied.folder) as branch:
            assert branch.audio.missing(branch.state.assets.values()) == ()
            import_audio(branch, [later], start_tick=BAR, new_tracks=False, track=track)
        bring_back(song, track, present_document(copied.folder), "Branch", copied.folder)
        assert len(song.state.clips) == 2
        assert song.audio.missing(song.state.assets.values()) == ()


def test_a_sampler_brings_its_sounds_along_and_back(tmp_path):
    tone = write_audio(tmp_path / "tone.wav", noise(4_800))
    with create_project(tmp_path / "Night Drive") as song:
        [track] = song.do(tracks.add_instrument_track, "instruments.sampler").created
        folder = start_branch(song, tmp_path / "Sampled").folder
        with open_project(folder) as branch:
            target = Target(track, branch.state.tracks[track].inserts[0].id)
            load_samples(branch, target, [tone])
        bring_back(song, track, present_document(folder), "Sampled", folder)
        [zone] = song.state.tracks[track].inserts[0].zones
        assert song.audio.missing([song.state.assets[zone.asset]]) == ()


def test_one_track_comes_back_in_one_step_and_the_rest_stays(song, tmp_path):
    copied = start_branch(song, tmp_path / "Branch")
    with open_project(copied.folder) as branch:
        branch.do(change_keys)
        branch.do(tracks.rename_track, "bass", "Not this")
        wanted = track_of(branch.state, "keys")
    before, steps = state_hash(song.state), len(song.history())
    change = bring_back(song, "keys", present_document(copied.folder), "Branch", copied.folder)
    assert track_of(song.state, "keys") == wanted
    assert song.state.tracks["bass"].name == "Bass"
    assert change.name == "Bring back Rhodes from Branch"
    assert len(song.history()) == steps + 1
    assert (song.versions()[0].kind, song.versions()[0].name) == ("before", f"Before: {change.name}")
    song.undo().result()
    assert state_hash(song.state) == before
    song.redo().result()
    assert track_of(song.state, "keys") == wanted


def test_a_track_comes_back_from_a_version(song):
    version = song.save_version("Before").result()
    wanted = track_of(song.state, "keys")
    song.do(change_keys)
    name, registers = version_document(song.folder, version.id)
    bring_back(song, "keys", registers, name, song.folder)
    assert track_of(song.state, "keys") == wanted


def test_a_deleted_track_comes_back_and_a_later_one_goes(song):
    version = song.save_version("Before").result()
    wanted = track_of(song.state, "keys")
    song.do(tracks.delete_tracks, ["keys"])
    (late,) = song.do(tracks.add_track, "audio", name="Late").created
    for track in ("keys", late):
        bring_back(song, track, version_document(song.folder, version.id)[1], "Before", song.folder)
    assert track_of(song.state, "keys") == wanted
    assert late not in song.state.tracks


def test_a_clip_that_is_on_another_track_there_goes_to_it(song):
    def move(document):
        with document.edit("Move") as edit:
            edit.set(replace(document.state.clips["bass-0"], track="keys", start_tick=9 * BAR))

    version = song.save_version("Before").result()
    song.do(move)
    bring_back(song, "keys", version_document(song.folder, version.id)[1], "Before", song.folder)
    assert song.state.clips["bass-0"].track == "bass"
    assert compare(project_state(version_document(song.folder, version.id)[1]), song.state).tracks == ()


def test_bringing_back_what_is_the_same_makes_no_step(song):
    version = song.save_version("Now").result()
    steps = song.history()
    bring_back(song, "keys", version_document(song.folder, version.id)[1], "Now", song.folder)
    assert song.history() == steps


def test_what_cannot_be_read_is_one_sentence(song, tmp_path):
    with pytest.raises(ProjectExistsError):
        start_branch(song, song.folder)
    with pytest.raises(VersionMissingError):
        start_branch(song, tmp_path / "Branch", 77)
    assert not (tmp_path / "Branch").exists()
    with pytest.raises(ProjectMissingError):
        present_document(tmp_path / "gone")


def test_a_branch_whose_folder_is_gone_is_not_listed(song, tmp_path):
    copied = start_branch(song, tmp_path / "Branch")
    copied.folder.rename(tmp_path / "Elsewhere")
    assert kin(song.folder) == (None, [])


def test_random_edits_of_a_track_come_back_alike(song, tmp_path):
    """Whatever both sides did since, the track becomes the branch's, and undoing gives the own one back."""
    source = np.random.default_rng(5)
    copied = start_branch(song, tmp_path / "Branch")
    with open_project(copied.folder) as branch:
        for project in (song, branch):
            for _ in range(15):
                ids = [clip for clip in project.state.clips if project.state.clips[clip].track == "keys"]
                if source.random() < 0.3 or not ids:
                    start = int(source.integers(0, 40)) * BAR
                    project.do(clips.add_midi_clip, "keys", start, BAR, "New")
                elif source.random() < 0.2:
                    project.do(clips.delete_clips, [ids[0]])
                else:
                    project.do(clips.move_clips, [str(source.choice(ids))], int(source.integers(0, 9)) * 960)
        wanted = track_of(branch.state, "keys")
    before = state_hash(song.state)
    bring_back(song, "keys", present_document(copied.folder), "Branch", copied.folder)
    assert track_of(song.state, "keys") == wanted
    song.undo().result()
    assert state_hash(song.state) == before


def test_a_branch_of_a_project_that_is_open_for_reading_is_made_all_the_same(song, tmp_path):
    version = song.save_version("Before").result()
    with open_project(song.folder, read_only=True) as reading:
        for number, name in ((version.id, "From a version"), (0, "From now")):
            copied = start_branch(reading, tmp_path / name, number)
            with open_project(copied.folder) as branch:
                assert branch.state.tracks == song.state.tracks
    assert kin(song.folder) == (None, [])


def test_nobody_waits_for_ever_for_a_disk_that_takes_nothing(song, tmp_path, monkeypatch):
    monkeypatch.setattr("maxbooster_desktop.project.store.project._PATIENCE_S", 0.2)
    kept = song.save_version("Before").result()
    registers = version_document(song.folder, kept.id)[1]
    song.folder.rename(tmp_path / "Moved")
    copied = start_branch(song, tmp_path / "Branch")
    with open_project(copied.folder) as branch:
        assert branch.state.tracks == song.state.tracks
    with pytest.raises(StorageFullError, match="moved, renamed or deleted"):
        bring_back(song, "keys", registers, "Before", song.folder)
    (tmp_path / "Moved").rename(song.folder)
    wait_for(lambda: song.durability.is_durable)
