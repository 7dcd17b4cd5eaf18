"""Samples into a sampler of a real project: files, folders, instruments, in one step; refused, cancelled, heard."""

import threading

import numpy as np
import pytest

from maxbooster_desktop.engine.media.playable import decode_played
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.render.offline import OfflineRenderer
from maxbooster_desktop.project.document.state import NOTE
from maxbooster_desktop.project.edits.channel import add_insert
from maxbooster_desktop.project.edits.clip_notes import add_notes
from maxbooster_desktop.project.edits.clips import add_midi_clip
from maxbooster_desktop.project.edits.tracks import add_instrument_track
from maxbooster_desktop.project.exchange.load_samples import Target, load_samples
from maxbooster_desktop.project.exchange.refusals import AudioRefusedError, ImportCancelledError
from maxbooster_desktop.project.store.opening import create_project
from tests.factories.audio_files import sine, write_audio
from tests.factories.sample_files import sample_head, sine16, soundfont, tables, write_sfz

RATE = 48_000


@pytest.fixture
def project(tmp_path):
    made = create_project(tmp_path / "song")
    yield made
    made.close()


@pytest.fixture
def target(project):
    [track] = project.do(add_instrument_track, "instruments.sampler").created
    return Target(track, project.state.tracks[track].inserts[0].id)


def zones(project, target):
    return project.state.tracks[target.track].inserts[0].zones


def hertz(project, target, pitch, tmp_path):
    """Return the loudest frequency of a held note, rendered at 48 kHz."""
    [clip] = project.do(add_midi_clip, target.track, 0, 3_840, "Note").created
    project.do(add_notes, clip, np.array([(0, 3_840, 0, pitch, 127, 0.0)], NOTE))
    pool = MediaPool(project.audio, RATE, tmp_path / "cache")
    try:
        decode_played(project.state, pool)
        heard = OfflineRenderer(project.state, pool).process(RATE)[:, 0]
    finally:
        pool.close()
    assert np.abs(heard).max() > 0.05
    lines = np.abs(np.fft.rfft(heard * np.hanning(RATE)))
    return int(lines.argmax())


def test_sound_files_lie_on_the_keys_of_their_names_and_are_heard(project, target, tmp_path):
    files = [
        write_audio(tmp_path / f"Sine {name}.wav", sine(RATE, RATE, hz)) for name, hz in (("A3", 220), ("A4", 440))
    ]
    steps = len(list(project.history()))
    report = load_samples(project, target, files)
    assert [each.outcome for each in report.files] == ["imported", "imported"]
    assert sorted((each.root_key, each.low_key, each.high_key) for each in zones(project, target)) == [
        (57, 0, 63),
        (69, 64, 127),
    ]
    assert len(list(project.history())) == steps + 1
    assert len(project.state.assets) == 2
    assert abs(hertz(project, target, 81, tmp_path) - 880) <= 1
    project.undo().result()
    project.undo().result()
    project.undo().result()
    assert zones(project, target) == ()


def test_an_sfz_is_heard_at_its_pitch(project, target, tmp_path):
    path = write_sfz(tmp_path, "<region> sample=a.wav pitch_keycenter=a3 tune=1200 cutoff=90", {"a.wav": 220.0})
    report = load_samples(project, target, [path])
    assert report.files[0].sentences == ("the opcode 'cutoff' is not understood",)
    assert not report.files[0].is_plain
    assert abs(hertz(project, target, 57, tmp_path) - 440) <= 1


def test_an_sf2_is_heard_at_its_pitch_and_loops(project, target, tmp_path):
    # 4,410 frames are a tenth of a second, the note half of one: what is heard later is the loop, 8 whole turns.
    heads = [sample_head("A2", 0, 4_410, (441, 4_410 - 441), key=45)]
    instrument = ("I", [[(54, 1), (53, 0)]])
    path = tmp_path / "font.sf2"
    path.write_bytes(soundfont(tables([("P", 0, 0, [[(41, 0)]])], [instrument], heads), sine16(100.0, 4_456)))
    report = load_samples(project, target, [path])
    assert len(report.imported) == 1
    assert next(iter(project.state.assets.values())).sample_rate == 44_100
    assert abs(hertz(project, target, 57, tmp_path) - 200) <= 1


def test_a_folder_is_its_sound_files(project, target, tmp_path):
    folder = tmp_path / "Kit"
    folder.mkdir()
    for name in ("Kick", "Snare"):
        write_audio(folder / f"{name}.wav", sine(4_800, RATE, 100 + len(name)))
    (folder / "readme.txt").write_text("no sound")
    load_samples(project, target, [folder])
    assert sorted(each.low_key for each in zones(project, target)) == [36, 37]


def test_what_it_had_goes_and_a_refused_file_leaves_the_others(project, target, tmp_path):
    first = write_audio(tmp_path / "First.wav", sine(4_800, RATE, 100))
    load_samples(project, target, [first])
    good, bad = write_audio(tmp_path / "Good C4.wav", sine(4_800, RATE, 200)), tmp_path / "Bad C5.wav"
    bad.write_bytes(b"RIFF nothing")
    report = load_samples(project, target, [good, bad])
    assert [each.outcome for each in report.files] == ["imported", "refused"]
    [zone] = zones(project, target)
    assert project.state.assets[zone.asset].name == "Good C4"


def test_nothing_is_left_of_what_cannot_be_loaded(project, target, tmp_path):
    bad = tmp_path / "Bad.wav"
    bad.write_bytes(b"RIFF nothing")
    empty = tmp_path / "empty"
    empty.mkdir()
    for files in ([bad], [empty], []):
        with pytest.raises(AudioRefusedError):
            load_samples(project, target, files)
    good = write_audio(tmp_path / "Good.wav", sine(4_800, RATE, 200))
    stop = threading.Event()
    stop.set()
    with pytest.raises(ImportCancelledError):
        load_samples(project, target, [good], cancel=stop)
    [limiter] = [each.id for each in _with_limiter(project, target)]
    with pytest.raises(Exception, match="Only a sampler"):
        load_samples(project, Target(target.track, limiter), [good])
    assert zones(project, target) == ()
    assert [each for each in project.audio.folder.rglob("*") if each.is_file()] == []


def _with_limiter(project, target):
    project.do(add_insert, target.track, "dynamics.true_peak_limiter")
    return [each for each in project.state.tracks[target.track].inserts if each.id != target.insert]
