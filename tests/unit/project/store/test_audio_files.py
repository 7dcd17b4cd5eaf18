"""The project's sounds: whole or not at all, once per content, damage is noticed."""

import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from maxbooster_desktop.project.document.state import Asset, AssetId
from maxbooster_desktop.project.store.audio_files import AudioFiles, hash_file
from maxbooster_desktop.project.store.errors import AudioStoreError


def asset_of(file_hash: str, extension: str = "wav") -> Asset:
    return Asset(AssetId("a" * 16), "Kick", 48_000, 1, 100, "PCM_16", file_hash, extension)


@pytest.fixture
def files(tmp_path: Path) -> AudioFiles:
    return AudioFiles(tmp_path / "project" / "audio")


@pytest.fixture
def kick(tmp_path: Path) -> Path:
    path = tmp_path / "Kick.WAV"
    path.write_bytes(os.urandom(3_000_000))
    return path


def leftovers(files: AudioFiles) -> list[Path]:
    return [path for path in files.folder.rglob("*") if path.is_file()]


def test_a_file_lies_under_its_hash(files: AudioFiles, kick: Path) -> None:
    file_hash = hash_file(kick)
    stored = files.add(kick, file_hash)
    assert stored == files.folder / file_hash[:2] / file_hash[2:4] / f"{file_hash}.wav"
    assert stored.read_bytes() == kick.read_bytes()
    assert files.path_of(asset_of(file_hash)) == stored
    assert files.missing([asset_of(file_hash), asset_of("0" * 64)]) == (asset_of("0" * 64),)
    assert leftovers(files) == [stored]


def test_equal_content_is_stored_once_and_a_damaged_copy_is_replaced(files: AudioFiles, kick: Path) -> None:
    file_hash = hash_file(kick)
    stored = files.add(kick, file_hash)
    made = stored.stat().st_ino
    assert files.add(kick, file_hash).stat().st_ino == made
    stored.write_bytes(b"damaged")
    assert files.add(kick, file_hash).read_bytes() == kick.read_bytes()
    assert leftovers(files) == [stored]


def test_a_file_that_changes_while_it_is_copied_is_refused(files: AudioFiles, kick: Path) -> None:
    with pytest.raises(AudioStoreError, match="changed while it was copied"):
        files.add(kick, "0" * 64)
    assert leftovers(files) == []


@pytest.mark.parametrize(("file_hash", "extension"), [("../../etc/passwd", "wav"), ("0" * 64, "w/../v"), ("", "wav")])
def test_a_name_cannot_lead_out_of_the_folder(files: AudioFiles, file_hash: str, extension: str) -> None:
    with pytest.raises(AudioStoreError, match="no name of a stored sound"):
        files.path_of(asset_of(file_hash, extension))


def test_a_missing_source_is_named(files: AudioFiles, tmp_path: Path) -> None:
    with pytest.raises(AudioStoreError, match=r"nothing.wav cannot be read"):
        files.add(tmp_path / "nothing.wav", "0" * 64)
    assert leftovers(files) == []


def test_a_folder_that_cannot_be_made_is_named(files: AudioFiles, kick: Path) -> None:
    files.folder.parent.mkdir()
    files.folder.write_text("a file where the folder should be")
    with pytest.raises(AudioStoreError, match=r"was not imported: .*audio cannot be written"):
        files.add(kick, hash_file(kick))


@pytest.fixture
def small_files_only(kick: Path) -> Iterator[None]:
    """The system refuses files over 1 MB: a write fails half way, as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    earlier = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, earlier)


@pytest.mark.usefixtures("small_files_only")
def test_a_write_that_fails_half_way_leaves_nothing(files: AudioFiles, kick: Path) -> None:
    with pytest.raises(AudioStoreError, match=r"Kick.WAV was not imported"):
        files.add(kick, hash_file(kick))
    assert leftovers(files) == []


def test_what_a_killed_import_left_is_cleared(files: AudioFiles, kick: Path) -> None:
    stored = files.add(kick, hash_file(kick))
    (stored.parent / ".partial-0123").write_bytes(b"half")
    assert files.clear_partial() == 1
    assert leftovers(files) == [stored]
