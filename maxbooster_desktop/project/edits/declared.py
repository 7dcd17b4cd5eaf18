"""Values of the channel strip and of built-in devices against what these declare: names, ranges, units.

A device that this version does not have (made by a newer one) takes any finite value. Values that a project already
holds are not judged here: the engine keeps every value inside its range.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any, Protocol

import dsp
from dsp.strips.parameters import BY_NAME
from maxbooster_desktop.project.document.device_words import device_words
from maxbooster_desktop.project.document.state import Track
from maxbooster_desktop.project.edits import allowed
from maxbooster_desktop.project.edits.errors import ValueNotAllowed

_ANY_RATE = 48_000


class Declared(Protocol):
    """What a strip's and a device's parameters have in common."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def low(self) -> float:
        """Its lowest value, in `unit`."""

    @property
    def high(self) -> float:
        """Its highest value, in `unit`."""

    @property
    def unit(self) -> str:
        """Its unit; empty when it has none."""


def strip_values(values: Mapping[str, float]) -> dict[str, float]:
    """Return channel strip values by name, every one a float in its range. Raises ValueNotAllowed."""
    return {name: strip_value(name, value) for name, value in values.items()}


def strip_value(name: str, value: float) -> float:
    """Return a channel strip value as a float in its range. Raises ValueNotAllowed."""
    if name not in BY_NAME:
        raise ValueNotAllowed(f"The channel strip has no parameter {name!r}; choose one of its own.")
    return _in_range(BY_NAME[name], value)


def device_values(device: str, values: Mapping[str, float]) -> dict[str, float]:
    """Return the values of a device by name, every one a float in its range. Raises ValueNotAllowed."""
    return {name: device_value(device, name, value) for name, value in allowed.parameters(values).items()}


def device_value(device: str, name: str, value: float) -> float:
    """Return a device's value as a float in its range. Raises ValueNotAllowed."""
    declared = _parameters_of(device)
    if declared is None:
        return allowed.finite(name, value)
    if name not in declared:
        raise ValueNotAllowed(f"The {device_words(device)} has no parameter {name!r}; choose one of its own.")
    return _in_range(declared[name], value)


def automated_value(track: Track | None, parameter: str, value: float) -> float:
    """Return an automation value for "strip.<name>" or "insert.<insert>.<name>" of a track. Raises ValueNotAllowed."""
    family, _, rest = parameter.partition(".")
    owner, _, name = rest.rpartition(".")
    if family == "strip":
        return strip_value(name, value)
    inserts = () if track is None else track.inserts
    device = next((insert.device for insert in inserts if insert.id == owner), None)
    if device is None:
        return allowed.finite(name, value)
    checked = device_value(device, name, value)
    declared = _parameters_of(device)
    if declared is not None and _moves_latency(device, name):
        raise ValueNotAllowed(
            f"{declared[name].title} changes how long the sound takes, which cannot move while it plays: set it once."
        )
    return checked


@cache
def is_known(device: str) -> bool:
    """Return whether this version has a device, without loading it."""
    family, _, name = device.partition(".")
    return family in _families() and name.isidentifier() and find_spec(f"dsp.{family}.{name}") is not None


@cache
def _moves_latency(device: str, name: str) -> bool:
    """Return whether a device's parameter decides its latency: the delay compensation does not follow automation."""
    declaration = _declaration_of(device)
    parameter = next(one for one in declaration.parameters if one.name == name)
    ends = (declaration.latency_frames(_ANY_RATE, {name: value}) for value in (parameter.low, parameter.high))
    return len(set(ends)) > 1


@cache
def _parameters_of(device: str) -> Mapping[str, Declared] | None:
    """Return a built-in device's parameters by name, None for a device that this version does not have."""
    declaration = _declaration_of(device)
    return None if declaration is None else {parameter.name: parameter for parameter in declaration.parameters}


@cache
def _declaration_of(device: str) -> Any:
    """Return what a built-in device declares, None for one that this version does not have."""
    # A device is the module of its id. Loaded when first needed: kernels bring a compiler with them.
    module = import_module(f"dsp.{device}") if is_known(device) else None
    return getattr(module, "DEVICE", None)


@cache
def _families() -> frozenset[str]:
    return frozenset(package.name for package in iter_modules(dsp.__path__) if package.ispkg)


def _in_range(parameter: Declared, value: float) -> float:
    return allowed.in_range(parameter.title, value, parameter.low, parameter.high, parameter.unit)
