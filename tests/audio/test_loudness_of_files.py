"""Analysis of files: figures of known signals, long files in little memory, and every kind of bad file."""

import json
import tracemalloc
from dataclasses import asdict

import numpy as np
import pytest
import soundfile

from maxbooster_desktop.engine.render.analysis import AudioNotFound, AudioUnreadable, analyze_file
from maxbooster_desktop.foundation.errors import MaxBoosterError
from tests.factories import ebu_signals as ebu

RATE = 48_000


def _written(path, audio, rate=RATE, subtype="FLOAT"):
    soundfile.write(path, audio, rate, subtype=subtype)
    return path


def test_figures_of_a_known_signal(tmp_path):
    found = analyze_file(_written(tmp_path / "tone.wav", ebu.steps([(-20.0, 20.0), (-30.0, 20.0)], RATE)))
    assert (found.duration_s, found.sample_rate, found.channels) == (40.0, RATE, 2)
    assert found.lra_lu == pytest.approx(10, abs=0.1)
    assert found.max_momentary_lufs == pytest.approx(-20.0, abs=0.1)
    assert found.max_short_term_lufs == pytest.approx(-20.0, abs=0.1)
    # Both halves pass the relative gate: the mean of 1 and 1/10.
    assert found.integrated_lufs == pytest.approx(-20 + 10 * np.log10(0.55), abs=0.1)
    assert found.sample_peak_dbfs == pytest.approx(-20.0, abs=0.01)
    assert found.true_peak_dbtp == pytest.approx(-20.0, abs=0.1)
    assert found.rms_dbfs == pytest.approx(-20 + 10 * np.log10(0.55 / 2), abs=0.01)
    assert found.crest_db == pytest.approx(found.sample_peak_dbfs - found.rms_dbfs)
    assert found.correlation == pytest.approx(1.0)
    assert found.dc_offset == pytest.approx(0.0, abs=1e-6)
    assert found.invalid_samples == 0


def test_polarity_dc_and_mono(tmp_path):
    tone = ebu.steps([(-12.0, 4.0)], RATE)[:, 0]
    flipped = analyze_file(_written(tmp_path / "flipped.wav", np.stack([tone, -tone], 1)))
    assert flipped.correlation == pytest.approx(-1.0)
    mono = analyze_file(_written(tmp_path / "mono.flac", (tone - 0.25)[:, None], subtype="PCM_24"))
    assert mono.channels == 1
    assert mono.correlation is None
    assert mono.dc_offset == pytest.approx(-0.25, abs=1e-4)
    assert mono.integrated_lufs == pytest.approx(-12 - 3.01, abs=0.1)


@pytest.mark.parametrize(
    ("name", "subtype"),
    [("a.aiff", "PCM_16"), ("a.flac", "PCM_24"), ("a.ogg", "VORBIS"), ("a.opus", "OPUS"), ("a.mp3", "MPEG_LAYER_III")],
)
def test_every_kind_of_file_is_read_without_gaps(tmp_path, name, subtype):
    """Lossy decoders included: read in blocks as read at once (an MP3 sought after a block has a gap there)."""
    rate = 48_000
    container = "OGG" if name.endswith("opus") else None
    path = tmp_path / name
    soundfile.write(path, ebu.steps([(-18.0, 10.0)], rate), rate, subtype=subtype, format=container)
    found = analyze_file(path)
    whole, _ = soundfile.read(path)
    assert found.rms_dbfs == pytest.approx(20 * np.log10(np.sqrt(np.mean(whole**2))), abs=1e-4)
    assert found.sample_peak_dbfs == pytest.approx(20 * np.log10(np.abs(whole).max()), abs=1e-4)
    assert found.integrated_lufs == pytest.approx(-18.0, abs=0.2)  # encoders change the level a little
    assert found.lra_lu == pytest.approx(0.0, abs=0.05)
    assert found.warnings == ()


def test_silence_is_json_without_loudness(tmp_path):
    found = analyze_file(_written(tmp_path / "silence.wav", np.zeros((RATE * 4, 2)), subtype="PCM_16"))
    assert found.dc_offset == 0.0
    plain = asdict(found)
    for name in ("integrated_lufs", "lra_lu", "true_peak_dbtp", "rms_dbfs", "correlation", "crest_db"):
        assert plain[name] is None
    json.dumps(plain, allow_nan=False)


