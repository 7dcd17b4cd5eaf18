"""An export at a loudness, measured in the file: by gain alone where peaks allow it, limited where they do not."""

import numpy as np
import pytest
import soundfile

from maxbooster_desktop.engine.render.analysis import analyze_file
from maxbooster_desktop.engine.render.files import render_project
from maxbooster_desktop.engine.render.loudness import named_targets
from maxbooster_desktop.engine.render.offline import make_renderer
from maxbooster_desktop.engine.render.settings import LoudnessTarget, RenderError, RenderSettings
from tests.factories.engine_projects import RATE, Song, noise, sine

SECONDS = 6


def peaky(gain=0.03):
    """Quiet noise with a loud beat: what is brought up by gain passes any ceiling."""
    sound = noise(SECONDS * RATE, gain=gain)
    for beat in range(2 * SECONDS):
        sound[:, beat * RATE // 2 : beat * RATE // 2 + 240] *= 12.0
    return sound


def song_of(sound):
    song = Song()
    song.clip(song.track(), sound)
    return song


def rendered(song, settings):
    return render_project(song.state, song.pool, make_renderer, settings)


def test_what_stays_below_the_ceiling_gets_a_gain_and_nothing_else(tmp_path):
    song = song_of(sine(SECONDS * RATE, gain=0.05))
    rendered(song, RenderSettings(tmp_path / "mix.wav", bits=32))
    report = rendered(song, RenderSettings(tmp_path / "loud.wav", bits=32, loudness=LoudnessTarget(-18.0)))
    mix, _ = soundfile.read(tmp_path / "mix.wav", dtype="float32")
    loud, _ = soundfile.read(tmp_path / "loud.wav", dtype="float32")
    np.testing.assert_allclose(loud, mix * 10 ** (report.gain_db / 20), rtol=1e-6, atol=1e-9)
    assert analyze_file(tmp_path / "loud.wav").integrated_lufs == pytest.approx(-18.0, abs=0.05)
    assert report.notes[0].startswith("Loudness of the mix: -18.0 LUFS")
    assert "limiter" not in report.notes[0]


@pytest.mark.parametrize(
    ("lufs", "ceiling_dbtp", "rate"), [(-14.0, -1.0, None), (-10.0, -2.0, None), (-12.0, -1.0, 44_100)]
)
def test_what_would_pass_it_is_limited_and_still_as_loud(tmp_path, lufs, ceiling_dbtp, rate):
    target = LoudnessTarget(lufs, ceiling_dbtp)
    settings = RenderSettings(tmp_path / "loud.wav", bits=32, sample_rate=rate, loudness=target)
    report = rendered(song_of(peaky()), settings)
    measured = analyze_file(tmp_path / "loud.wav")
    assert measured.integrated_lufs == pytest.approx(lufs, abs=0.1)
    assert measured.true_peak_dbtp <= ceiling_dbtp + 0.06
    assert "and a limiter" in report.notes[0]


def test_a_mix_that_is_too_loud_comes_down(tmp_path):
    settings = RenderSettings(tmp_path / "loud.wav", loudness=LoudnessTarget(-23.0))
    report = rendered(song_of(noise(SECONDS * RATE, gain=0.2)), settings)
    assert report.gain_db < 0
    assert analyze_file(tmp_path / "loud.wav").integrated_lufs == pytest.approx(-23.0, abs=0.05)


def test_stems_and_every_format_come_with_it(tmp_path):
    song = Song()
    track = song.track()
    song.clip(track, sine(SECONDS * RATE, gain=0.05))
    song.change(track_order=(track,))
    common = {"bits": 24, "dither": False, "stems_folder": tmp_path / "stems"}
    rendered(song, RenderSettings(tmp_path / "mix.wav", **common))
    plain = next((tmp_path / "stems").iterdir()).read_bytes()
    target = LoudnessTarget(-16.0)
    rendered(song, RenderSettings(tmp_path / "loud.wav", also=("flac", "ogg"), loudness=target, **common))
    for name in ("loud.wav", "loud.flac", "loud.ogg"):
        assert analyze_file(tmp_path / name).integrated_lufs == pytest.approx(-16.0, abs=0.1), name
    assert sorted(path.suffix for path in (tmp_path / "stems").iterdir()) == [".flac", ".ogg", ".wav"]
    assert next((tmp_path / "stems").glob("*.wav")).read_bytes() == plain


@pytest.mark.parametrize(
    ("sound", "target", "sentence"),
    [
        (np.zeros((2, SECONDS * RATE), np.float32), LoudnessTarget(-14.0), "The mix is silent"),
        (sine(SECONDS * RATE, gain=0.001), LoudnessTarget(-14.0), "raise its faders first"),
        (sine(SECONDS * RATE), LoudnessTarget(float("nan")), "no loudness to export at"),
        (sine(SECONDS * RATE), LoudnessTarget(3.0), "no loudness to export at"),
        (sine(SECONDS * RATE), LoudnessTarget(-14.0, 1.0), "A ceiling of 1 dBTP is not possible"),
    ],
)
def test_what_cannot_be_is_said_and_leaves_nothing(tmp_path, sound, target, sentence):
    with pytest.raises(RenderError, match=sentence):
        rendered(song_of(sound), RenderSettings(tmp_path / "loud.wav", loudness=target))
    assert list(tmp_path.iterdir()) == []


def test_what_no_limiter_can_do_is_done_as_far_as_it_goes_and_said(tmp_path):
    report = rendered(song_of(peaky()), RenderSettings(tmp_path / "loud.wav", loudness=LoudnessTarget(-1.0)))
    assert "-1 LUFS cannot be had below -1 dBTP" in report.notes[0]
    assert analyze_file(tmp_path / "loud.wav").true_peak_dbtp <= -0.94


def test_stems_alone_have_no_loudness(tmp_path):
    settings = RenderSettings(stems_folder=tmp_path / "stems", loudness=LoudnessTarget(-14.0))
    with pytest.raises(RenderError, match="name a file for the mix"):
        rendered(song_of(peaky()), settings)


def test_each_named_target_says_where_its_figures_are_from():
    assert len({each.id for each in named_targets()}) == len(named_targets()) >= 7
    for each in named_targets():
        assert each.source
        assert len(each.as_of) == 7
        assert -30.0 <= each.lufs <= -5.0
        assert -3.0 <= each.ceiling_dbtp <= 0.0
