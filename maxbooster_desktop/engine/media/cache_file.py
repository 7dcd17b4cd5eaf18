"""The files of the media cache: planar float32 samples and peak pyramids, each whole or not there.

`<file>-<rate>.f32`: float32 little-endian [channels, frames], then a footer of 64 bytes that is written last.
`<file>-<rate>-v1.peaks`: the same footer behind int16 [channels, peaks, 2]. A file whose size or footer is not what it
must be counts as damaged and is made again. Writing goes to a temporary file beside it, which is renamed when synced.
What was decoded from a preview has names of its own: it never passes for the sound itself.
"""

import contextlib
import os
import re
import secrets
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dsp.peaks.pyramid import level_starts

FORMAT_VERSION = 1
_FOOTER = struct.Struct("<8sIIQQ32s")
_SAMPLES_MAGIC = b"MBSAMPL" + bytes([FORMAT_VERSION])
_PEAKS_MAGIC = b"MBPEAKS" + bytes([FORMAT_VERSION])
_PARTIAL = ".partial-"
_NO_HEX, _LONGEST_NAME = re.compile(r"[^0-9a-f]"), 128

Samples = npt.NDArray[np.float32]
Peaks = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class MediaShape:
    """What a decoded file looks like in the cache. `frames` counts at `sample_rate`, the session's rate."""

    file_hash: str
    sample_rate: int
    channels: int
    frames: int
    is_preview: bool = False

    @property
    def sample_bytes(self) -> int:
        """Size of the samples alone."""
        return 4 * self.channels * self.frames

    def footer(self, magic: bytes) -> bytes:
        """Return the closing bytes of a whole file."""
        name = self.file_hash.encode()[:32].ljust(32, b"\0")
        return _FOOTER.pack(magic, self.channels, self.sample_rate, self.frames, FORMAT_VERSION, name)

    def samples_path(self, folder: Path) -> Path:
        """Return where the decoded samples lie."""
        return folder / f"{self._stem}.f32"

    def peaks_path(self, folder: Path) -> Path:
        """Return where the peak pyramid lies."""
        return folder / f"{self._stem}-v{FORMAT_VERSION}.peaks"

    @property
    def _stem(self) -> str:
        # The hash may come from a document that somebody sent: it must not lead out of the folder.
        name = _NO_HEX.sub("_", self.file_hash)[:_LONGEST_NAME]
        return f"{name}-{self.sample_rate}{'-preview' if self.is_preview else ''}"


def _is_whole(path: Path, body_bytes: int, footer: bytes) -> bool:
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size != body_bytes + len(footer):
                return False
            file.seek(body_bytes)
            return file.read() == footer
    except OSError:
        # Not there, or not to be read: writing it anew works or says why not.
        return False


def open_samples(folder: Path, shape: MediaShape) -> Samples | None:
    """Map whole decoded samples read-only, float32 [channels, frames]; None when missing or damaged."""
    path = shape.samples_path(folder)
    if not _is_whole(path, shape.sample_bytes, shape.footer(_SAMPLES_MAGIC)):
        return None
    return np.memmap(path, np.float32, "r", shape=(shape.channels, shape.frames))


def open_peaks(folder: Path, shape: MediaShape) -> Peaks | None:
    """Map a whole pyramid read-only, int16 [channels, peaks, 2]; None when missing or damaged."""
    total = int(level_starts(shape.frames)[-1])
    path = shape.peaks_path(folder)
    if not _is_whole(path, 4 * shape.channels * total, shape.footer(_PEAKS_MAGIC)):
        return None
    return np.memmap(path, np.int16, "r", shape=(shape.channels, total, 2))


def write_peaks(folder: Path, shape: MediaShape, peaks: Peaks) -> None:
    """Write a pyramid whole.

    Raises:
        OSError: the folder takes no more.
    """
    final = shape.peaks_path(folder)
    partial = _partial_beside(final)
    try:
        with open(partial, "xb") as file:
            file.write(np.ascontiguousarray(peaks, "<i2").data)
            file.write(shape.footer(_PEAKS_MAGIC))
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, final)
    finally:
        partial.unlink(missing_ok=True)


class SamplesWriter:
    """Decoded samples on their way into the cache: readers may map them while they grow.

    Written with plain writes, not through the map, so that a full disk raises OSError instead of a signal.
    """

    def __init__(self, folder: Path, shape: MediaShape) -> None:
        self.shape = shape
        self._final = shape.samples_path(folder)
        self._partial = _partial_beside(self._final)
        self._file = open(self._partial, "xb", buffering=0)  # noqa: SIM115 - closed by finish() and discard()
        self.written_frames = 0
        try:
            self._file.truncate(shape.sample_bytes)
        except OSError:
            self.discard()
            raise

    def map(self) -> Samples:
        """Return a read-only map of the whole; frames from `written_frames` on are 0 so far."""
        return np.memmap(self._partial, np.float32, "r", shape=(self.shape.channels, self.shape.frames))

    def append(self, planar: Samples) -> None:
        """Write float32 [channels, frames] behind what is there.

        Raises:
            OSError: the disk is full or gone.
        """
        for channel, samples in enumerate(np.ascontiguousarray(planar, "<f4")):
            self._file.seek(4 * (channel * self.shape.frames + self.written_frames))
            _write_all(self._file.fileno(), samples.tobytes())
        self.written_frames += planar.shape[1]

    def finish(self) -> None:
        """Close the file with its footer, sync it and give it its name."""
        self._file.seek(self.shape.sample_bytes)
        _write_all(self._file.fileno(), self.shape.footer(_SAMPLES_MAGIC))
        os.fsync(self._file.fileno())
        self._file.close()
        publish(self._partial, self._final)

    def discard(self) -> None:
        """Remove what was written; harmless after `finish`."""
        self._file.close()
        # Windows keeps a file that is mapped; `clear_partial` takes it away on a later start.
        with contextlib.suppress(PermissionError):
            self._partial.unlink(missing_ok=True)


def publish(partial: Path, final: Path) -> None:
    """Rename `partial` to `final`. Where a mapped file cannot be renamed (Windows), a copy takes the name."""
    try:
        os.replace(partial, final)
    except PermissionError:
        copy = _partial_beside(final)
        shutil.copyfile(partial, copy)
        os.replace(copy, final)


def clear_partial(folder: Path) -> None:
    """Remove what an interrupted run left in the cache. Files of a run that still decodes are younger than an hour."""
    for path in folder.glob(f"*{_PARTIAL}*"):
        try:
            if path.stat().st_mtime < folder_clock(folder) - 3_600:
                path.unlink()
        except (FileNotFoundError, PermissionError):
            # Another run finished it meanwhile, or has it open on Windows.
            continue


def folder_clock(folder: Path) -> float:
    """Return the time by the disk's own clock, which file times are compared with."""
    os.utime(folder)
    return folder.stat().st_mtime


def _partial_beside(final: Path) -> Path:
    return final.with_name(f"{final.name}{_PARTIAL}{secrets.token_hex(6)}")


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
