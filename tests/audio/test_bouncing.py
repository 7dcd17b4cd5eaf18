"""Freeze, flatten and bounce on a real project: what is rendered after is what was rendered before, in one step."""

import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import soundfile

from maxbooster_desktop.actions.bounce_rendering import Bouncer
from maxbooster_desktop.engine.graph import devices
from maxbooster_desktop.engine.graph.devices import has_device
from maxbooster_desktop.engine.media.playable import decode_played
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.render.files import render_project
from maxbooster_desktop.engine.render.offline import OfflineRenderer, make_renderer
from maxbooster_desktop.engine.render.settings import RenderCancelledError, RenderSettings
from maxbooster_desktop.project.document.freezing import as_heard
from maxbooster_desktop.project.document.frozen_edits import TrackFrozenError
from maxbooster_desktop.project.edits import channel, clips, freezing, tracks
from maxbooster_desktop.project.edits.errors import TrackChanged, ValueNotAllowed
from maxbooster_desktop.project.exchange.import_audio import import_audio
from maxbooster_desktop.project.store.opening import create_project
from tests.factories.audio_files import noise, sine, write_audio

FRAMES = 144_000
BAR = 3_840


class Studio:
    """A project with a pool and a bouncer."""

    def __init__(self, folder: Path) -> None:
        self.project = create_project(folder / "song", name="Song")
        self.pool = MediaPool(self.project.audio, 48_000, folder / "cache")
        self.told: list[float] = []
        self.cancel = threading.Event()
        self.bouncer = Bouncer(self.project, self.pool, self.told.append, self.cancel, ("acc_1", "Mara"))

    @property
    def state(self):
        return self.project.state

    def render(self):
        """Return what the project sounds like, latency taken off."""
        decode_played(as_heard(self.state, has_device), self.pool)
        renderer = OfflineRenderer(self.state, self.pool)
        late = renderer.latency_frames
        return renderer.process(FRAMES + late)[late:]

    def steps(self):
        return [step.name for step in self.project.history() if not step.is_undone]

    def left(self):
        """Return what lies in the folder of the sounds beside whole sounds."""
        return [path for path in self.project.audio.folder.iterdir() if path.name.startswith(".")]


@pytest.fixture
def studio(tmp_path):
    """Two tracks: noise that is split, with an echo and a limiter, and a sine."""
    files = [
        write_audio(tmp_path / "drums.wav", noise(48_000, seed=1) * 0.5),
        write_audio(tmp_path / "bass.wav", sine(48_000, 48_000, 110.0, channels=2, level=0.3)),
    ]
    made = Studio(tmp_path)
    with made.project, closing(made.pool):
        import_audio(made.project, files)
        drums, bass = made.state.track_order
        made.drums, made.bass = drums, bass
        [loop] = made.state.clips_by_track[drums]
        made.project.do(clips.split_clips, [loop], 700)
        made.project.do(clips.split_clips, [loop], 300)
        made.project.do(channel.add_insert, drums, "delays.echo", {"time_ms": 120.0})
        made.project.do(channel.add_insert, drums, "dynamics.true_peak_limiter", {"ceiling_dbtp": -9.0})
        made.project.do(channel.set_strip, drums, {"eq_on": 1.0, "hp_on": 1.0})
        made.project.do(channel.set_pan, drums, -0.4)
        made.before = made.render()
        made.steps_before = made.steps()
        yield made


def peak_db(difference):
    return 20.0 * np.log10(max(float(np.abs(difference).max()), 1e-30))


def test_freezing_changes_nothing_that_is_heard_and_is_one_step(studio):
    studio.bouncer.freeze([studio.drums, studio.bass])
    assert peak_db(studio.render() - studio.before) < -138.0
    assert studio.steps() == [*studio.steps_before, "Freeze 2 tracks"]
    frozen = studio.state.tracks[studio.drums].frozen
    assert (frozen.account, frozen.name) == ("acc_1", "Mara")
    asset = studio.state.assets[frozen.asset]
    assert (asset.sample_rate, asset.channels, asset.subtype, asset.name) == (48_000, 2, "FLOAT", "drums frozen")
    assert studio.project.audio.path_of(asset).is_file()
    assert studio.told == sorted(studio.told)
    assert studio.told[-1] == 1.0
    assert studio.left() == []


def test_freezing_the_same_again_makes_the_same_sound(studio):
    studio.bouncer.freeze([studio.drums])
    first = studio.state.tracks[studio.drums].frozen
    studio.project.do(freezing.unfreeze_tracks, [studio.drums])
    assert np.array_equal(studio.render(), studio.before)
    studio.bouncer.freeze([studio.drums])
    assert studio.state.tracks[studio.drums].frozen == first


def test_flattening_is_one_step_that_undo_takes_back(studio):
    studio.bouncer.flatten([studio.drums])
    assert peak_db(studio.render() - studio.before) < -138.0
    assert studio.steps() == [*studio.steps_before, "Flatten"]
    assert studio.state.tracks[studio.drums].inserts == ()
    assert len(studio.state.clips_by_track[studio.drums]) == 1
    studio.project.undo().result()
    assert np.array_equal(studio.render(), studio.before)
    assert len(studio.state.clips_by_track[studio.drums]) == 3


