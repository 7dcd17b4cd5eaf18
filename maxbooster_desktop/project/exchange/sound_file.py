"""A sound file opened for reading in blocks: float32 frames, finite, at the file's own rate and channels.

16- and 24-bit integers become float32 exactly (value / 2^15, value / 2^23). Samples that are not finite are replaced
by 0 and counted. Formats are told by their content, never by the file's name.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import soundfile

from maxbooster_desktop.project.exchange.mpeg_frames import RepairedMpeg, unannounced_samples
from maxbooster_desktop.project.exchange.refusals import AudioRefusedError

BLOCK_FRAMES = 65_536

#: What is read, by libsndfile's name of the format, with the extension that its files carry.
EXTENSIONS = {
    "WAV": "wav",
    "WAVEX": "wav",
    "RF64": "wav",
    "W64": "w64",
    "AIFF": "aiff",
    "FLAC": "flac",
    "OGG": "ogg",
    "MP3": "mp3",
    "CAF": "caf",
    "AU": "au",
}
_MAX_BLOCK_SAMPLES = BLOCK_FRAMES * 8

Samples = npt.NDArray[np.float32]


class _SequentialFile(soundfile.SoundFile):  # type: ignore[misc]  # soundfile has no types
    """A file read from start to end and never sought.

    soundfile seeks to where it stands after every read; an MP3 decoder loses its bit reservoir by that, and about
    100 ms of sound after each block come out wrong.
    """

    def seekable(self) -> bool:
        """Tell soundfile not to seek."""
        return False


class SoundFile:
    """An open sound file. Use it as a context manager; one thread at a time.

    Raises:
        AudioRefusedError: the file is no sound that can be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.non_finite_samples = 0
        self._file = self._open(path)
        if self._file.format not in EXTENSIONS:
            self._file.close()
            raise AudioRefusedError(unreadable(path))

    @staticmethod
    def _open(path: Path) -> _SequentialFile:
        if path.suffix.lower() == ".raw":
            raise AudioRefusedError(f"'{shown_name(path)}' is raw audio without a header; save it as WAV and try again")
        name = str(path) if sys.platform == "win32" else os.fsencode(path)
        try:
            opened = _SequentialFile(name)
            if opened.format == "MP3" and (samples := unannounced_samples(path, opened.frames)) is not None:
                opened.close()
                opened = _SequentialFile(RepairedMpeg(path, samples))
        except (soundfile.LibsndfileError, ValueError, TypeError) as problem:
            raise AudioRefusedError(unreadable(path)) from problem
        return opened

    @property
    def promised_frames(self) -> int:
        """Frames by the header; decoding decides."""
        return int(self._file.frames)

    @property
    def sample_rate(self) -> int:
        """Frames per second."""
        return int(self._file.samplerate)

    @property
    def channels(self) -> int:
        """Number of channels in the file."""
        return int(self._file.channels)

    @property
    def format(self) -> str:
        """The container by libsndfile's name: a key of `EXTENSIONS`."""
        return str(self._file.format)

    @property
    def subtype(self) -> str:
        """The encoding by libsndfile's name, such as PCM_24."""
        return str(self._file.subtype)

    def blocks(self, block_frames: int = BLOCK_FRAMES) -> Iterator[Samples]:
        """Yield float32 blocks [frames, channels] up to the end; each is valid until the next is asked for.

        Raises:
            AudioRefusedError: the sound is damaged on the way.
        """
        frames = max(1, min(block_frames, _MAX_BLOCK_SAMPLES // self.channels))
        buffer = np.empty((frames, self.channels), np.float32)
        while True:
            try:
                block = self._file.read(dtype="float32", always_2d=True, out=buffer)
            except soundfile.LibsndfileError as problem:
                raise AudioRefusedError(damaged(self.path)) from problem
            if not len(block):
                return
            self._make_finite(block)
            yield block

    def _make_finite(self, block: Samples) -> None:
        # One sum finds most blocks clean: any NaN or infinity makes it non-finite.
        with np.errstate(invalid="ignore"):
            total = np.add.reduce(block, axis=None, dtype=np.float64)
        if np.isfinite(total):
            return
        broken = ~np.isfinite(block)
        self.non_finite_samples += int(np.count_nonzero(broken))
        block[broken] = 0.0

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def shown_name(path: Path) -> str:
    """Return the file's name as it can be shown and stored, whatever bytes the disk holds."""
    return os.fsencode(path.name or path).decode("utf-8", "replace")


def unreadable(path: Path) -> str:
    """Say that a file is not sound we can read."""
    return (
        f"'{shown_name(path)}' is not a sound file that can be read, or its start is damaged; "
        "import WAV, AIFF, FLAC, OGG, Opus or MP3"
    )


def damaged(path: Path) -> str:
    """Say that a file is cut short or damaged on the way."""
    return f"'{shown_name(path)}' is damaged or cut short; copy or download it again and import it then"
