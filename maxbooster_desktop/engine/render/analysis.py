"""Analyse an audio file of any length: loudness, true peak, levels, stereo image, in blocks and little memory.

Loudness after ITU-R BS.1770-5 / EBU Tech 3341 and 3342, true peak at 4x (dsp.measure). A reading that does not
exist (silence, too short, not stereo) is None, so the result is plain JSON.
"""

import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dsp.measure.levels import CorrelationMeter, LevelMeter
from dsp.measure.loudness import LoudnessMeter
from dsp.measure.true_peak import TruePeakMeter
from maxbooster_desktop.engine.render.settings import LOWEST_RATE
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.exchange.completeness import shortcomings
from maxbooster_desktop.project.exchange.refusals import AudioRefusedError
from maxbooster_desktop.project.exchange.sound_file import SoundFile


class AudioNotFound(MaxBoosterError):  # noqa: N818 - error classes here are named for what happened
    """The file to analyse is missing, or a folder."""


class AudioUnreadable(MaxBoosterError):  # noqa: N818 - as above
    """The file is no audio file, damaged, empty, or holds nothing but invalid samples."""


@dataclass(frozen=True, slots=True)
class AudioAnalysis:
    """What was measured. Peaks and RMS are over all channels; dc_offset is the largest channel's, linear.

    correlation is for two channels only; crest_db is sample peak over RMS; invalid_samples counts NaN, infinity and
    what is too loud to be sound, which are measured as silence. `warnings` are sentences about what the file lacks,
    without its name.
    """

    duration_s: float
    sample_rate: int
    channels: int
    integrated_lufs: float | None
    lra_lu: float | None
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None
    max_momentary_lufs: float | None
    max_short_term_lufs: float | None
    rms_dbfs: float | None
    correlation: float | None
    dc_offset: float
    crest_db: float | None
    invalid_samples: int
    warnings: tuple[str, ...] = ()


class _Meters:
    """All meters of one file."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        self.loudness = LoudnessMeter(sample_rate, channels)
        self.true_peak = TruePeakMeter(channels)
        self.levels = LevelMeter(channels)
        self.correlation = CorrelationMeter(sample_rate, time_ms=None) if channels == 2 else None

    def feed(self, block: npt.NDArray[np.float32]) -> None:
        self.loudness.feed(block)
        self.true_peak.feed(block)
        self.levels.feed(block)
        if self.correlation is not None:
            self.correlation.feed(block)


def analyze_file(path: Path, progress: Callable[[float], None] | None = None) -> AudioAnalysis:
    """Measure a whole audio file; `progress` is called with 0..1 after each block.

    Raises AudioNotFound, or AudioUnreadable when the file is damaged, not audio, or without a valid sample.
    """
    if not os.path.isfile(path):
        is_there = os.path.exists(path)
        what = "a folder, not an audio file" if os.path.isdir(path) else "no audio file" if is_there else "not there"
        raise AudioNotFound(f"{path} is {what}; check the name and the folder.")
    with _opened(path) as sound:
        _check_rate(sound)
        meters = _Meters(sound.sample_rate, sound.channels)
        expected = max(sound.promised_frames, 1)
        for block in _blocks(sound, path):
            meters.feed(block)
            if progress is not None:
                progress(min(1.0, meters.levels.frames / expected))
        return _result(meters, sound, path)


def _opened(path: Path) -> SoundFile:
    try:
        if path.stat().st_size == 0:
            raise AudioUnreadable(f"{path} is empty (0 bytes); export or copy it again.")
        return SoundFile(path)
    except (AudioRefusedError, OSError) as error:
        raise AudioUnreadable(
            f"{path} cannot be read as audio; it is damaged or of a kind other than WAV, AIFF, FLAC, OGG, Opus or MP3."
        ) from error


def _check_rate(sound: SoundFile) -> None:
    if sound.sample_rate < LOWEST_RATE:
        raise AudioUnreadable(
            f"{sound.path} has {sound.sample_rate:,} samples per second and loudness is defined from {LOWEST_RATE:,} "
            "on; convert it first."
        )


def _blocks(sound: SoundFile, path: Path) -> Iterator[npt.NDArray[np.float32]]:
    try:
        yield from sound.blocks()
    except (AudioRefusedError, OSError) as error:
        raise AudioUnreadable(f"{path} is damaged and cannot be read to its end; export or copy it again.") from error


def _result(meters: _Meters, sound: SoundFile, path: Path) -> AudioAnalysis:
    loudness, levels = meters.loudness, meters.levels
    samples = levels.frames * levels.channels
    if samples == 0:
        raise AudioUnreadable(f"{path} holds no sound (0 samples); export or copy it again.")
    if sound.non_finite_samples + levels.bad_samples == samples:
        raise AudioUnreadable(f"{path} holds only invalid samples (NaN or infinity); export it again.")
    peak, rms = (
        meters.true_peak.sample_peak_dbfs,
        _decibels(math.sqrt(sum(r * r for r in levels.rms) / levels.channels)),
    )
    return AudioAnalysis(
        duration_s=levels.frames / sound.sample_rate,
        sample_rate=sound.sample_rate,
        channels=levels.channels,
        integrated_lufs=loudness.integrated_lufs,
        lra_lu=loudness.loudness_range_lu,
        true_peak_dbtp=meters.true_peak.true_peak_dbtp,
        sample_peak_dbfs=peak,
        max_momentary_lufs=loudness.max_momentary_lufs,
        max_short_term_lufs=loudness.max_short_term_lufs,
        rms_dbfs=rms,
        correlation=meters.correlation.correlation if meters.correlation is not None else None,
        dc_offset=max(levels.dc_offsets, key=abs),
        crest_db=peak - rms if peak is not None and rms is not None else None,
        invalid_samples=sound.non_finite_samples + levels.bad_samples,
        warnings=_warnings(sound, levels.frames),
    )


def _warnings(sound: SoundFile, frames: int) -> tuple[str, ...]:
    try:
        return shortcomings(sound, frames)
    except OSError as error:
        raise AudioUnreadable(f"{sound.path} went away while it was read; put it back and try again.") from error


def _decibels(level: float) -> float | None:
    return 20.0 * math.log10(level) if level > 0.0 else None
