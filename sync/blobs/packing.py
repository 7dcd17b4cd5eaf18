"""The form sounds travel in: FLAC for integers of 16 and 24 bits, zstd over shuffled bytes for all other samples.

A packed file is `MBT1`, the length of a JSON header, the header, everything before and behind the samples as it was,
and the samples. Unpacked it is the file it was made from, bit for bit: `pack` unpacks what it made and compares before
it returns. A file that gains nothing, or is no WAVE file, travels as it is.

FLAC is made from integers and never from floats, which would be off by one least bit.
"""

import io
import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import soundfile as sf
import zstandard
from blake3 import blake3

from sync.blobs.errors import DamagedBlobError
from sync.blobs.wave import Samples, find_samples

MAGIC = b"MBT1"
#: A multiple of every sample's size.
_BLOCK_BYTES = 3 << 19
_MOST_HEADER_BYTES = 1 << 12
_MOST_REST_BYTES = 16 << 20
_MOST_DATA_BYTES = 1 << 36
_FLAC_CHANNELS, _FLAC_RATE = 8, 655_350
_FLAC_TYPES = {16: ("int16", "PCM_16"), 24: ("int32", "PCM_24")}
_LEVEL = 6
#: What a decompressor may need: more than any level of ours, and no 128 MiB for whoever packs to harm.
_MOST_WINDOW_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class _Header:
    codec: str
    before: int
    behind: int
    data: int
    channels: int
    rate: int
    bits: int


def pack(source: Path, target: Path) -> bool:
    """Write the travelling form of a sound to `target`; return False when it travels as it is, with nothing written.

    Nothing is left of one that could not be written.
    """
    try:
        return _pack(source, target)
    except BaseException:
        target.unlink(missing_ok=True)
        target.with_suffix(".payload").unlink(missing_ok=True)
        raise


def _pack(source: Path, target: Path) -> bool:
    with source.open("rb") as file:
        found = find_samples(file)
        size = file.seek(0, 2)
        if found is None or found.end <= found.start or size - (found.end - found.start) > _MOST_REST_BYTES:
            return False
        codec = _codec(found)
        if not _packed(file, found, codec, target) and codec == "flac":
            _packed(file, found, "zstd", target)
        whole = _hash(file)
    if target.stat().st_size < size and _comes_out_as(target, whole):
        return True
    target.unlink()
    return False


def _comes_out_as(packed: Path, whole: str) -> bool:
    try:
        return hash_unpacked(packed) == whole
    except DamagedBlobError:  # a codec that cannot read what it wrote: the sound travels as it is
        return False


def unpack(packed: Path, target: Path) -> str:
    """Write the file that a packed one was made from; return its BLAKE3. Raises DamagedBlobError."""
    digest = blake3()
    with target.open("wb") as file:
        for piece in _unpacked(packed):
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def hash_unpacked(packed: Path) -> str:
    """Return the BLAKE3 of the file that a packed one was made from; raises DamagedBlobError."""
    digest = blake3()
    for piece in _unpacked(packed):
        digest.update(piece)
    return digest.hexdigest()


def _codec(found: Samples) -> str:
    is_integer = not found.is_float and found.bits in _FLAC_TYPES
    return "flac" if is_integer and found.channels <= _FLAC_CHANNELS and 0 < found.rate <= _FLAC_RATE else "zstd"


def _hash(file: BinaryIO) -> str:
    file.seek(0)
    digest = blake3()
    while piece := file.read(_BLOCK_BYTES):
        digest.update(piece)
    return digest.hexdigest()


def _packed(file: BinaryIO, found: Samples, codec: str, target: Path) -> bool:
    """Write a packed file; return False when the codec refuses."""
    file.seek(0)
    before = file.read(found.start)
    file.seek(found.end)
    behind = file.read()
    data = found.end - found.start
    header = _Header(codec, len(before), len(behind), data, found.channels, found.rate, found.bits)
    text = json.dumps(asdict(header)).encode()
    payload = io.BytesIO() if data <= _BLOCK_BYTES else target.with_suffix(".payload").open("w+b")
    with payload:
        try:
            (_to_flac if codec == "flac" else _to_zstd)(_blocks(file, found), header, payload)
        except sf.LibsndfileError:  # a rate or a number of channels that this FLAC does not know
            return False
        payload.seek(0)
        with target.open("wb") as out:
            out.write(MAGIC + struct.pack("<I", len(text)) + text + before + behind)
            while piece := payload.read(_BLOCK_BYTES):
                out.write(piece)
    target.with_suffix(".payload").unlink(missing_ok=True)
    return True


