"""Every stem of the demo song, rendered from its score: the list that the project is laid out from.

The hall is one reverb over what the tonal parts send into it, printed wet, so that the project can mix it on a bus of
its own.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from dsp.generators.signal import Samples, gain_of
from dsp.generators.space import reverb, widened
from maxbooster_desktop.demosong.clips import RenderedClip, canvas, cut
from maxbooster_desktop.demosong.parts import (
    bass,
    chops,
    drums,
    effects,
    keys,
    lead,
    pad,
    percussion,
    pluck,
    stabs,
    strings,
)

#: Gets what is being done and how much is done (0 to 1).
Progress = Callable[[str, float], None]

_LOOPED: dict[str, Callable[[], list[RenderedClip]]] = {
    "Kick": drums.kick,
    "Snare & Clap": drums.snare,
    "Hats": drums.hats,
    "Percussion": percussion.percussion,
    "Toms & Crashes": percussion.toms_and_crashes,
}
#: Level at which stems are printed, in dB: every peak stays below full scale.
PRINT_DB = -6.0
#: More than this would hold too many whole tracks in memory at once.
_MOST_WORKERS = 4
_Cuts = tuple[tuple[str, int, int], ...]
#: name: (renderer, where it is cut, how much of it goes into the hall).
_WHOLE: dict[str, tuple[Callable[[], Samples], _Cuts, float]] = {
    "808 Bass": (bass.bass, bass.CUTS, 0.0),
    "Keys": (keys.keys, keys.CUTS, 0.30),
    "Pad": (pad.pad, pad.CUTS, 0.10),
    "Pluck": (pluck.pluck, pluck.CUTS, 0.32),
    "Stabs": (stabs.stabs, stabs.CUTS, 0.16),
    "Strings": (strings.strings, strings.CUTS, 0.25),
    "Lead": (lead.lead, lead.CUTS, 0.30),
    "Vocal Chops": (chops.chops, chops.CUTS, 0.55),
    "FX": (effects.effects, effects.CUTS, 0.12),
    "Air": (effects.air, effects.AIR_CUTS, 0.0),
}
HALL_CUTS = (
    ("Hall Intro", 0, 4),
    ("Hall Verse", 4, 12),
    ("Hall Hook", 12, 20),
    ("Hall Break", 20, 24),
    ("Hall Hook 2", 24, 28),
    ("Hall Outro", 28, 34),
)
TRACK_NAMES = (*_LOOPED, *_WHOLE, "Hall")


def render_stems(progress: Progress | None = None) -> dict[str, list[RenderedClip]]:
    """Return the clips of every track in `TRACK_NAMES` order; the same bytes each time on one machine.

    Parts are rendered side by side on the machine's cores (they share nothing). `progress` gets the name of what
    was rendered and how much is done (0 to 1), on the calling thread.
    """
    stems: dict[str, list[RenderedClip]] = {}
    hall = canvas()
    with ThreadPoolExecutor(min(_MOST_WORKERS, os.cpu_count() or 1)) as workers:
        loops = {name: workers.submit(render) for name, render in _LOOPED.items()}
        wholes = {name: workers.submit(whole[0]) for name, whole in _WHOLE.items()}
        for name, done in loops.items():
            stems[name] = done.result()
            _report(progress, name, len(stems))
        for name, (_, cuts, share) in _WHOLE.items():
            track = wholes.pop(name).result()
            stems[name] = cut(track, cuts)
            if share:
                hall += share * track
            _report(progress, name, len(stems))
    wet = reverb(hall, time_s=2.6, size=1.0, bright_hz=5200.0, pre_delay_s=0.028, low_cut_hz=260.0)
    stems["Hall"] = cut(widened(wet, 1.4), HALL_CUTS)
    _report(progress, "Hall", len(stems))
    return {name: _printed(clips) for name, clips in stems.items()}


def _report(progress: Progress | None, name: str, done: int) -> None:
    if progress is not None:
        progress(name, done / len(TRACK_NAMES))


def _printed(clips: list[RenderedClip]) -> list[RenderedClip]:
    """Return the clips at print level; clips that shared an array still do."""
    gain = np.float32(gain_of(PRINT_DB))
    printed = {id(clip.samples): clip.samples * gain for clip in clips}
    return [RenderedClip(clip.name, clip.start_tick, printed[id(clip.samples)]) for clip in clips]
