"""The project's own sounds: `audio/ab/cd/<hash>.<extension>`, named by their content.

A file is there whole or not at all: it is copied beside its place, synced, checked against its hash while it is
copied, and then renamed. Equal content is stored once. Files are never changed after that.
"""

import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from blake3 import blake3

from maxbooster_desktop.project.document.state import Asset
from maxbooster_desktop.project.store.errors import AudioStoreError
from maxbooster_desktop.project.store.full_disk import is_full

AUDIO_NAME = "audio"
_CHUNK_BYTES = 1 << 20
_HASH = re.compile(r"[0-9a-f]{16,128}")
_EXTENSION = re.compile(r"[a-z0-9]{1,8}")
_PARTIAL_PREFIX = ".partial-"


def hash_file(path: Path, between: Callable[[], None] | None = None) -> str:
    """Return the BLAKE3 of a file's bytes in hex, calling `between` after every megabyte (it may raise to stop).

    Raises:
        AudioStoreError: the file cannot be read.
    """
    digest = blake3()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
                if between is not None:
                    between()
    except OSError as error:
        raise AudioStoreError(f"{path} cannot be read ({error.strerror}): check the file.") from error
    return digest.hexdigest()


class AudioFiles:
    """The content-addressed folder of one project; any thread may use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, path: Path, file_hash: str, extension: str | None = None) -> Path:
        """Copy `path` into the project and return where it lies now.

        Args:
            path: the file to copy.
            file_hash: the BLAKE3 of its bytes (`hash_file`).
            extension: what its name there ends in, without a dot; None takes its own, in lower case.

        Raises:
            AudioStoreError: the file cannot be read or changed meanwhile, or the project takes no more.
        """
        target = self._place(file_hash, path.suffix.lstrip(".").lower() if extension is None else extension)
        if target.exists() and hash_file(target) == file_hash:
            return target
        partial = target.parent / f"{_PARTIAL_PREFIX}{secrets.token_hex(8)}"
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            found = _copy(path, partial)
            if found != file_hash:
                raise AudioStoreError(f"{path} changed while it was copied: import it again.")
            partial.replace(target)
            _sync_folder(target.parent)
        except OSError as error:
            raise AudioStoreError(_copy_failed(path, self.folder, error)) from error
        finally:
            if partial.exists():
                partial.unlink()
        return target

    def take_in(self, path: Path, file_hash: str) -> bool:
        """Give a file of the project's own disk, which nobody writes any more, its place without a copy.

        Returns whether that could be: the disk may know no second names. `path` is still there, too.
        """
        target = self._place(file_hash, path.suffix.lstrip(".").lower())
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                os.link(path, target)
            _sync_folder(target.parent)
        except OSError:
            return False
        return True

    def path_of(self, asset: Asset) -> Path:
        """Return where the asset's file lies, or would lie."""
        return self._place(asset.file_hash, asset.extension.lstrip(".").lower())

    def missing(self, assets: Iterable[Asset]) -> tuple[Asset, ...]:
        """Return the assets whose files are not in the project."""
        return tuple(asset for asset in assets if not os.path.isfile(self.path_of(asset)))

    @contextmanager
    def workshop(self) -> Iterator[Path]:
        """Give a folder on the project's own disk where sounds are made; it goes with whatever is left in it."""
        folder = self.folder / f"{_PARTIAL_PREFIX}{secrets.token_hex(8)}"
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise AudioStoreError(f"{self.folder} cannot be written ({error.strerror}): check the disk.") from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def clear_partial(self) -> int:
        """Remove what interrupted copies left and return how many there were; only the project's writer calls this."""
        for folder in self.folder.glob(f"{_PARTIAL_PREFIX}*"):
            shutil.rmtree(folder, ignore_errors=True)
        found = list(self.folder.glob(f"*/*/{_PARTIAL_PREFIX}*"))
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)

    def stored(self) -> Iterator[Path]:
        """Yield the whole files in the folder that lie under the hash of their name."""
        for path in self.folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*.*"):
            if _HASH.fullmatch(path.stem) and path == self.folder / path.name[:2] / path.name[2:4] / path.name:
                yield path

    def _place(self, file_hash: str, extension: str) -> Path:
        # Both may come from a project that somebody sent: they must not lead out of the folder.
        if not _HASH.fullmatch(file_hash) or not _EXTENSION.fullmatch(extension):
            raise AudioStoreError(f"{file_hash}.{extension} is no name of a stored sound: import the file again.")
        return self.folder / file_hash[:2] / file_hash[2:4] / f"{file_hash}.{extension}"


def _copy(source: Path, target: Path) -> str:
    """Copy and sync; return the hash of what was written."""
    digest = blake3()
    with _opened(source) as reader, target.open("xb") as writer:
        while chunk := reader.read(_CHUNK_BYTES):
            digest.update(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return digest.hexdigest()


def _opened(source: Path) -> BinaryIO:
    try:
        return source.open("rb")
    except OSError as error:
        raise AudioStoreError(f"{source} cannot be read ({error.strerror}): check the file.") from error


def _copy_failed(source: Path, folder: Path, error: OSError) -> str:
    if is_full(error):
        return f"{source.name} was not imported: the disk of {folder} is full, free some space and import it again."
    return f"{source.name} was not imported: {folder} cannot be written ({error.strerror}), check its permissions."


def _sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
