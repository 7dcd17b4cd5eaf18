"""More than two channels to stereo, and the sentence that says how.

5.1 by ITU-R BS.775-3 table 2 (centre and surrounds at -3 dB, LFE left out); 7.1 the same with both surround pairs;
quad likewise. Any other count: odd channels left, even channels right, at equal power (1/sqrt of how many). Nothing is
limited: a sum may exceed 1.0, which float32 keeps.

Channel orders: WAV, AIFF, FLAC, CAF: L R C LFE Ls Rs (Lb Rb before Ls Rs in 7.1, both at -3 dB). Ogg (Vorbis I 4.3.9,
RFC 7845): L C R Ls Rs LFE and L C R Ls Rs Lb Rb LFE.
"""

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

#: What is heard has one or two channels: more are folded down to two.
HEARD_CHANNELS = 2

_HALF_POWER = float(np.sqrt(0.5))
_SPEAKERS = {
    "L": (1.0, 0.0),
    "R": (0.0, 1.0),
    "C": (_HALF_POWER, _HALF_POWER),
    "LFE": (0.0, 0.0),
    "Ls": (_HALF_POWER, 0.0),
    "Rs": (0.0, _HALF_POWER),
    "Lb": (_HALF_POWER, 0.0),
    "Rb": (0.0, _HALF_POWER),
}
_ORDERS = {
    4: ("L", "R", "Ls", "Rs"),
    6: ("L", "R", "C", "LFE", "Ls", "Rs"),
    8: ("L", "R", "C", "LFE", "Lb", "Rb", "Ls", "Rs"),
}
_OGG_ORDERS = {
    4: ("L", "R", "Ls", "Rs"),
    6: ("L", "C", "R", "Ls", "Rs", "LFE"),
    8: ("L", "C", "R", "Ls", "Rs", "Lb", "Rb", "LFE"),
}


def channel_order(channels: int, container: str) -> tuple[str, ...] | None:
    """Return the speakers of a file's channels in their order; None when the count names no known layout.

    `container` is libsndfile's name of the format, such as WAV or OGG.
    """
    return (_OGG_ORDERS if container == "OGG" else _ORDERS).get(channels)


def fold_down_matrix(channels: int, container: str) -> Samples | None:
    """Return float32 gains [channels, 2] to stereo, or None for mono and stereo, which stay as they are."""
    if channels <= HEARD_CHANNELS:
        return None
    order = channel_order(channels, container)
    if order is not None:
        return np.array([_SPEAKERS[speaker] for speaker in order], np.float32)
    matrix = np.zeros((channels, 2), np.float32)
    matrix[0::2, 0] = 1.0 / np.sqrt((channels + 1) // 2)
    matrix[1::2, 1] = 1.0 / np.sqrt(channels // 2)
    return matrix


def fold_down(block: Samples, matrix: Samples | None) -> Samples:
    """Return `block` [frames, channels] with at most two channels; itself when there is no matrix."""
    if matrix is None:
        return block
    # einsum, not a BLAS product: the same bits on every machine and for every block length.
    folded: Samples = np.einsum("fc,cs->fs", block, matrix, optimize=False)
    return folded


def fold_down_sentence(channels: int, container: str) -> str | None:
    """Return what a fold-down did, or None when nothing was folded."""
    if channels <= 2:
        return None
    order = channel_order(channels, container)
    if order is None:
        return f"{channels} channels mixed to stereo: odd channels left, even channels right, at equal power"
    return f"{channels} channels mixed to stereo by ITU-R BS.775 ({' '.join(order)})"
