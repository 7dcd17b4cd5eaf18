"""A render never writes silence for a sound that is not there: it says which one, or that decoding takes too long."""

from pathlib import Path

import pytest

from maxbooster_desktop.engine.media.playable import SoundUndecodableError, decode_played
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.render.files import render_project
from maxbooster_desktop.engine.render.offline import make_renderer
from maxbooster_desktop.engine.render.settings import RenderSettings
from tests.factories.audio_files import noise, write_audio
from tests.factories.engine_projects import Song, ones
from tests.factories.sound_projects import SoundsWhereTheyLie, project_of


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_missing_or_damaged_sound_is_named(tmp_path: Path, *, is_gone: bool) -> None:
    places = SoundsWhereTheyLie()
    path = write_audio(tmp_path / "kick.wav", noise(50_000))
    asset = places.asset(path)
    if is_gone:
        path.unlink()
    else:
        path.write_bytes(b"no sound")
    pool = MediaPool(places, 48_000, tmp_path / "cache")
    try:
        with pytest.raises(SoundUndecodableError, match="kick"):
            render_project(project_of([("Kick", asset, 0)]), pool, make_renderer, RenderSettings(tmp_path / "mix.wav"))
    finally:
        pool.close()
    assert not (tmp_path / "mix.wav").exists()


def test_a_shared_pools_problem_with_another_sound_does_not_matter(tmp_path: Path) -> None:
    places = SoundsWhereTheyLie()
    gone = write_audio(tmp_path / "gone.wav", noise(1_000))
    lost, there = places.asset(gone), places.asset(write_audio(tmp_path / "snare.wav", noise(2_000)))
    gone.unlink()
    pool = MediaPool(places, 48_000, tmp_path / "cache")
    try:
        pool.require([lost])
        assert pool.wait([lost.id], 20.0)
        settings = RenderSettings(tmp_path / "mix.wav")
        [mix] = render_project(project_of([("Snare", there, 0)]), pool, make_renderer, settings).files
    finally:
        pool.close()
    assert mix.peak_dbfs > -20.0


@pytest.mark.parametrize(("from_s", "to_s", "decoded"), [(None, 0.5, "01"), (0.75, 2.0, "12"), (2.5, 2.75, "")])
def test_a_range_decodes_what_plays_in_it_and_sounds_as_if_all_were_decoded(
    tmp_path: Path, from_s: float | None, to_s: float, decoded: str
) -> None:
    places = SoundsWhereTheyLie()
    assets = [
        places.asset(write_audio(tmp_path / f"{n}.wav", noise(frames, seed=n), rate))
        for n, (frames, rate) in enumerate([(24_000, 48_000), (44_100, 44_100), (9_600, 48_000)])
    ]
    # At 0, 0.25 and 1.5 seconds.
    state = project_of(list(zip("ABC", assets, (0, 480, 2_880), strict=True)))
    written = []
    for is_all in (False, True):
        pool = MediaPool(places, 48_000, tmp_path / f"cache {is_all}")
        try:
            if is_all:
                decode_played(state, pool)
            settings = RenderSettings(tmp_path / "part.wav", from_s=from_s, to_s=to_s)
            render_project(state, pool, make_renderer, settings)
            written.append((tmp_path / "part.wav").read_bytes())
            done = [str(n) for n, asset in enumerate(assets) if pool.is_done(asset.id)]
            assert "".join(done) == ("012" if is_all else decoded)
        finally:
            pool.close()
    assert written[0] == written[1]


def test_a_sound_that_is_gone_is_no_matter_where_it_does_not_play(tmp_path: Path) -> None:
    places = SoundsWhereTheyLie()
    here, gone = (
        places.asset(write_audio(tmp_path / f"{name}.wav", noise(4_800, seed=ord(name[0]))))
        for name in ("here", "gone")
    )
    places.paths[gone.id] = tmp_path / "nowhere.wav"
    pool = MediaPool(places, 48_000, tmp_path / "cache")
    try:
        state = project_of([("A", here, 0), ("B", gone, 1_920)])
        render_project(state, pool, make_renderer, RenderSettings(tmp_path / "mix.wav", to_s=0.5))
        with pytest.raises(SoundUndecodableError, match="gone"):
            render_project(state, pool, make_renderer, RenderSettings(tmp_path / "mix.wav"))
    finally:
        pool.close()


def test_decoding_that_does_not_end_is_a_failure() -> None:
    song = Song()
    song.clip(song.track(), ones(100))
    song.pool.wait = lambda _ids, timeout_s: timeout_s > 60.0
    with pytest.raises(SoundUndecodableError, match=r"within 0\.25 seconds"):
        decode_played(song.state, song.pool, timeout_s=0.25)
