"""Notes that tracks give out to MIDI ports: when they go, that none stays, and that instruments sound as before."""

from dataclasses import replace

import numpy as np
import pytest

from maxbooster_desktop.engine.live_midi import LiveMidi
from maxbooster_desktop.engine.live_notes import LiveNotes
from maxbooster_desktop.engine.note_sending import NoteSender, Target
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.state import MidiOutput
from tests.factories.engine_projects import FRAMES_PER_TICK, RATE, Song, StillLive

BLOCK = 256
LATENCY_S = 0.02


class Ports:
    """Remembers what was sent when."""

    def __init__(self, clock):
        self.clock, self.sent, self.chosen, self.is_closed = clock, [], None, False

    def choose(self, names):
        self.chosen = list(names)

    def send(self, name, message):
        self.sent.append((self.clock(), name, tuple(message)))

    def close(self):
        self.is_closed = True


class Sending:
    """A track whose notes go to a port, run block by block on a clock of its own, looked at in between."""

    def __init__(self, notes, *, kind="midi", device=None, play=True):
        self.song, self.now_s = Song(), 50.0
        self.track = self.song.track(kind, midi_output=MidiOutput("Synth", 3))
        if device:
            self.song.insert(self.track, device)
        self.clip = self.song.notes(self.track, notes)
        self.live = StillLive(self.song, play=play)
        self.ports = Ports(lambda: self.now_s)
        self.sender = NoteSender(self.live.runtime, RATE, lambda: LATENCY_S, self.ports, clock=lambda: self.now_s)
        self.name = self.live.live.name(self.track)
        self.sender._targets = {self.name: Target("Synth", 3)}

    def run(self, blocks, steps=16):
        sound = [self.live.run(BLOCK, block=BLOCK)]
        for number in range(blocks):
            for _ in range(steps):
                self.sender.step()
                self.now_s += BLOCK / RATE / steps
            if number < blocks - 1:
                sound.append(self.live.run(BLOCK, block=BLOCK))
        return np.concatenate(sound, axis=1)

    def messages(self):
        return [message for _, _, message in self.ports.sent]


def test_notes_go_when_their_frame_is_heard():
    ticks = [17, 211, 402, 777]
    its = Sending([(tick, 50, 60 + number, 90 + number) for number, tick in enumerate(ticks)])
    begun = its.now_s
    its.run(120)
    on = [(when, message) for when, port, message in its.ports.sent if message[0] == 0x93]
    assert [message for _, message in on] == [(0x93, 60 + number, 90 + number) for number in range(4)]
    # The first block is filled at the very beginning: frame f has been counted up to f frames later, less that block.
    wanted = [begun + (tick * FRAMES_PER_TICK - BLOCK) / RATE + LATENCY_S for tick in ticks]
    late = np.array([when for when, _ in on]) - wanted
    assert late.min() >= 0.0
    assert late.max() <= BLOCK / RATE / 16 + 1e-9
    off = [when for when, _, message in its.ports.sent if message[0] == 0x83]
    assert np.array(off) - [when for when, _ in on] == pytest.approx(50 * FRAMES_PER_TICK / RATE, abs=0.001)


def test_a_stop_and_a_jump_end_what_sounds():
    its = Sending([(0, 3_000, 60, 100)])
    its.run(20)
    assert its.messages() == [(0x93, 60, 100)]
    its.live.ring.send(at.CMD_SEEK, 1_500 * FRAMES_PER_TICK)
    its.run(20)
    assert its.messages() == [(0x93, 60, 100), (0x83, 60, 0), (0x93, 60, 100)]
    its.live.ring.send(at.CMD_STOP)
    its.run(20)
    assert its.messages()[3:] == [(0x83, 60, 0)]


