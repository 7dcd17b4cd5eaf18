"""Plug-ins as devices: their declarations, made of the catalogue, so that nothing has to be loaded to draw a knob."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from dsp.core.device import Device, Parameter, choice
from maxbooster_desktop.engine.known_plugins import known_plugins
from maxbooster_desktop.project.document.device_words import is_plugin_id
from plugins_host.catalog.entries import PluginEntry, PluginParameter


def plugin_entry(device_id: str) -> PluginEntry | None:
    """Return what the catalogue has of a plug-in, None for other devices and for one that is not here."""
    return known_plugins().entry(device_id) if is_plugin_id(device_id) else None


def plugin_device(device_id: str) -> Device | None:
    """Return a plug-in's declaration, None for other devices and for one that is not here."""
    entry = plugin_entry(device_id)
    return None if entry is None else declared(entry)


@lru_cache(256)
def declared(entry: PluginEntry) -> Device:
    """Return the declaration that an entry makes; its latency is what the scan saw."""

    def latency(_sample_rate: int, _values: Mapping[str, float]) -> int:
        return entry.latency_frames

    parameters = tuple(_parameter(place, each) for place, each in enumerate(entry.parameters, 1))
    return Device(entry.device_id, entry.name or "Plug-in", 1, parameters, _no_memory, latency)


def _no_memory(_sample_rate: int) -> int:
    return 0


def _parameter(place: int, about: PluginParameter) -> Parameter:
    """A name is made of what the plug-in promises to keep, not of the place in its list."""
    name, title = "p" + re.sub(r"[^a-z0-9]", "_", about.id.lower()), about.title or f"Parameter {place}"
    if about.words:
        default = float(round(about.default * about.highest))
        return replace(choice(place, name, title, about.words), default=default)
    return Parameter(place, name, title, about.default, 0.0, 1.0, "")
