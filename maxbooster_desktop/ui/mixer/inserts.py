"""The devices the mixer offers as inserts: id, title, and a short name for a slot of 66 px.

Names are kept here so that a menu can be drawn without loading kernels; a device's own declaration, with its
parameters, is loaded when its controls are opened.
"""

import importlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Offer:
    """One device that can be inserted; `id` is its module below `dsp`."""

    id: str
    title: str
    short: str


OFFERS = (
    Offer("dynamics.true_peak_limiter", "True-peak limiter", "TP Limiter"),
    Offer("delays.sample_delay", "Sample delay", "Delay"),
)
_BY_ID = {offer.id: offer for offer in OFFERS}


def short_name(device: str) -> str:
    """Return what a slot shows for a device."""
    return _BY_ID[device].short if device in _BY_ID else title(device)


def title(device: str) -> str:
    """Return a device's name; a device nobody knows is named after its id."""
    return _BY_ID[device].title if device in _BY_ID else device.rpartition(".")[2].replace("_", " ").capitalize()


def declaration(device: str) -> Any | None:
    """Return the `dsp.core.device.Device` of a known device, loading its module; None for an unknown one."""
    return importlib.import_module(f"dsp.{device}").DEVICE if device in _BY_ID else None