def test_a_loop_begins_its_notes_anew_each_round():
    its = Sending([(0, 3_000, 60, 100)])
    its.live.ring.send(at.CMD_LOOP, 0, 4_800, 1.0)
    its.run(60)
    kinds = [message[0] for message in its.messages()]
    assert kinds == [0x93, 0x83] * (len(kinds) // 2) + [0x93] * (len(kinds) % 2)
    assert len(kinds) >= 5


def test_a_track_that_is_muted_or_taken_off_its_port_ends_there():
    its = Sending([(0, 3_000, 60, 100)])
    its.sender._targets = {}
    its.sender.show({its.name: Target("Synth", 3)})
    assert its.ports.chosen == ["Synth"]
    its.run(20)
    its.sender.show({})
    assert its.messages() == [(0x93, 60, 100), (0x83, 60, 0)]
    assert its.ports.chosen == []
    its.run(20)
    assert len(its.messages()) == 2
    its.sender.close()
    assert its.ports.is_closed


def test_notes_of_one_pitch_that_overlap_sound_until_the_last_ends():
    its = Sending([(0, 800, 60, 100)])
    other = its.song.notes(its.track, [(0, 400, 60, 80)], start_tick=200)
    its.live.show()
    its.run(200)
    assert other
    assert its.messages() == [(0x93, 60, 100), (0x83, 60, 0), (0x93, 60, 80), (0x83, 60, 0)]
    ended = its.ports.sent[-1][0] - its.ports.sent[0][0]
    assert ended == pytest.approx(800 * FRAMES_PER_TICK / RATE, abs=0.001)


def test_a_delayed_track_sends_later():
    plain, late = Sending([(100, 50, 60, 100)]), Sending([(100, 50, 60, 100)])
    late.sender._targets = {late.name: Target("Synth", 3, 0.05)}
    for its in (plain, late):
        its.run(60)
    assert late.ports.sent[0][0] - plain.ports.sent[0][0] == pytest.approx(0.05, abs=0.001)


def test_what_is_played_live_goes_out_with_its_wheels():
    its = Sending([], play=False)
    notes = LiveNotes(its.live.runtime, its.live.live.name, RATE, clock=lambda: its.now_s)
    keys = LiveMidi(notes)
    its.run(4)
    for message in ((0x90, 64, 100), (0xE0, 127, 127), (0xB0, 1, 64), (0xD0, 30), (0xB0, 74, 5), (0x80, 64, 0)):
        notes.look()
        keys.play("keys", message, its.now_s, [its.track])
    its.run(20)
    assert its.messages() == [
        *((0x93, 64, 100), (0xE3, 127, 127), (0xB3, 1, 64), (0xD3, 30), (0xB3, 74, 5), (0x83, 64, 0)),
    ]


def test_a_reader_that_comes_too_late_ends_everything():
    its = Sending([(0, 3_000, 60, 100)])
    its.run(20)
    its.live.runtime.cells[at.SENT_WRITTEN] += at.SENT_CAPACITY + 1
    its.sender.step()
    assert its.messages()[1:] == [(0x83, 60, 0), (0xB3, 123, 0)]


def test_the_instrument_of_the_track_sounds_the_same_with_and_without_a_port():
    notes = [(tick, 60, 60 + tick % 12, 100) for tick in range(0, 900, 70)]
    with_port = Sending(notes, kind="instrument", device="instruments.subtractive")
    heard = with_port.run(80)
    without = Sending(notes, kind="instrument", device="instruments.subtractive")
    without.song.set(without.track, midi_output=None)
    without.live.show()
    silent = without.run(80)
    assert np.abs(heard).max() > 0.01
    assert np.array_equal(heard, silent)
    assert with_port.messages()
    assert without.messages() == []


def test_a_port_given_while_it_plays_begins_what_lies_under_the_playhead():
    its = Sending([(0, 3_000, 60, 100)])
    its.song.set(its.track, midi_output=None)
    its.live.show()
    its.run(20)
    assert its.messages() == []
    its.song.set(its.track, midi_output=MidiOutput("Synth", 3))
    assert its.live.show(), "the program is the one without the port"
    its.run(20)
    assert its.messages() == [(0x93, 60, 100)]
    assert replace(its.song.state).tracks[its.track].midi_output == MidiOutput("Synth", 3)
