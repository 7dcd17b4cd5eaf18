"""Kick, snare and clap, hats: three tracks of loops with ghost notes, and fills at the ends of sections."""

import numpy as np

from dsp.generators import percussion
from dsp.generators.signal import Samples, frames_of, panned, place
from dsp.generators.space import reverb
from maxbooster_desktop.demosong.clips import RenderedClip, canvas, loop
from maxbooster_desktop.demosong.patterns import bars_of, strike
from maxbooster_desktop.demosong.performance import Feel, Note, perform

#: name: (bars it is laid at, pattern).
KICKS: dict[str, tuple[tuple[int, ...], str]] = {
    "Kick Verse": ((4,), "9.....7...8..... | 9.....6..9....5. | 9.....7...8..... | 9.....6..9..5.7."),
    "Kick Verse Fill": ((8,), "9.....7...8..... | 9.....6..9....5. | 9.....7...8..6.. | 9..7..9.....4..."),
    "Kick Hook": ((12,), "9..6..8...9..... | 9..6..8...9...5. | 9..6..8...9..5.. | 9..6..8.9..8..8."),
    "Kick Hook Turn": ((16,), "9..6..8...9..... | 9..6..8...9...5. | 9..6..8...9..5.. | 9..8..9.8......."),
    "Kick Break": ((22,), "................ | ........7..7...."),
    "Kick Hook 2": ((24,), "9..6..8...9..6.. | 9..6..8...9..67. | 9..6..8..79..... | 9..6..8.9.8.9..."),
    "Kick Outro": ((28,), "9.....7...8..... | 8.....6........."),
}
#: As above, one line for the snare and one for the clap.
SNARES: dict[str, tuple[tuple[int, ...], str, str]] = {
    "Snare Verse": (
        (8,),
        "....8..2....8... | ....8..2.2..8..3 | ....8..2....8..3 | ....8..3.57.6789",
        "................ | ................ | ................ | ............7...",
    ),
    "Snare Hook": (
        (12,),
        "....9..2.2..9... | ....9..2....9..4 | ....9..2.2..9..3 | ....9..2.36.9.57",
        "....8.......8... | ....8.......8... | ....8.......8... | ....8.......8..6",
    ),
    "Snare Hook Turn": (
        (16,),
        "....9..2.2..9... | ....9..2....9..4 | ....9..2.2..9..3 | ....9..37.89....",
        "....8.......8... | ....8.......8... | ....8.......8..5 | ....8.......9...",
    ),
    "Snare Build": (
        (22,),
        "3...3...4...4... | 4.4.5.5.55667...",
        "................ | ........3.4.5...",
    ),
    "Snare Hook 2": (
        (24,),
        "....9..2.2..9..2 | ....9..2.3..9.35 | ....9..2.2..9..3 | ....9..4.68.9679",
        "....8.......8... | ....8.......8... | ....8.......8..5 | ....8.......9...",
    ),
    "Snare Outro": ((28,), "....7..1....7... | ....6....1..5..2", "................ | ................"),
}
#: As above, closed and open.
HATS: dict[str, tuple[tuple[int, ...], str, str]] = {
    "Hats Verse 8ths": (
        (4,),
        "6...7...5...7..3 | 6...7...5.4.7... | 6...7...5...7..3 | 6.3.7...5.4.7.5.",
        "................ | ................ | ................ | ................",
    ),
    "Hats Verse 16ths": (
        (8,),
        "7.4.8.446.4.8.43 | 7.4.8.456.4.84.. | 7.4.8.446.4.8.43 | 7.4.8.456.......",
        "................ | ................ | ................ | ............6...",
    ),
    "Hats Hook": (
        (12, 16),
        "7343.3437343.34. | 7343.3437.43.3.. | 7343.3437343.345 | 7343.3437.......",
        "....6.......6... | ....6.......6... | ....6.......6... | ....6......6....",
    ),
    "Hats Hook 2": (
        (24,),
        "7453.4537453.454 | 7453.4537.53.5.6 | 7453.4537453.4.. | 7453.4537.6.....",
        "....7.......7... | ....7.......7... | ....7.......7... | ....7.......8...",
    ),
    "Hats Outro": (
        (28,),
        "6.3.7.336.3.7.32 | 5.2.6...4...5... | 4.......4...3... | 2...............",
        "................ | ................ | ................ | ................",
    ),
}

KICK_FEEL = Feel(timing_ms=1.5, velocity_spread=0.04)
_SNARE_FEEL = Feel(timing_ms=2.5, drag_ms=5.0, velocity_spread=0.06)
_HAT_FEEL = Feel(timing_ms=2.5, drag_ms=-1.0, velocity_spread=0.10)


def kick() -> list[RenderedClip]:
    """Return the kick's clips, mono."""
    clips = []
    for name, (bars, pattern) in KICKS.items():
        phrase = canvas(1, bars_of(pattern))
        strike(phrase, pattern, name, KICK_FEEL, percussion.kick)
        clips += loop(name, phrase, bars)
    return clips


def snare() -> list[RenderedClip]:
    """Return the clips of snare and clap together: the clap a little late and wide, one plate over both."""
    clips = []
    for name, (bars, snare_pattern, clap_pattern) in SNARES.items():
        phrase = canvas(2, bars_of(snare_pattern))
        strike(phrase, snare_pattern, name, _SNARE_FEEL, percussion.snare)
        strike(phrase, clap_pattern, name + " clap", Feel(2.5, 9.0), percussion.clap)
        plate = reverb(phrase, time_s=0.8, size=0.28, bright_hz=6200.0, pre_delay_s=0.012, low_cut_hz=340.0)
        phrase += np.float32(0.30) * plate
        clips += loop(name, phrase, bars)
    return clips


def _closed(velocity: float, seed: int) -> Samples:
    return percussion.hat(velocity, seed)


def _open(velocity: float, seed: int) -> Samples:
    return percussion.hat(velocity, seed, open_s=0.24 + 0.08 * velocity)


def _roll(track: Samples, name: str, start_step: float, count: int, steps: float) -> None:
    """Add a fast roll that swells: the hat ornament before a bar line."""
    notes = [Note(start_step + steps * i / count, 1.0, 0.0, 0.25 + 0.4 * i / count) for i in range(count)]
    for note in perform(notes, name + " roll", Feel(timing_ms=0.8)):
        place(track, panned(_closed(note.velocity, note.seed), 0.18), frames_of(note.start_s))


#: Rolls: clip name: (first step, strokes, length in steps).
_ROLLS = {"Hats Verse 16ths": (30.0, 6, 2.0), "Hats Hook": (30.0, 6, 2.0), "Hats Hook 2": (46.0, 6, 2.0)}


def hats() -> list[RenderedClip]:
    """Return the hats' clips: closed slightly right, open slightly left, rolls between."""
    clips = []
    for name, (bars, closed, opened) in HATS.items():
        phrase = canvas(2, bars_of(closed))
        strike(phrase, closed, name, _HAT_FEEL, _closed, pan=0.18)
        strike(phrase, opened, name + " open", _HAT_FEEL, _open, pan=-0.12)
        if name in _ROLLS:
            _roll(phrase, name, *_ROLLS[name])
        clips += loop(name, phrase, bars)
    return clips
