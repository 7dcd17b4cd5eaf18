"""The devices that can be inserted, as the engine registers them, and what the mixer calls each.

The registry loads compiled kernels, so it is asked only when a menu, the strip panel or a screen reader wants to know;
a slot is painted from the device's id alone.
"""

from typing import TYPE_CHECKING

from maxbooster_desktop.engine.known_plugins import known_plugins
from maxbooster_desktop.project.document.device_words import device_words

if TYPE_CHECKING:
    from dsp.core.device import Device
    from maxbooster_desktop.engine.graph.presets import Preset
    from plugins_host.catalog.entries import PluginEntry

#: What a slot of 66 px shows where the name made from the id would be cut off.
_SHORT = {"dynamics.true_peak_limiter": "TP Limiter"}


def offers() -> tuple[str, ...]:
    """Return the ids of all devices that can be inserted."""
    from maxbooster_desktop.engine.graph.devices import device_ids  # noqa: PLC0415 - loads kernels, see above

    return device_ids()


def plugin_offers() -> "list[PluginEntry]":
    """Return the plug-ins of this computer that work on sound, by name; none of them is loaded for that."""
    return known_plugins().effects()


def declaration(device_id: str) -> "Device | None":
    """Return a device's declaration with its parameters; None for one this version does not have."""
    from maxbooster_desktop.engine.graph.devices import device_of  # noqa: PLC0415 - loads kernels, see above

    return device_of(device_id)


def presets(device_id: str) -> "tuple[Preset, ...]":
    """Return a device's presets in their order."""
    from maxbooster_desktop.engine.graph.presets import presets_of  # noqa: PLC0415 - loads kernels, see above

    return presets_of(device_id)


def title(device_id: str) -> str:
    """Return a device's name; one this version does not have is named after its id."""
    device = declaration(device_id)
    return device_words(device_id).capitalize() if device is None else device.title


def short_name(device_id: str) -> str:
    """Return what a slot shows for a device, without loading it."""
    return _SHORT.get(device_id) or device_words(device_id).capitalize()