def test_a_new_track_has_the_sound_and_the_strip_and_the_old_one_is_muted(studio):
    change = studio.bouncer.to_new_tracks([studio.drums])
    [made] = [track for track in studio.state.track_order if track in change.created]
    assert studio.state.track_order == (studio.drums, made, studio.bass)
    assert studio.state.tracks[studio.drums].is_muted
    assert studio.state.tracks[made].strip == studio.state.tracks[studio.drums].strip
    assert studio.state.tracks[made].name == "drums bounce"
    assert peak_db(studio.render() - studio.before) < -138.0


def test_clips_become_one_that_goes_on_through_the_devices(studio):
    chosen = studio.state.clips_by_track[studio.drums][:2]
    studio.bouncer.clips(chosen)
    assert np.array_equal(studio.render(), studio.before)
    assert studio.steps() == [*studio.steps_before, "Bounce in place"]
    assert len(studio.state.clips_by_track[studio.drums]) == 2
    assert len(studio.state.tracks[studio.drums].inserts) == 2


def test_a_range_becomes_one_clip_on_each_track_cut_at_its_ends(studio):
    studio.bouncer.range([studio.drums, studio.bass], 480, 960)
    assert np.array_equal(studio.render(), studio.before)
    for track in (studio.drums, studio.bass):
        made = [studio.state.clips[clip] for clip in studio.state.clips_by_track[track]]
        [bounced] = [clip for clip in made if clip.start_tick == 480]
        assert studio.state.clip_end_tick(bounced) == 960
        assert bounced.source_offset == 0
        assert studio.state.assets[bounced.asset].frames == 12_000
    studio.project.undo().result()
    assert np.array_equal(studio.render(), studio.before)


def test_an_overlap_is_summed_and_a_gap_stays_silent(studio):
    [first, second, third] = studio.state.clips_by_track[studio.drums]
    studio.project.do(clips.move_clips, [second], -100)
    studio.project.do(clips.move_clips, [third], 500)
    before = studio.render()
    studio.bouncer.clips([first, second, third])
    assert np.array_equal(studio.render(), before)


def test_a_frozen_track_and_an_empty_range_are_refused(studio):
    with pytest.raises(ValueNotAllowed, match="Nothing sounds there"):
        studio.bouncer.range([studio.drums], 50 * BAR, 51 * BAR)
    studio.bouncer.freeze([studio.drums])
    with pytest.raises(TrackFrozenError):
        studio.bouncer.clips(studio.state.clips_by_track[studio.drums])


@pytest.mark.parametrize("deed", ["freeze", "flatten", "to_new_tracks"])
def test_cancelling_leaves_project_and_folder_as_they_were(studio, deed):
    sounds = set(studio.project.audio.stored())
    studio.cancel.set()
    with pytest.raises(RenderCancelledError, match="the project is as it was"):
        getattr(studio.bouncer, deed)([studio.drums])
    assert set(studio.project.audio.stored()) == sounds
    assert (studio.left(), studio.steps()) == ([], studio.steps_before)


def test_what_changed_while_it_was_rendered_is_not_frozen(studio):
    def meddle(_done):
        if studio.state.tracks[studio.bass].name == "bass":
            studio.project.do(tracks.rename_track, studio.bass, "Low")
            studio.project.do(clips.set_clip_gain, studio.state.clips_by_track[studio.bass][0], -6.0)

    bouncer = Bouncer(studio.project, studio.pool, meddle, studio.cancel)
    with pytest.raises(TrackChanged, match="“Low” has changed since its sound was made"):
        bouncer.freeze([studio.bass])
    assert studio.state.tracks[studio.bass].frozen is None


def test_what_a_killed_freeze_left_is_gone_after_the_next_opening(studio):
    left = studio.project.audio.folder / ".partial-0123456789abcdef"
    left.mkdir()
    (left / "0.wav").write_bytes(b"RIFF")
    studio.project.audio.clear_partial()
    assert studio.left() == []


def test_a_collaborator_without_a_device_hears_what_was_frozen_and_is_told(studio, tmp_path, monkeypatch):
    studio.bouncer.freeze([studio.drums])
    with (
        create_project(tmp_path / "other") as other,
        closing(MediaPool(other.audio, 48_000, tmp_path / "cache")) as pool,
    ):
        other.do(lambda document: document.merge(studio.project.encoded()))
        for sound in list(studio.project.audio.stored()):
            other.audio.add(sound, sound.stem)
        known = {name: module for name, module in devices._BY_ID.items() if name != "delays.echo"}
        monkeypatch.setattr(devices, "_BY_ID", known)
        settings = RenderSettings(tmp_path / "mix.wav", bits=32)
        report = render_project(other.state, pool, make_renderer, settings)
        heard = soundfile.read(tmp_path / "mix.wav", dtype="float32")[0][:FRAMES]
        assert peak_db(heard - studio.before[: len(heard)]) < -138.0
        assert report.notes == ("“drums” uses echo, which this program does not have: it plays what Mara froze.",)
        other.do(freezing.unfreeze_tracks, [studio.drums])
        report = render_project(other.state, pool, make_renderer, settings)
        assert "and sounds without it: ask somebody who has it to freeze the track" in report.notes[0]
        assert soundfile.info(tmp_path / "mix.wav").frames >= 48_000
