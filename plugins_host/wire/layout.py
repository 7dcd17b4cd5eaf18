"""The shared memory of one plug-in: who writes which word, and where sound and parameter changes lie.

Sound travels in hops of 64 frames of planar stereo, hop[channel, frame] as float32. Hop h lies in row h % `HOPS` of
either ring. A word has one writer:

    studio's callback   OFFERED, LATE, BAD, CHANGES_WRITTEN, rows of `changes`, the ring that goes in
    studio's watch      BYPASS
    plug-in's process   FIRST, DONE, CHANGES_READ, LATENCY, IS_LOADED, the ring that comes back

A hop's input and its changes are there before OFFERED says so; its output is there before DONE does.
"""

import mmap
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

HOP_FRAMES = 64
CHANNELS = 2
HOPS = 1_024
#: Rows of parameter changes; those that find no room wait for the next hop.
CHANGES = 4_096

(
    OFFERED,  # hops whose input is there
    DONE,  # hops whose output is there
    BYPASS,  # 1: what goes in comes out, as late as the plug-in's sound did
    LATE,  # hops that were not answered when they were due
    BAD,  # samples that were not finite, played as 0
    CHANGES_WRITTEN,
    CHANGES_READ,
    LATENCY,  # the plug-in's own delay in frames
    IS_LOADED,  # 1 once the plug-in answers hops
    FIRST,  # the first hop it answers: what was offered while it loaded is not its concern
    WORDS,
) = (*range(10), 64)

#: changes[n]: from hop C_HOP on the plug-in's parameter C_PARAMETER, counted in its own order, is C_VALUE (0..1)
C_HOP, C_PARAMETER, C_VALUE, C_FIELDS = range(4)

_HOP_FLOATS = CHANNELS * HOP_FRAMES
CHANGES_AT = 8 * WORDS
IN_AT = CHANGES_AT + 8 * CHANGES * C_FIELDS
OUT_AT = IN_AT + 4 * HOPS * _HOP_FLOATS
BYTES = OUT_AT + 4 * HOPS * _HOP_FLOATS


class Shared(NamedTuple):
    """The parts of a plug-in's shared memory; what holds one of them holds the memory."""

    words: npt.NDArray[np.int64]
    changes: npt.NDArray[np.float64]
    into: npt.NDArray[np.float32]
    back: npt.NDArray[np.float32]

    @property
    def address(self) -> int:
        """Where it begins."""
        return int(self.words.ctypes.data)


def shared_of(memory: mmap.mmap) -> Shared:
    """Return the parts of a mapping of `BYTES` bytes."""

    def part(kind: Any, at: int, *shape: int) -> Any:
        return np.frombuffer(memory, kind, int(np.prod(shape)), at).reshape(shape)

    return Shared(
        part(np.int64, 0, WORDS),
        part(np.float64, CHANGES_AT, CHANGES, C_FIELDS),
        part(np.float32, IN_AT, HOPS, CHANNELS, HOP_FRAMES),
        part(np.float32, OUT_AT, HOPS, CHANNELS, HOP_FRAMES),
    )
