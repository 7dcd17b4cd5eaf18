"""Our meters against an independent one: ffmpeg's ebur128 filter, which prints tenths."""

import re
import subprocess

import numpy as np
import pytest
import soundfile

from dsp.measure.loudness import LoudnessMeter
from dsp.measure.true_peak import TruePeakMeter
from tests.factories import ebu_signals as ebu


def _ffmpeg(path):
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", str(path), "-af", "ebur128=peak=true:framelog=verbose", "-f"]
    done = subprocess.run([*command, "null", "-"], capture_output=True, text=True, check=True)
    summary = done.stderr[done.stderr.index("Summary:") :]
    patterns = (r"I:\s+(-?[\d.]+) LUFS", r"LRA:\s+(-?[\d.]+) LU", r"Peak:\s+(-?[\d.]+) dBFS")
    return [float(re.search(pattern, summary)[1]) for pattern in patterns]


@pytest.mark.parametrize(("rate", "seed"), [(48_000, 1), (44_100, 2), (96_000, 3)])
def test_a_programme_reads_as_ffmpeg_reads_it(tmp_path, rate, seed):
    signal = np.clip(ebu.programme(40, rate, seed), -1, 1)
    soundfile.write(tmp_path / "programme.wav", signal, rate, subtype="FLOAT")
    integrated, loudness_range, true_peak = _ffmpeg(tmp_path / "programme.wav")
    meter, peaks = LoudnessMeter(rate), TruePeakMeter()
    meter.feed(signal)
    peaks.feed(signal)
    assert meter.integrated_lufs == pytest.approx(integrated, abs=0.1)
    assert meter.loudness_range_lu == pytest.approx(loudness_range, abs=0.2)
    assert peaks.true_peak_dbtp == pytest.approx(true_peak, abs=0.2)
