"""When a message came, told from the times between messages; names of ports that stay the same."""

import numpy as np
import pytest

from maxbooster_desktop.engine.devices import midi_driver
from maxbooster_desktop.engine.devices.midi_driver import MidiDriver, MidiMissingError, plain_names
from maxbooster_desktop.engine.devices.midi_inputs import StampClock


def stamped(came_s, late_s):
    """Return what a clock says of messages that came at some times and were met that much later."""
    clock, before, stamps = StampClock(), came_s[0], []
    for came, late in zip(came_s, late_s, strict=True):
        stamps.append(clock.stamp(came - before, came + late))
        before = came
    return np.array(stamps)


def test_a_reader_that_wakes_late_changes_no_stamp():
    random = np.random.default_rng(1)
    came = 50.0 + np.cumsum(random.uniform(0.001, 0.1, 500))
    late = random.uniform(0.0, 0.02, 500)
    late[10] = 0.0
    stamps = stamped(came, late)
    assert np.abs(stamps[10:60] - came[10:60]).max() < 1e-9
    # Later the earliest meetings are forgotten, and others are nearly as early.
    assert np.abs(stamps[60:] - came[60:]).max() < 0.004


def test_no_message_comes_after_it_was_met():
    came = np.linspace(10.0, 20.0, 400)
    late = np.random.default_rng(2).uniform(0.0, 0.01, 400)
    assert (stamped(came, late) <= came + late + 1e-12).all()


def test_a_clock_that_runs_off_is_followed():
    came = np.arange(0.0, 120.0, 0.05)
    clock, stamps = StampClock(), []
    for place, at_s in enumerate(came):
        stamps.append(clock.stamp(0.05 * 1.0005 if place else 0.0, at_s + 0.001))
    assert np.abs(np.array(stamps) - came).max() < 0.006


def test_messages_that_were_lost_put_the_next_ones_at_most_a_quarter_second_off():
    clock = StampClock()
    for at_s in np.arange(0.0, 2.0, 0.1):
        clock.stamp(0.1 if at_s else 0.0, at_s)
    assert clock.stamp(0.0, 4.0) == 4.0, "two seconds of messages were lost"
    assert clock.stamp(0.1, 4.1) == pytest.approx(4.1)


def test_names_lose_the_numbers_of_a_plugging_and_equal_ones_are_counted(monkeypatch):
    listed = ["Keystation 49:Keystation 49 MIDI 1 20:0", "Synth:Synth 24:0", "Synth:Synth 28:0"]
    assert plain_names(listed) == ("Keystation 49:Keystation 49 MIDI 1", "Synth:Synth", "Synth:Synth (2)")
    assert plain_names(["Studio 24:7c 128:1"]) == ("Studio 24:7c",)


def test_a_system_without_midi_says_so(monkeypatch):
    monkeypatch.setattr(midi_driver.sys, "platform", "linux")
    monkeypatch.setattr(midi_driver, "_ALSA_DEVICE", "/nowhere")
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "none-of-this-name")
    for ask in (MidiDriver().input_names, lambda: MidiDriver().open_input("keys")):
        with pytest.raises(MidiMissingError, match=r"This system has no MIDI: .* works without\."):
            ask()


def test_a_library_that_does_not_load_is_named(monkeypatch):
    monkeypatch.setitem(midi_driver.sys.modules, "rtmidi", None)
    with pytest.raises(MidiMissingError, match="its library does not load"):
        MidiDriver().input_names()
