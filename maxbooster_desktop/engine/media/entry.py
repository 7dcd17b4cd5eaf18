"""One asset in the media pool: mapped from the cache, or being decoded, or the reason why not."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.engine.media.cache_file import MediaShape, SamplesWriter, open_peaks, open_samples, write_peaks
from maxbooster_desktop.engine.media.cache_size import mark_used
from maxbooster_desktop.engine.media.decode import DecodingStoppedError, decode, peaks_from, resampled_frames, shape_of
from maxbooster_desktop.engine.media.peaks import PeakPyramid
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.state import Asset

_TELL_EVERY_S = 0.1
_SPARE_BYTES = 64 << 20


class CacheFullError(MaxBoosterError):
    """The disk of the media cache has no room for a decoded sound."""


class MediaEntry:
    """State of one asset; one worker writes it, any thread reads it."""

    def __init__(self, asset: Asset, sample_rate: int, folder: Path, place: Callable[[], Path]) -> None:
        self.asset = asset
        self.shape: MediaShape = shape_of(asset, sample_rate)
        self.mark = np.zeros(1, np.int64)
        self.samples: npt.NDArray[np.float32] | None = None
        self.pyramid: PeakPyramid | None = None
        self.problem = ""
        self.is_missing = False
        self.is_done = False
        self._folder = folder
        self._place = place

    @property
    def ready_frames(self) -> int:
        """Frames from the start that can be read."""
        return int(self.mark[0])

    @property
    def file_names(self) -> tuple[str, str]:
        """Names of its files in the cache."""
        return self.shape.samples_path(self._folder).name, self.shape.peaks_path(self._folder).name

    @property
    def is_failed(self) -> bool:
        """Done without sound: worth another try when it is required again."""
        return self.is_done and self.samples is None

    def open_cached(self) -> bool:
        """Map both files of the cache; False when either is missing or damaged."""
        peaks = open_peaks(self._folder, self.shape)
        samples = open_samples(self._folder, self.shape) if peaks is not None else None
        if samples is None:
            return False
        mark_used([self.shape.samples_path(self._folder), self.shape.peaks_path(self._folder)])
        self.pyramid = PeakPyramid(self.shape.frames, self.shape.channels, peaks)
        self._show_whole(samples)
        return True

    def _show_whole(self, samples: npt.NDArray[np.float32]) -> None:
        self.samples = samples
        self.mark[0] = self.shape.frames
        self.is_done = True

    def decode(self, tell: Callable[[], None], stop: threading.Event) -> None:
        """Decode the asset; afterwards it is done or `problem` says why not. `tell` is called as it grows."""
        try:
            if not self._repair_peaks(stop):
                self._decode_file(tell, stop)
        except DecodingStoppedError:
            self._fail(f"'{self.asset.name}' was not decoded to its end, because the project was closed")
        except MaxBoosterError as problem:
            self._fail(str(problem))
        except OSError as problem:
            self._fail(f"'{self.asset.name}' could not be decoded into {self._folder} ({problem.strerror}); make room")
        finally:
            self.is_done = True

    def fail(self, problem: Exception) -> None:
        """Give up for a reason nobody expected; the log has the rest of it."""
        self._fail(f"'{self.asset.name}' could not be decoded ({type(problem).__name__}); import its file again")
        self.is_done = True

    def _fail(self, sentence: str) -> None:
        self.problem = sentence
        self.mark[0] = 0
        self.samples = self.pyramid = None

    def _repair_peaks(self, stop: threading.Event) -> bool:
        """Build only the peaks when the samples are whole; False when they are not."""
        samples = open_samples(self._folder, self.shape)
        if samples is None:
            return False
        self.pyramid = PeakPyramid(self.shape.frames, self.shape.channels)
        self.samples = samples
        self.mark[0] = self.shape.frames
        peaks_from(samples, self.pyramid, stop)
        write_peaks(self._folder, self.shape, self.pyramid.peaks)
        return True

    def _decode_file(self, tell: Callable[[], None], stop: threading.Event) -> None:
        path = self._place()
        if not path.is_file():
            self.is_missing = True
            self._fail(f"The sound '{self.asset.name}' is missing from the project; import its file again")
            return
        self._require_room()
        pyramid = PeakPyramid(self.shape.frames, self.shape.channels)
        writer = SamplesWriter(self._folder, self.shape)
        try:
            self.samples, self.pyramid = writer.map(), pyramid
            given = decode(path, writer, pyramid, self._grower(tell), stop)
            writer.finish()
            write_peaks(self._folder, self.shape, pyramid.peaks)
        finally:
            writer.discard()
        self.mark[0] = self.shape.frames
        lacking = resampled_frames(self.asset.frames, self.asset.sample_rate, self.shape.sample_rate) - given
        if lacking > 0:
            self.problem = (
                f"The sound '{self.asset.name}' is {lacking:,} frames shorter than when it was imported; "
                "its end is silent until its file is imported again"
            )

    def _require_room(self) -> None:
        free = shutil.disk_usage(self._folder).free
        if self.shape.sample_bytes + _SPARE_BYTES > free:
            raise CacheFullError(
                f"'{self.asset.name}' needs {self.shape.sample_bytes / 1e9:.1f} GB in {self._folder} and "
                f"{free / 1e9:.1f} GB are free; make room"
            )

    def _grower(self, tell: Callable[[], None]) -> Callable[[int], None]:
        """Return what moves the ready mark, and tells about it at once and then ten times a second."""
        told_at = -_TELL_EVERY_S

        def grow(ready: int) -> None:
            nonlocal told_at
            self.mark[0] = ready
            now = time.monotonic()
            if now - told_at >= _TELL_EVERY_S:
                told_at = now
                tell()

        return grow
