"""A renderer's sound as a stream of blocks: the range without its latency, the tail, all of it at the file's rate.

Blocks are float32 [frames, 2]. Before each one is rendered `check` is called, which may raise to end the stream.
"""

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
import numpy.typing as npt
import soxr

from maxbooster_desktop.engine.media.decode import QUALITY, resampled_frames
from maxbooster_desktop.engine.render.tail import QUIET, TailGate

BLOCK_FRAMES = 4_096

Samples = npt.NDArray[np.float32]
Check = Callable[[], None]


class Renderer(Protocol):
    """Plays a project from a start frame on."""

    @property
    def latency_frames(self) -> int:
        """How many frames late the sound comes out."""

    def process(self, frames: int) -> Samples:
        """Return the next float32 [frames, 2]."""

    def stop(self) -> None:
        """End the clips where the timeline stands; what rings on is still to be had."""


def played(  # noqa: PLR0917 - one renderer, how much of it, and who may end it
    renderer: Renderer, frames: int, tail_s: float, sample_rate: int, check: Check, quiet: float = QUIET
) -> Iterator[Samples]:
    """Yield `frames` without the renderer's latency, then up to `tail_s` more until it stays below `quiet`."""
    lead = renderer.latency_frames
    early = lead
    for block in _timeline(renderer, frames, lead, check):
        dropped = min(early, len(block))
        early -= dropped
        if dropped < len(block):
            yield block[dropped:]
    gate = TailGate(sample_rate, quiet)
    left = round(max(0.0, tail_s) * sample_rate)
    while left > 0 and not gate.is_over:
        check()
        block = renderer.process(min(left, BLOCK_FRAMES))
        left -= len(block)
        yield from gate.heard(block)


def _timeline(renderer: Renderer, total: int, lead: int, check: Check) -> Iterator[Samples]:
    """Yield the range and, with the clips ended, what was still on its way: none of a clip is left for the tail."""
    for frames in (total, lead):
        left = frames
        while left > 0:
            check()
            block = renderer.process(min(left, BLOCK_FRAMES))
            left -= len(block)
            yield block
        renderer.stop()


def at_rate(blocks: Iterator[Samples], from_rate: int, to_rate: int) -> Iterator[Samples]:
    """Yield the blocks at another rate; the whole is round(frames * to / from) long, halves up.

    soxr's own length is one off where the quotient ends in a half.
    """
    if from_rate == to_rate:
        yield from blocks
        return
    stream = soxr.ResampleStream(from_rate, to_rate, 2, dtype="float32", quality=QUALITY)
    taken = given = 0
    for block in blocks:
        taken += len(block)
        out = stream.resample_chunk(np.ascontiguousarray(block))
        given += len(out)
        yield out
    rest = stream.resample_chunk(np.zeros((0, 2), np.float32), last=True)
    wanted = resampled_frames(taken, from_rate, to_rate) - given
    yield np.concatenate([rest, np.zeros((max(0, wanted - len(rest)), 2), np.float32)])[: max(0, wanted)]
