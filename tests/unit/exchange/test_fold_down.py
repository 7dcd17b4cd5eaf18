"""More than two channels to stereo: the gains of ITU-R BS.775, by each container's channel order."""

import numpy as np
import pytest

from maxbooster_desktop.project.exchange.fold_down import fold_down, fold_down_matrix, fold_down_sentence
from tests.factories.audio_files import noise

MINUS_3 = float(np.sqrt(0.5))


@pytest.mark.parametrize("channels", [1, 2])
def test_mono_and_stereo_stay(channels: int) -> None:
    block = noise(100, channels)
    assert fold_down_matrix(channels, "WAV") is None
    assert fold_down(block, None) is block
    assert fold_down_sentence(channels, "WAV") is None


@pytest.mark.parametrize(
    ("channels", "container", "left", "right"),
    [
        (4, "WAV", [1, 0, MINUS_3, 0], [0, 1, 0, MINUS_3]),
        (6, "WAV", [1, 0, MINUS_3, 0, MINUS_3, 0], [0, 1, MINUS_3, 0, 0, MINUS_3]),
        (6, "OGG", [1, MINUS_3, 0, MINUS_3, 0, 0], [0, MINUS_3, 1, 0, MINUS_3, 0]),
        (8, "FLAC", [1, 0, MINUS_3, 0] + [MINUS_3, 0] * 2, [0, 1, MINUS_3, 0] + [0, MINUS_3] * 2),
        (8, "OGG", [1, MINUS_3, 0] + [MINUS_3, 0] * 2 + [0], [0, MINUS_3, 1] + [0, MINUS_3] * 2 + [0]),
        (3, "WAV", [MINUS_3, 0, MINUS_3], [0, 1, 0]),
        (5, "AIFF", [3**-0.5, 0, 3**-0.5, 0, 3**-0.5], [0, MINUS_3, 0, MINUS_3, 0]),
    ],
)
def test_gains(channels: int, container: str, left: list[float], right: list[float]) -> None:
    matrix = fold_down_matrix(channels, container)
    assert matrix is not None
    np.testing.assert_allclose(matrix.T, [left, right], atol=1e-7)


@pytest.mark.parametrize("channels", [3, 5, 7, 9, 16, 33, 64])
def test_unknown_layouts_keep_the_power(channels: int) -> None:
    folded = fold_down(noise(200_000, channels, level=0.1), fold_down_matrix(channels, "WAV"))
    np.testing.assert_allclose(np.sqrt(np.mean(folded.astype(np.float64) ** 2, axis=0)), 0.1, rtol=0.02)


def test_a_block_folds_as_its_parts_do() -> None:
    block, matrix = noise(1_000, 6), fold_down_matrix(6, "WAV")
    parts = [fold_down(block[at : at + 7], matrix) for at in range(0, 1_000, 7)]
    assert np.array_equal(fold_down(block, matrix), np.concatenate(parts))


def test_the_sentence_says_what_was_done() -> None:
    assert fold_down_sentence(6, "WAV") == "6 channels mixed to stereo by ITU-R BS.775 (L R C LFE Ls Rs)"
    assert fold_down_sentence(6, "OGG") == "6 channels mixed to stereo by ITU-R BS.775 (L C R Ls Rs LFE)"
    assert fold_down_sentence(5, "WAV") == (
        "5 channels mixed to stereo: odd channels left, even channels right, at equal power"
    )
