"""Reads the first half minute of a sound for listening, at the session's rate. Called in workers."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_LONGEST_S = 30.0


def preview_samples(path: Path, sample_rate: int) -> npt.NDArray[np.float32]:
    """Return up to 30 s of a file as float32 [2, frames] at `sample_rate`.

    Raises:
        AudioRefusedError: the file cannot be read.
    """
    sound_file: Any = importlib.import_module("maxbooster_desktop.project.exchange.sound_file")
    probe: Any = importlib.import_module("maxbooster_desktop.project.exchange.probe")
    facts = probe.probe_audio(path)
    soundfile = importlib.import_module("soundfile")
    soxr = importlib.import_module("soxr")
    try:
        samples, rate = soundfile.read(
            path, frames=round(_LONGEST_S * facts.sample_rate), dtype="float32", always_2d=True
        )
    except soundfile.LibsndfileError as error:
        raise probe.AudioRefusedError(sound_file.unreadable(path)) from error
    if rate != sample_rate:
        samples = soxr.resample(samples, rate, sample_rate)
    stereo = samples[:, [0, 0]] if samples.shape[1] == 1 else samples[:, :2]
    return np.ascontiguousarray(stereo.T, dtype=np.float32)
