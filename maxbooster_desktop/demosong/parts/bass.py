"""The 808 bass: it locks to the kick, leans into the next root, and lies long in the break."""

from dsp.generators.bass_voice import sub_bass
from dsp.generators.signal import Samples, frames_of, place
from dsp.generators.swept_filter import highpass
from maxbooster_desktop.demosong.clips import canvas
from maxbooster_desktop.demosong.parts.ducking import ducking
from maxbooster_desktop.demosong.performance import Feel, Note, perform
from maxbooster_desktop.demosong.score import BARS, CHORDS, STEPS_PER_BAR

CUTS = (
    ("Bass Verse", 4, 12),
    ("Bass Hook", 12, 20),
    ("Bass Break", 22, 24),
    ("Bass Hook 2", 24, 28),
    ("Bass Outro", 28, 34),
)
#: Rhythms as (step, length, semitones above the root, velocity); "next" leans into the following root.
_VERSE = ((0, 5.2, 0, 0.90), (6, 2.6, 0, 0.66), (10, 3.6, 0, 0.78))
_VERSE_TURN = ((0, 5.0, 0, 0.90), (6, 2.4, 0, 0.68), (9, 3.0, 7, 0.74), (14, 1.8, "next", 0.70))
_HOOK = ((0, 2.5, 0, 0.95), (3, 2.4, 0, 0.80), (6, 3.4, 0, 0.88), (10, 3.2, 0, 0.84), (14, 1.0, 12, 0.55))
_HOOK_TURN = ((0, 2.5, 0, 0.95), (3, 2.4, 0, 0.80), (6, 3.2, 0, 0.88), (10, 2.6, 7, 0.80), (13, 2.6, "next", 0.78))
_HOOK_END = ((0, 2.5, 0, 0.95), (3, 2.4, 0, 0.80), (6, 5.0, 0, 0.92))
_LONG = ((0, 15.4, 0, 0.72),)
_OUTRO = ((0, 5.2, 0, 0.80), (10, 3.6, 0, 0.60))
_LAST = ((0, 22.0, 0, 0.70),)
Rhythm = tuple[tuple[float, float, int | str, float], ...]


def _rhythm_of(bar: int) -> tuple[Rhythm, float]:
    """Return the rhythm of a bar and how much the voice growls there."""
    if 4 <= bar < 12:
        return (_VERSE_TURN if bar % 2 else _VERSE), 0.45
    if 12 <= bar < 20 or 24 <= bar < 28:
        ending = _HOOK_END if bar in {19, 27} else _HOOK_TURN if bar % 2 else _HOOK
        return ending, 0.85
    if bar in {22, 23}:
        return _LONG, 0.25
    if 28 <= bar < 31:
        return _OUTRO, 0.35
    return (_LAST, 0.2) if bar == 31 else ((), 0.0)


def _pitch(bar: int, interval: int | str) -> float:
    root = CHORDS[bar].bass
    if interval != "next":
        return root + int(interval)
    following = CHORDS[(bar + 1) % BARS].bass
    return following + (2 if following < root else -1)


def bass() -> Samples:
    """Return the bass over the whole song, mono."""
    track = canvas(1)
    for bar in range(BARS):
        rhythm, growl = _rhythm_of(bar)
        notes = [Note(bar * STEPS_PER_BAR + s, length, _pitch(bar, i), v) for s, length, i, v in rhythm]
        for note in perform(notes, f"bass {bar}", Feel(timing_ms=1.5, velocity_spread=0.03)):
            glides = bar == 22 or (bar == 15 and note.pitch != CHORDS[bar].bass)
            target = CHORDS[bar + 1].bass if glides else None
            sound = sub_bass(note.pitch, note.length_s, note.velocity, growl=growl, seed=note.seed, glide_to=target)
            place(track, sound, frames_of(note.start_s))
    return highpass(track, 24.0) * ducking(track.shape[1], 5.0, 0.10)
