"""Notes played live: when they sound, on which track, how they end, and that they cost nothing in between."""

import numpy as np
import pytest

from maxbooster_desktop.engine.live_notes import MARGIN_MS, LiveNotes
from maxbooster_desktop.engine.realtime import layout as at
from tests.factories.engine_projects import RATE, Song, StillLive

SHARP = {"gain_db": 0.0, "attack_ms": 0.1, "release_ms": 1.0}
MARGIN = round(MARGIN_MS * RATE / 1_000)


class Played:
    """A live engine run block by block on a clock of its own, and somebody who plays it."""

    def __init__(self, block=256, *, play=False, notes=()):
        self.song, self.block, self.now_s = Song(), block, 100.0
        self.track, self.other = (self.song.instrument(values=SHARP) for _ in range(2))
        if notes:
            self.song.notes(self.track, notes)
        self.live = StillLive(self.song, play=play)
        self.notes = LiveNotes(self.live.runtime, self.live.live.name, RATE, clock=lambda: self.now_s)
        self.heard = []

    def run(self, blocks=1):
        """Run blocks, each when its time has come."""
        for _ in range(blocks):
            self.heard.append(self.live.run(self.block, block=self.block))
            self.notes.look()
            self.now_s += self.block / RATE

    def wait(self, frames):
        """Let time pass within a block."""
        self.now_s += frames / RATE

    @property
    def sound(self):
        return np.concatenate(self.heard, axis=1)


@pytest.mark.parametrize("block", [64, 256, 1_024])
def test_the_latency_is_a_block_and_a_millisecond_wherever_in_a_block_one_plays(block):
    random = np.random.default_rng(block)
    found = []
    for _ in range(20):
        its = Played(block)
        its.run(4)
        into = int(random.integers(0, block))
        # The last block's time has passed: what is played now is `into` frames behind the beginning of the next.
        its.now_s -= block / RATE
        its.wait(into)
        its.notes.note_on(its.track, 69, 1.0)
        its.now_s += (block - into) / RATE
        its.run(3)
        found.append(int(np.flatnonzero(np.abs(its.sound[0]))[0]) - 1 - (3 * block + into))
    assert max(found) - min(found) <= 1
    assert found[0] == pytest.approx(block + MARGIN, abs=2)


def test_a_note_that_comes_late_is_played_at_once():
    its = Played()
    its.run(4)
    its.notes.note_on(its.track, 69, 1.0, at_s=its.now_s - 1.0)
    its.run(1)
    assert np.abs(its.heard[-1]).max() > 0.9


def test_only_its_own_track_sounds_and_only_until_its_end():
    its = Played()
    its.run(4)
    its.live.song.set(its.other, is_muted=True)
    its.live.show()
    its.run(8)
    assert its.notes.note_on(its.other, 69, 1.0)
    its.run(8)
    assert np.abs(its.sound).max() == 0.0
    its.notes.note_on(its.track, 69, 1.0)
    its.run(8)
    assert np.abs(its.heard[-1]).max() > 0.9
    its.notes.note_off(its.track, 69)
    its.run(8)
    assert np.abs(its.heard[-1]).max() == 0.0


def test_a_device_that_goes_leaves_no_note():
    its = Played()
    its.run(4)
    for pitch in range(60, 70):
        its.notes.note_on(its.track, pitch, 0.5, channel=pitch % 3)
    its.run(4)
    assert its.notes.held == 10
    its.notes.all_off()
    its.run(8)
    assert (its.notes.held, np.abs(its.heard[-1]).max()) == (0, 0.0)


def test_what_is_held_by_hand_outlasts_stop_seek_and_edits_of_the_song():
    its = Played(play=True, notes=[(0, 3_840, 45, 100)])
    its.run(20)
    its.notes.note_on(its.track, 81, 1.0)
    its.run(4)
    its.live.ring.send(at.CMD_SEEK, 400_000)
    its.live.ring.send(at.CMD_STOP)
    its.run(20)
    tone = its.sound[0, -2_400:]
    turns = np.exp(-2j * np.pi * 880 * np.arange(2_400) / RATE)
    assert 2 * np.abs(np.mean(tone * turns)) == pytest.approx(1.0, abs=0.01)
    its.notes.note_off(its.track, 81)
    its.run(4)
    assert np.abs(its.heard[-1]).max() == 0.0


def test_an_engine_that_has_fallen_silent_wakes():
    its = Played(1_024)
    its.run(110)
    assert its.live.cell(at.QUIET_FRAMES) > at.QUIET_AFTER_FRAMES
    its.notes.note_on(its.track, 69, 1.0)
    its.run(3)
    assert np.abs(its.heard[-1]).max() > 0.9


def test_a_full_ring_refuses_and_goes_on_when_there_is_room():
    its = Played()
    its.run(1)
    taken = [its.notes.bend(its.track, 69, 0.0) for _ in range(at.LIVE_CAPACITY + 5)]
    assert taken.count(True) == at.LIVE_CAPACITY - 128
    assert not its.notes.note_on(its.track, 69, 1.0)
    assert all(its.notes.note_off(its.track, 69) for _ in range(128)), "an end of a note finds no room"
    assert not its.notes.note_off(its.track, 69)
    its.run(8)
    assert its.notes.note_on(its.track, 69, 1.0)
    its.run(4)
    assert np.abs(its.heard[-1]).max() > 0.9
