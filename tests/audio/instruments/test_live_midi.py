"""MIDI messages as sound and as notes that are recorded: wheels, pedal, floods, ports that vanish, places in time."""

import threading
import time

import numpy as np
import pytest

from maxbooster_desktop.engine.live_midi import LiveMidi
from maxbooster_desktop.engine.live_notes import LiveNotes
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.record.note_recorder import NoteRecorder
from tests.factories.engine_projects import RATE, Song, StillLive

BLOCK = 256
TONE = {"gain_db": 0.0, "attack_ms": 0.1, "release_ms": 1.0}
#: A sine with nothing that moves by itself.
SYNTH = {
    "osc1_shape": 3.0,
    "cutoff_hz": 20_000.0,
    "key_track_percent": 0.0,
    "release_ms": 1.0,
    "sustain_percent": 100.0,
}


class Keyboard:
    """A port that plays a live engine which is run block by block on a clock of its own."""

    def __init__(self, device="instruments.test_tone", values=None, *, play=False):
        self.song, self.now_s = Song(), 100.0
        self.track = self.song.instrument(device, TONE if values is None else values)
        self.live = StillLive(self.song, play=play)
        self.notes = LiveNotes(self.live.runtime, self.live.live.name, RATE, clock=lambda: self.now_s)
        self.midi = LiveMidi(self.notes)
        self.heard = []
        self.run(4)

    def run(self, blocks=8):
        for _ in range(blocks):
            self.heard.append(self.live.run(BLOCK, block=BLOCK))
            self.notes.look()
            self.now_s += BLOCK / RATE
        return self.heard[-1]

    def say(self, *message, port="keys", tracks=None):
        self.midi.play(port, message, self.now_s, [self.track] if tracks is None else tracks)

    def level(self, blocks=8):
        return float(np.abs(self.run(blocks)).max())

    def hertz(self, blocks=16):
        """Return the frequency of the newest blocks by their zero crossings."""
        self.run(blocks)
        sound = np.concatenate(self.heard[-blocks:], axis=1)[0]
        ups = np.flatnonzero((sound[:-1] < 0) & (sound[1:] >= 0))
        exact = ups + sound[ups] / (sound[ups] - sound[ups + 1])
        return RATE * (len(exact) - 1) / (exact[-1] - exact[0])


def test_a_note_sounds_at_its_velocity_and_ends():
    keys = Keyboard()
    keys.say(0x90, 69, 127)
    assert keys.level() == pytest.approx(1.0, abs=0.01)
    keys.say(0x90, 69, 0)
    assert keys.level() == 0.0
    keys.say(0x93, 69, 64)
    assert keys.level() == pytest.approx(64 / 127, abs=0.01)
    keys.say(0x83, 69, 64)
    assert (keys.level(), keys.midi.held) == (0.0, 0)


@pytest.mark.parametrize("device", ["instruments.test_tone", "instruments.subtractive"])
def test_the_wheel_bends_what_sounds_and_what_begins_later_by_the_range_that_was_set(device):
    keys = Keyboard(device, TONE if device.endswith("tone") else SYNTH)
    keys.say(0x90, 69, 127)
    keys.run()
    keys.say(0xE0, 127, 127)
    keys.run()
    assert keys.hertz() == pytest.approx(440 * 2 ** (2 * 8_191 / 8_192 / 12), rel=1e-3)
    for controller, value in ((101, 0), (100, 0), (6, 12)):
        keys.say(0xB0, controller, value)
    keys.run()
    assert keys.hertz() == pytest.approx(440 * 2 ** (12 * 8_191 / 8_192 / 12), rel=1e-3)
    keys.say(0x80, 69, 0)
    keys.run()
    keys.say(0x90, 57, 127)
    keys.run()
    assert keys.hertz() == pytest.approx(220 * 2 ** (8_191 / 8_192), rel=1e-3)
    keys.say(0xE0, 0, 64)
    keys.run()
    assert keys.hertz() == pytest.approx(220, rel=1e-3)


def test_the_wheel_of_one_channel_leaves_the_others_alone():
    keys = Keyboard()
    keys.say(0x90, 69, 127)
    keys.run()
    keys.say(0xE1, 127, 127)
    keys.say(0xE0, 0, 64, port="another keyboard")
    assert keys.hertz() == pytest.approx(440, rel=1e-3)


