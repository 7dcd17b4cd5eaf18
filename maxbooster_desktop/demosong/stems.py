"""Every stem of the demo song, rendered from its score: the list that the project is laid out from.

Tracks are rendered one after another on the calling thread; the hall is one reverb over what the tonal parts
send into it, printed wet, so that the project can mix it on a bus of its own.
"""

from collections.abc import Callable

import numpy as np

from dsp.generators.signal import Samples, gain_of
from dsp.generators.space import reverb
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

    `progress` gets the name of what is being rendered and how much is done (0 to 1).
    """
    stems: dict[str, list[RenderedClip]] = {}

    def report(name: str) -> None:
        if progress is not None:
            progress(name, len(stems) / len(TRACK_NAMES))

    for name, render_loops in _LOOPED.items():
        report(name)
        stems[name] = render_loops()
    hall = canvas()
    for name, (render, cuts, share) in _WHOLE.items():
        report(name)
        track = render()
        stems[name] = cut(track, cuts)
        if share:
            hall += share * track
    report("Hall")
    wet = reverb(hall, time_s=2.6, size=1.0, bright_hz=5200.0, pre_delay_s=0.028, low_cut_hz=260.0)
    stems["Hall"] = cut(wet, HALL_CUTS)
    return {name: _printed(clips) for name, clips in stems.items()}


def _printed(clips: list[RenderedClip]) -> list[RenderedClip]:
    """Return the clips at print level; clips that shared an array still do."""
    gain = np.float32(gain_of(PRINT_DB))
    printed = {id(clip.samples): clip.samples * gain for clip in clips}
    return [RenderedClip(clip.name, clip.start_tick, printed[id(clip.samples)]) for clip in clips]
