"""Strings: they enter late in the first hook, carry the break, and sing a line against the lead in the second hook."""

from dsp.generators.ensemble import string_note
from dsp.generators.signal import Samples, frames_of, place
from dsp.generators.space import reverb, widened
from maxbooster_desktop.demosong.clips import canvas
from maxbooster_desktop.demosong.performance import Feel, Note, perform
from maxbooster_desktop.demosong.score import CHORDS, STEPS_PER_BAR

CUTS = (("Strings Hook B", 16, 20), ("Strings Break", 20, 24), ("Strings Hook 2", 24, 28), ("Strings Outro", 28, 31))
#: Lines as (bar, step, length, pitch, velocity).
_LINES = (
    *((16, 0, 15.5, 84, 0.42), (17, 0, 15.5, 83, 0.44), (18, 0, 15.5, 83, 0.46), (19, 0, 12.0, 80, 0.50)),
    *((24, 0, 8, 81, 0.62), (24, 8, 8, 84, 0.64), (25, 0, 8, 83, 0.64), (25, 8, 8, 79, 0.60)),
    *((26, 0, 6, 84, 0.66), (26, 6, 4, 83, 0.64), (26, 10, 6, 88, 0.72), (27, 0, 12, 86, 0.70)),
    *((28, 0, 15.5, 76, 0.44), (29, 0, 15.5, 72, 0.38), (30, 0, 10, 69, 0.30)),
)


def _written() -> list[Note]:
    notes = [Note(bar * STEPS_PER_BAR + step, length, pitch, v) for bar, step, length, pitch, v in _LINES]
    for bar in range(20, 24):
        swell = 0.34 + 0.09 * (bar - 20)
        top = CHORDS[bar].voices[1:]
        length = 15.6 if bar < 23 else 11.6
        notes += [Note(bar * STEPS_PER_BAR, length, voice, swell) for voice in (*top, top[-1] + 12)]
    for bar in range(24, 28):
        notes += [Note(bar * STEPS_PER_BAR, 15.5, voice + 12, 0.36) for voice in CHORDS[bar].voices[:2]]
    return notes


def strings() -> Samples:
    """Return the strings over the whole song, in a room of their own."""
    track = canvas()
    for note in perform(_written(), "strings", Feel(timing_ms=5.0, drag_ms=-2.0, velocity_spread=0.05)):
        place(track, string_note(note.pitch, note.length_s, note.velocity, note.seed), frames_of(note.start_s), 0.55)
    room = reverb(track, time_s=1.3, size=0.55, bright_hz=5500.0, pre_delay_s=0.015, low_cut_hz=250.0)
    return widened(track + 0.4 * room, 1.3)
