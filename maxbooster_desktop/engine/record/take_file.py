"""A take on disk while it is played: every frame reaches the system as it comes, the header twice a second.

kill -9 loses what the system had not been given; a power cut what was not synced, half a second at most. What was
given stands behind a header that may tell of less: `mend` tells it how much there is.
"""

import io
import os
import struct
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.quantisation.dither import quantise
from maxbooster_desktop.engine.render.wav_file import WavFile
from maxbooster_desktop.project.document.state import RecordFormat

Samples = npt.NDArray[np.float32]
BITS: dict[RecordFormat, int] = {"FLOAT": 32, "PCM_24": 24, "PCM_16": 16}
_SYNC_S = 0.5
#: The body of a format chunk: kind, channels, rate in Hz, bytes a second, bytes a frame, bits a sample.
_FORMAT = struct.Struct("<HHIIHH")


class _Unbuffered(io.FileIO):
    """A file that keeps nothing back: what the disk refuses would otherwise be tried again as it is closed."""

    def write(self, data: Any) -> int:
        """Write all of `data`; raises OSError when the disk takes only some of it."""
        view, written = memoryview(data).cast("B"), 0
        while written < len(view):
            written += super().write(view[written:])
        return written


class TakeFile:
    """One take that grows.

    Raises:
        OSError: the place takes no file, or no more; what was written stays.
    """

    def __init__(self, path: Path, sample_rate: int, channels: int, sample_format: RecordFormat) -> None:
        self.path, self.channels = path, channels
        self._bits = BITS[sample_format]
        self._file = _Unbuffered(path, "x")
        self._wav = WavFile(self._file, sample_rate, channels, self._bits)
        self._head_bytes = self._file.tell()
        self._synced_at = time.monotonic()

    @property
    def frames(self) -> int:
        """Frames written."""
        return self._wav.frames

    def write(self, samples: Samples) -> None:
        """Append float32 [frames, channels]; what is no finite number becomes 0."""
        try:
            self._append(np.where(np.isfinite(samples), samples, np.float32(0.0)))
        except OSError:
            # It took some of them all the same.
            taken_bytes = os.fstat(self._file.fileno()).st_size - self._head_bytes
            self._wav.frames = taken_bytes // (self.channels * self._bits // 8)
            raise
        if time.monotonic() - self._synced_at > _SYNC_S:
            self._synced_at = time.monotonic()
            self._wav.tell_sizes()
            os.fsync(self._file.fileno())

    def _append(self, samples: Samples) -> None:
        if self._bits == 32:
            self._wav.write_floats(samples)
            return
        values = np.empty(samples.shape, np.int32)
        quantise(samples, self._bits, False, 0, self.frames, values)
        self._wav.write_integers(values)

    def close(self) -> None:
        """Write the true sizes and sync."""
        if not self._file.closed:
            with self._file:
                # What a full disk took of the last frames is no whole one.
                self._file.seek(self._file.truncate(self._head_bytes + self._wav.data_bytes))
                self._wav.finish()
                os.fsync(self._file.fileno())


def mend(path: Path) -> int:
    """Let the header of a take whose recording was cut short tell how much there is; return its frames.

    Raises:
        OSError: it cannot be read or written.
        ValueError: it is no file of ours, or a link to one that may be anybody's.
    """
    if path.is_symlink():
        raise ValueError(f"{path} is a link, not a take.")
    with path.open("r+b") as file:
        head = file.read(256)
        place = head.find(b"data", 12)
        if head[8:12] != b"WAVE" or place < 0 or (tag := head.find(b"fmt ", 12)) < 0:
            raise ValueError(f"{path} has no header of a take.")
        if len(head) < tag + 8 + _FORMAT.size:
            raise ValueError(f"{path} has no header of a take.")
        kind, channels, rate, _, frame_bytes, bits = _FORMAT.unpack_from(head, tag + 8)
        if kind not in (1, 3) or bits not in BITS.values() or not channels or frame_bytes != channels * bits // 8:
            raise ValueError(f"{path} has no header of a take.")
        frames = int((path.stat().st_size - place - 8) // frame_bytes)
        file.seek(0)
        wav = WavFile(file, rate, channels, bits)
        wav.frames = frames
        file.truncate(place + 8 + frames * frame_bytes)
        file.seek(0, os.SEEK_END)
        wav.finish()
        file.flush()
        os.fsync(file.fileno())
    return frames
