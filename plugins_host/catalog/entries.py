"""What the catalogue keeps of a plug-in, and the device the studio makes of it.

A device's id and its parameters' names are written into documents, so they depend on the plug-in alone: never on
where it lies or in which order it lists what it has.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

FAMILY = "vst3"
_MOST_NAME = 40


@dataclass(frozen=True, slots=True)
class PluginParameter:
    """A parameter that can be automated; `words` are what its equal steps are called, none where it is continuous.

    `number` is its place in the plug-in, `id` what the plug-in promises to keep; the default is 0..1.
    """

    number: int
    id: str
    title: str
    unit: str
    default: float
    words: tuple[str, ...] = ()

    @property
    def highest(self) -> float:
        """The value here that is the plug-in's 1: its last word, or 1."""
        return float(len(self.words) - 1) if self.words else 1.0


@dataclass(frozen=True, slots=True)
class PluginEntry:
    """A plug-in that was scanned; `stamp` tells whether its file is still the one that was."""

    path: str
    stamp: str
    name: str
    vendor: str
    version: str
    unique_id: str
    inputs: int
    outputs: int
    takes_notes: bool
    latency_frames: int
    parameters: tuple[PluginParameter, ...]

    @property
    def device_id(self) -> str:
        """What the document calls it: its family, and its name with its unique id, "vst3.mverb_e306ec32"."""
        name = re.sub(r"[^a-z0-9]+", "_", self.name.lower()).strip("_")[:_MOST_NAME] or "plugin"
        return f"{FAMILY}.{name}_{re.sub(r'[^a-z0-9]', '', self.unique_id.lower())}"

    @property
    def is_effect(self) -> bool:
        """Whether sound goes in and comes out."""
        return self.inputs > 0 and self.outputs > 0

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return asdict(self)


def entry_of(path: str, stamp: str, about: Mapping[str, Any]) -> PluginEntry:
    """Return the entry that a worker's description makes. Raises ValueError for what is none."""
    try:
        parameters = tuple(_parameter_of(each) for each in about["parameters"])
        return PluginEntry(
            path,
            stamp,
            str(about["name"]),
            str(about["vendor"]),
            str(about["version"]),
            str(about["unique_id"]),
            int(about["inputs"]),
            int(about["outputs"]),
            bool(about["takes_notes"]),
            max(0, int(about["latency_frames"])),
            parameters,
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} is not described as a plug-in ({error!r})") from error


def _parameter_of(about: Mapping[str, Any]) -> PluginParameter:
    default = min(1.0, max(0.0, float(about["default"])))
    words = tuple(str(word) for word in about["words"])
    return PluginParameter(
        int(about["number"]), str(about["id"]), str(about["title"]), str(about["unit"]), default, words
    )
