"""Projects to files, measured: null against the source, ranges, tails, rates, stems, cancel."""

import math
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.render.files import RendererFactory, render_project
from maxbooster_desktop.engine.render.settings import RenderCancelledError, RenderError, RenderSettings
from maxbooster_desktop.project.document.state import ProjectState
from tests.factories.audio_files import noise, quantised, sine, write_audio
from tests.factories.numpy_renderer import late_renderer, numpy_renderer, ringing_renderer
from tests.factories.sound_projects import SoundsWhereTheyLie, project_of

HALF_SECOND_TICKS = 960


@pytest.fixture
def song(tmp_path: Path) -> Iterator[tuple[ProjectState, MediaPool, np.ndarray]]:
    """Three tracks: two noises half a second apart and a tone; and their exact sum."""
    (tmp_path / "sounds").mkdir()
    (tmp_path / "out").mkdir()
    places = SoundsWhereTheyLie()
    parts = [quantised(noise(48_000, seed=1), 24), quantised(noise(48_000, seed=2), 24)]
    parts.append(quantised(sine(24_000, 48_000, 440.0, channels=2, level=0.2), 24))
    assets = [places.asset(write_audio(tmp_path / "sounds" / f"{n}.wav", part)) for n, part in enumerate(parts)]
    state = project_of(
        [
            ("Drums", assets[0], 0),
            ("Bass: low/deep", assets[1], HALF_SECOND_TICKS),
            ("Drums", assets[2], 0),
        ]
    )
    mix = np.zeros((72_000, 2), np.float32)
    mix[:48_000] += parts[0]
    mix[24_000:72_000] += parts[1]
    mix[:24_000] += parts[2]
    pool = MediaPool(places, 48_000, tmp_path / "cache")
    pool.require(assets)
    assert pool.wait([asset.id for asset in assets], 20.0)
    yield state, pool, mix
    pool.close()


def _left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("make_renderer", [numpy_renderer, late_renderer])
def test_the_mix_is_exact_and_latency_is_taken_off(song: tuple, tmp_path: Path, make_renderer: object) -> None:
    state, pool, mix = song
    target = tmp_path / "out" / "mix.wav"
    report = render_project(state, pool, make_renderer, RenderSettings(target, bits=32))
    assert np.array_equal(soundfile.read(target, dtype="float32")[0], mix)
    [file] = report.files
    assert (file.frames, file.sample_rate, file.path) == (72_000, 48_000, target)
    assert file.peak_dbfs == pytest.approx(20 * math.log10(np.abs(mix).max()), abs=1e-6)


def test_an_imported_file_leaves_unchanged(tmp_path: Path) -> None:
    samples = quantised(noise(100_003, level=0.2), 24)
    places = SoundsWhereTheyLie()
    asset = places.asset(write_audio(tmp_path / "in.wav", samples))
    pool = MediaPool(places, 48_000, tmp_path / "cache")
    pool.require([asset])
    assert pool.wait([asset.id], 20.0)
    for file_format in ("wav", "flac"):
        target = tmp_path / f"out.{file_format}"
        settings = RenderSettings(target, file_format, 24, dither=False)
        render_project(project_of([("In", asset, 0)]), pool, numpy_renderer, settings)
        assert np.array_equal(soundfile.read(target, dtype="float32")[0], samples)
    pool.close()


def test_two_renders_are_the_same_bytes(song: tuple, tmp_path: Path) -> None:
    state, pool, _ = song
    for name in ("a", "b"):
        render_project(state, pool, numpy_renderer, RenderSettings(tmp_path / "out" / name, bits=16))
    assert (tmp_path / "out" / "a").read_bytes() == (tmp_path / "out" / "b").read_bytes()


def test_a_range_in_ticks_or_seconds_is_cut_to_the_frame(song: tuple, tmp_path: Path) -> None:
    state, pool, mix = song
    target = tmp_path / "out" / "part.wav"
    settings = RenderSettings(target, bits=32, from_tick=HALF_SECOND_TICKS, to_s=1.25, tail_s=0.0)
    render_project(state, pool, late_renderer, settings)
    assert np.array_equal(soundfile.read(target, dtype="float32")[0], mix[24_000:60_000])


def test_a_tail_runs_until_it_is_quiet_and_no_longer_than_asked(song: tuple, tmp_path: Path) -> None:
    state, pool, mix = song
    target = tmp_path / "out" / "tail.wav"
    # What rings on behind the range is the tail, and the silence behind it is not kept.
    render_project(state, pool, ringing_renderer, RenderSettings(target, bits=32, to_s=0.5))
    assert np.array_equal(soundfile.read(target, dtype="float32")[0], mix)
    render_project(state, pool, ringing_renderer, RenderSettings(target, bits=32, to_s=0.5, tail_s=0.25))
    assert np.array_equal(soundfile.read(target, dtype="float32")[0], mix[:36_000])


