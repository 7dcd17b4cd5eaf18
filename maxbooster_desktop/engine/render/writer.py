"""A rendered file on its way: written beside its target, synced, and renamed only when it is whole.

Integers come from `dsp.quantisation.dither` (exact rounding, TPDF dither at the final word length, clipping counted)
and reach the file unchanged. FLAC, MP3 and OGG are encoded by libsndfile from float32 or from those integers. The same
samples make the same bytes: no time of day, no random number is in any file.
"""

import contextlib
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import soundfile

from dsp.quantisation.dither import quantise
from maxbooster_desktop.engine.render.ogg_pages import fix_serial_number
from maxbooster_desktop.engine.render.partial_files import open_partial
from maxbooster_desktop.engine.render.settings import RenderError, check_format, check_target, writing_failed
from maxbooster_desktop.engine.render.wav_file import WavFile

Samples = npt.NDArray[np.float32]

#: Fixed, so that the same project makes the same file.
DITHER_SEED = 0x6D61_7862
_ENCODER_FRAMES = 4_096
_SUBTYPES = {"mp3": "MPEG_LAYER_III", "ogg": "VORBIS"}
_USUAL_QUALITY = {"mp3": 1.0, "ogg": 0.8}
#: libsndfile's compression at quality 0. For MP3 not 1.0: below that LAME would lower the sample rate.
_MOST_COMPRESSION = {"mp3": 0.6, "ogg": 1.0}


class AudioWriter:
    """Writes one sound file. Use as a context manager: leaving it normally publishes, an error leaves nothing.

    Args:
        path: where the file will be; an existing file is replaced at the end, not before.
        sample_rate: frames per second.
        channels: 1 or 2.
        file_format: "wav", "flac", "mp3" or "ogg".
        bits: 16 or 24 integers, 32 float (wav only); mp3 and ogg take float32 whatever it says.
        dither: TPDF dither before rounding to integers.
        quality: 0..1 for mp3 and ogg.

    Raises:
        RenderError: the combination is impossible, or the file cannot be written.
    """

    def __init__(
        self,
        path: Path,
        sample_rate: int,
        channels: int = 2,
        file_format: str = "wav",
        bits: int = 24,
        *,
        dither: bool = True,
        quality: float | None = None,
    ) -> None:
        check_format(file_format, bits, sample_rate, quality)
        check_target(path)
        self.path = path
        self.frames = 0
        self.clipped_samples = 0
        self.non_finite_samples = 0
        self.peak = 0.0
        self._format = file_format
        self._bits = 32 if file_format in _SUBTYPES else bits
        self._is_dithered = dither
        self._integers = np.empty((_ENCODER_FRAMES, channels), np.int32)
        try:
            # Opened here in any case: Python's errors name what libsndfile's do not.
            self._partial, self._raw = open_partial(path.parent)
        except OSError as problem:
            raise writing_failed(path, problem) from problem
        self._is_open = True
        self._guarded(lambda: self._open(sample_rate, channels, quality))

    def _open(self, sample_rate: int, channels: int, quality: float | None) -> None:
        self._wav = WavFile(self._raw, sample_rate, channels, self._bits) if self._format == "wav" else None
        self._encoder = None if self._wav else self._encoder_for(sample_rate, channels, quality)

    def _encoder_for(self, sample_rate: int, channels: int, quality: float | None) -> soundfile.SoundFile:
        subtype = _SUBTYPES.get(self._format, f"PCM_{self._bits}")
        extra: dict[str, object] = {}
        if self._format in _SUBTYPES:
            chosen = _USUAL_QUALITY[self._format] if quality is None else quality
            extra = {"compression_level": (1.0 - chosen) * _MOST_COMPRESSION[self._format]}
        if self._format == "mp3":
            extra["bitrate_mode"] = "CONSTANT"
        return soundfile.SoundFile(
            os.fspath(self._partial), "w", sample_rate, channels, subtype, format=self._format.upper(), **extra
        )

    def write(self, samples: Samples) -> None:
        """Append float32 [frames, channels]; values that are not finite become 0 and are counted.

        Raises:
            RenderError: the disk is full or gone; nothing is left behind.
        """
        for start in range(0, len(samples), _ENCODER_FRAMES):
            piece = self._finite(samples[start : start + _ENCODER_FRAMES])
            self.peak = max(self.peak, float(np.abs(piece).max(initial=0.0)))
            self._guarded(partial(self._write_piece, piece))
            self.frames += len(piece)

    def _finite(self, piece: Samples) -> Samples:
        finite = np.isfinite(piece)
        if finite.all():
            return piece
        self.non_finite_samples += int(finite.size - np.count_nonzero(finite))
        return np.where(finite, piece, np.float32(0.0))

    def _write_piece(self, piece: Samples) -> None:
        if self._bits == 32:
            if self._wav:
                self._wav.write_floats(piece)
                return
            self.clipped_samples += int(np.count_nonzero(np.abs(piece) > 1.0))
            self._encode(piece)
            return
        values = self._integers[: len(piece)]
        self.clipped_samples += quantise(piece, self._bits, self._is_dithered, DITHER_SEED, self.frames, values)
        if self._wav:
            self._wav.write_integers(values)
        else:
            # libsndfile takes the top bits of a 32-bit word: a shift is exact.
            self._encode(values << (32 - self._bits))

    def _encode(self, frames: npt.NDArray[np.float32] | npt.NDArray[np.int32]) -> None:
        if self._encoder is not None:
            self._encoder.write(np.ascontiguousarray(frames))

    def finish(self) -> None:
        """Complete and sync the temporary file; `commit` gives it its name.

        Raises:
            RenderError: the disk is full or gone; nothing is left behind.
        """
        self._guarded(self._complete)

    def _complete(self) -> None:
        if self._wav:
            self._wav.finish()
            self._raw.flush()
        if self._encoder is not None:
            self._encoder.close()
            if self._format == "ogg":
                fix_serial_number(self._partial)
            # libsndfile does not tell when the last block found no room; the file itself does.
            if soundfile.info(os.fspath(self._partial)).frames != self.frames:
                raise RenderError(f"{self.path} could not be written to its end; free some space on its disk")
        os.fsync(self._raw.fileno())

    def commit(self) -> None:
        """Give the finished file its name, replacing what was there."""
        self._guarded(self._rename)

    def _rename(self) -> None:
        if sys.platform == "win32":
            self._raw.close()
        os.replace(self._partial, self.path)
        # Not before: an open file is known to be one of a render that runs.
        self._raw.close()
        self._is_open = False
        if os.name == "posix":
            descriptor = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def close(self) -> None:
        """Finish and commit."""
        self.finish()
        self.commit()

    def discard(self) -> None:
        """Remove what was written so far; harmless after `commit`."""
        if self._is_open:
            self._is_open = False
            # What is thrown away may fail to flush: on a full disk it always does.
            with contextlib.suppress(OSError, soundfile.LibsndfileError):
                if self._encoder is not None:
                    self._encoder.close()
            with contextlib.suppress(OSError):
                self._raw.close()
        self._partial.unlink(missing_ok=True)

    def _guarded(self, step: Callable[[], None]) -> None:
        """Run a step; on any failure leave no file, and say what a person needs to know."""
        try:
            step()
        except OSError as problem:
            self.discard()
            raise writing_failed(self.path, problem) from problem
        except (soundfile.LibsndfileError, AssertionError) as problem:
            self.discard()
            raise RenderError(f"{self.path} cannot be written ({problem}); free some space on its disk") from problem
        except BaseException:
            self.discard()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()
