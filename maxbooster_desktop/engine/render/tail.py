"""How long a tail is heard: until it stays below a level, -90 dBFS for files, for half a second."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

QUIET = 10.0 ** (-90.0 / 20.0)
QUIET_S = 0.5

Samples = npt.NDArray[np.float32]


class TailGate:
    """Passes a tail on up to its last frame at or above `quiet`; quiet stretches wait until sound follows them."""

    def __init__(self, sample_rate: int, quiet: float = QUIET) -> None:
        self._quiet = quiet
        self._enough = round(QUIET_S * sample_rate)
        self._held: list[Samples] = []
        self._quiet_frames = 0

    @property
    def is_over(self) -> bool:
        """Tell whether it has been quiet for long enough."""
        return self._quiet_frames >= self._enough

    def heard(self, block: Samples) -> Iterator[Samples]:
        """Yield what is now known to be heard: held quiet blocks and `block` [frames, 2] up to its last loud frame."""
        loud = np.flatnonzero(np.abs(block).max(axis=1) >= self._quiet)
        end = int(loud[-1]) + 1 if len(loud) else 0
        if end:
            yield from self._held
            yield block[:end]
            self._held, self._quiet_frames = [], 0
        self._held.append(block[end:].copy())
        self._quiet_frames += len(block) - end
