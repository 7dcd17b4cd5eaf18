"""Brass stabs: the hook's 3-3-2 in chords, held back on every other bar."""

from dsp.generators.signal import Samples, frames_of, place
from dsp.generators.space import reverb, widened
from dsp.generators.tonal import brass_stab
from maxbooster_desktop.demosong.clips import canvas
from maxbooster_desktop.demosong.parts.ducking import ducking
from maxbooster_desktop.demosong.performance import Feel, Note, perform
from maxbooster_desktop.demosong.score import CHORDS, STEPS_PER_BAR

CUTS = (("Stabs Hook", 12, 20), ("Stabs Hook 2", 24, 28))
_CALL = ((0, 1.5, 0.86), (3, 1.5, 0.76), (6, 2.6, 0.90))
_ECHO = ((0, 1.5, 0.80), (3, 1.2, 0.70), (10, 1.0, 0.62), (11.0, 2.6, 0.78))
_LAST = ((0, 1.5, 0.86), (3, 1.5, 0.80), (6, 1.4, 0.9), (8, 3.6, 0.96))


def _written() -> list[Note]:
    notes = []
    for bar in (*range(12, 20), *range(24, 28)):
        rhythm = _LAST if bar in {19, 27} else _ECHO if bar % 2 else _CALL
        voices = CHORDS[bar].voices
        for step, length, velocity in rhythm:
            start = bar * STEPS_PER_BAR + step
            notes += [Note(start, length, pitch, velocity) for pitch in (*voices, voices[1] + 12)]
    return notes


def stabs() -> Samples:
    """Return the stabs over the whole song with a short room, ducked a little."""
    track = canvas()
    for note in perform(_written(), "stabs", Feel(timing_ms=2.5, velocity_spread=0.07)):
        place(track, brass_stab(note.pitch, note.length_s, note.velocity, note.seed), frames_of(note.start_s), 0.32)
    room = reverb(track, time_s=0.9, size=0.35, bright_hz=6000.0, pre_delay_s=0.01, low_cut_hz=300.0)
    return widened(track + 0.35 * room, 1.5) * ducking(track.shape[1], 3.0, 0.16)
