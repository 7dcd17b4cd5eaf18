"""The shape in which every meter takes sound: C-contiguous float32 [frames, channels].

One type only, so that each meter's kernel is compiled once.
"""

import numpy as np
import numpy.typing as npt

Block = npt.NDArray[np.float32]


def as_block(block: npt.ArrayLike, channels: int) -> Block:
    """Return `block` as writable float32 [frames, channels]; one-dimensional input is mono.

    Raises ValueError when the channel count is another one. Copies only when type or layout differ.
    """
    taken = np.ascontiguousarray(block, np.float32)
    if taken.ndim == 1:
        taken = taken.reshape(-1, 1)
    if taken.ndim != 2 or taken.shape[1] != channels:
        message = (
            f"A meter for {channels} channels was fed an array of shape {taken.shape}; it takes [frames, channels]."
        )
        raise ValueError(message)
    return taken if taken.flags.writeable else taken.copy()
