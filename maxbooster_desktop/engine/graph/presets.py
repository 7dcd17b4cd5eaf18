"""Presets of devices: data in `resources/presets/<device id>.toml`, checked against the declaration when loaded.

A preset names a use, and only the parameters it means; the others take their default.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from dsp.core.device import Device
from maxbooster_desktop.engine.graph.devices import device_of
from maxbooster_desktop.foundation.errors import MaxBoosterError
from resources import resource_path


class PresetError(MaxBoosterError):
    """A preset that ships with the program does not fit its device."""


@dataclass(frozen=True)
class Preset:
    """One preset: its stable id, its title, what it is for, and a value for every parameter."""

    id: str
    title: str
    use: str
    values: Mapping[str, float]


@cache
def presets_of(device_id: str) -> tuple[Preset, ...]:
    """Return a device's presets in their order; none for a device without. Raises PresetError."""
    device = device_of(device_id)
    if device is None:
        return ()
    try:
        path = resource_path("presets", f"{device_id}.toml")
    except FileNotFoundError:
        return ()
    listed = tomllib.loads(path.read_text(encoding="utf-8")).get("preset", [])
    made = tuple(preset_of(device, entry) for entry in listed)
    if len({preset.id for preset in made}) != len(made):
        raise PresetError(f"Two presets of {device.title} share an id; give each its own in {path.name}.")
    return made


def preset_of(device: Device, entry: Mapping[str, Any]) -> Preset:
    """Return the preset that `entry` of a file describes. Raises PresetError, which names what is wrong."""
    missing = {"id", "title", "use", "values"} - entry.keys()
    if missing:
        raise PresetError(f"A preset of {device.title} lacks {', '.join(sorted(missing))}; add it to its file.")
    given: Mapping[str, float] = entry["values"]
    values = device.values(given)
    for name, value in given.items():
        if values.get(name) != value:
            raise PresetError(
                f"The preset {entry['title']} sets {name} to {value}, which {device.title} does not allow; "
                "correct it in its file."
            )
    return Preset(entry["id"], entry["title"], entry["use"], values)
