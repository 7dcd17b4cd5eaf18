"""The lead: the hook's tune. A motif of three (up a fourth, back a step) in a 3-3-2 rhythm, answered and developed.

In the hook it is stated, answered, climbs a third higher and falls home; the second half reaches the high C and
turns to the harmonic-minor G sharp. The second hook ornaments it; the outro turns it upside down.
"""

from dsp.generators.ensemble import lead_note
from dsp.generators.signal import Samples, frames_of, place
from dsp.generators.space import ping_pong, widened
from maxbooster_desktop.demosong.clips import canvas
from maxbooster_desktop.demosong.performance import Feel, Note, Played, perform
from maxbooster_desktop.demosong.score import STEP_S, STEPS_PER_BAR

CUTS = (("Lead Hook", 12, 20), ("Lead Hook 2", 24, 28), ("Lead Outro", 28, 31))
#: A note that starts later than this after the last one does not slide.
_JOINED_STEPS = 5.0
#: Per bar from the section's first: (step, length, pitch, velocity).
Phrase = tuple[tuple[tuple[float, float, int, float], ...], ...]
_STATEMENT = (
    (0, 2.7, 76, 0.82),
    (3, 2.7, 81, 0.95),
    (6, 1.8, 79, 0.84),
    (8, 3.4, 76, 0.80),
    (12, 1.6, 72, 0.62),
    (14, 1.8, 74, 0.7),
)
HOOK_A: Phrase = (
    _STATEMENT,
    ((0, 2.7, 76, 0.84), (3, 2.7, 74, 0.78), (6, 1.8, 71, 0.70), (8, 4.6, 74, 0.78), (14, 1.8, 74, 0.64)),
    (
        (0, 2.7, 76, 0.84),
        (3, 2.7, 81, 0.94),
        (6, 1.8, 83, 0.88),
        (8, 3.4, 84, 0.98),
        (12, 1.6, 83, 0.80),
        (14, 1.8, 79, 0.74),
    ),
    ((0, 2.7, 79, 0.84), (3, 2.7, 76, 0.80), (6, 1.8, 74, 0.72), (8, 5.4, 76, 0.80)),
)
HOOK_B: Phrase = (
    _STATEMENT,
    (
        (0, 2.7, 76, 0.82),
        (3, 2.7, 74, 0.78),
        (6, 1.8, 71, 0.72),
        (8, 1.7, 74, 0.74),
        (10, 1.7, 76, 0.80),
        (12, 3.4, 79, 0.88),
    ),
    ((0, 2.7, 79, 0.86), (3, 2.7, 84, 1.00), (6, 1.8, 83, 0.90), (8, 3.4, 79, 0.84), (12, 3.4, 76, 0.76)),
    ((0, 5.4, 83, 0.94), (6, 1.8, 80, 0.80), (8, 3.6, 76, 0.84)),
)
HOOK_2: Phrase = (
    (*_STATEMENT[:3], (8, 1.7, 76, 0.82), (10, 1.7, 79, 0.80), (12, 1.6, 76, 0.70), (14, 1.8, 74, 0.74)),
    (
        (0, 2.7, 76, 0.86),
        (3, 2.7, 74, 0.80),
        (6, 1.8, 71, 0.74),
        (8, 3.4, 74, 0.80),
        (12, 0.9, 71, 0.60),
        (13, 0.9, 74, 0.66),
        (14, 1.8, 76, 0.76),
    ),
    (
        (0, 2.7, 76, 0.86),
        (3, 2.7, 81, 0.96),
        (6, 1.8, 83, 0.90),
        (8, 2.7, 84, 1.00),
        (11, 2.7, 88, 0.96),
        (14, 1.8, 86, 0.86),
    ),
    ((0, 2.7, 84, 0.92), (3, 2.7, 79, 0.84), (6, 1.8, 76, 0.78), (8, 3.6, 79, 0.84)),
)
OUTRO: Phrase = (
    ((0, 2.7, 76, 0.62), (3, 2.7, 71, 0.58), (6, 5.4, 72, 0.56)),
    ((0, 2.7, 72, 0.52), (3, 2.7, 67, 0.48), (6, 5.4, 69, 0.46)),
)


def _written() -> list[Note]:
    placed = ((12, HOOK_A), (16, HOOK_B), (24, HOOK_2), (28, OUTRO))
    return [
        Note((bar + index) * STEPS_PER_BAR + step, length, pitch, velocity)
        for bar, phrase in placed
        for index, notes in enumerate(phrase)
        for step, length, pitch, velocity in notes
    ]


def _slide_from(previous: Played | None, note: Played) -> float | None:
    """Return the pitch a note slides in from: its neighbour's, unless there was time to let go."""
    if previous is None or note.start_s - previous.start_s >= _JOINED_STEPS * STEP_S:
        return None
    return previous.pitch


def lead() -> Samples:
    """Return the lead over the whole song: notes slide from their neighbours, echoes fill the gaps."""
    track = canvas()
    played = perform(_written(), "lead", Feel(timing_ms=3.0, drag_ms=3.0, velocity_spread=0.05))
    for previous, note in zip((None, *played), played, strict=False):
        sound = lead_note(note.pitch, note.length_s, note.velocity, note.seed, _slide_from(previous, note))
        place(track, sound, frames_of(note.start_s), 0.55)
    return widened(track, 1.4) + 0.26 * ping_pong(track, delay_s=3.0 * STEP_S, feedback=0.35, tone_hz=2800.0)
