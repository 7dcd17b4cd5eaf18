"""One asset in the media pool: mapped from the cache, or being decoded, or the reason why not.

While its file has not come from the cloud, what stands in for it is shown and played.
"""

import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.engine.media.cache_file import MediaShape, SamplesWriter, open_peaks, open_samples, write_peaks
from maxbooster_desktop.engine.media.cache_size import mark_used
from maxbooster_desktop.engine.media.decode import DecodingStoppedError, decode, peaks_from, resampled_frames, shape_of
from maxbooster_desktop.engine.media.peaks import PeakPyramid
from maxbooster_desktop.engine.media.stand_in import StandIn, read_peaks_file
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.state import Asset

_TELL_EVERY_S = 0.1
_SPARE_BYTES = 64 << 20


class CacheFullError(MaxBoosterError):
    """The disk of the media cache has no room for a decoded sound."""


class MediaEntry:
    """State of one asset; one worker writes it, any thread reads it.

    Args:
        place: returns where its file lies, or would lie.
        stand_in: returns what there is while the file has not come; None when it is not on its way.
        number: the later entry of an asset has the higher one.
    """

    def __init__(
        self,
        asset: Asset,
        sample_rate: int,
        folder: Path,
        place: Callable[[], Path],
        *,
        stand_in: Callable[[], StandIn | None] = lambda: None,
        number: int = 0,
    ) -> None:
        self.asset = asset
        self.shape: MediaShape = shape_of(asset, sample_rate)
        self.mark = np.zeros(1, np.int64)
        self.samples: npt.NDArray[np.float32] | None = None
        self.pyramid: PeakPyramid | None = None
        self.problem = ""
        self.is_missing = False
        self.is_arriving = False
        self.is_done = False
        self.number = number
        self._folder = folder
        self._place, self._stand_in = place, stand_in
        self._lacks_file = False

    @property
    def ready_frames(self) -> int:
        """Frames from the start that can be read."""
        return int(self.mark[0])

    @property
    def file_names(self) -> tuple[str, ...]:
        """Names of its files in the cache."""
        shapes = self.shape, self._preview_shape
        return *(shape.samples_path(self._folder).name for shape in shapes), self.shape.peaks_path(self._folder).name

    @property
    def is_failed(self) -> bool:
        """Done without sound: worth another try when it is required again."""
        return self.is_done and self.samples is None and not self.is_arriving

    @property
    def has_content(self) -> bool:
        """Whether there is something to hear or to see."""
        return self.samples is not None or self.pyramid is not None

    @property
    def _preview_shape(self) -> MediaShape:
        return replace(self.shape, is_preview=True)

    def open_cached(self) -> bool:
        """Map both files of the cache; False when either is missing or damaged."""
        peaks = open_peaks(self._folder, self.shape)
        samples = open_samples(self._folder, self.shape) if peaks is not None else None
        if samples is None:
            return False
        mark_used([self.shape.samples_path(self._folder), self.shape.peaks_path(self._folder)])
        self.pyramid = PeakPyramid(self.shape.frames, self.shape.channels, peaks)
        self._lacks_file = not self._place().is_file()
        self._show_whole(samples)
        return True

    @property
    def is_cached_only(self) -> bool:
        """Whether its file is gone from the project and is not on its way: this computer's cache alone has it."""
        return self._lacks_file and self._stand_in() is None

    def look_for_file(self) -> None:
        """Note that a file that was gone has come back."""
        self._lacks_file = self._lacks_file and not self._place().is_file()

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
        if not os.path.isfile(path):
            self._take_stand_in(tell, stop)
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

    def _take_stand_in(self, tell: Callable[[], None], stop: threading.Event) -> None:
        stand_in = self._stand_in()
        if stand_in is None:
            self.is_missing = True
            self._fail(f"The sound '{self.asset.name}' is missing from the project; import its file again")
            return
        self.is_arriving = True
        if stand_in.peaks is not None:
            self.pyramid = read_peaks_file(stand_in.peaks, self.asset, self.shape)
            tell()
        if stand_in.preview is not None:
            try:
                self._decode_preview(stand_in.preview, tell, stop)
            except MaxBoosterError:  # a preview that cannot be read is none: the sound itself still comes
                self.mark[0] = 0
                self.samples = None

    def _decode_preview(self, path: Path, tell: Callable[[], None], stop: threading.Event) -> None:
        shape = self._preview_shape
        pyramid = PeakPyramid(shape.frames, shape.channels)
        samples = open_samples(self._folder, shape)
        if samples is not None:
            mark_used([shape.samples_path(self._folder)])
            self.samples, self.mark[0] = samples, shape.frames
            if self.pyramid is None:
                self.pyramid = pyramid
                peaks_from(samples, pyramid, stop)
            return
        self._require_room()
        writer = SamplesWriter(self._folder, shape)
        try:
            self.samples, self.pyramid = writer.map(), self.pyramid or pyramid
            decode(path, writer, pyramid, self._grower(tell), stop)
            writer.finish()
        finally:
            writer.discard()
        self.mark[0] = shape.frames

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
