"""The studio's end of a plug-in as arrays: what `exchange.KERNEL` works on."""

import ctypes
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from plugins_host.wire import exchange
from plugins_host.wire.layout import CHANNELS, HOP_FRAMES, HOPS, Shared

Floats = npt.NDArray[np.float64]
#: Offline nobody waits for the sound: a plug-in works this far behind, beside the others.
OFFLINE_LATENCY_FRAMES = 1_024


def live_latency_frames(block_frames: int) -> int:
    """Return how much later a plug-in is heard with a device that takes `block_frames` at once: whole hops.

    What a block needs has to have been handed over in the block before. Blocks that are no whole hops leave up to a
    hop unfinished. A block longer than half of the ring takes half of it.
    """
    hops = -(-block_frames // HOP_FRAMES)
    if block_frames % HOP_FRAMES:
        hops += 1
    return min(hops, HOPS // 2) * HOP_FRAMES


@dataclass
class Link:
    """The link of one plug-in; `targets` are a device's parameter values, in its own unit, by its own order."""

    state: Floats
    cells: npt.NDArray[np.int64]
    kept: list[object] = field(default_factory=list)

    @property
    def latency_frames(self) -> int:
        """Frames from handing over to playing."""
        return int(self.cells[exchange.LINK_LATENCY])

    @latency_frames.setter
    def latency_frames(self, frames: int) -> None:
        self.cells[exchange.LINK_LATENCY] = frames


def new_link(
    shared: Shared,
    wake: int,
    latency_frames: int,
    targets: Floats,
    parameters: Sequence[tuple[int, float]],
    *,
    is_live: bool,
) -> Link:
    """Return a link whose plug-in has been told `targets` already.

    Args:
        shared: the shared memory.
        wake: a non-blocking descriptor.
        latency_frames: whole hops.
        targets: a value for every parameter, in the device's unit.
        parameters: the number in the plug-in and the highest value of each; the lowest is 0.
        is_live: whether a late answer is done without; else it is waited for.
    """
    state = np.concatenate([np.zeros(1), targets])
    told, held = targets.copy(), np.zeros(CHANNELS)
    numbers = np.array([number for number, _ in parameters], np.int64)
    highest = np.array([high for _, high in parameters], np.float64)
    cells = np.zeros(exchange.LINK_FIELDS, np.int64)
    cells[exchange.LINK_SHARED], cells[exchange.LINK_WAKE] = shared.address, wake
    cells[exchange.LINK_WRITE] = _address_of("write")
    cells[exchange.LINK_PAUSE] = 0 if is_live else _address_of("usleep")
    cells[exchange.LINK_LATENCY], cells[exchange.LINK_PARAMETERS] = latency_frames, len(parameters)
    cells[exchange.LINK_TOLD], cells[exchange.LINK_HIGHEST] = told.ctypes.data, highest.ctypes.data
    cells[exchange.LINK_NUMBERS], cells[exchange.LINK_HELD] = numbers.ctypes.data, held.ctypes.data
    # Live it is passed by until it has loaded, offline nothing plays before.
    cells[exchange.LINK_WET], cells[exchange.LINK_DRY] = HOP_FRAMES, HOP_FRAMES if is_live else 0
    state.view(np.int64)[0] = cells.ctypes.data
    return Link(state, cells, [shared, told, held, numbers, highest])


def _address_of(name: str) -> int:
    """Return the address of a function of the C library, which kernels call without Python."""
    if sys.platform == "win32":
        raise OSError(f"{name} is called through POSIX only")
    found = ctypes.cast(getattr(ctypes.CDLL(None), name), ctypes.c_void_p).value
    assert found is not None
    return found
