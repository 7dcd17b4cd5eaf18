"""What a back end does for the worker: load one plug-in, describe it, and turn hops of sound into others."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

Hop = npt.NDArray[np.float32]


class LoadedPlugin(Protocol):
    """One plug-in that is loaded; sound is planar stereo, float32 [2, 64]."""

    @property
    def latency_frames(self) -> int:
        """The plug-in's own delay."""

    def describe(self) -> dict[str, object]:
        """Return what the catalogue keeps of it (`plugins_host.catalog.entries`)."""

    def settle(self) -> None:
        """Let what was set take effect, so that `latency_frames` is what it will be."""

    def set_parameter(self, number: int, value: float) -> None:
        """Set a parameter, 0..1, from the next hop on."""

    def process(self, into: Hop, back: Hop) -> None:
        """Turn one hop into another."""

    def state(self) -> bytes:
        """Return everything the plug-in wants to find again."""

    def restore(self, state: bytes) -> None:
        """Bring back what `state` returned. Raises ValueError when the plug-in does not take it."""