def test_the_modulation_wheel_shakes_the_pitch_of_the_synth():
    keys = Keyboard("instruments.subtractive", SYNTH)
    keys.say(0x90, 81, 127)
    keys.run()
    steady = [keys.hertz(4) for _ in range(40)]
    assert max(steady) - min(steady) < 1.0
    keys.say(0xB0, 1, 127)
    shaken = [keys.hertz(4) for _ in range(40)]
    assert max(shaken) / min(shaken) == pytest.approx(2 ** (1 / 12), rel=0.01)
    keys.say(0xB0, 121, 0)
    keys.run()
    still = [keys.hertz(4) for _ in range(40)]
    assert max(still) - min(still) < 1.0


def test_pressure_makes_the_synth_louder_and_brightness_opens_its_filter():
    for message, values in (((0xD0, 127), SYNTH), ((0xB0, 74, 127), SYNTH | {"cutoff_hz": 200.0})):
        keys = Keyboard("instruments.subtractive", values)
        keys.say(0x90, 81, 127)
        keys.run(40)
        before = keys.level()
        keys.say(*message)
        keys.run(40)
        assert keys.level() > 1.8 * before


def test_the_pedal_holds_notes_until_it_is_up():
    keys = Keyboard()
    keys.say(0xB0, 64, 127)
    for pitch in (60, 64, 67):
        keys.say(0x90, pitch, 40)
        keys.say(0x80, pitch, 0)
    assert keys.level() > 0.5
    keys.say(0x90, 60, 40)  # struck again: one note of it sounds, not two
    keys.run()
    keys.say(0xB0, 64, 63)
    assert keys.level() == pytest.approx(40 / 127, abs=0.01), "the key that is still down ended, or another did not"
    keys.say(0x80, 60, 0)
    assert (keys.level(), keys.midi.held) == (0.0, 0)


def test_a_key_ends_its_note_where_it_began_it():
    keys = Keyboard()
    keys.say(0x90, 69, 127)
    keys.run()
    keys.say(0x80, 69, 0, tracks=[])
    assert keys.level() == 0.0


def test_a_port_that_vanishes_leaves_no_note_and_no_pedal():
    keys = Keyboard()
    keys.say(0xB0, 64, 127)
    keys.say(0xE0, 127, 127)
    for pitch in range(40, 60):
        keys.say(0x90, pitch, 30)
    keys.say(0x90, 69, 127, port="another keyboard")
    assert keys.level() > 1.0
    keys.midi.let_go("keys")
    assert keys.level() == pytest.approx(1.0, abs=0.01), "another port's note ended too, or one stayed"
    keys.midi.let_go()
    assert (keys.level(), keys.midi.held) == (0.0, 0)
    keys.say(0x90, 69, 127)
    assert keys.hertz() == pytest.approx(440, rel=1e-3)
    keys.say(0x80, 69, 0)
    assert keys.level() == 0.0


@pytest.mark.parametrize("controller", [120, 123, 124, 127])
def test_all_notes_off(controller):
    keys = Keyboard()
    keys.say(0xB0, 64, 127)
    for pitch in (60, 64, 67):
        keys.say(0x90, pitch, 40)
    keys.run()
    keys.say(0xB0, controller, 0)
    assert (keys.level(), keys.midi.held) == (0.0, 0)


@pytest.mark.parametrize(
    "message",
    [(), (0x90,), (0x90, 60), (0x90, 60, 200), (60, 60, 60), (0xF0, 1, 2, 0xF7), (0xF8,), (0xC0, 5), (0xE0, 1)],
)
def test_what_is_no_message_of_a_channel_does_nothing(message):
    keys = Keyboard()
    keys.say(*message)
    assert (keys.level(), keys.midi.held, keys.midi.dropped) == (0.0, 0, 0)


def test_a_flood_drops_what_finds_no_room_but_no_end_of_a_note():
    keys = Keyboard()
    pitches = range(30, 70)
    for pitch in pitches:
        keys.say(0x90, pitch, 20)
    for number in range(10_000):  # while the callback does not run at all
        keys.say(0xE0, number % 128, number % 128)
    for pitch in pitches:
        keys.say(0x80, pitch, 0)
    assert keys.midi.dropped > 9_000
    keys.run(24)
    assert (keys.level(), keys.midi.held) == (0.0, 0)


