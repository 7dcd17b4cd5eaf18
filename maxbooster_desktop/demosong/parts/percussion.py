"""Percussion: rims, congas and shakers under the drums, toms for the fills, a crash where a section opens."""

from functools import partial

from dsp.generators import percussion as voices
from dsp.generators.signal import Samples, frames_of, panned, place
from dsp.generators.space import reverb
from maxbooster_desktop.demosong.clips import RenderedClip, canvas, cut, loop
from maxbooster_desktop.demosong.patterns import bars_of, strike
from maxbooster_desktop.demosong.performance import Feel, Note, perform
from maxbooster_desktop.demosong.score import STEPS_PER_BAR

_FEEL = Feel(timing_ms=3.0, velocity_spread=0.12)
#: name: (bars, rim, shaker, low conga, high conga).
LOOPS: dict[str, tuple[tuple[int, ...], str, str, str, str]] = {
    "Perc Intro": (
        (2,),
        "....5.........3. | ....5.....4.....",
        "..3...4...3...4. | ..3...4...3.4.45",
        "................ | ..............5.",
        "................ | .............4..",
    ),
    "Perc Verse": (
        (4, 8),
        "....8..3....8... | ....8..3..4.8... | ....8..3....8..2 | ....8..3..4.8.4.",
        "3.4.3.5.3.4.3.5. | 3.4.3.5.3.4.345. | 3.4.3.5.3.4.3.5. | 3.4.345.3.4.3455",
        "......5.....4... | ......5.......4. | ......5.....4... | ......5...4...4.",
        "...3.....4...... | ...3.....4..3... | ...3.....4...... | ...3.....4.3.3..",
    ),
    "Perc Hook": (
        (12, 16, 24),
        "..4....4..4..... | ..4....4..4...4. | ..4....4..4..... | ..4..4.4..4...45",
        "4253425342534253 | 4253425342534255 | 4253425342534253 | 4253425345534556",
        "......6.....5..4 | ......6...5.5... | ......6.....5..4 | ......6...5.56..",
        "...5..4..5....4. | ...5..4..5.4.... | ...5..4..5....4. | ...5..4..5.4..55",
    ),
    "Perc Break": (
        (22,),
        "....4.......4... | ....5.......5...",
        "..3...3...3...3. | ..3.3.4.3.4.....",
        "......4......... | ......4.........",
        "...3.....3...... | ...3.....3......",
    ),
    "Perc Outro": (
        (28,),
        "....6..3....6... | ....5.......4...",
        "3.4.3.5.3.4.3.5. | 3.3.2.3.2.2.....",
        "......4.....3... | ......3.........",
        "...3.....3...... | ...2............",
    ),
}
#: Tom fills: (step from the song's start, pitch in Hz, velocity, pan).
_TOMS = (
    *((190.0 + i, hz, 0.6 + 0.07 * i, pan) for i, (hz, pan) in enumerate(((165.0, -0.4), (131.0, 0.0)))),
    *(
        (312.0 + i * 2, hz, 0.65 + 0.06 * i, pan)
        for i, (hz, pan) in enumerate(((196.0, -0.5), (147.0, 0.0), (98.0, 0.45)))
    ),
    *(
        (376.0 + i, hz, 0.5 + 0.08 * i, p)
        for i, (hz, p) in enumerate(((196.0, -0.5), (165.0, -0.2), (147.0, 0.2), (110.0, 0.5)))
    ),
    *((444.0 + i, hz, 0.6 + 0.08 * i, pan) for i, (hz, pan) in enumerate(((196.0, -0.5), (147.0, 0.0), (110.0, 0.4)))),
)
#: Crashes: (bar, velocity, seconds).
_CRASHES = ((4, 0.45, 2.0), (12, 0.9, 3.0), (16, 0.5, 2.0), (20, 0.7, 3.4), (24, 0.95, 3.0), (28, 0.6, 3.0))


def percussion() -> list[RenderedClip]:
    """Return the percussion's clips: a loop per section, with a small room printed."""
    clips = []
    for name, (bars, rim, shaker, low, high) in LOOPS.items():
        phrase = canvas(2, bars_of(rim))
        strike(phrase, rim, name + " rim", _FEEL, voices.rim, pan=-0.30)
        strike(phrase, shaker, name + " shaker", _FEEL, voices.shaker, pan=0.45)
        strike(phrase, low, name + " low", _FEEL, partial(voices.conga, pitch_hz=176.0), pan=0.28)
        strike(phrase, high, name + " high", _FEEL, partial(voices.conga, pitch_hz=247.0), pan=-0.42)
        room = reverb(phrase, time_s=0.5, size=0.22, bright_hz=6000.0, pre_delay_s=0.006, low_cut_hz=300.0)
        phrase += 0.22 * room
        clips += loop(name, phrase, bars)
    return clips


def _strike_toms(track: Samples) -> None:
    notes = [Note(step, 1.0, 0.0, velocity) for step, _, velocity, _ in _TOMS]
    for note, (_, pitch_hz, _, pan) in zip(perform(notes, "toms", Feel(2.0)), _TOMS, strict=True):
        place(track, panned(voices.tom(note.velocity, note.seed, pitch_hz), pan), frames_of(note.start_s))


def _strike_crashes(track: Samples) -> None:
    notes = [Note(bar * STEPS_PER_BAR, 1.0, 0.0, velocity) for bar, velocity, _ in _CRASHES]
    for note, (_, _, length_s) in zip(perform(notes, "crashes", Feel(1.0)), _CRASHES, strict=True):
        place(track, voices.cymbal(note.velocity, note.seed, length_s), frames_of(note.start_s))


def toms_and_crashes() -> list[RenderedClip]:
    """Return fills and crashes as one track of short clips."""
    track = canvas()
    _strike_toms(track)
    _strike_crashes(track)
    names = (("Crash Verse", 4, 6), ("Fill Verse", 11, 12), ("Crashes Hook", 12, 20), ("Crash & Fill Break", 20, 24))
    return cut(track, (*names, ("Crash & Fill Hook 2", 24, 28), ("Crash Outro", 28, 31)))
