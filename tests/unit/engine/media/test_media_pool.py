"""The media pool: decoded once, exact, readable while it grows, repaired when its cache is damaged."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from maxbooster_desktop.engine.media.cache_file import MediaShape
from maxbooster_desktop.engine.media.pool import MediaPool
from tests.factories.audio_files import FORMATS, noise, quantised, sine, write_audio
from tests.factories.sound_projects import SoundsWhereTheyLie


@pytest.fixture
def places() -> SoundsWhereTheyLie:
    return SoundsWhereTheyLie()


def _pool(places: SoundsWhereTheyLie, folder: Path, rate: int = 48_000) -> MediaPool:
    return MediaPool(places, rate, folder)


@pytest.mark.parametrize(("subtype", "bits"), [("PCM_16", 16), ("PCM_24", 24)])
@pytest.mark.parametrize("suffix", [".wav", ".aiff", ".flac"])
def test_at_the_session_rate_samples_are_the_files_own(
    tmp_path: Path, places: SoundsWhereTheyLie, suffix: str, subtype: str, bits: int
) -> None:
    samples = quantised(noise(70_000), bits)
    asset = places.asset(write_audio(tmp_path / f"a{suffix}", samples, subtype=subtype))
    pool = _pool(places, tmp_path)
    pool.require([asset])
    assert pool.wait([asset.id], 20.0)
    decoded = pool.samples(asset.id)
    pool.close()
    assert decoded is not None
    assert decoded.tobytes() == samples.T.tobytes()
    assert not decoded.flags.writeable


@pytest.mark.parametrize("suffix", [".ogg", ".opus", ".mp3"])
def test_lossy_files_are_what_one_plain_read_gives(tmp_path: Path, places: SoundsWhereTheyLie, suffix: str) -> None:
    path = write_audio(tmp_path / f"a{suffix}", noise(100_000))
    asset = places.asset(path)
    pool = _pool(places, tmp_path)
    pool.require([asset])
    assert pool.wait([asset.id], 20.0)
    decoded = pool.samples(asset.id)
    pool.close()
    assert decoded is not None
    assert np.array_equal(decoded.T, soundfile.read(path, dtype="float32")[0])


@pytest.mark.parametrize(
    ("rate", "frames"), [(44_100, 44_100 * 3 + 17), (96_000, 100_001), (8_000, 8_003), (48_001, 99_999)]
)
def test_the_length_after_resampling_is_exact(
    tmp_path: Path, places: SoundsWhereTheyLie, rate: int, frames: int
) -> None:
    asset = places.asset(write_audio(tmp_path / "a.wav", noise(frames, 1), rate))
    pool = _pool(places, tmp_path)
    pool.require([asset])
    assert pool.wait([asset.id], 20.0)
    decoded = pool.samples(asset.id)
    pool.close()
    assert decoded is not None
    assert decoded.shape == (1, int(np.floor(frames * 48_000 / rate + 0.5)))


def test_an_impulse_stays_where_it_was(tmp_path: Path, places: SoundsWhereTheyLie) -> None:
    samples = np.zeros((44_100 * 2, 1), np.float32)
    samples[44_100] = 0.9
    asset = places.asset(write_audio(tmp_path / "a.wav", samples, 44_100))
    pool = _pool(places, tmp_path)
    pool.require([asset])
    assert pool.wait([asset.id], 20.0)
    decoded = pool.samples(asset.id)
    pool.close()
    assert decoded is not None
    assert int(np.argmax(np.abs(decoded[0]))) == 48_000


def test_a_resampled_sine_is_right_to_minus_100_db_and_does_not_drift(
    tmp_path: Path, places: SoundsWhereTheyLie
) -> None:
    asset = places.asset(write_audio(tmp_path / "a.wav", sine(44_100 * 60, 44_100, 997.0), 44_100, "FLOAT"))
    pool = _pool(places, tmp_path)
    pool.require([asset])
    assert pool.wait([asset.id], 30.0)
    decoded = pool.samples(asset.id)
    pool.close()
    assert decoded is not None
    error = decoded[0].astype(np.float64) - 0.5 * np.sin(2 * np.pi * 997.0 * np.arange(48_000 * 60) / 48_000)
    inside = error[4_800:-4_800]
    assert 20 * np.log10(np.sqrt(np.mean(inside**2)) / (0.5 / np.sqrt(2))) < -100.0


def test_more_channels_are_folded_down(tmp_path: Path, places: SoundsWhereTheyLie) -> None:
    samples = quantised(noise(10_000, 6, level=0.05), 24)
    asset = places.asset(write_audio(tmp_path / "a.wav", samples))
    pool = _pool(places, tmp_path)
    pool.require([asset])
    assert pool.wait([asset.id], 20.0)
    decoded = pool.samples(asset.id)
    pool.close()
    left = samples[:, 0] + np.sqrt(0.5) * (samples[:, 2] + samples[:, 4])
    right = samples[:, 1] + np.sqrt(0.5) * (samples[:, 2] + samples[:, 5])
    assert decoded is not None
    np.testing.assert_allclose(decoded, np.stack([left, right]), atol=1e-7)


def test_a_second_pool_maps_what_the_first_decoded(tmp_path: Path, places: SoundsWhereTheyLie) -> None:
    path = write_audio(tmp_path / "a.wav", noise(50_000))
    asset = places.asset(path)
    first = _pool(places, tmp_path)
    first.require([asset])
    assert first.wait([asset.id], 20.0)
    peaks = first.peaks(asset.id)
    first.close()
    path.unlink()
    second = _pool(places, tmp_path)
    second.require([asset])
    assert second.is_done(asset.id)
    assert second.ready_frames(asset.id) == 50_000
    again = second.peaks(asset.id)
    second.close()
    assert peaks is not None
    assert again is not None
    assert np.array_equal(peaks.peaks, again.peaks)


@pytest.mark.parametrize("damage", ["short", "footer", "empty", "peaks gone", "peaks short"])
def test_a_damaged_cache_is_made_again(tmp_path: Path, places: SoundsWhereTheyLie, damage: str) -> None:
    samples = quantised(noise(50_000), 24)
    asset = places.asset(write_audio(tmp_path / "a.wav", samples))
    first = _pool(places, tmp_path)
    first.require([asset])
    assert first.wait([asset.id], 20.0)
    first.close()
    shape = MediaShape(asset.file_hash, 48_000, 2, 50_000)
    sound, peaks = shape.samples_path(first.folder), shape.peaks_path(first.folder)
    whole = sound.read_bytes()
    if damage.startswith("peaks"):
        peaks.write_bytes(peaks.read_bytes()[:-10])
        if damage == "peaks gone":
            peaks.unlink()
    else:
        sound.write_bytes({"short": whole[:-100], "footer": whole[:-8] + bytes(8), "empty": b""}[damage])
    second = _pool(places, tmp_path)
    second.require([asset])
    assert second.wait([asset.id], 20.0)
    decoded, pyramid = second.samples(asset.id), second.peaks(asset.id)
    second.close()
    assert sound.read_bytes() == whole
    assert decoded is not None
    assert decoded.tobytes() == samples.T.tobytes()
    assert pyramid is not None
    assert pyramid.ready_frames == 50_000


def test_a_missing_file_is_named_and_found_again(tmp_path: Path, places: SoundsWhereTheyLie) -> None:
    path = write_audio(tmp_path / "Strings.wav", noise(5_000))
    asset = places.asset(path)
    data = path.read_bytes()
    path.unlink()
    pool = _pool(places, tmp_path)
    pool.require([asset])
    assert pool.wait([asset.id], 20.0)
    assert pool.missing == (asset,)
    assert pool.samples(asset.id) is None
    assert "'Strings' is missing" in pool.problems[asset.id]
    path.write_bytes(data)
    pool.require([asset])
    assert pool.wait([asset.id], 20.0)
    assert pool.missing == ()
    assert pool.ready_frames(asset.id) == 5_000
    pool.close()


def test_a_sound_that_only_the_cache_still_has_plays_and_is_named(tmp_path: Path, places: SoundsWhereTheyLie) -> None:
    path = write_audio(tmp_path / "Strings.wav", noise(5_000))
    asset, data = places.asset(path), path.read_bytes()
    for is_there in (True, False):
        pool = _pool(places, tmp_path)
        pool.require([asset])
        assert pool.wait([asset.id], 20.0)
        assert pool.cached_only == (() if is_there else (asset,))
        assert (pool.ready_frames(asset.id), pool.missing, pool.problems) == (5_000, (), {})
        if is_there:
            path.unlink()
            pool.close()
    path.write_bytes(data)
    pool.require([asset])
    assert pool.cached_only == ()
    pool.close()


def test_a_project_that_calls_another_sound_by_an_id_does_not_change_that_sound_elsewhere(
    tmp_path: Path, places: SoundsWhereTheyLie
) -> None:
    asset = places.asset(write_audio(tmp_path / "a.wav", noise(5_000, seed=1)))
    other = places.asset(write_audio(tmp_path / "b.wav", noise(5_000, seed=2)))
    forged = replace(other, id=asset.id)
    theirs = SoundsWhereTheyLie({asset.id: places.path_of(other)})
    for whose, sound in ((theirs, forged), (places, asset)):
        pool = _pool(whose, tmp_path)
        pool.require([sound])
        assert pool.wait([asset.id], 20.0)
        heard = pool.samples(asset.id)
        pool.close()
    assert heard is not None
    np.testing.assert_allclose(heard, noise(5_000, seed=1).T, atol=2**-23)


def test_a_file_that_got_damaged_in_the_project_is_named(tmp_path: Path, places: SoundsWhereTheyLie) -> None:
    path = write_audio(tmp_path / "Take.flac", noise(50_000))
    asset = places.asset(path)
    path.write_bytes(path.read_bytes()[:20_000])
    pool = _pool(places, tmp_path)
    pool.require([asset])
    assert pool.wait([asset.id], 20.0)
    assert "Take.flac" in pool.problems[asset.id]
    assert pool.samples(asset.id) is None
    pool.close()
    assert list(pool.folder.iterdir()) == []


def test_sound_can_be_read_before_its_end_is_decoded(tmp_path: Path, places: SoundsWhereTheyLie) -> None:
    samples = quantised(noise(48_000 * 20), 24)
    asset = places.asset(write_audio(tmp_path / "a.wav", samples))
    pool = _pool(places, tmp_path)
    seen: list[tuple[int, bool]] = []

    def look(asset_id: str) -> None:
        ready, decoded = pool.ready_frames(asset.id), pool.samples(asset.id)
        assert decoded is not None
        start = max(0, ready - 100)
        seen.append((ready, np.array_equal(decoded[:, start:ready], samples[start:ready].T)))

    pool.subscribe(look)
    pool.require([asset])
    assert pool.wait([asset.id], 20.0)
    mark = pool.ready_mark(asset.id)
    pool.close()
    assert seen[0][0] < len(samples)
    assert all(is_right for _, is_right in seen)
    assert mark is not None
    assert mark[0] == len(samples)


def test_the_address_stays_when_decoding_ends(tmp_path: Path, places: SoundsWhereTheyLie) -> None:
    asset = places.asset(write_audio(tmp_path / "a.wav", noise(48_000 * 10)))
    pool = _pool(places, tmp_path)
    addresses: set[int] = set()

    def look(asset_id: str) -> None:
        decoded = pool.samples(asset.id)
        if decoded is not None:
            addresses.add(decoded.ctypes.data)

    pool.subscribe(look)
    pool.require([asset])
    assert pool.wait([asset.id], 20.0)
    look(asset.id)
    pool.close()
    assert len(addresses) == 1


def test_closing_in_the_middle_leaves_no_file_and_no_thread(tmp_path: Path, places: SoundsWhereTheyLie) -> None:
    asset = places.asset(write_audio(tmp_path / "a.wav", noise(48_000 * 30), 44_100))
    pool = _pool(places, tmp_path)
    has_begun = threading.Event()
    pool.subscribe(lambda _: has_begun.set())
    pool.require([asset])
    assert has_begun.wait(20.0)
    pool.close()
    assert list(pool.folder.iterdir()) == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("media-")]


def test_a_cache_that_takes_no_more_is_said_and_leaves_nothing(tmp_path: Path, places: SoundsWhereTheyLie) -> None:
    resource = pytest.importorskip("resource")
    asset = places.asset(write_audio(tmp_path / "Long.wav", noise(400_000)))
    pool = _pool(places, tmp_path)
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, usual[1]))
    try:
        pool.require([asset])
        assert pool.wait([asset.id], 20.0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    pool.close()
    assert "'Long' could not be decoded" in pool.problems[asset.id]
    assert list(pool.folder.iterdir()) == []


def test_prefetching_touches_what_is_asked_for(tmp_path: Path, places: SoundsWhereTheyLie) -> None:
    asset = places.asset(write_audio(tmp_path / "a.wav", noise(200_000)))
    pool = _pool(places, tmp_path)
    pool.require([asset])
    assert pool.wait([asset.id], 20.0)
    pool.prefetch(asset.id, -50, 10_000_000)
    pool.prefetch(asset.id, 199_999, 1)
    pool.prefetch("unknown", 0, 10)
    pool._prefetcher.wait()
    pool.close()


def test_every_format_at_another_rate_has_peaks(tmp_path: Path, places: SoundsWhereTheyLie) -> None:
    assets = [places.asset(write_audio(tmp_path / f"x{suffix}", noise(24_000))) for suffix in FORMATS]
    pool = _pool(places, tmp_path, 44_100)
    pool.require(assets)
    assert pool.wait([asset.id for asset in assets], 30.0)
    for asset in assets:
        peaks, decoded = pool.peaks(asset.id), pool.samples(asset.id)
        assert peaks is not None
        assert decoded is not None
        highest = np.clip(np.rint(decoded.max(axis=1) * np.float32(32_767)), -32_767, 32_767)
        assert peaks.levels[-1][:, 0, 1].tolist() == highest.tolist()
    pool.close()


def test_a_failure_nobody_expected_ends_no_worker_and_no_wait(
    tmp_path: Path, places: SoundsWhereTheyLie, expected_log
) -> None:
    expected_log("'a' was not decoded")
    lost = places.asset(write_audio(tmp_path / "a.wav", noise(500, seed=1)))
    there = places.asset(write_audio(tmp_path / "b.wav", noise(500, seed=2)))
    del places.paths[lost.id]
    pool = MediaPool(places, 48_000, tmp_path / "cache", workers=1)
    pool.require([lost])
    assert pool.wait([lost.id], 20.0)
    pool.require([there])
    assert pool.wait([there.id], 20.0)
    pool.close()
    assert pool.samples(there.id) is not None
    assert pool.problems == {lost.id: "'a' could not be decoded (KeyError); import its file again"}


def test_a_listener_that_fails_ends_no_worker(tmp_path: Path, places: SoundsWhereTheyLie, expected_log) -> None:
    expected_log("A listener failed to take in 'a'")
    first, second = (
        places.asset(write_audio(tmp_path / name, noise(500, seed=seed)))
        for seed, name in enumerate(("a.wav", "b.wav"))
    )
    pool = MediaPool(places, 48_000, tmp_path / "cache", workers=1)
    stop_listening = pool.subscribe(lambda _: 1 / 0)
    pool.require([first])
    assert pool.wait([first.id], 20.0)
    pool.require([second])
    stop_listening()
    assert pool.wait([second.id], 20.0)
    pool.close()


@pytest.mark.parametrize("frames", [1, 2])
def test_a_sound_of_less_than_one_frame_at_the_sessions_rate_is_one_frame(
    tmp_path: Path, places: SoundsWhereTheyLie, frames: int
) -> None:
    asset = places.asset(write_audio(tmp_path / "click.wav", noise(frames), 192_000))
    for _ in range(2):  # decoded, then from the cache
        pool = MediaPool(places, 44_100, tmp_path / "cache")
        pool.require([asset])
        assert pool.wait([asset.id], 20.0)
        samples, problems = pool.samples(asset.id), pool.problems
        pool.close()
        assert samples is not None
        assert samples.shape == (2, 1)
        assert problems == {}
