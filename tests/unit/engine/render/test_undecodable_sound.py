"""A render never writes silence for a sound that is not there: it says which one, or that decoding takes too long."""

from pathlib import Path

import pytest

from maxbooster_desktop.engine.media.playable import SoundUndecodableError, decode_played
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.render.offline import OfflineRenderer
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
            OfflineRenderer(project_of([("Kick", asset, 0)]), pool)
    finally:
        pool.close()


def test_a_shared_pools_problem_with_another_sound_does_not_matter(tmp_path: Path) -> None:
    places = SoundsWhereTheyLie()
    gone = write_audio(tmp_path / "gone.wav", noise(1_000))
    lost, there = places.asset(gone), places.asset(write_audio(tmp_path / "snare.wav", noise(2_000)))
    gone.unlink()
    pool = MediaPool(places, 48_000, tmp_path / "cache")
    try:
        pool.require([lost])
        assert pool.wait([lost.id], 20.0)
        rendered = OfflineRenderer(project_of([("Snare", there, 0)]), pool).process(2_000)
    finally:
        pool.close()
    assert abs(rendered).max() > 0.1


def test_decoding_that_does_not_end_is_a_failure() -> None:
    song = Song()
    song.clip(song.track(), ones(100))
    song.pool.wait = lambda _ids, timeout_s: timeout_s > 60.0
    with pytest.raises(SoundUndecodableError, match="within 60 seconds"):
        decode_played(song.state, song.pool, timeout_s=60.0)
