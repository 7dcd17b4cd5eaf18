"""Vocal chops: the motif sung in fragments, then cut into answers to the lead; long 'oo's hold the break."""

from dsp.generators.formant_voice import syllable
from dsp.generators.signal import Samples, frames_of, place
from dsp.generators.space import chorus, ping_pong
from maxbooster_desktop.demosong.clips import canvas
from maxbooster_desktop.demosong.performance import Feel, Note, perform
from maxbooster_desktop.demosong.score import STEP_S, STEPS_PER_BAR

CUTS = (
    ("Chops Intro", 3, 4),
    ("Chops Verse A", 6, 8),
    ("Chops Verse B", 10, 12),
    ("Chops Hook", 13, 20),
    ("Chops Break", 20, 24),
    ("Chops Hook 2", 24, 28),
    ("Chops Outro", 30, 33),
)
#: Per bar: (step, length, pitch, velocity, from vowel, to vowel).
Syllable = tuple[float, float, int, float, str, str]
_FRAGMENT: tuple[Syllable, ...] = (
    (0, 2.0, 64, 0.70, "oh", "ah"),
    (3, 2.2, 69, 0.84, "ee", "eh"),
    (6, 5.0, 67, 0.74, "eh", "oh"),
)
_ANSWER: tuple[Syllable, ...] = (
    (10, 0.8, 76, 0.7, "eh", "ah"),
    (11, 0.8, 76, 0.6, "ah", "ah"),
    (13, 0.9, 79, 0.8, "ee", "eh"),
    (14.5, 1.2, 76, 0.66, "ah", "oh"),
)
SUNG: dict[int, tuple[Syllable, ...]] = {
    3: ((6, 2.0, 64, 0.50, "oo", "oh"), (9, 5.0, 69, 0.58, "oh", "ah")),
    6: _FRAGMENT,
    7: ((0, 2.0, 64, 0.72, "oh", "ah"), (3, 2.0, 62, 0.66, "ah", "eh"), (6, 6.0, 59, 0.62, "eh", "oo")),
    10: (
        *_FRAGMENT[:2],
        (6, 1.6, 67, 0.74, "eh", "ah"),
        (8, 1.4, 69, 0.76, "ah", "ah"),
        (10, 4.0, 72, 0.84, "ah", "oh"),
    ),
    11: ((0, 2.0, 71, 0.80, "ee", "eh"), (3, 2.0, 68, 0.76, "eh", "ah"), (6, 4.0, 64, 0.78, "ah", "oh")),
    13: _ANSWER,
    15: (
        *_ANSWER[:2],
        (12, 0.8, 79, 0.74, "ah", "ah"),
        (13, 0.8, 81, 0.8, "ee", "ee"),
        (14.5, 1.3, 79, 0.7, "eh", "ah"),
    ),
    17: ((10, 0.8, 74, 0.7, "eh", "ah"), (11, 0.8, 74, 0.6, "ah", "ah"), (13, 2.4, 79, 0.8, "ee", "ah")),
    19: ((8, 0.8, 76, 0.8, "ah", "ah"), (9.5, 0.8, 80, 0.8, "eh", "eh"), (11, 1.2, 83, 0.9, "ee", "ah")),
    20: ((0, 14.0, 72, 0.56, "oo", "oh"),),
    21: ((0, 14.0, 71, 0.56, "oh", "oo"),),
    22: ((0, 12.0, 69, 0.60, "oo", "ah"), (12, 3.6, 71, 0.62, "ah", "oh")),
    23: ((0, 7.0, 76, 0.74, "oo", "ah"), (8, 4.0, 80, 0.82, "ah", "ee")),
    24: ((2, 0.8, 72, 0.6, "ah", "ah"), (5, 0.8, 76, 0.66, "eh", "ah"), (10, 0.8, 76, 0.7, "ee", "ah")),
    25: _ANSWER,
    26: ((2, 0.8, 72, 0.6, "ah", "ah"), (5, 0.8, 76, 0.66, "eh", "ah"), (10, 0.8, 79, 0.72, "ee", "ah")),
    27: ((8, 0.8, 76, 0.8, "ah", "ah"), (9.5, 0.8, 79, 0.8, "eh", "eh"), (11, 1.0, 84, 0.9, "ee", "ah")),
    30: ((0, 3.0, 64, 0.5, "oh", "ah"), (4, 3.0, 69, 0.54, "ah", "eh"), (8, 7.0, 67, 0.48, "eh", "oo")),
    31: ((0, 18.0, 64, 0.44, "oo", "oo"),),
}


def chops() -> Samples:
    """Return the chops over the whole song: doubled, widened, with an eighth-note echo."""
    written = [(bar * STEPS_PER_BAR, sung) for bar, phrase in SUNG.items() for sung in phrase]
    notes = [Note(start + sung[0], sung[1], sung[2], sung[3]) for start, sung in written]
    track = canvas()
    for note, (_, sung) in zip(perform(notes, "chops", Feel(3.0, 2.0, 0.07)), written, strict=True):
        shift = 1.16 if note.pitch >= 72 else 1.08
        sound = syllable(note.pitch, note.length_s, note.velocity, (sung[4], sung[5]), seed=note.seed, shift=shift)
        place(track, sound, frames_of(note.start_s))
        octave = syllable(
            note.pitch - 12, note.length_s, 0.6 * note.velocity, (sung[4], sung[5]), seed=note.seed + 1, shift=0.96
        )
        place(track, octave, frames_of(note.start_s + 0.012), 0.35)
    track = chorus(track, depth_ms=1.2, rate_hz=0.9, mix=0.4)
    return track + 0.32 * ping_pong(track, delay_s=2.0 * STEP_S, feedback=0.42, tone_hz=3200.0)
