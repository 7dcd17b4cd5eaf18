"""Sound systems, devices and what a person chose among them: plain values, no driver is loaded."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """One device of a sound system; a device that only plays has no inputs."""

    name: str
    outputs: int
    inputs: int
    default_rate: int = 48_000


@dataclass(frozen=True, slots=True)
class HostInfo:
    """One sound system (ALSA, JACK, WASAPI, Core Audio) with its devices and the names of its default ones."""

    name: str
    devices: tuple[DeviceInfo, ...]
    default_output: str = ""
    default_input: str = ""


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """The devices to open; empty names choose the system's defaults, channels count from 1."""

    host_api: str = ""
    output_device: str = ""
    input_device: str = ""
    output_channels: tuple[int, ...] = (1, 2)
    input_channels: tuple[int, ...] = (1, 2)
    sample_rate: int = 48_000
    block_frames: int = 128
