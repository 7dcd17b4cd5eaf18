"""One asset from its file to planar float32 at the session rate, with its peaks, block by block.

Where the rates are equal the samples are the file's own, bit for bit. Otherwise they go through soxr at very high
quality (linear phase, delay compensated by the library), and come out as exactly round(frames * out / in) frames,
halves up: what is missing is silence, what is beyond is cut.
"""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr

from dsp.peaks.pyramid import add_frames
from maxbooster_desktop.engine.media.cache_file import MediaShape, SamplesWriter
from maxbooster_desktop.engine.media.peaks import PeakPyramid
from maxbooster_desktop.project.document.state import Asset
from maxbooster_desktop.project.exchange.fold_down import HEARD_CHANNELS, fold_down, fold_down_matrix
from maxbooster_desktop.project.exchange.sound_file import SoundFile

Samples = npt.NDArray[np.float32]

QUALITY = "VHQ"


class DecodingStoppedError(Exception):
    """The pool is closing; no person sees this."""


def resampled_frames(frames: int, from_rate: int, to_rate: int) -> int:
    """Return how many frames `frames` become: round(frames * to / from), halves up, in integers."""
    return (2 * frames * to_rate + from_rate) // (2 * from_rate)


def shape_of(asset: Asset, sample_rate: int) -> MediaShape:
    """Return what `asset` looks like once decoded at `sample_rate`; one frame at least, as no map can be empty.

    It is known by its file, whose hash is verified: an asset's id is what a project says, which others may have made.
    """
    frames = max(1, resampled_frames(asset.frames, asset.sample_rate, sample_rate))
    return MediaShape(asset.file_hash, sample_rate, min(HEARD_CHANNELS, asset.channels), frames)


def resampled(blocks: Iterator[Samples], from_rate: int, to_rate: int, channels: int) -> Iterator[Samples]:
    """Yield float32 [frames, channels] blocks at another rate; the same blocks when the rates are equal."""
    if from_rate == to_rate:
        yield from blocks
        return
    stream = soxr.ResampleStream(from_rate, to_rate, channels, dtype="float32", quality=QUALITY)
    for block in blocks:
        out = stream.resample_chunk(block)
        if len(out):
            yield out
    rest = stream.resample_chunk(np.zeros((0, channels), np.float32), last=True)
    if len(rest):
        yield rest


def decoded_blocks(sound: SoundFile, sample_rate: int) -> Iterator[Samples]:
    """Yield an open file as float32 [frames, 1 or 2] at `sample_rate`."""
    matrix = fold_down_matrix(sound.channels, sound.format)
    folded = (fold_down(block, matrix) for block in sound.blocks())
    return resampled(folded, sound.sample_rate, sample_rate, min(HEARD_CHANNELS, sound.channels))


def decode(
    path: Path,
    writer: SamplesWriter,
    pyramid: PeakPyramid,
    on_block: Callable[[int], None],
    stop: threading.Event,
) -> int:
    """Decode `path` into `writer` and `pyramid` and return how many frames the file itself gave.

    `on_block` is told the number of frames that are ready after each block.

    Raises:
        AudioRefusedError: the file is damaged.
        OSError: the disk is full or gone.
        DecodingStoppedError: `stop` was set.
    """
    shape = writer.shape
    given = 0
    with SoundFile(path) as sound:
        for block in decoded_blocks(sound, shape.sample_rate):
            if stop.is_set():
                raise DecodingStoppedError
            given += len(block)
            if shape.is_preview and block.shape[1] != shape.channels:
                block = np.repeat(block[:, :1], shape.channels, axis=1)  # noqa: PLW2901 - many channels have one preview
            room = shape.frames - writer.written_frames
            if room and block.shape[1] == shape.channels:
                _append(np.ascontiguousarray(block[:room].T), writer, pyramid)
                on_block(writer.written_frames)
    while writer.written_frames < shape.frames:
        silence = min(65_536, shape.frames - writer.written_frames)
        _append(np.zeros((shape.channels, silence), np.float32), writer, pyramid)
    return given


def _append(planar: Samples, writer: SamplesWriter, pyramid: PeakPyramid) -> None:
    start = writer.written_frames
    writer.append(planar)
    add_frames(planar, start, pyramid.peaks, pyramid.starts)
    pyramid.ready_frames = writer.written_frames


def peaks_from(samples: Samples, pyramid: PeakPyramid, stop: threading.Event) -> None:
    """Fill `pyramid` from decoded samples [channels, frames], when only its side-car was lost."""
    frames = samples.shape[1]
    for start in range(0, frames, 1 << 18):
        if stop.is_set():
            raise DecodingStoppedError
        piece = np.ascontiguousarray(samples[:, start : start + (1 << 18)])
        add_frames(piece, start, pyramid.peaks, pyramid.starts)
        pyramid.ready_frames = start + piece.shape[1]
