"""How long an MP3 file without a Xing or Info header really is, and a view of it that says so.

Without that header libsndfile guesses the length from the size and the first frame's bit rate. With a variable bit
rate the guess can be half of the truth, and libsndfile then stops there. So the frame headers are walked, and the
file is read through `RepairedMpeg`, which puts a Xing header with the true count in front.

Source of the layout: ISO/IEC 11172-3 2.4.1.3 and 13818-3, frame header; the Xing header as LAME writes it.
"""

import io
import mmap
import os
import struct
from dataclasses import dataclass
from pathlib import Path

_BIT_RATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BIT_RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_SAMPLE_RATES = (44_100, 48_000, 32_000)
_VERSION_1 = 3
_LAYER_3 = 1
_TRUSTED_FRAMES = 400


@dataclass(frozen=True, slots=True)
class _Frame:
    """One frame header: its length in bytes, samples per channel and the offset of a Xing tag in it."""

    length: int
    samples: int
    bit_rate: int
    xing_offset: int


def _frame_at(data: mmap.mmap | bytes, at: int) -> _Frame | None:
    """Read the layer III frame header at `at`; None when there is none."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return None
    version, layer = data[at + 1] >> 3 & 3, data[at + 1] >> 1 & 3
    rate_index, sample_index = data[at + 2] >> 4, data[at + 2] >> 2 & 3
    if version == 1 or layer != _LAYER_3 or rate_index in (0, 15) or sample_index == 3:
        return None
    is_first = version == _VERSION_1
    bit_rate = (_BIT_RATES_1 if is_first else _BIT_RATES_2)[rate_index]
    sample_rate = _SAMPLE_RATES[sample_index] >> {3: 0, 2: 1, 0: 2}[version]
    length = (144_000 if is_first else 72_000) * bit_rate // sample_rate + (data[at + 2] >> 1 & 1)
    is_mono = data[at + 3] >> 6 == 3
    side_info = (17 if is_mono else 32) if is_first else (9 if is_mono else 17)
    return _Frame(length, 1152 if is_first else 576, bit_rate, 4 + side_info)


def _first_frame(data: mmap.mmap) -> int:
    """Return where the first frame starts, behind an ID3v2 tag; -1 when none is near."""
    start = 0
    if data[:3] == b"ID3" and len(data) > 10:
        size = data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9]
        start = 10 + size
    for at in range(start, min(start + 65_536, len(data) - 4)):
        frame = _frame_at(data, at)
        if frame is not None and _frame_at(data, at + frame.length) is not None:
            return at
    return -1


def unannounced_samples(path: Path, guessed_samples: int) -> int | None:
    """Return the samples per channel of an MP3 whose header does not tell, when `guessed_samples` is wrong.

    None means that libsndfile's figure holds: the file announces its length, has a constant bit rate, or is not
    made of layer III frames.
    """
    if os.path.getsize(path) < 4:
        return None
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = _first_frame(data)
        first = _frame_at(data, at) if at >= 0 else None
        if first is None or data[at + first.xing_offset : at + first.xing_offset + 4] in (b"Xing", b"Info"):
            return None
        samples, is_constant = _walk(data, at, first)
        is_close = abs(samples - guessed_samples) <= 2 * first.samples
        return None if is_constant or is_close else samples


def _walk(data: mmap.mmap, at: int, first: _Frame) -> tuple[int, bool]:
    """Return (samples of all frames, whether the bit rate is constant); stops early when it is."""
    count, is_constant = 0, True
    frame = _frame_at(data, at)
    while frame is not None and at + frame.length <= len(data):
        is_constant = is_constant and frame.bit_rate == first.bit_rate
        count += 1
        at += frame.length
        if is_constant and count >= _TRUSTED_FRAMES:
            break
        frame = _frame_at(data, at)
    return count * first.samples, is_constant


class RepairedMpeg(io.RawIOBase):
    """An MP3 file with a Xing header in front that announces `samples` per channel. Read-only."""

    def __init__(self, path: Path, samples: int) -> None:
        super().__init__()
        self._file = open(path, "rb")  # noqa: SIM115 - closed by close()
        with mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            self._start = _first_frame(data)
            self._prefix = self._xing_frame(data, samples)
        self._size = len(self._prefix) + os.fstat(self._file.fileno()).st_size - self._start
        self._at = 0

    def _xing_frame(self, data: mmap.mmap, samples: int) -> bytes:
        first = _frame_at(data, self._start)
        if first is None:
            raise ValueError("no MPEG layer III frame")
        # Bit rate index 9 (128 or 80 kbit/s) makes a frame that holds the tag at every sample rate.
        header = bytes([0xFF, data[self._start + 1] | 1, 9 << 4 | data[self._start + 2] & 0x0C, data[self._start + 3]])
        frame = _frame_at(header, 0)
        if frame is None:
            raise ValueError("no MPEG layer III frame")
        tag = b"Xing" + struct.pack(">II", 1, samples // first.samples)
        return (header + bytes(frame.xing_offset - 4) + tag).ljust(frame.length, b"\0")

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be positioned."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a byte of the view."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """Return the position in the view."""
        return self._at

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]  # libsndfile hands memory only
        """Fill `target` from the position on; return the bytes read."""
        wanted = len(target)
        if self._at < len(self._prefix):
            piece = self._prefix[self._at : self._at + wanted]
        else:
            self._file.seek(self._start + self._at - len(self._prefix))
            piece = self._file.read(wanted)
        target[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        """Close the file below."""
        self._file.close()
        super().close()
