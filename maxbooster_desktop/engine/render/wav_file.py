"""A WAV file written front to back and closed with its true sizes; RF64 when 32 bits do not hold them.

Written here and not by libsndfile, because that puts the time of day into every float file (its PEAK chunk) and so no
two renders would be equal. Layout: RIFF/WAVE; EBU Tech 3306 (RF64): a JUNK chunk keeps the place of ds64.
"""

import os
import struct
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

_PCM, _FLOAT = 1, 3
_LARGEST = 2**32 - 1
_DS64_BYTES = 28
_HEADER_BYTES = 12 + 8 + _DS64_BYTES

Integers = npt.NDArray[np.int32]
Samples = npt.NDArray[np.float32]


class WavFile:
    """Writes frames to an open file. `bits` is 16 or 24 for integers, 32 for float."""

    def __init__(
        self, file: BinaryIO, sample_rate: int, channels: int, bits: int, *, largest_riff: int = _LARGEST
    ) -> None:
        self._file = file
        self._largest = largest_riff
        self._channels = channels
        self._bits = bits
        self.frames = 0
        self._fmt = self._format_chunks(sample_rate)
        self._file.write(self._head(0))

    def _format_chunks(self, sample_rate: int) -> bytes:
        frame_bytes = self._channels * self._bits // 8
        tag = _FLOAT if self._bits == 32 else _PCM
        body = struct.pack(
            "<HHIIHH", tag, self._channels, sample_rate, sample_rate * frame_bytes, frame_bytes, self._bits
        )
        if tag == _PCM:
            return b"fmt " + struct.pack("<I", len(body)) + body
        return b"fmt " + struct.pack("<I", len(body) + 2) + body + bytes(2) + b"fact" + struct.pack("<II", 4, 0)

    @property
    def data_bytes(self) -> int:
        """Bytes of sound so far."""
        return self.frames * self._channels * self._bits // 8

    def _head(self, padding: int) -> bytes:
        data = self.data_bytes
        riff = _HEADER_BYTES - 8 + len(self._fmt) + 8 + data + padding
        chunks = self._fmt
        if self._bits == 32:
            chunks = chunks[:-4] + struct.pack("<I", min(self.frames, _LARGEST))
        if riff <= self._largest:
            start = b"RIFF" + struct.pack("<I", riff) + b"WAVEJUNK" + struct.pack("<I", _DS64_BYTES)
            return start + bytes(_DS64_BYTES) + chunks + b"data" + struct.pack("<I", data)
        sizes = struct.pack("<QQQI", riff, data, self.frames, 0)
        start = b"RF64" + struct.pack("<I", _LARGEST) + b"WAVEds64" + struct.pack("<I", _DS64_BYTES)
        return start + sizes + chunks + b"data" + struct.pack("<I", _LARGEST)

    def write_floats(self, samples: Samples) -> None:
        """Append float32 [frames, channels]."""
        self._file.write(np.ascontiguousarray(samples, "<f4").data)
        self.frames += len(samples)

    def write_integers(self, values: Integers) -> None:
        """Append integers [frames, channels] in the range of the file's word length."""
        if self._bits == 16:
            self._file.write(np.ascontiguousarray(values, "<i2").data)
        else:
            octets = np.ascontiguousarray(values, "<i4").view(np.uint8).reshape(-1, 4)
            self._file.write(np.ascontiguousarray(octets[:, :3]).data)
        self.frames += len(values)

    def finish(self) -> None:
        """Write the true sizes into the header."""
        padding = self.data_bytes & 1
        self._file.write(bytes(padding))
        self._write_head(padding)

    def tell_sizes(self) -> None:
        """Let the header tell of what is written so far, and go on."""
        self._write_head(0)

    def _write_head(self, padding: int) -> None:
        self._file.seek(0, os.SEEK_SET)
        self._file.write(self._head(padding))
        self._file.seek(0, os.SEEK_END)
