"""Every setting, declared: id, default, what values it may have, and a sentence for people.

The type of the default is the type of the setting. Renames are data: `RENAMED` maps an old id to the new one.
"""

import math
from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from sync.protocol.addresses import is_safe_address

SAMPLE_RATES = (44_100, 48_000, 88_200, 96_000, 176_400, 192_000)
BLOCK_SIZES = (32, 64, 128, 256, 512, 1_024, 2_048)
#: Where `maxbooster cloud serve` listens; not 127.0.0.1, as this is the address that the cloud goes by in browsers.
LOCAL_CLOUD = "http://localhost:8765"
RECENT_LIMIT = 12
ROUND_TRIP_LIMIT = 32
MIDI_PORT_LIMIT = 32
_CHANNELS = (1, 1_024)
_LARGEST_WHOLE = 2**53
_SPEEDS = (0, 1_000_000)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    `choices` None means any value of the default's type; `bounds` are inclusive. In a list both apply to each item,
    which is of the type `items`, and `counts` are the lengths it may have (None: any). Text is Unicode without NUL;
    `is_path` also takes names of files that are no text, `is_address` only those of a cloud, or none.
    """

    id: str
    default: Any
    help: str
    choices: tuple[Any, ...] | None = None
    bounds: tuple[float, float] | None = None
    items: type = str
    counts: Container[int] | None = None
    is_path: bool = False
    is_address: bool = False

    def accepts(self, value: object) -> bool:
        """Return whether `value` has the right type and lies within choices and bounds."""
        if not isinstance(self.default, list):
            return self._accepts_one(type(self.default), value)
        if type(value) is not list or (self.counts is not None and len(value) not in self.counts):
            return False
        return all(self._accepts_one(self.items, item) for item in value)

    def _accepts_one(self, wanted: type, value: object) -> bool:
        if wanted is float and type(value) is int:
            value = float(value) if abs(value) < _LARGEST_WHOLE else value
        if type(value) is not wanted:
            return False
        if self.choices is not None and value not in self.choices:
            return False
        if isinstance(value, str) and self.is_address:
            return not value or is_safe_address(value)
        if isinstance(value, str):
            return "\0" not in value and _is_encodable(value, "surrogateescape" if self.is_path else "strict")
        if self.bounds is not None and isinstance(value, int | float):
            return self.bounds[0] <= value <= self.bounds[1]
        return not isinstance(value, float) or math.isfinite(value)


def _is_encodable(text: str, errors: str) -> bool:
    try:
        text.encode("utf-8", errors)
    except UnicodeEncodeError:
        return False
    return True


_ALL = (
    Setting("audio.host_api", "", "The sound system to play through; empty chooses the system's own."),
    Setting("audio.output_device", "", "The device to play on; empty chooses the system's default."),
    Setting("audio.input_device", "", "The device to listen to; empty chooses the system's default."),
    Setting(
        "audio.output_channels",
        [1, 2],
        "The two output channels that carry the master, counted from 1.",
        bounds=_CHANNELS,
        items=int,
        counts=(1, 2),
    ),
    Setting(
        "audio.input_channels",
        [1, 2],
        "The input channels in use, counted from 1.",
        bounds=_CHANNELS,
        items=int,
        counts=range(65),
    ),
    Setting("audio.sample_rate", 48_000, "The device's sample rate in hertz.", SAMPLE_RATES),
    Setting("audio.block_frames", 128, "Frames a block: fewer react faster, more are safer.", BLOCK_SIZES),
    Setting("transport.metronome_gain_db", -6.0, "How loud the click is, in decibels.", None, (-60.0, 6.0)),
    Setting("transport.metronome_accent_db", 4.0, "How much louder the first beat of a bar is.", None, (0.0, 12.0)),
    Setting(
        "audio.click_channels",
        [],
        "The two output channels of the click; empty sends it where the master goes.",
        bounds=_CHANNELS,
        items=int,
        counts=(0, 2),
    ),
    Setting(
        "audio.round_trips",
        [],
        "Measured round trips: frames, then the devices, rate and block that they hold for.",
        counts=range(ROUND_TRIP_LIMIT + 1),
    ),
    Setting(
        "midi.inputs",
        [],
        "The MIDI ports that are played, by name; missing ones are waited for.",
        counts=range(MIDI_PORT_LIMIT + 1),
    ),
    Setting("transport.clock", "bars", "What the clock shows.", ("bars", "time")),
    Setting("window.geometry", "", "Where the window was, as the toolkit wrote it."),
    Setting("window.browser_width", 220, "Width of the browser in pixels.", None, (180, 420)),
    Setting("window.inspector_width", 264, "Width of the inspector in pixels.", None, (220, 400)),
    Setting("window.bottom_height", 280, "Height of the bottom panel in pixels.", None, (160, 1_200)),
    Setting("window.panels", ["browser", "inspector", "mixer"], "The panels that are shown."),
    Setting(
        "projects.recent",
        [],
        "Folders of the projects opened last, the latest first.",
        counts=range(RECENT_LIMIT + 1),
        is_path=True,
    ),
    Setting(
        "cloud.address",
        "",
        "The address of the cloud: https://..., or http:// on this computer; empty means the cloud on this computer.",
        is_address=True,
    ),
    Setting("sounds.is_paused", False, "Whether sounds of shared projects stay where they are for now."),
    Setting("sounds.is_metered", False, "Whether the connection is paid by the byte: then only waveforms travel."),
    Setting("sounds.up_kb_s", 0, "How many kilobytes of sound a second go up; 0 sets no limit.", None, _SPEEDS),
    Setting("sounds.down_kb_s", 0, "How many kilobytes of sound a second come down; 0 sets no limit.", None, _SPEEDS),
    Setting("sounds.cache_mb", 2_000, "How many megabytes fetched sounds may take.", None, (100, 1_000_000)),
    Setting("export.folder", "", "The folder of the last export.", is_path=True),
    Setting("import.folder", "", "The folder of the last import.", is_path=True),
    Setting("drafts.is_paused", False, "Whether drafts stay on this computer for now."),
    Setting("drafts.goes_metered", False, "Whether drafts also travel over a connection that is paid by the byte."),
)
DECLARED: dict[str, Setting] = {setting.id: setting for setting in _ALL}
RENAMED: dict[str, str] = {}
