"""Which key a sample is for, by its file's name: "Piano C#3 v2 rr1.wav", "kick_36.wav".

Middle C, key 60, is C4. A name without a note plays where its neighbours leave room.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from maxbooster_desktop.project.exchange.sampled_instrument import PlannedZone

_NOTE = re.compile(r"(?<![A-Za-z0-9])([A-Ga-g])([#sb♯♭]?)(-?[0-9])(?![0-9A-Za-z])")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])([0-9]{2,3})(?![0-9A-Za-z])")
_VELOCITY = re.compile(r"(?<![A-Za-z0-9])v(?:el)?[ _-]?([0-9]{1,3})(?![0-9A-Za-z])", re.IGNORECASE)
_TURN = re.compile(r"(?<![A-Za-z0-9])rr[ _-]?([0-9]{1,2})(?![0-9A-Za-z])", re.IGNORECASE)
_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_SHIFTS = {"": 0, "#": 1, "s": 1, "♯": 1, "b": -1, "♭": -1}
_HIGHEST_KEY, _HIGHEST_VELOCITY = 127, 127
#: The lowest drum of the General MIDI percussion map that keyboards begin with.
_FIRST_DRUM, _MIDDLE_C = 36, 60


@dataclass(frozen=True, slots=True)
class _Named:
    path: Path
    key: int | None
    velocity: int
    turn: int


def key_named(text: str) -> int | None:
    """Return the key of a note's name ("C4" is 60, "f#-1" is 6), None for what is none."""
    found = _NOTE.fullmatch(text.strip())
    return None if found is None else _key(found)


def key_in(name: str) -> int | None:
    """Return the last note that a file's name holds, None without one."""
    keys = [key for key in map(_key, _NOTE.finditer(name)) if key is not None]
    return keys[-1] if keys else None


def _key(found: re.Match[str]) -> int | None:
    letter, shift, octave = found.groups()
    key = 12 * (int(octave) + 1) + _STEPS[letter.lower()] + _SHIFTS[shift]
    return key if 0 <= key <= _HIGHEST_KEY else None


def zones_by_name(files: Sequence[Path]) -> list[PlannedZone]:
    """Return zones for sound files: by the notes in their names, or key by key like drums when none says one.

    Between two notes the border is in the middle; "v1", "v2" share the velocities, "rr1", "rr2" play in turn.
    """
    named = _named(files)
    if len(files) == 1 and named[0].key is None:
        return [PlannedZone(files[0], {"root_key": _MIDDLE_C})]
    if all(one.key is None for one in named):
        return [
            _drum(one.path, _FIRST_DRUM + place) for place, one in enumerate(named[: _HIGHEST_KEY - _FIRST_DRUM + 1])
        ]
    by_key: dict[int, list[_Named]] = defaultdict(list)
    for one in named:
        by_key[_MIDDLE_C if one.key is None else one.key].append(one)
    return [
        PlannedZone(one.path, {"root_key": key, "low_key": low, "high_key": high, **part})
        for key, low, high in _keyboard(sorted(by_key))
        for one, part in _parts(by_key[key])
    ]


def _named(files: Sequence[Path]) -> list[_Named]:
    keys = [key_in(path.stem) for path in files]
    if all(key is None for key in keys):
        # Numbers are keys only when they tell the files apart: "120" in all of them is a tempo.
        numbers = [_last_number(path.stem) for path in files]
        if len(set(numbers)) == len(files) and None not in numbers:
            keys = numbers
    return [
        _Named(path, key, _number(_VELOCITY, path.stem), _number(_TURN, path.stem))
        for path, key in zip(files, keys, strict=True)
    ]


def _last_number(name: str) -> int | None:
    found = [int(text) for text in _NUMBER.findall(name) if int(text) <= _HIGHEST_KEY]
    return found[-1] if found else None


def _number(pattern: re.Pattern[str], name: str) -> int:
    found = pattern.search(name)
    return 0 if found is None else int(found.group(1))


def _drum(path: Path, key: int) -> PlannedZone:
    return PlannedZone(path, {"root_key": key, "low_key": key, "high_key": key, "is_one_shot": True})


def _keyboard(keys: Sequence[int]) -> Iterable[tuple[int, int, int]]:
    """Yield (key, lowest, highest) so that every key plays the nearest."""
    for place, key in enumerate(keys):
        low = 0 if place == 0 else (keys[place - 1] + key) // 2 + 1
        high = _HIGHEST_KEY if place == len(keys) - 1 else (key + keys[place + 1]) // 2
        yield key, low, high


def _parts(same_key: Sequence[_Named]) -> Iterable[tuple[_Named, dict[str, int]]]:
    """Yield the samples of one key with their velocities and turns."""
    layers = sorted({one.velocity for one in same_key})
    for place, velocity in enumerate(layers):
        layer = sorted((one for one in same_key if one.velocity == velocity), key=lambda one: (one.turn, one.path))
        low = 1 + _HIGHEST_VELOCITY * place // len(layers)
        high = _HIGHEST_VELOCITY * (place + 1) // len(layers)
        for turn, one in enumerate(layer, start=1):
            yield one, {"low_velocity": low, "high_velocity": high, "turn": turn, "turns": len(layer)}
