"""Where the samples of a WAVE file lie: RIFF, RF64 and BW64, after EBU Tech 3306 and Microsoft's WAVEFORMATEX.

Only layouts whose samples can be told for sure count; everything else travels as it is.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_UNKNOWN_SIZE = 0xFFFFFFFF
_SUBFORMAT = 24
_DS64_DATA = slice(8, 16)


@dataclass(frozen=True, slots=True)
class Samples:
    """The interleaved little-endian samples of a file: whole frames from `start` up to `end`."""

    start: int
    end: int
    channels: int
    rate: int
    bits: int
    is_float: bool

    @property
    def sample_bytes(self) -> int:
        """Return how many bytes a sample has."""
        return self.bits // 8


def find_samples(file: BinaryIO) -> Samples | None:
    """Return where the samples of an open file are; None when it is no such WAVE file."""
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(12)
    if head[:4] not in (b"RIFF", b"RF64", b"BW64") or head[8:] != b"WAVE":
        return None
    layout, data_size = None, None
    while len(header := file.read(8)) == len(head) - 4:
        name, length = header[:4], struct.unpack("<I", header[4:])[0]
        if name == b"data":
            length = data_size if length == _UNKNOWN_SIZE and data_size is not None else length
            return _placed(layout, file.tell(), min(length, size - file.tell()))
        body = file.read(length) if name in (b"fmt ", b"ds64") and length < 1 << 16 else b""
        layout = body if name == b"fmt " else layout
        if name == b"ds64" and len(body) >= _DS64_DATA.stop:
            data_size = struct.unpack("<Q", body[_DS64_DATA])[0]
        file.seek(length - len(body) + length % 2, 1)
    return None


def _placed(layout: bytes | None, start: int, length: int) -> Samples | None:
    if layout is None or len(layout) < 16:
        return None
    kind, channels, rate, _, frame_bytes, bits = struct.unpack("<HHIIHH", layout[:16])
    if kind == _EXTENSIBLE and len(layout) >= _SUBFORMAT + 2:
        kind = struct.unpack("<H", layout[_SUBFORMAT : _SUBFORMAT + 2])[0]
    possible = {_PCM: (8, 16, 24, 32), _FLOAT: (32, 64)}.get(kind, ())
    if bits not in possible or not channels or frame_bytes != channels * bits // 8:
        return None
    return Samples(start, start + length // frame_bytes * frame_bytes, channels, rate, bits, kind == _FLOAT)