def test_progress_rises_to_one(tmp_path):
    heard = []
    analyze_file(_written(tmp_path / "tone.wav", ebu.steps([(-18.0, 5.0)], RATE)), heard.append)
    assert heard == sorted(heard)
    assert len(heard) >= 3
    assert heard[-1] == 1.0


def test_a_long_file_takes_little_memory(tmp_path):
    path = tmp_path / "long.wav"
    minute = np.round(ebu.steps([(-23.0, 60.0)], 8_000) * 32_767).astype(np.int16)
    with soundfile.SoundFile(path, "w", 8_000, 2, "PCM_16") as out:
        for _ in range(60):
            out.write(minute)
    analyze_file(_written(tmp_path / "warm.wav", np.zeros((800, 2))))
    tracemalloc.start()
    found = analyze_file(path)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.duration_s == 3_600.0
    assert found.integrated_lufs == pytest.approx(-23.0, abs=0.1)
    assert peak_bytes < 8_000_000


def _failure(path):
    with pytest.raises(MaxBoosterError) as caught:
        analyze_file(path)
    sentence = str(caught.value)
    assert str(path) in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return caught.value


def test_missing_file_and_folder(tmp_path):
    assert isinstance(_failure(tmp_path / "nowhere.wav"), AudioNotFound)
    assert "folder" in str(_failure(tmp_path))


def test_empty_mislabelled_and_headless_files(tmp_path):
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "text.wav").write_text("this is not sound" * 100)
    for name in ("empty.wav", "text.wav"):
        assert isinstance(_failure(tmp_path / name), AudioUnreadable)
    assert "0 samples" in str(_failure(_written(tmp_path / "none.wav", np.zeros((0, 2)))))


def test_truncated_files_are_measured_or_refused_with_a_sentence(tmp_path):
    whole = _written(tmp_path / "whole.wav", ebu.steps([(-18.0, 4.0)], RATE), subtype="PCM_16").read_bytes()
    cut = tmp_path / "cut.wav"
    cut.write_bytes(whole[: len(whole) // 2])
    found = analyze_file(cut)
    assert found.duration_s == pytest.approx(2.0, abs=0.01)
    assert found.warnings[0].startswith("is cut short: it announces 192,000 frames and holds 95,9")
    flac = _written(tmp_path / "whole.flac", ebu.programme(4, RATE) * 0.2, subtype="PCM_16").read_bytes()
    broken = tmp_path / "broken.flac"
    broken.write_bytes(flac[: len(flac) // 2])
    assert "damaged" in str(_failure(broken))
    broken.write_bytes(flac[:20])
    assert "damaged" in str(_failure(broken))


def test_nan_is_counted_and_a_file_of_nothing_else_refused(tmp_path):
    some = ebu.steps([(-23.0, 10.0)], RATE)
    some[1_000:1_100] = np.nan
    found = analyze_file(_written(tmp_path / "some.wav", some))
    assert found.invalid_samples == 200
    assert found.integrated_lufs == pytest.approx(-23.0, abs=0.1)
    json.dumps(asdict(found), allow_nan=False)
    assert "NaN" in str(_failure(_written(tmp_path / "all.wav", np.full((RATE, 2), np.nan))))


@pytest.mark.parametrize("rate", [1, 1_000, 3_000, 3_999])
def test_a_rate_below_the_weighting_filter_is_refused_by_name(tmp_path, rate):
    failure = _failure(_written(tmp_path / "low.wav", np.full((500, 1), 0.1), rate))
    assert f"has {rate:,} samples per second and loudness is defined from 4,000 on" in str(failure)


def test_the_lowest_rate_and_samples_too_loud_to_be_sound(tmp_path):
    tone = np.full((4_000 * 4, 1), 0.1)
    assert analyze_file(_written(tmp_path / "low.wav", tone, 4_000)).sample_peak_dbfs == pytest.approx(-20.0)
    tone[7] = 1e36
    found = analyze_file(_written(tmp_path / "loud.wav", tone))
    assert found.invalid_samples == 1
    assert found.sample_peak_dbfs == pytest.approx(-20.0)
