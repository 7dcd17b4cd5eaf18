"""What a part hands over: named clips of sound with a place on the timeline, and how they are cut.

A loop is rendered once and laid several times (the same array: one asset). Everything that rings is rendered over
the whole song and cut at bar lines, so that adjoining clips continue each other sample by sample.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dsp.generators.signal import RATE, Samples, edge_fade, gain_of
from maxbooster_desktop.demosong.score import BAR_S, SONG_FRAMES, frame_of_bar, tick_of_bar

#: What stays below this is not stored.
_SILENCE = gain_of(-84.0)


@dataclass(frozen=True, slots=True, eq=False)
class RenderedClip:
    """A clip: its name, the tick it starts at, and float32 samples [channels, frames] at 48 kHz."""

    name: str
    start_tick: int
    samples: Samples


def canvas(channels: int = 2, bars: int | None = None) -> Samples:
    """Return silence for the whole song with its tail, or for a phrase of `bars` (rounded down: it never overlaps)."""
    frames = SONG_FRAMES if bars is None else int(bars * BAR_S * RATE)
    return np.zeros((channels, frames), dtype=np.float32)


def _last_sound(samples: Samples) -> int:
    loud = np.flatnonzero(np.abs(samples).max(axis=0) > _SILENCE)
    return 0 if loud.size == 0 else int(loud[-1]) + 1


def cut(track: Samples, cuts: Iterable[tuple[str, int, int]]) -> list[RenderedClip]:
    """Cut a whole-song track into clips (name, first bar, bar after the last); trailing silence is left off.

    The end of a clip is faded only where no other clip follows directly: there the sound would stop dead.
    """
    spans = list(cuts)
    starts = {start for _, start, _ in spans}
    clips = []
    for name, start, end in spans:
        piece = track[:, frame_of_bar(start) : frame_of_bar(end)]
        sounding = _last_sound(piece)
        if sounding == 0:
            continue
        is_joined = end in starts and sounding == piece.shape[1]
        clip = piece[:, :sounding].copy() if is_joined else edge_fade(piece[:, :sounding], 0.0, 0.02)
        clips.append(RenderedClip(name, tick_of_bar(start), clip))
    return clips


def loop(name: str, phrase: Samples, start_bars: Sequence[int]) -> list[RenderedClip]:
    """Lay one rendered phrase at several bars, its end faded over 6 ms; all share one array."""
    sounding = phrase[:, : max(_last_sound(phrase), round(0.05 * RATE))]
    sound = edge_fade(sounding, 0.0, 0.006)
    return [RenderedClip(name, tick_of_bar(bar), sound) for bar in start_bars]
