"""What was measured of devices: the round trip of sound, kept for each choice of devices, rate and block."""

from maxbooster_desktop.settings.declared import ROUND_TRIP_LIMIT
from maxbooster_desktop.settings.store import Settings

_SETTING = "audio.round_trips"


def device_key(settings: Settings) -> str:
    """Return what a measured round trip holds for: the devices, rate and block that the settings name."""
    names = ("host_api", "output_device", "input_device", "sample_rate", "block_frames")
    return " | ".join(str(settings.get(f"audio.{name}")) for name in names)


def round_trip_of(settings: Settings) -> int | None:
    """Return the round trip in frames that was measured for the present choice, None when none was."""
    key = device_key(settings)
    for entry in settings.get(_SETTING):
        frames, _, known = entry.partition(" ")
        if known == key and frames.isdecimal():
            return int(frames)
    return None


def keep_round_trip(settings: Settings, frames: int) -> str:
    """Keep a measured round trip; returns why it is not kept for the next time, "" when it is."""
    key = device_key(settings)
    others = [entry for entry in settings.get(_SETTING) if entry.partition(" ")[2] != key]
    return settings.remember(_SETTING, [f"{frames} {key}", *others][:ROUND_TRIP_LIMIT])
