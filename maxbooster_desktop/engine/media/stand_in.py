"""What stands in for a sound whose file has not come yet: its waveform, and a small version to listen to.

The waveform travels as `MBPK1`, channels, rate and frames of the sound, and zstd over int16 little-endian
[channels, peaks, 2]: the lowest and highest of each 256 frames at the sound's own rate, as level 0 of
`dsp.peaks.pyramid`.
It may come from anybody: what does not fit its asset counts as not there.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import zstandard

from dsp.peaks.pyramid import FULL_SCALE, PEAK_FRAMES, raise_levels
from maxbooster_desktop.engine.media.cache_file import MediaShape
from maxbooster_desktop.engine.media.decode import decoded_blocks
from maxbooster_desktop.engine.media.peaks import PeakPyramid
from maxbooster_desktop.project.document.state import Asset
from maxbooster_desktop.project.exchange.fold_down import HEARD_CHANNELS
from maxbooster_desktop.project.exchange.sound_file import SoundFile

_MAGIC = b"MBPK1"
_HEAD = struct.Struct("<5sBIQ")
_LEVEL = 6

Peaks = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class StandIn:
    """Verified files; None for what has not come either."""

    peaks: Path | None = None
    preview: Path | None = None


def write_peaks_file(source: Path, target: Path) -> None:
    """Write the travelling waveform of a sound file.

    Raises:
        AudioRefusedError: the file cannot be read.
        OSError: the folder takes no more.
    """
    frames, parts = 0, []
    with SoundFile(source) as sound:
        rate, channels = sound.sample_rate, min(HEARD_CHANNELS, sound.channels)
        for block in _whole_peaks(decoded_blocks(sound, rate)):
            frames += len(block)
            parts.append(_extremes(block))
    peaks = np.concatenate(parts, axis=1) if parts else np.zeros((channels, 0, 2), np.int16)
    packed = zstandard.ZstdCompressor(level=_LEVEL).compress(np.ascontiguousarray(peaks, "<i2").tobytes())
    target.write_bytes(_HEAD.pack(_MAGIC, channels, rate, frames) + packed)


def read_peaks_file(path: Path, asset: Asset, shape: MediaShape) -> PeakPyramid | None:
    """Return the waveform of an asset at the session's rate; None when the file holds no waveform of this asset."""
    count = -(-asset.frames // PEAK_FRAMES)
    try:
        data = path.read_bytes()
        head = _HEAD.unpack_from(data)
        if head != (_MAGIC, shape.channels, asset.sample_rate, asset.frames):
            return None
        size = 4 * shape.channels * count
        raw = zstandard.ZstdDecompressor().decompress(data[_HEAD.size :], max_output_size=size)
    except (OSError, struct.error, zstandard.ZstdError):  # gone, or not what it should be: there is no waveform yet
        return None
    if len(raw) != size:
        return None
    own = np.frombuffer(raw, "<i2").reshape(shape.channels, count, 2)
    pyramid = PeakPyramid(shape.frames, shape.channels)
    lowest = int(pyramid.starts[1]) if len(pyramid.starts) > 1 else 0
    pyramid.peaks[:, :lowest] = _at_rate(own, asset.sample_rate, shape.sample_rate, lowest)
    for channel in range(shape.channels):
        raise_levels(pyramid.peaks, pyramid.starts, channel, 0, lowest - 1)
    pyramid.ready_frames = shape.frames
    return pyramid


def _whole_peaks(blocks: Iterator[npt.NDArray[np.float32]]) -> Iterator[npt.NDArray[np.float32]]:
    """Yield the frames in blocks of whole peaks; only the last may be shorter."""
    rest: npt.NDArray[np.float32] | None = None
    for block in blocks:
        joined = block if rest is None else np.concatenate([rest, block])
        whole = len(joined) - len(joined) % PEAK_FRAMES
        rest = joined[whole:].copy()
        if whole:
            yield joined[:whole]
    if rest is not None and len(rest):
        yield rest


def _extremes(block: npt.NDArray[np.float32]) -> Peaks:
    """Return int16 [channels, peaks, 2] of frames [frames, channels]."""
    missing = -len(block) % PEAK_FRAMES
    whole = np.pad(block, ((0, missing), (0, 0)), mode="edge") if missing else block
    grouped = whole.reshape(-1, PEAK_FRAMES, block.shape[1])
    both = np.stack([grouped.min(axis=1).T, grouped.max(axis=1).T], axis=-1)
    return np.clip(np.rint(both * np.float32(FULL_SCALE)), -FULL_SCALE, FULL_SCALE).astype(np.int16)


def _at_rate(own: Peaks, from_rate: int, to_rate: int, count: int) -> Peaks:
    """Return peaks of 256 frames at another rate; each holds all that sounds in it."""
    if from_rate == to_rate:
        return own[:, :count]
    starts = np.minimum(np.arange(count, dtype=np.int64) * from_rate // to_rate, own.shape[1] - 1)
    ends = np.minimum(-(-np.arange(1, count + 1, dtype=np.int64) * from_rate // to_rate), own.shape[1])
    low, high = np.minimum.reduceat(own[..., 0], starts, axis=1), np.maximum.reduceat(own[..., 1], starts, axis=1)
    # A part ends where the next one begins; the peak in which that lies belongs to both.
    last = np.maximum(starts, ends - 1)
    return np.stack([np.minimum(low, own[:, last, 0]), np.maximum(high, own[:, last, 1])], axis=-1)
