"""The media cache stays within its limit: the sounds used longest ago go, those in use stay."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from maxbooster_desktop.engine.media import cache_size
from maxbooster_desktop.engine.media.cache_size import LARGEST_BYTES, trim
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.project.document.state import Asset
from tests.factories.audio_files import noise, write_audio
from tests.factories.sound_projects import SoundsWhereTheyLie


def _file(folder: Path, name: str, age_s: int, size: int = 100) -> Path:
    path = folder / name
    path.write_bytes(bytes(size))
    os.utime(path, (1_700_000_000 - age_s,) * 2)
    return path


def test_the_oldest_go_until_what_is_needed_fits(tmp_path: Path) -> None:
    for number in range(5):
        _file(tmp_path, f"{number}-48000.f32", age_s=100 * number)
    assert trim(tmp_path, (), needed_bytes=100, limit_bytes=350) == 300
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0-48000.f32", "1-48000.f32"]


def test_what_is_in_use_or_not_ours_stays(tmp_path: Path) -> None:
    _file(tmp_path, "used-48000.f32", age_s=900)
    _file(tmp_path, "used-48000-v1.peaks", age_s=900)
    _file(tmp_path, "x-48000.f32.partial-00", age_s=900)
    _file(tmp_path, "readme.txt", age_s=900)
    (tmp_path / "folder.f32").mkdir()
    _file(tmp_path, "other-48000.f32", age_s=1)
    assert trim(tmp_path, {"used-48000.f32", "used-48000-v1.peaks"}, limit_bytes=0) == 100
    assert len(list(tmp_path.iterdir())) == 5


def test_nothing_goes_below_the_limit(tmp_path: Path) -> None:
    _file(tmp_path, "a-48000.f32", age_s=5)
    assert trim(tmp_path, ()) == 0
    assert trim(tmp_path, (), limit_bytes=100) == 0


@pytest.mark.parametrize(("free", "kept"), [(1_200, 1), (2_100, 2), (10 * LARGEST_BYTES, 3)])
def test_a_small_disk_gives_a_tenth_of_its_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, kept: int
) -> None:
    for number in range(3):
        _file(tmp_path, f"{number}-48000.f32", age_s=number)
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(f"{cache_size.__name__}.shutil.disk_usage", lambda _: usage)
    trim(tmp_path, ())
    assert len(list(tmp_path.iterdir())) == kept


def test_a_pool_evicts_what_other_projects_left_and_marks_what_it_opens(tmp_path: Path) -> None:
    places = SoundsWhereTheyLie()
    first, second = (places.asset(write_audio(tmp_path / f"{name}.wav", noise(20_000, seed=name))) for name in (1, 2))

    def play(asset: Asset, limit: int | None = None) -> None:
        pool = MediaPool(places, 48_000, tmp_path, limit_bytes=limit)
        pool.require([asset])
        assert pool.wait([asset.id], 20.0)
        assert np.any(pool.samples(asset.id))
        pool.close()

    play(first)
    for path in (tmp_path / "media").iterdir():
        os.utime(path, (1_000_000_000,) * 2)
    play(first)
    assert all(path.stat().st_mtime > 1_000_000_000 for path in (tmp_path / "media").iterdir())
    play(second, limit=1)
    names = {path.name.partition("-")[0] for path in (tmp_path / "media").iterdir()}
    assert names == {second.file_hash}
