"""How many bytes of sound a file's header promises and how many are there: walks that libsndfile does not report.

libsndfile silently shortens a file whose sound runs past its end. Here the promise is compared with the file's real
size. Sizes of 0 and 0xFFFFFFFF are what programs write that stream into a pipe: they promise nothing.

Layouts: RIFF/WAVE (Multimedia Programming Interface 1.0), RF64 (EBU Tech 3306), Sony Wave64, AIFF 1.3, Sun/NeXT AU.
"""

import os
import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

_UNKNOWN_SIZES = (0, 0xFFFFFFFF)
#: No program writes that many; a file of zeros seems to.
_MOST_CHUNKS = 10_000
_SSND_HEAD_BYTES = 8
_W64_HEAD_BYTES = 24
_W64_RIFF = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"
_W64_DATA = b"data\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"


class SoundBytes(NamedTuple):
    """Bytes of sound: what the header promises, and what of it is in the file."""

    promised: int
    present: int

    @property
    def is_cut(self) -> bool:
        """Whether some are missing."""
        return self.present < self.promised


_NOTHING_PROMISED = SoundBytes(0, 0)


def sound_bytes(path: Path) -> SoundBytes:
    """Return what the header of `path` promises; 0 of 0 where it promises nothing, or is of another kind.

    Raises:
        OSError: the file cannot be read.
    """
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        magic = file.read(16)
        if magic[:4] in (b"RIFF", b"RF64") and magic[8:12] == b"WAVE":
            return _in_chunks(file, size, b"data", "<I")
        if magic[:4] == b"FORM" and magic[8:12] in (b"AIFF", b"AIFC"):
            return _in_chunks(file, size, b"SSND", ">I")
        if magic == _W64_RIFF:
            return _in_wave64(file, size)
        if magic[:4] in (b".snd", b"dns.") and len(magic) >= 12:
            start, length = struct.unpack(">II" if magic[:4] == b".snd" else "<II", magic[4:12])
            return _from(start, length, size)
    return _NOTHING_PROMISED


def _from(start: int, length: int, size: int) -> SoundBytes:
    if length in _UNKNOWN_SIZES:
        return _NOTHING_PROMISED
    return SoundBytes(length, max(0, min(length, size - start)))


def _in_chunks(file: BinaryIO, size: int, wanted: bytes, order: str) -> SoundBytes:
    """Walk the chunks up to the sound."""
    position, data_size_64 = 12, None
    for _ in range(_MOST_CHUNKS):
        file.seek(position)
        head = file.read(8)
        if len(head) < 8:
            break
        name, length = head[:4], struct.unpack(order, head[4:])[0]
        if name == b"ds64" and len(sizes := file.read(16)) == 16:
            data_size_64 = struct.unpack("<8xQ", sizes)[0]
        if name == wanted:
            if length == 0xFFFFFFFF and data_size_64 is not None:
                length = data_size_64
            if wanted == b"SSND" and length not in _UNKNOWN_SIZES:
                return _from(position + 8 + _SSND_HEAD_BYTES, max(0, length - _SSND_HEAD_BYTES), size)
            return _from(position + 8, length, size)
        position += 8 + length + (length & 1)
    return _NOTHING_PROMISED


def _in_wave64(file: BinaryIO, size: int) -> SoundBytes:
    """Walk chunks of 16 bytes of name and 8 of size, which counts both and is rounded up to 8."""
    position = 40
    for _ in range(_MOST_CHUNKS):
        file.seek(position)
        head = file.read(_W64_HEAD_BYTES)
        if len(head) < _W64_HEAD_BYTES:
            break
        length = struct.unpack("<Q", head[16:])[0]
        if head[:16] == _W64_DATA:
            return _from(position + _W64_HEAD_BYTES, max(0, length - _W64_HEAD_BYTES), size)
        position += max(_W64_HEAD_BYTES, (length + 7) & ~7)
    return _NOTHING_PROMISED
