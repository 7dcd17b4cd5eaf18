"""Electric piano: strummed comping in the verse, wide chords in the hook, the motif slowed down in the break."""

import numpy as np

from dsp.generators.signal import Samples, frames_of, place, seconds_axis
from dsp.generators.space import chorus, widened
from dsp.generators.tonal import electric_piano
from maxbooster_desktop.demosong.clips import canvas
from maxbooster_desktop.demosong.performance import Feel, Note, perform
from maxbooster_desktop.demosong.score import BARS, CHORDS, STEPS_PER_BAR

CUTS = (
    ("Keys Intro", 0, 4),
    ("Keys Verse", 4, 12),
    ("Keys Hook", 12, 20),
    ("Keys Break", 20, 24),
    ("Keys Hook 2", 24, 28),
    ("Keys Outro", 28, 34),
)
_Rhythm = tuple[tuple[float, float, float, int], ...]
#: Comping as (step, length, velocity, how many voices from the top).
_COMP = (
    ((0, 5.0, 0.62, 4), (6, 1.8, 0.40, 3), (11, 4.2, 0.52, 4)),
    ((0, 5.0, 0.60, 4), (7, 1.6, 0.42, 3), (10, 2.6, 0.54, 4), (14, 1.6, 0.36, 2)),
)
_HOOK = (((0, 5.6, 0.70, 4), (6, 9.2, 0.60, 4)), ((0, 5.6, 0.68, 4), (6, 3.4, 0.58, 4), (11, 4.6, 0.52, 3)))
#: Melody in steps from the song's start: the motif (up a fourth, back a step) hinted at, then slowed down.
_MELODY = (
    *((20, 3, 76, 0.42), (23, 3, 81, 0.50), (26, 6, 79, 0.44)),
    *((52, 3, 76, 0.40), (55, 3, 74, 0.40), (58, 6, 71, 0.36)),
    *((320, 6, 76, 0.62), (326, 6, 81, 0.68), (332, 4, 79, 0.58), (336, 8, 76, 0.55), (344, 8, 74, 0.50)),
    *((352, 6, 76, 0.64), (358, 6, 81, 0.70), (364, 4, 83, 0.66), (368, 12, 84, 0.72), (380, 4, 83, 0.5)),
    *((480, 6, 76, 0.46), (486, 6, 71, 0.42), (492, 4, 72, 0.40), (496, 20, 69, 0.40)),
)


def _comping(bar: int) -> list[Note]:
    start = bar * STEPS_PER_BAR
    voices = CHORDS[bar].voices
    if bar < 4 or bar == 31:
        chords: _Rhythm = ((0, 15.0 if bar < 31 else 26.0, 0.58, 4),)
    elif 20 <= bar < 24:
        order = (0, 1, 2, 3, 2, 1, 3, 2)
        return [Note(start + 2 * i, 3.4, voices[v], 0.40 + 0.08 * (i % 4 == 0)) for i, v in enumerate(order)]
    elif 12 <= bar < 20 or 24 <= bar < 28:
        chords = _HOOK[bar % 2]
    else:
        chords = _COMP[bar % 2]
    notes = []
    for step, length, velocity, count in chords:
        for index, pitch in enumerate(voices[-count:]):
            strum = 0.07 * index
            notes.append(Note(start + step + strum, length - strum, pitch, velocity * (0.92 + 0.04 * index)))
    return notes


def keys() -> Samples:
    """Return the electric piano over the whole song, with chorus and a slow tremolo that crosses the speakers."""
    track = canvas()
    written = [note for bar in range(BARS) for note in _comping(bar)]
    written += [Note(step, length, pitch, velocity) for step, length, pitch, velocity in _MELODY]
    for note in perform(written, "keys", Feel(timing_ms=4.0, drag_ms=4.0, velocity_spread=0.08)):
        sound = electric_piano(note.pitch, note.length_s, note.velocity, note.seed)
        place(track, sound, frames_of(note.start_s), 0.6)
    swing = np.sin(2.0 * np.pi * 3.73 * seconds_axis(track.shape[1])) * 0.16
    track *= np.stack((1.0 + swing, 1.0 - swing)).astype(np.float32)
    return widened(chorus(track, depth_ms=1.6, rate_hz=0.7, mix=0.4), 1.7)