def test_ends_beyond_the_rings_room_are_owed_and_paid():
    keys = Keyboard()
    for channel in range(4):
        for pitch in range(40, 110):
            keys.say(0x90 + channel, pitch, 1)
        keys.run(16)
    for number in range(at.LIVE_CAPACITY):
        keys.say(0xE0, number % 128, 64)
    keys.midi.let_go()
    assert keys.midi.held > 0, "the ring had room for all: the test proves nothing"
    for _ in range(40):
        keys.run(4)
        keys.midi.settle()
    assert (keys.midi.held, keys.level()) == (0, 0.0)


def test_ten_thousand_events_a_second_cost_the_callback_nothing_and_arrive():
    keys = Keyboard()
    keys.say(0x90, 69, 127)
    busy = []
    for _ in range(400):
        for _ in range(round(10_000 * BLOCK / RATE)):
            keys.say(0xE0, 0, 64)
        begun = time.perf_counter()
        keys.run(1)
        busy.append(time.perf_counter() - begun)
    assert keys.midi.dropped == 0
    assert np.median(busy) < 0.5 * BLOCK / RATE
    keys.say(0x80, 69, 0)
    assert keys.level() == 0.0


def recorded(keys, play, *, delay=0.0, punch=None):
    """Return what a recorder kept while `play` ran, time rolling from the beginning to the end."""
    done, kept = threading.Event(), []
    recorder = NoteRecorder(
        keys.notes,
        keys.live.runtime.cells,
        [keys.track],
        start=0.0,
        delay_frames=delay,
        punch=punch,
        done=lambda played: (kept.append(played), done.set()),
    )
    keys.live.ring.send(at.CMD_PLAY)
    play()
    keys.live.ring.send(at.CMD_STOP)
    keys.run(8)
    assert done.wait(5), "the pass does not end"
    recorder.join()
    return kept[0]


def test_a_note_is_recorded_where_the_song_was_heard_when_it_was_played():
    keys = Keyboard()
    places, latency = [], 480.0

    def play():
        for _ in range(20):
            keys.run(5)
            # The callback has filled up to here; what is heard now lies the latency before that.
            keys.now_s -= BLOCK / RATE
            into = 37
            keys.now_s += into / RATE
            places.append(keys.live.cell(at.POSITION) + into - latency)
            keys.say(0x90, 60, 100)
            keys.now_s += (BLOCK - into) / RATE
            keys.run(5)
            keys.say(0x80, 60, 0)
            keys.run(5)
            time.sleep(0.002)

    played = recorded(keys, play, delay=latency)
    notes = played.notes[keys.track]
    assert [note.start for note in notes] == pytest.approx(places, abs=2)
    assert {note.pitch for note in notes} == {60}
    assert notes[0].velocity == pytest.approx(100 / 127)
    # From key down to key up: five blocks and the rest of the block it was struck in.
    assert all(note.end - note.start == pytest.approx(6 * BLOCK - 37, abs=BLOCK) for note in notes)


def test_what_is_held_at_the_end_ends_there_and_what_is_played_while_time_stands_is_left_out():
    keys = Keyboard()
    keys.say(0x90, 50, 100)
    keys.run()

    def play():
        keys.run(20)
        keys.say(0x90, 62, 100)
        keys.run(20)

    played = recorded(keys, play)
    [note] = played.notes[keys.track]
    assert note.pitch == 62
    assert note.end == pytest.approx(played.end, abs=BLOCK)
    assert played.end >= 40 * BLOCK


def test_punching_keeps_what_begins_within():
    keys = Keyboard()

    def play():
        for pitch in range(60, 70):
            keys.say(0x90, pitch, 100)
            keys.run(10)
            keys.say(0x80, pitch, 0)

    played = recorded(keys, play, punch=(10 * BLOCK + 128, 50 * BLOCK))
    assert [note.pitch for note in played.notes[keys.track]] == [61, 62, 63, 64]


def test_a_note_held_over_the_loops_end_ends_there():
    keys = Keyboard()
    keys.live.ring.send(at.CMD_LOOP, 0, 12_000, 1.0)

    def play():
        keys.run(30)
        keys.say(0x90, 64, 100)
        keys.run(40)
        keys.say(0x80, 64, 0)
        keys.run(4)

    [note] = recorded(keys, play).notes[keys.track]
    assert 7_000 < note.start < 9_000
    assert note.end == 12_000
