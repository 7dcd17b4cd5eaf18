"""Recording through the compiled callback: every captured frame lands where it was played, to the sample."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.record.capture_ring import CaptureRing
from maxbooster_desktop.engine.record.count_in import count_in_sound
from maxbooster_desktop.engine.record.recorder import ArmedTrack, Recorder
from maxbooster_desktop.engine.record.spans import Spans
from maxbooster_desktop.project.document.tempo_map import SignatureEvent, TempoEvent, TempoMap
from tests.factories.engine_projects import Song, StillLive, ones

RATE = 48_000


class Studio:
    """A live engine with an input that counts: frame n of channel c is n + c / 4, after `round_trip` frames."""

    def __init__(self, folder: Path) -> None:
        song = Song()
        self.track = song.track()
        song.clip(self.track, ones(RATE * 4))
        self.live, self.folder = StillLive(song, play=False), folder
        self.recordings, self.announced, self.told, self._fed = [], [], [], 0
        self.meanwhile = lambda: None

    def record(self, spans: Spans, *armed: ArmedTrack) -> Recorder:
        tracks = armed or (ArmedTrack(self.track, 0, 2),)
        return Recorder(self.live.runtime, RATE, spans, tracks, files=self, done=self.recordings.append)

    def new_path(self) -> Path:
        return self.folder / f"take-{len(self.announced)}.wav"

    def tell(self, problem: str) -> None:
        self.told.append(problem)

    def announce(self, take, _format) -> None:
        self.announced.append(take.path.exists())
        self.meanwhile()

    def run(self, frames: int, block: int, channels: int = 4) -> None:
        cells = self.live.runtime.cells
        for first in range(0, frames, block):
            count = min(block, frames - first)
            source = (np.arange(count)[:, None] + self._fed) % 2**20 + np.arange(channels) / 4
            self._source = np.ascontiguousarray(source, np.float32)
            cells[at.INPUT], cells[at.INPUT_CHANNELS] = self._source.ctypes.data, channels
            self.live.run(count, block)
            self._fed += count


def until(holds) -> None:
    give_up = time.monotonic() + 20.0
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.005)


def taken(take):
    samples, rate = soundfile.read(take.path, dtype="float32", always_2d=True)
    assert rate == RATE
    return samples


@pytest.mark.parametrize("block", [16, 64, 480, 1_024])
@pytest.mark.parametrize("round_trip", [0, 333])
def test_a_take_lies_on_its_sample(tmp_path: Path, block: int, round_trip: int) -> None:
    studio = Studio(tmp_path)
    studio.run(5_000, block)
    recorder = studio.record(Spans(round_trip))
    studio.live.ring.send(at.CMD_PLAY)
    studio.run(20_000, block)
    studio.live.ring.send(at.CMD_STOP)
    studio.run(10_000, block)
    recorder.join()
    [recording] = studio.recordings
    [take] = recording.takes
    samples = taken(take)
    assert take.position == 0
    assert samples[0, 0] == 5_000 + round_trip
    assert np.array_equal(samples[:, 0], np.arange(len(samples)) + 5_000 + round_trip)
    assert np.array_equal(samples[:, 1], samples[:, 0] + 0.25)
    # A stop fades out: it takes DECLICK_FRAMES more.
    assert len(samples) == pytest.approx(20_000 + at.DECLICK_FRAMES, abs=block)
    assert (recording.lost_frames, recording.problem) == (0, "")
    assert studio.announced == [False]


def test_rounds_of_the_loop_are_takes_and_a_punch_range_is_cut_to_the_sample(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.live.ring.send(at.CMD_LOOP, 0, 12_345, 1.0)
    recorder = studio.record(Spans(100, (3_001, 9_007)), ArmedTrack(studio.track, 2, 1))
    studio.live.ring.send(at.CMD_PLAY)
    studio.run(12_345 * 2 + 6_000, 64)
    recorder.end()
    studio.run(1_000, 64)
    recorder.join()
    [recording] = studio.recordings
    assert [take.position for take in recording.takes] == [3_001] * 3
    for number, take in enumerate(recording.takes):
        samples = taken(take)
        assert samples.shape[1] == 1
        assert samples[0, 0] == 12_345 * number + 3_001 + 100 + 0.5
        assert np.array_equal(np.diff(samples[:, 0]), np.ones(len(samples) - 1))
    assert [len(taken(take)) for take in recording.takes] == [6_006, 6_006, 2_999]


def test_what_arrives_while_the_disk_is_slow_belongs_to_the_take(tmp_path: Path) -> None:
    studio, may_begin = Studio(tmp_path), threading.Event()
    studio.live.ring.send(at.CMD_PLAY)
    studio.run(64, 64)
    recorder = studio.record(Spans(10_000))
    studio.run(8_000, 64)
    recorder.end()

    def arrive() -> None:
        assert may_begin.wait(20.0)
        studio.run(10_000, 64)

    studio.meanwhile = arrive
    studio.run(4_000, 64)
    may_begin.set()
    recorder.join()
    [take] = studio.recordings[0].takes
    assert np.array_equal(taken(take)[:, 0], np.arange(8_000) + 10_064)


def test_a_loop_that_goes_round_keeps_few_files_open(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.live.ring.send(at.CMD_LOOP, 0, 4_800, 1.0)
    recorder = studio.record(Spans(0))
    studio.live.ring.send(at.CMD_PLAY)
    for rounds in range(4, 41, 4):
        studio.run(4_800 * 4, 480)
        until(lambda least=rounds: len(studio.announced) >= least)
    whole = [tmp_path / f"take-{number}.wav" for number in range(38)]
    # The header of a closed file tells of all its frames, that of an open one of none in its first half second.
    until(lambda: all(soundfile.info(path).frames == 4_800 for path in whole))
    recorder.end()
    recorder.join()
    assert [take.path.name for take in studio.recordings[0].takes] == [f"take-{number}.wav" for number in range(40)]


def test_a_pass_is_over_whatever_happens_on_its_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    studio, uncaught = Studio(tmp_path), []
    monkeypatch.setattr(threading, "excepthook", lambda about: uncaught.append(about.exc_value))
    studio.live.ring.send(at.CMD_PLAY)
    studio.run(64, 64)
    recorder = studio.record(Spans(0))

    def break_down() -> None:
        raise ArithmeticError

    studio.meanwhile = break_down
    studio.run(6_400, 64)
    recorder.join()
    assert [type(error) for error in uncaught] == [ArithmeticError]
    assert [recording.takes for recording in studio.recordings] == [()]


def test_recording_begins_in_the_middle_of_what_plays(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.live.ring.send(at.CMD_PLAY)
    studio.run(6_400, 64)
    recorder = studio.record(Spans(0))
    studio.run(6_400, 64)
    recorder.end()
    studio.run(64, 64)
    recorder.join()
    [take] = studio.recordings[0].takes
    assert take.position == 6_400
    assert np.array_equal(taken(take)[:, 0], np.arange(6_400) + 6_400)


def test_what_came_too_late_for_the_ring_is_silence_in_its_place(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.live.ring.send(at.CMD_PLAY)
    studio.run(64, 64)
    ring = CaptureRing(studio.live.runtime)
    studio.run(at.CAPTURE_FRAMES + 5_000, 4_096)
    samples = ring.read(0, ring.written, 0, 1)
    assert 5_000 < ring.lost_frames < 20_000
    assert not samples[: ring.lost_frames].any()
    assert np.array_equal(samples[ring.lost_frames :, 0], np.arange(ring.lost_frames, len(samples)))


def count(studio: Studio, sound: np.ndarray) -> None:
    """Send what the session sends for a count-in."""
    place = sound[0].ctypes.data
    studio.live.ring.send(at.CMD_PREVIEW, place, place, float(sound.shape[1]))
    studio.live.ring.send(at.CMD_PLAY, 1)


@pytest.mark.parametrize("block", [64, 441, 1_024])
def test_playback_begins_on_the_sample_where_the_count_in_ends(tmp_path: Path, block: int) -> None:
    studio = Studio(tmp_path)
    sound = count_in_sound(TempoMap(), 0, RATE, 0.5, 0.8)
    assert sound.shape == (1, RATE * 2)
    recorder = studio.record(Spans(0))
    count(studio, sound)
    studio.run(RATE * 2 + 20_000, block)
    assert studio.live.cell(at.POSITION) == 20_000
    studio.live.ring.send(at.CMD_STOP)
    studio.run(2_048, block)
    recorder.join()
    [take] = studio.recordings[0].takes
    assert (take.position, taken(take)[0, 0]) == (0, RATE * 2)


def test_a_count_in_that_is_stopped_ends_the_pass_without_a_take(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    sound = count_in_sound(TempoMap(), 0, RATE, 0.5, 0.8)
    recorder = studio.record(Spans(0))
    count(studio, sound)
    studio.run(RATE, 64)
    assert studio.live.cell(at.ROLLS_BEHIND_PREVIEW) == 1
    until(lambda: recorder.is_counted_in)
    studio.live.ring.send(at.CMD_STOP)
    studio.run(RATE * 2, 64)
    recorder.join()
    assert studio.recordings[0].takes == ()
    assert studio.live.cell(at.POSITION) == 0


@pytest.mark.parametrize(
    ("tick", "beats"),
    # Bars of three eighths at 60 quarters: 24,000 frames a beat. From the second beat on, the accent is the last click.
    [(0, [(0, True), (24_000, False), (48_000, False)]), (480, [(0, False), (24_000, False), (48_000, True)])],
)
def test_a_count_in_clicks_on_the_beats_of_the_bar_before(tick: int, beats: list[tuple[int, bool]]) -> None:
    song = TempoMap((TempoEvent(0, 60.0),), (SignatureEvent(0, 3, 8),))
    sound = count_in_sound(song, tick, RATE, 0.5, 0.8)[0]
    assert len(sound) == 72_000
    for first, is_accent in beats:
        t = np.arange(400) / RATE
        hz, gain = (1_500, 0.8) if is_accent else (1_000, 0.5)
        expected = gain * np.sin(2 * np.pi * hz * t) * np.exp(-120 * t)
        np.testing.assert_allclose(sound[first : first + 400], expected, atol=1e-5)
    assert np.count_nonzero(sound) < 3 * RATE * 0.031


def test_a_pass_whose_device_goes_is_over_with_what_there_is(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    recorder = studio.record(Spans(100))
    studio.live.ring.send(at.CMD_PLAY)
    studio.run(9_600, 64)
    studio.live.runtime.cells[at.INPUT_CHANNELS] = 0
    studio.live.run(640)
    recorder.join()
    [take] = studio.recordings[0].takes
    assert len(taken(take)) == 9_500


def test_frames_that_several_tracks_miss_count_once(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    ring = CaptureRing(studio.live.runtime)
    studio.run(at.CAPTURE_FRAMES + 20_000, 4_096)
    for _ in range(3):
        assert not ring.read(0, 12_000, 0, 1).any()
    assert ring.lost_frames == 12_000


def test_what_is_recorded_can_be_looked_at_while_it_comes(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    recorder = studio.record(Spans(0), ArmedTrack(studio.track, 0, 1))
    assert recorder.growing() == ()
    studio.live.ring.send(at.CMD_SEEK, 1_000)
    studio.live.ring.send(at.CMD_PLAY)
    studio.run(10_240, 64)
    until(lambda: recorder.growing() and recorder.growing()[0].frames >= 9_000)
    [growing] = recorder.growing()
    assert (growing.track, growing.position) == (studio.track, 1_000)
    low, high = growing.peaks.columns(0, 1_024, 8)
    # A counting input: each stretch ends 1,023 higher than it began, as far as it is below full scale.
    assert np.array_equal(high - low, np.full(8, 1_023.0))
    recorder.end()
    studio.run(1_000, 64)
    recorder.join()
    assert recorder.growing() == ()
