"""A sound that still comes: its waveform travels exactly, its preview plays, and the sound itself takes over whole."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from maxbooster_desktop.engine.media.decode import shape_of
from maxbooster_desktop.engine.media.peaks import PeakPyramid
from maxbooster_desktop.engine.media.playable import SoundUndecodableError, decode_played
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.media.stand_in import StandIn, read_peaks_file, write_peaks_file
from maxbooster_desktop.project.document.state import Asset
from sync.blobs.preview import write_preview
from tests.factories.audio_files import noise, write_audio
from tests.factories.sound_projects import SoundsWhereTheyLie, project_of

_WAIT_S = 20.0


@pytest.fixture
def places() -> SoundsWhereTheyLie:
    return SoundsWhereTheyLie()


class Coming:
    """A sound whose file is taken away, and what stands in for it."""

    def __init__(self, folder: Path, places: SoundsWhereTheyLie, *, channels: int = 2) -> None:
        self.path = write_audio(folder / "Strings.wav", noise(30_000, channels))
        self.asset = places.asset(self.path)
        self.peaks, self.preview = folder / "peaks", folder / "preview"
        write_peaks_file(self.path, self.peaks)
        write_preview(self.path, self.preview)
        self.data = self.path.read_bytes()
        self.path.unlink()
        self.stand_in: StandIn | None = StandIn()

    def of(self, _asset: Asset) -> StandIn | None:
        return self.stand_in

    def arrives(self) -> None:
        """Put the file where it belongs."""
        self.path.write_bytes(self.data)


@pytest.fixture
def coming(tmp_path: Path, places: SoundsWhereTheyLie) -> Coming:
    return Coming(tmp_path, places)


@pytest.fixture
def pool(tmp_path: Path, places: SoundsWhereTheyLie, coming: Coming) -> Iterator[MediaPool]:
    made = MediaPool(places, 48_000, tmp_path / "cache", stand_in=coming.of)
    yield made
    made.close()


def _renewed(pool: MediaPool, asset: Asset) -> None:
    pool.renew([asset])
    assert pool.wait([asset.id], _WAIT_S)


@pytest.mark.parametrize(("channels", "frames"), [(1, 1), (2, 70_001), (6, 5_000)])
def test_the_waveform_travels_exactly(tmp_path: Path, places: SoundsWhereTheyLie, channels: int, frames: int) -> None:
    asset = places.asset(write_audio(tmp_path / "a.wav", noise(frames, channels)))
    write_peaks_file(places.path_of(asset), tmp_path / "peaks")
    pool = MediaPool(places, 48_000, tmp_path / "cache")
    pool.require([asset])
    assert pool.wait([asset.id], _WAIT_S)
    own, came = pool.peaks(asset.id), read_peaks_file(tmp_path / "peaks", asset, shape_of(asset, 48_000))
    pool.close()
    assert own is not None
    assert came is not None
    np.testing.assert_array_equal(came.peaks, own.peaks)
    assert came.ready_frames == own.ready_frames


@pytest.mark.parametrize("rate", [44_100, 96_000, 192_000])
def test_at_another_rate_the_waveform_encloses_the_sound(tmp_path: Path, places: SoundsWhereTheyLie, rate: int) -> None:
    samples = noise(48_000)
    asset = places.asset(write_audio(tmp_path / "a.wav", samples))
    write_peaks_file(places.path_of(asset), tmp_path / "peaks")
    pyramid = read_peaks_file(tmp_path / "peaks", asset, shape_of(asset, rate))
    assert pyramid is not None
    peaks = pyramid.levels[0].astype(float) / 32_767
    for number in range(0, peaks.shape[1], 7):
        first, end = number * 256 * 48_000 // rate, -(-(number + 1) * 256 * 48_000 // rate)
        part = samples[first : min(end, len(samples))]
        assert (peaks[:, number, 0] <= part.min(axis=0) + 1e-4).all()
        assert (peaks[:, number, 1] >= part.max(axis=0) - 1e-4).all()
        assert np.abs(peaks[:, number]).max() <= np.abs(samples[max(0, first - 512) : end + 512]).max() + 1e-4
    assert pyramid.levels[-1].shape[1] == 1


@pytest.mark.parametrize("damage", ["cut", "bits", "empty", "gone", "another sound"])
def test_a_waveform_that_does_not_fit_counts_as_not_there(
    tmp_path: Path, places: SoundsWhereTheyLie, damage: str
) -> None:
    asset = places.asset(write_audio(tmp_path / "a.wav", noise(20_000)))
    path = tmp_path / "peaks"
    write_peaks_file(
        write_audio(tmp_path / "b.wav", noise(20_001)) if damage == "another sound" else tmp_path / "a.wav", path
    )
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
    elif damage != "another sound":
        path.write_bytes({"cut": whole[:-9], "bits": whole[:20] + bytes(20) + whole[40:], "empty": b""}[damage])
    assert read_peaks_file(path, asset, shape_of(asset, 48_000)) is None


def test_a_sound_is_seen_then_heard_small_then_whole(coming: Coming, pool: MediaPool) -> None:
    asset = coming.asset
    pool.require([asset])
    assert pool.wait([asset.id], _WAIT_S)
    assert (pool.arriving, pool.missing, pool.problems) == ((asset,), (), {})
    coming.stand_in = StandIn(coming.peaks)
    _renewed(pool, asset)
    seen = pool.peaks(asset.id)
    assert seen is not None
    assert pool.samples(asset.id) is None
    coming.stand_in = StandIn(coming.peaks, coming.preview)
    _renewed(pool, asset)
    small = pool.samples(asset.id)
    assert small is not None
    assert small.shape == (2, 30_000)
    assert np.abs(small).max() > 0.01
    assert not pool.is_settled(asset.id)
    with pytest.raises(SoundUndecodableError, match="still comes from the cloud"):
        decode_played(project_of([("Strings", asset, 0)]), pool)
    coming.arrives()
    _renewed(pool, asset)
    whole = pool.samples(asset.id)
    assert whole is not None
    assert whole is not small
    assert (pool.arriving, pool.is_settled(asset.id)) == ((), True)
    np.testing.assert_allclose(whole, noise(30_000).T, atol=2**-23)
    decode_played(project_of([("Strings", asset, 0)]), pool)


def test_a_sound_on_its_way_that_the_cache_has_is_not_called_gone(coming: Coming, pool: MediaPool) -> None:
    coming.arrives()
    pool.require([coming.asset])
    assert pool.wait([coming.asset.id], _WAIT_S)
    coming.path.unlink()
    _renewed(pool, coming.asset)
    assert pool.is_settled(coming.asset.id)
    assert pool.cached_only == ()
    coming.stand_in = None
    assert pool.cached_only == (coming.asset,)


def test_what_is_there_stays_while_the_better_is_decoded(coming: Coming, pool: MediaPool) -> None:
    asset = coming.asset
    coming.stand_in = StandIn(coming.peaks, coming.preview)
    _renewed(pool, asset)
    coming.arrives()
    seen: list[tuple[int, bool]] = []
    pool.subscribe(lambda _: seen.append((pool.ready_frames(asset.id), pool.peaks(asset.id) is not None)))
    _renewed(pool, asset)
    assert seen
    assert set(seen) == {(30_000, True)}


def test_a_preview_never_passes_for_the_sound(
    tmp_path: Path, places: SoundsWhereTheyLie, coming: Coming, pool: MediaPool
) -> None:
    coming.stand_in = StandIn(coming.peaks, coming.preview)
    _renewed(pool, coming.asset)
    other = MediaPool(places, 48_000, tmp_path / "cache")
    other.require([coming.asset])
    assert other.wait([coming.asset.id], _WAIT_S)
    assert other.missing == (coming.asset,)
    other.close()


def test_many_channels_have_a_preview_of_one(tmp_path: Path, places: SoundsWhereTheyLie) -> None:
    coming = Coming(tmp_path, places, channels=6)
    coming.stand_in = StandIn(None, coming.preview)
    pool = MediaPool(places, 48_000, tmp_path / "cache", stand_in=coming.of)
    _renewed(pool, coming.asset)
    samples, peaks = pool.samples(coming.asset.id), pool.peaks(coming.asset.id)
    pool.close()
    assert samples is not None
    assert isinstance(peaks, PeakPyramid)
    np.testing.assert_array_equal(samples[0], samples[1])
    assert np.abs(samples).max() > 0.005


def test_a_preview_that_is_none_leaves_the_waveform(coming: Coming, pool: MediaPool) -> None:
    coming.preview.write_bytes(b"no sound")
    coming.stand_in = StandIn(coming.peaks, coming.preview)
    _renewed(pool, coming.asset)
    assert pool.samples(coming.asset.id) is None
    assert pool.peaks(coming.asset.id) is not None
    assert pool.arriving == (coming.asset,)
