"""The song's time as MIDI clock: on its frames, through starts, stops, jumps, loops and other tempos."""

import numpy as np
import pytest

from maxbooster_desktop.engine.note_sending import NoteSender
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.tempo_map import TempoEvent, TempoMap
from tests.factories.engine_projects import RATE, Song, StillLive

BLOCK = 256
LATENCY_S = 0.02
CLOCK, START, CONTINUE, STOP, SPP = 0xF8, 0xFA, 0xFB, 0xFC, 0xF2
#: Frames between two clocks at 120 bpm.
STEP = 1_000


class Timed:
    """A song that rolls block by block on a clock of its own, and what a port was told of its time."""

    def __init__(self, tempo_map=None):
        self.now_s, self.sent = 20.0, []
        song = Song(tempo_map=tempo_map)
        song.track()
        self.live = StillLive(song, play=False)
        self.sender = NoteSender(self.live.runtime, RATE, lambda: LATENCY_S, self, clock=lambda: self.now_s)
        self.sender._clock_ports = ("Drums",)
        self.sender.keep_time(song.state.tempo_map)

    def choose(self, names):
        pass

    def send(self, name, message):
        assert name == "Drums"
        self.sent.append((self.now_s, message))

    def close(self):
        pass

    def run(self, blocks, steps=16):
        for _ in range(blocks):
            self.live.run(BLOCK, block=BLOCK)
            for _ in range(steps):
                self.sender.step()
                self.now_s += BLOCK / RATE / steps

    def command(self, *command):
        self.live.ring.send(*command)

    def take(self):
        taken, self.sent = self.sent, []
        return taken


def kinds(sent):
    return [message[0] for _, message in sent]


def times(sent, status=CLOCK):
    return np.array([when for when, message in sent if message[0] == status])


def test_it_starts_on_the_first_clock_keeps_time_and_stops():
    its = Timed()
    its.run(4)
    assert its.take() == []
    begun = its.now_s
    its.command(at.CMD_PLAY)
    its.run(100)
    its.command(at.CMD_STOP)
    its.run(20)
    sent = its.take()
    assert kinds(sent)[:2] == [START, CLOCK]
    assert kinds(sent)[-1] == STOP
    assert kinds(sent).count(START) == kinds(sent).count(STOP) == 1
    found = times(sent)
    assert len(found) == 26
    wanted = begun + np.arange(26) * STEP / RATE + LATENCY_S - BLOCK / RATE
    late = found - wanted
    assert 0.0 <= late.min() <= late.max() <= BLOCK / RATE / 16 + 1e-9
    assert sent[0][0] == pytest.approx(found[0])


def test_from_the_middle_it_tells_the_next_sixteenth_and_continues_there():
    its = Timed()
    # A little behind the fifth sixteenth (240 ticks, 6,000 frames each).
    its.command(at.CMD_SEEK, 4 * 6_000 + 10)
    its.run(2)
    its.command(at.CMD_PLAY)
    its.run(60)
    sent = its.take()
    assert sent[0][1] == (SPP, 5, 0)
    # Five clocks of the sixteenth that has begun, then the one that was told.
    assert kinds(sent)[1:8] == [CLOCK] * 5 + [CONTINUE, CLOCK]
    its.command(at.CMD_STOP)
    its.run(20)
    its.command(at.CMD_SEEK, 300 * 6_000)
    its.command(at.CMD_PLAY)
    its.run(30)
    assert [message for _, message in its.take() if message[0] != CLOCK] == [(STOP,), (SPP, 300 - 256, 2), (CONTINUE,)]


def test_a_jump_while_it_rolls_stops_and_goes_on_elsewhere():
    its = Timed()
    its.command(at.CMD_PLAY)
    its.run(30)
    its.take()
    its.command(at.CMD_SEEK, 8 * 6_000)
    its.run(40)
    assert [message for _, message in its.take() if message[0] != CLOCK] == [(STOP,), (SPP, 8, 0), (CONTINUE,)]


def test_a_loop_wraps_in_time():
    its = Timed()
    its.command(at.CMD_LOOP, 0, 12_000, 1.0)
    its.command(at.CMD_PLAY)
    its.run(300)
    sent = its.take()
    found = times(sent)
    assert np.diff(found) == pytest.approx(STEP / RATE, abs=BLOCK / RATE / 16 + 1e-9)
    between = [message for _, message in sent if message[0] != CLOCK]
    assert between[:5] == [(START,), (STOP,), (START,), (STOP,), (START,)]


def test_other_tempos_and_ramps_are_followed():
    tempo_map = TempoMap((TempoEvent(0, 120.0, True), TempoEvent(960, 60.0)))
    its = Timed(tempo_map)
    its.command(at.CMD_PLAY)
    its.run(500)
    found = times(its.take())
    wanted = np.array([tempo_map.seconds_at(40 * number) for number in range(len(found))])
    off = found - found[0] - wanted
    assert np.abs(off).max() <= BLOCK / RATE / 16 + 1e-4
    assert len(found) > 40
    its.sender.keep_time(TempoMap((TempoEvent(0, 240.0),)))
    its.run(60)
    later = np.diff(times(its.take()))
    assert np.median(later) == pytest.approx(0.5 * STEP / RATE, abs=0.0005)


def test_a_port_that_no_longer_gets_it_is_stopped():
    its = Timed()
    its.command(at.CMD_PLAY)
    its.run(30)
    its.take()
    its.sender._used = {"Drums"}
    its.sender.send_clock([])
    its.run(30)
    assert [message for _, message in its.take()] == [(STOP,)]
    its.sender.close()
