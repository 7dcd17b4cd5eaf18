"""Sounds for the sampler that ship as code: each patch is made by the generators, the same bytes every time.

The generators are those of the demo song (`dsp.generators`). A patch's sounds become the project's own.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import soundfile

from dsp.generators.ensemble import string_note
from dsp.generators.percussion import clap, hat, kick, rim, snare, tom
from dsp.generators.signal import RATE, Samples, frames_of
from dsp.generators.tonal import electric_piano
from maxbooster_desktop.project.exchange.sampled_instrument import PlannedZone, SampledInstrument

#: A sound's name, the sound [channels, frames] and its zone's fields.
Part = tuple[str, Samples, dict[str, Any]]

#: Below full scale, so that a chord has room.
_LEVEL = 0.5
_SOFT, _HARD = 0.45, 0.95
_HARD_FROM = 80


def _ranges(roots: range) -> Iterator[tuple[int, int, int]]:
    """Yield (root, lowest, highest key): each root plays the keys around it, the ends what is left."""
    half = roots.step // 2
    for root in roots:
        low = 0 if root == roots[0] else root - half
        yield root, low, 127 if root == roots[-1] else root - half + roots.step - 1


def _tine_piano() -> Iterator[Part]:
    for root, low, high in _ranges(range(36, 91, 9)):
        for name, velocity, keys in (("soft", _SOFT, (1, _HARD_FROM - 1)), ("hard", _HARD, (_HARD_FROM, 127))):
            zone = {"root_key": root, "low_key": low, "high_key": high, "release_ms": 250.0}
            zone |= {"low_velocity": keys[0], "high_velocity": keys[1]}
            yield f"Tine piano {root} {name}", electric_piano(root, 3.0, velocity, root), zone


def _strings() -> Iterator[Part]:
    for root, low, high in _ranges(range(43, 92, 12)):
        loop = {"loop_mode": "forward", "loop_start": frames_of(1.4), "loop_end": frames_of(3.6), "crossfade_ms": 900.0}
        zone = {"root_key": root, "low_key": low, "high_key": high, "release_ms": 600.0, **loop}
        yield f"Strings {root}", string_note(root, 4.0, 0.8, root), zone


def _kit() -> Iterator[Part]:
    drums: tuple[tuple[str, int, Samples, int], ...] = (
        ("Kick", 36, kick(0.95, 1), 0),
        ("Rim", 37, rim(0.9, 2), 0),
        ("Clap", 39, clap(0.9, 3), 0),
        ("Closed hat", 42, hat(0.8, 4), 1),
        ("Low tom", 45, tom(0.9, 5, 98.0), 0),
        ("Open hat", 46, hat(0.8, 6, 0.5), 1),
        ("High tom", 50, tom(0.9, 7, 165.0), 0),
    )
    for name, key, sound, choke in drums:
        yield name, sound, {**_one_key(key), "choke": choke}
    for turn in (1, 2, 3):
        yield f"Snare {turn}", snare(0.9, 10 + turn), {**_one_key(38), "turn": turn, "turns": 3}


def _one_key(key: int) -> dict[str, Any]:
    return {"root_key": key, "low_key": key, "high_key": key, "is_one_shot": True}


#: Id: title, and what it is made of.
PATCHES: Mapping[str, tuple[str, Callable[[], Iterator[Part]]]] = {
    "tine_piano": ("Tine piano", _tine_piano),
    "strings": ("String section", _strings),
    "studio_kit": ("Studio kit", _kit),
}


def make_patch(patch: str, folder: Path) -> SampledInstrument:
    """Make a patch's sounds in `folder`, WAV files of 24 bits, and return its zones; raises KeyError."""
    title, parts = PATCHES[patch]
    made = SampledInstrument(title)
    for name, sound, zone in parts():
        path = folder / f"{name}.wav"
        soundfile.write(path, _LEVEL * sound.T, RATE, subtype="PCM_24")
        made.add(PlannedZone(path, zone))
    return made