@pytest.mark.parametrize("make_renderer", [numpy_renderer, late_renderer])
def test_a_range_that_ends_inside_a_clip_has_no_more_of_it_in_its_tail(
    song: tuple, tmp_path: Path, make_renderer: RendererFactory
) -> None:
    state, pool, mix = song
    target = tmp_path / "out" / "cut.wav"
    render_project(state, pool, make_renderer, RenderSettings(target, bits=32, to_s=0.5))
    assert np.array_equal(soundfile.read(target, dtype="float32")[0], mix[:24_000])


def test_quiet_stretches_inside_a_tail_are_kept() -> None:
    from maxbooster_desktop.engine.render.tail import TailGate

    gate = TailGate(48_000)
    quiet, loud = np.full((10_000, 2), 2e-5, np.float32), np.full((100, 2), 0.1, np.float32)
    assert [len(block) for block in gate.heard(quiet)] == []
    assert sum(len(block) for block in gate.heard(loud)) == 10_100
    assert not gate.is_over
    for _ in range(3):
        assert list(gate.heard(quiet)) == []
    assert gate.is_over


@pytest.mark.parametrize(("rate", "frames"), [(44_100, 66_150), (96_000, 144_000), (22_050, 33_075)])
def test_another_rate_keeps_length_and_pitch(song: tuple, tmp_path: Path, rate: int, frames: int) -> None:
    state, pool, _ = song
    target = tmp_path / "out" / "rate.wav"
    settings = RenderSettings(target, bits=32, sample_rate=rate, stems_folder=tmp_path / "out" / "stems")
    render_project(state, pool, numpy_renderer, settings)
    assert soundfile.info(target).frames == frames
    tone, read_rate = soundfile.read(tmp_path / "out" / "stems" / "03 Drums.wav", dtype="float64")
    assert read_rate == rate
    count = rate // 2
    wanted = 0.2 * np.sin(2 * np.pi * 440.0 * np.arange(count) / rate)
    error = (tone[:count, 0] - wanted)[rate // 20 : -rate // 20]
    assert 20 * np.log10(np.sqrt(np.mean(error**2)) / 0.1414) < -100.0


def test_stems_are_named_in_order_and_sum_to_the_mix(song: tuple, tmp_path: Path) -> None:
    state, pool, mix = song
    folder = tmp_path / "out" / "stems"
    report = render_project(state, pool, numpy_renderer, RenderSettings(stems_folder=folder, bits=32))
    assert _left(folder) == ["01 Drums.wav", "02 Bass_ low_deep.wav", "03 Drums.wav"]
    total = np.sum([soundfile.read(file.path, dtype="float32")[0] for file in report.files], axis=0)
    np.testing.assert_allclose(total, mix, atol=1e-6)
    assert [file.track for file in report.files] == ["t0", "t1", "t2"]


def test_muted_tracks_have_no_stem_and_that_is_said(song: tuple, tmp_path: Path) -> None:
    state, pool, _ = song
    tracks = dict(state.tracks) | {"t1": replace(state.tracks["t1"], is_muted=True)}
    settings = RenderSettings(stems_folder=tmp_path / "out" / "stems")
    report = render_project(replace(state, tracks=tracks), pool, numpy_renderer, settings)
    assert len(report.files) == 2
    assert report.notes == ("'Bass: low/deep' is muted and has no stem",)


def test_one_render_feeds_several_formats(song: tuple, tmp_path: Path) -> None:
    state, pool, mix = song
    made = []

    def counted(*about: object) -> object:
        made.append(about)
        return numpy_renderer(*about)

    out = tmp_path / "out"
    settings = RenderSettings(out / "mix.wav", bits=32, also=("flac", "mp3", "wav"), stems_folder=out / "stems")
    report = render_project(state, pool, counted, settings)
    assert len(made) == 4, "the mix and three stems, each once"
    assert [file.path.name for file in report.files[:3]] == ["mix.wav", "mix.flac", "mix.mp3"]
    assert len(report.files) == 12
    assert np.array_equal(soundfile.read(out / "mix.wav", dtype="float32")[0], mix)
    assert np.abs(soundfile.read(out / "mix.flac", dtype="float64")[0] - mix).max() < 2.0**-22
    assert soundfile.info(out / "mix.flac").subtype == "PCM_24"
    assert soundfile.info(out / "mix.mp3").samplerate == 48_000
    assert sorted({path.suffix for path in (out / "stems").iterdir()}) == [".flac", ".mp3", ".wav"]
    alone = RenderSettings(out / "alone.flac", file_format="flac", bits=24)
    render_project(state, pool, numpy_renderer, alone)
    assert (out / "alone.flac").read_bytes() == (out / "mix.flac").read_bytes()


def test_a_format_that_cannot_be_is_refused_before_anything_is_written(song: tuple, tmp_path: Path) -> None:
    state, pool, _ = song
    settings = RenderSettings(tmp_path / "out" / "mix.wav", also=("aac",))
    with pytest.raises(RenderError, match="'aac' cannot be written"):
        render_project(state, pool, numpy_renderer, settings)
    assert _left(tmp_path / "out") == []


def test_progress_rises_from_0_to_1(song: tuple, tmp_path: Path) -> None:
    state, pool, _ = song
    seen: list[float] = []
    settings = RenderSettings(tmp_path / "out" / "a.flac", "flac", stems_folder=tmp_path / "out" / "stems")
    render_project(state, pool, numpy_renderer, settings, progress=seen.append)
    assert seen == sorted(seen)
    assert 0.0 < seen[0] < 0.1
    assert seen[-1] == 1.0
    assert len(seen) > 40


@pytest.mark.parametrize("after", [0.0, 0.1, 0.4, 0.9, 0.99])
def test_cancelling_leaves_nothing(song: tuple, tmp_path: Path, after: float) -> None:
    state, pool, _ = song
    cancel = threading.Event()
    target = tmp_path / "out" / "mix.wav"
    target.write_bytes(b"the mix of yesterday")
    settings = RenderSettings(target, stems_folder=tmp_path / "out" / "stems")

    def watch(done: float) -> None:
        if done >= after:
            cancel.set()

    with pytest.raises(RenderCancelledError, match="no file was written"):
        render_project(state, pool, numpy_renderer, settings, progress=watch, cancel=cancel)
    assert _left(tmp_path / "out") == ["mix.wav"]
    assert target.read_bytes() == b"the mix of yesterday"


def test_a_disk_that_fills_up_leaves_nothing(song: tuple, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    state, pool, _ = song
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, usual[1]))
    try:
        settings = RenderSettings(tmp_path / "out" / "mix.wav", stems_folder=tmp_path / "out" / "stems")
        with pytest.raises(RenderError, match=r"no room left for .*mix\.wav"):
            render_project(state, pool, numpy_renderer, settings)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert _left(tmp_path / "out") == []


