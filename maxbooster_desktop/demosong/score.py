"""The demo song as data: tempo, key, form and harmony. No sound here.

"Afterglow" is in A minor at 112 bpm, 32 bars of 4/4 (68.6 s) and a last chord that rings out. Bars and steps count
from 0; a step is a sixteenth. Chords are voiced by hand: from one to the next every voice holds or moves by at most
four semitones, and the four never all move the same way by the same distance (a test reads this table).
"""

from dataclasses import dataclass

from dsp.generators.signal import RATE
from maxbooster_desktop.project.document.tempo_map import TICKS_PER_QUARTER

BPM = 112.0
STEPS_PER_BAR = 16
TICKS_PER_BAR = 4 * TICKS_PER_QUARTER
BARS = 32
#: Bars of room after the last bar line for what still rings.
TAIL_BARS = 2
BAR_S = 4 * 60.0 / BPM
STEP_S = BAR_S / STEPS_PER_BAR
#: Where the second sixteenth of each pair falls (0.5 is straight).
SWING = 0.555
TITLE = "Afterglow"
KEY = "A minor"


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the form, in bars from 0; `colour` is an index into the palette."""

    name: str
    start_bar: int
    bars: int
    colour: int

    @property
    def end_bar(self) -> int:
        """The bar after the last."""
        return self.start_bar + self.bars


SECTIONS = (
    Section("Intro", 0, 4, 5),
    Section("Verse", 4, 8, 3),
    Section("Hook", 12, 8, 1),
    Section("Break", 20, 4, 6),
    Section("Hook 2", 24, 4, 1),
    Section("Outro", 28, 4, 5),
)


@dataclass(frozen=True, slots=True)
class Chord:
    """One bar of harmony: a name, the bass's MIDI pitch and four voices from low to high."""

    symbol: str
    bass: int
    voices: tuple[int, int, int, int]


_AM9 = Chord("Am9", 33, (55, 59, 60, 64))
_FMAJ9 = Chord("Fmaj9", 29, (55, 57, 60, 64))
_DM9 = Chord("Dm9", 38, (53, 57, 60, 64))
_EM11 = Chord("Em11", 28, (52, 57, 59, 62))
_E7B9 = Chord("E7b9", 28, (53, 56, 59, 62))
_FMAJ7 = Chord("Fmaj7", 29, (53, 57, 60, 64))
_G69 = Chord("G6/9", 31, (55, 57, 59, 64))
_CADD9_E = Chord("Cadd9/E", 28, (55, 60, 62, 64))
_GADD9 = Chord("Gadd9", 31, (55, 57, 59, 62))
_CMAJ9 = Chord("Cmaj9", 36, (55, 59, 62, 64))
_E7_GS = Chord("E7/G#", 32, (56, 59, 62, 64))
_AMADD9 = Chord("Am(add9)", 33, (57, 59, 60, 64))
_EM7_G = Chord("Em7/G", 31, (55, 59, 62, 64))
_FMAJ7S11 = Chord("Fmaj7#11", 29, (57, 59, 60, 64))
_E7SUS = Chord("E7sus4", 28, (57, 59, 62, 64))
_F6 = Chord("Fmaj7(6)", 29, (57, 60, 62, 64))
_G6 = Chord("G6/9 (wide)", 31, (57, 59, 62, 64))
_AM_LAST = Chord("Am(add9) last", 33, (52, 57, 59, 64))

CHORDS: tuple[Chord, ...] = (
    *(_AM9, _FMAJ9, _DM9, _EM11),
    *(_AM9, _FMAJ9, _DM9, _EM11),
    *(_AM9, _FMAJ9, _DM9, _E7B9),
    *(_FMAJ7, _G69, _AM9, _CADD9_E),
    *(_FMAJ9, _GADD9, _CMAJ9, _E7_GS),
    *(_AMADD9, _EM7_G, _FMAJ7S11, _E7SUS),
    *(_F6, _G6, _AM9, _CADD9_E),
    *(_AM9, _FMAJ9, _DM9, _AM_LAST),
)


def frame_of_bar(bar: float) -> int:
    """Return the frame on which a bar line falls, rounded as the engine rounds a clip's start."""
    return round(bar * BAR_S * RATE)


def tick_of_bar(bar: int) -> int:
    """Return the tick of a bar line."""
    return bar * TICKS_PER_BAR


SONG_FRAMES = frame_of_bar(BARS + TAIL_BARS)
