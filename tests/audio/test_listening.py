"""Hearing the input through a track: in place of its clips, to the sample, without a click, and only where asked."""

import numpy as np
import pytest

from maxbooster_desktop.engine.listener import Listener
from maxbooster_desktop.engine.listening import Listening
from maxbooster_desktop.engine.realtime import layout as at
from tests.factories.engine_projects import RATE, Song, StillLive, ones

FADE = at.LISTEN_FRAMES


class Booth:
    """A song of ones on two tracks, and an input that counts up in 1/2^20 with channels 1/4 apart."""

    def __init__(self):
        song = Song()
        self.voice, self.other = song.track(), song.track()
        for track in (self.voice, self.other):
            song.clip(track, ones(RATE * 4) * 0.25)
        self.live = StillLive(song, play=False)
        self.listening = Listening(self.live.ring, self.live.live.name)
        self.fed = 0

    def run(self, frames, block=64, channels=4):
        cells, heard = self.live.runtime.cells, []
        for first in range(0, frames, block):
            count = min(block, frames - first)
            source = ((np.arange(count)[:, None] + self.fed) / 2**20 + np.arange(channels) / 4).astype(np.float32)
            cells[at.INPUT], cells[at.INPUT_CHANNELS] = source.ctypes.data if channels else 0, channels
            heard.append(self.live.run(count, block))
            self.fed += count
        return np.concatenate(heard, axis=1).T

    def play(self):
        self.live.ring.send(at.CMD_PLAY)


def counted(first, frames, channel):
    return ((np.arange(frames) + first) / 2**20 + channel / 4).astype(np.float32)


@pytest.mark.parametrize("block", [16, 64, 100, 1_024])
def test_an_armed_track_is_heard_sample_for_sample_while_time_stands(block):
    booth = Booth()
    booth.listening.set([Listener(booth.voice, 2, 2, only_stopped=True)])
    heard = booth.run(8_000, block)
    assert np.allclose(heard[2_000:, 0], counted(2_000, 6_000, 2), atol=1e-6)
    assert np.allclose(heard[2_000:, 1], counted(2_000, 6_000, 3), atol=1e-6)


def test_one_channel_is_heard_in_the_middle():
    booth = Booth()
    booth.listening.set([Listener(booth.voice, 1, 1)])
    heard = booth.run(4_000)
    assert np.allclose(heard[1_000:, 0], counted(1_000, 3_000, 1), atol=1e-6)
    assert np.array_equal(heard[:, 0], heard[:, 1])


def test_takes_are_heard_while_it_plays_and_the_input_while_it_records():
    booth = Booth()
    booth.listening.set([Listener(booth.voice, 0, 2, only_stopped=True)])
    booth.play()
    booth.run(4_000)
    assert np.allclose(booth.run(1_000), 0.5, atol=1e-6)
    booth.listening.set([Listener(booth.voice, 0, 2)])
    heard = booth.run(4_000)
    assert np.allclose(heard[1_000:, 0], 0.25 + counted(6_000, 3_000, 0), atol=1e-6)
    booth.listening.set([])
    assert np.allclose(booth.run(4_000)[1_000:], 0.5, atol=1e-6)


def test_going_over_makes_no_click():
    booth = Booth()
    booth.play()
    booth.run(4_000)
    steps = []
    for listeners in ([Listener(booth.voice, 3, 1)], [], [Listener(booth.voice, 3, 1)]):
        booth.listening.set(listeners)
        steps.append(np.abs(np.diff(booth.run(2_000)[:, 0])).max())
    # From the clip's 0.25 to the input's 0.75 in so many frames.
    assert max(steps) < 1.5 * 0.5 / FADE


def test_a_device_that_has_gone_leaves_the_clips():
    booth = Booth()
    booth.play()
    booth.listening.set([Listener(booth.voice, 2, 2)])
    booth.run(4_000)
    assert np.allclose(booth.run(1_000, channels=0), 0.5, atol=1e-6)
    # Fewer inputs than the track wants.
    assert np.allclose(booth.run(1_000, channels=2), 0.5, atol=1e-6)


def test_what_is_no_number_is_not_let_in():
    booth = Booth()
    booth.listening.set([Listener(booth.voice, 0, 1)])
    booth.run(1_000)
    cells, source = booth.live.runtime.cells, np.full((64, 1), np.nan, np.float32)
    cells[at.INPUT], cells[at.INPUT_CHANNELS] = source.ctypes.data, 1
    assert not booth.live.run(64, 64).any()
    assert np.isfinite(booth.run(1_000)).all()


def test_rows_are_kept_and_taken_again():
    booth = Booth()
    for number in range(at.MOST_LISTENERS * 2):
        booth.listening.set([Listener(f"t{number}", 0, 1)])
        booth.run(64)
    booth.listening.set([Listener(booth.voice, 0, 1)])
    assert int(booth.live.runtime.cells[at.LISTENERS]) == at.MOST_LISTENERS
    assert np.allclose(booth.run(2_000)[1_000:, 0], counted(booth.fed - 1_000, 1_000, 0), atol=1e-6)