def test_a_renderer_that_fails_leaves_nothing(song: tuple, tmp_path: Path) -> None:
    state, pool, _ = song
    folder = tmp_path / "out" / "stems"
    settings = RenderSettings(tmp_path / "out" / "mix.flac", "flac", stems_folder=folder)

    def failing(state: ProjectState, pool: MediaPool, solo: str | None, start: int) -> object:
        if solo == "t1":
            raise RuntimeError("broken")
        return numpy_renderer(state, pool, solo, start)

    with pytest.raises(RuntimeError, match="broken"):
        render_project(state, pool, failing, settings)
    assert _left(tmp_path / "out") == []


def test_what_cannot_be_rendered_is_said(song: tuple, tmp_path: Path) -> None:
    state, pool, _ = song
    (tmp_path / "out" / "file").write_bytes(b"")
    cases = {
        "holds integers": RenderSettings(tmp_path / "a.flac", "flac", 32),
        "does not exist; make it": RenderSettings(tmp_path / "gone" / "a.wav"),
        "is a folder": RenderSettings(tmp_path / "out"),
        "is empty; choose an end": RenderSettings(tmp_path / "a.wav", from_s=2.0, to_s=1.0),
        "nothing to render": RenderSettings(),
        "is a file, not a folder": RenderSettings(stems_folder=tmp_path / "out" / "file"),
        "MP3 cannot have": RenderSettings(tmp_path / "a.mp3", "mp3", sample_rate=96_000),
    }
    for sentence, settings in cases.items():
        with pytest.raises(RenderError, match=sentence):
            render_project(state, pool, numpy_renderer, settings)
    empty = replace(state, clips={}, clips_by_track={})
    with pytest.raises(RenderError, match="no clips"):
        render_project(empty, pool, numpy_renderer, RenderSettings(tmp_path / "a.wav"))
    assert not (tmp_path / "a.wav").exists()


def test_clipping_is_reported_with_a_way_out(song: tuple, tmp_path: Path) -> None:
    state, pool, _ = song
    assets = list(state.assets.values())
    loud = project_of([(str(number), assets[0], 0) for number in range(12)])
    target = tmp_path / "out" / "loud.wav"
    [file] = render_project(loud, pool, numpy_renderer, RenderSettings(target, bits=16, dither=False)).files
    assert file.clipped_samples == np.count_nonzero(np.abs(soundfile.read(target)[0]) >= 32_767 / 32_768) > 100
    assert "clipped; lower the master or turn its limiter on" in file.notes[0]
