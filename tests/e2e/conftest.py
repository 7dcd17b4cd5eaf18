"""One project for all tests that only read it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.program import maxbooster, succeeded
from tests.factories.audio_files import noise, quantised, write_audio

RATE = 44_100


@dataclass(frozen=True)
class Song:
    """A project made by the program from one 24-bit file at another rate than the usual one."""

    folder: Path
    file: Path
    samples: np.ndarray


@pytest.fixture(scope="session")
def song(tmp_path_factory: pytest.TempPathFactory) -> Song:
    home = tmp_path_factory.mktemp("song")
    samples = quantised(noise(4 * RATE + 7, level=0.2), 24)
    file = write_audio(home / "Take 1.wav", samples, RATE)
    succeeded(maxbooster("new", home / "Song"))
    succeeded(maxbooster("import", home / "Song", file))
    return Song(home / "Song", file, samples)