def _blocks(file: BinaryIO, found: Samples) -> Iterator[bytes]:
    """Yield the samples in blocks of whole frames."""
    frame = found.channels * found.sample_bytes
    file.seek(found.start)
    left = found.end - found.start
    while left:
        block = file.read(min(left, max(1, _BLOCK_BYTES // frame) * frame))
        if not block:
            raise DamagedBlobError("A sound became shorter while it was read: try again.")
        left -= len(block)
        yield block


def _to_flac(blocks: Iterator[bytes], header: _Header, payload: Any) -> None:
    kind, subtype = _FLAC_TYPES[header.bits]
    with sf.SoundFile(payload, "w", header.rate, header.channels, subtype, format="FLAC") as out:
        for block in blocks:
            out.write(_integers(block, header.bits).reshape(-1, header.channels).astype(kind, copy=False))


def _integers(block: bytes, bits: int) -> "np.ndarray[Any, Any]":
    """Return samples as soundfile takes them: 24 bits in the upper bytes of 32."""
    if bits == 16:
        return np.frombuffer(block, "<i2")
    wide = np.zeros((len(block) // 3, 4), np.uint8)
    wide[:, 1:] = np.frombuffer(block, np.uint8).reshape(-1, 3)
    return wide.view("<i4")[:, 0]


def _to_zstd(blocks: Iterator[bytes], header: _Header, payload: Any) -> None:
    with zstandard.ZstdCompressor(level=_LEVEL).stream_writer(payload, closefd=False) as out:
        for block in blocks:
            # All first bytes of the samples, then all second ones: what changes slowly stands together.
            out.write(np.frombuffer(block, np.uint8).reshape(-1, header.bits // 8).T.tobytes())


def _unpacked(packed: Path) -> Iterator[bytes]:
    """Yield the original file piece by piece; raises DamagedBlobError."""
    with packed.open("rb") as file:
        header = _read_header(file)
        before, behind = file.read(header.before), file.read(header.behind)
        if len(before) != header.before or len(behind) != header.behind:
            raise DamagedBlobError("A packed sound is cut off: fetch it again.")
        yield before
        length = 0
        try:
            for block in (_from_flac if header.codec == "flac" else _from_zstd)(file, header):
                length += len(block)
                yield block
        except (sf.LibsndfileError, zstandard.ZstdError, RuntimeError) as error:
            raise DamagedBlobError("A packed sound cannot be read: fetch it again.") from error
        if length != header.data:
            raise DamagedBlobError("A packed sound has another length than it says: fetch it again.")
        yield behind


def _read_header(file: BinaryIO) -> _Header:
    head = file.read(8)
    length = struct.unpack("<I", head[4:])[0] if head[:4] == MAGIC and len(head) == 8 else 0
    try:
        header = _Header(**json.loads(file.read(min(length, _MOST_HEADER_BYTES))))
    except (ValueError, TypeError, RecursionError) as error:
        raise DamagedBlobError("This is no packed sound: fetch it again.") from error
    if not _is_possible(header):
        raise DamagedBlobError("A packed sound has an impossible header: fetch it again.")
    return header


def _is_possible(header: _Header) -> bool:
    """Judge what may come from anybody."""
    numbers = [value for name, value in asdict(header).items() if name != "codec"]
    if header.codec not in ("flac", "zstd") or not all(type(one) is int and one >= 0 for one in numbers):
        return False
    fits = header.data <= _MOST_DATA_BYTES and header.before + header.behind <= _MOST_REST_BYTES
    return fits and header.bits in (8, 16, 24, 32, 64) and 0 < header.channels < 1 << 16


def _from_flac(file: BinaryIO, header: _Header) -> Iterator[bytes]:
    kind = _FLAC_TYPES.get(header.bits, ("", ""))[0]
    if not kind:
        raise DamagedBlobError("A packed sound has an impossible header: fetch it again.")
    frame = header.channels * header.bits // 8
    left = header.data // frame
    with sf.SoundFile(_Tail(file)) as sound:
        if sound.channels != header.channels:
            raise DamagedBlobError("A packed sound has another number of channels: fetch it again.")
        while left and len(block := sound.read(min(left, _BLOCK_BYTES // frame or 1), kind, always_2d=True)):
            left -= len(block)
            yield _bytes(block, header.bits)


def _bytes(block: "np.ndarray[Any, Any]", bits: int) -> bytes:
    if bits == 16:
        return block.astype("<i2", copy=False).tobytes()
    wide = np.ascontiguousarray(block.astype("<i4", copy=False)).view(np.uint8).reshape(-1, 4)
    return wide[:, 1:].tobytes()


def _from_zstd(file: BinaryIO, header: _Header) -> Iterator[bytes]:
    sample, frame = header.bits // 8, header.channels * header.bits // 8
    size, left = max(1, _BLOCK_BYTES // frame) * frame, header.data
    with zstandard.ZstdDecompressor(max_window_size=_MOST_WINDOW_BYTES).stream_reader(file, closefd=False) as source:
        while left:
            block = _exactly(source.read, min(size, left))
            if len(block) % sample or not block:
                return
            left -= len(block)
            yield np.frombuffer(block, np.uint8).reshape(sample, -1).T.tobytes()


def _exactly(read: Callable[[int], bytes], size: int) -> bytes:
    pieces = []
    while size and (piece := read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


class _Tail:
    """The rest of a file as a file of its own, as far as soundfile needs one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._start = file, file.tell()

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place in the rest."""
        return self._file.seek(offset + (self._start if whence == 0 else 0), whence) - self._start

    def tell(self) -> int:
        """Return the place in the rest."""
        return self._file.tell() - self._start
