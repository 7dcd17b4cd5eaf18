"""Whether a sound file holds as much as its header promises: chunk and page walks that libsndfile does not report.

libsndfile silently shortens a WAV or AIFF whose data chunk runs past the end of the file, and reads an Ogg stream as
far as it goes. Here the promise is compared with the file's real size. Sizes of 0 and 0xFFFFFFFF are what programs
write that stream into a pipe: they promise nothing.

Layouts: RIFF/WAVE (Multimedia Programming Interface 1.0), RF64 (EBU Tech 3306), AIFF 1.3, Ogg (RFC 3533).
"""

import os
import struct
from pathlib import Path
from typing import BinaryIO

_UNKNOWN_SIZES = (0, 0xFFFFFFFF)
_OGG_TAIL_BYTES = 65_307 + 65_307
_OGG_HEADER_BYTES = 27
_OGG_LAST_PAGE = 0x04


def missing_bytes(path: Path) -> int:
    """Return how many bytes the header of `path` promises beyond its end; 0 when whole or when nothing is promised.

    Raises:
        OSError: the file cannot be read.
    """
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        magic = file.read(12)
        if magic[:4] in (b"RIFF", b"RF64") and magic[8:12] == b"WAVE":
            return _missing_in_chunks(file, size, b"data", "<I")
        if magic[:4] == b"FORM" and magic[8:12] in (b"AIFF", b"AIFC"):
            return _missing_in_chunks(file, size, b"SSND", ">I")
        if magic[:4] == b"OggS":
            return _missing_in_last_page(file, size)
    return 0


def _missing_in_chunks(file: BinaryIO, size: int, wanted: bytes, order: str) -> int:
    """Walk the chunks up to the sound and compare its size with what is there."""
    position, data_size_64 = 12, None
    while position + 8 <= size:
        file.seek(position)
        name, length = file.read(4), struct.unpack(order, file.read(4))[0]
        if name == b"ds64":
            sizes = file.read(16)
            if len(sizes) < 16:
                return 16 - len(sizes)
            data_size_64 = struct.unpack("<8xQ", sizes)[0]
        if name == wanted:
            if length == 0xFFFFFFFF and data_size_64 is not None:
                length = data_size_64
            return 0 if length in _UNKNOWN_SIZES else max(0, position + 8 + length - size)
        position += 8 + length + (length & 1)
    return 0


def _missing_in_last_page(file: BinaryIO, size: int) -> int:
    """Return what is missing from the last Ogg page (its lacing table says how long it should be)."""
    start = max(0, size - _OGG_TAIL_BYTES)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"OggS")
    if at < 0:
        return 0
    page = tail[at:]
    if len(page) < _OGG_HEADER_BYTES:
        return _OGG_HEADER_BYTES - len(page)
    segments = page[26]
    table = page[_OGG_HEADER_BYTES : _OGG_HEADER_BYTES + segments]
    promised = _OGG_HEADER_BYTES + segments + sum(table)
    return max(0, promised - len(page))


def lacks_end_page(path: Path) -> bool:
    """Tell whether an Ogg file ends without its end-of-stream page, as a stream that was cut off does."""
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        if file.read(4) != b"OggS":
            return False
        file.seek(max(0, size - _OGG_TAIL_BYTES))
        tail = file.read()
    at = tail.rfind(b"OggS")
    return at >= 0 and len(tail) > at + 5 and not tail[at + 5] & _OGG_LAST_PAGE
