"""Devices by their stable id, and the memory each instance keeps while programs come and go.

A device module has `DEVICE`, `KERNEL` and `prepare(sample_rate, values)` (see `dsp.core.device`). An instance's state
outlives the program that made it, so adding a track does not cut a limiter's look-ahead short.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import numpy.typing as npt

from dsp.core.device import Device
from dsp.delays import echo, sample_delay
from dsp.distortion import amp, bit_crusher, saturator
from dsp.dynamics import compressor, de_esser, gate, multiband_compressor, true_peak_limiter
from dsp.filters import parametric_equaliser
from dsp.instruments import drum_pads, sampler, subtractive, test_tone
from dsp.mixing import stereo_tool, utility
from dsp.modulation import chorus, flanger, phaser, tremolo
from dsp.reverbs import convolution, reverb
from maxbooster_desktop.engine.graph.plugin_devices import plugin_device
from maxbooster_desktop.engine.graph.plugin_hosts import PluginHosts, latency_of
from maxbooster_desktop.project.document.device_words import is_plugin_id
from maxbooster_desktop.project.document.state import Insert
from plugins_host.wire import exchange

_MODULES: tuple[ModuleType, ...] = (
    utility,
    stereo_tool,
    parametric_equaliser,
    compressor,
    gate,
    de_esser,
    multiband_compressor,
    true_peak_limiter,
    saturator,
    bit_crusher,
    amp,
    echo,
    reverb,
    convolution,
    chorus,
    flanger,
    phaser,
    tremolo,
    sample_delay,
)
_INSTRUMENTS: tuple[ModuleType, ...] = (subtractive, sampler, drum_pads, test_tone)
_BY_ID: Mapping[str, ModuleType] = {module.DEVICE.id: module for module in (*_MODULES, *_INSTRUMENTS)}


def device_ids() -> tuple[str, ...]:
    """Return the ids of all built-in devices that work on sound."""
    return tuple(module.DEVICE.id for module in _MODULES)


def instrument_ids() -> tuple[str, ...]:
    """Return the ids of all built-in instruments."""
    return tuple(module.DEVICE.id for module in _INSTRUMENTS)


def module_of(device_id: str) -> ModuleType:
    """Return the module of a built-in device; raises KeyError for an unknown one."""
    return _BY_ID[device_id]


def device_of(device_id: str) -> Device | None:
    """Return a device's declaration, or None for one that this version, or this computer, does not have."""
    module = _BY_ID.get(device_id)
    return plugin_device(device_id) if module is None else module.DEVICE


def has_device(device_id: str) -> bool:
    """Return whether this version has a device, or this computer a plug-in."""
    return device_of(device_id) is not None


@dataclass
class DeviceInstance:
    """One running device: its kernel's address, its state, its latency in frames and the values a project gave it.

    `kept` is what the kernel works on besides.
    """

    insert_id: str
    device: Device
    kernel: int
    state: npt.NDArray[np.float64]
    latency_frames: int
    stated: dict[str, float]
    kept: object = None

    @property
    def notes_address(self) -> int:
        """The address of an instrument's room for notes, 0 for other devices."""
        return int(self.state.ctypes.data) + 8 * self.device.private_start if self.device.is_instrument else 0

    def slot_address(self, name: str) -> int:
        """Return the address of a parameter's target in the state; raises KeyError for an unknown name."""
        return int(self.state.ctypes.data) + 8 * self.device.slot_of(name)


class DeviceMemory:
    """The instances of one engine, found by insert id; made when first used, dropped when no program holds them.

    Args:
        sample_rate: in Hz.
        block_frames: what the sound device takes at once; None offline.
        news: called when a hosted plug-in's condition or delay has become another, from a thread of its own.
    """

    def __init__(
        self, sample_rate: int, block_frames: int | None = None, news: Callable[[], None] = lambda: None
    ) -> None:
        self._sample_rate = sample_rate
        self.plugins = PluginHosts(sample_rate, block_frames, news)
        self._instances: dict[str, tuple[str, DeviceInstance]] = {}
        self._touched: dict[tuple[str, str], tuple[float, float]] = {}
        #: Addresses of parameter targets that automation moves; a state's values stay away from them.
        self.automated: frozenset[int] = frozenset()

    def instance(self, insert: Insert) -> DeviceInstance | None:
        """Return the instance of `insert` with its present values, or None when the device is unknown."""
        if is_plugin_id(insert.device):
            return self._plugin_instance(insert)
        module = _BY_ID.get(insert.device)
        if module is None:
            return None
        device: Device = module.DEVICE
        known = self._instances.get(insert.id)
        latency = device.latency_frames(self._sample_rate, insert.values)
        if known is not None and known[0] == insert.device and known[1].latency_frames == latency:
            self._update(known[1], insert)
            return known[1]
        state = module.prepare(self._sample_rate, device.values(insert.values))
        made = DeviceInstance(
            insert.id, device, int(module.KERNEL.address), state, latency, device.values(insert.values)
        )
        self._instances[insert.id] = (insert.device, made)
        return made

    def _plugin_instance(self, insert: Insert) -> DeviceInstance | None:
        device, hosted = plugin_device(insert.device), self.plugins.hosted(insert)
        if device is None or hosted is None:
            return None
        state, latency = hosted.link.state, latency_of(hosted)
        known = self._instances.get(insert.id)
        if known is None or known[1].state is not state or known[1].latency_frames != latency:
            # The state stays where it is: another delay is no other plug-in.
            values = device.values(insert.values) if known is None or known[1].state is not state else known[1].stated
            made = DeviceInstance(insert.id, device, int(exchange.KERNEL.address), state, latency, values, hosted)
            known = self._instances[insert.id] = (insert.device, made)
        self._update(known[1], insert)
        return known[1]

    def _update(self, instance: DeviceInstance, insert: Insert) -> None:
        """Aligned float64 stores are whole on every processor we support, so the kernel may run meanwhile."""
        for name, value in instance.device.values(insert.values).items():
            stated, touched = self._touched.get((insert.id, name), (value, value))
            if stated != value:
                del self._touched[insert.id, name]
            if instance.slot_address(name) not in self.automated:
                instance.state[instance.device.slot_of(name)] = touched if stated == value else value
            instance.stated[name] = value

    def touch(self, insert_id: str, name: str, value: float) -> None:
        """Hear a value in mid-drag, until the state brings another one; unknown names are ignored."""
        known = self._instances.get(insert_id)
        if known is None or name not in known[1].stated:
            return
        instance = known[1]
        self._touched[insert_id, name] = instance.stated[name], value
        instance.state[instance.device.slot_of(name)] = value

    def keep_only(self, insert_ids: set[str]) -> None:
        """Forget instances whose insert is gone or off: what they hold would come back as an echo of long ago."""
        for insert_id in set(self._instances) - insert_ids:
            del self._instances[insert_id]
        self.plugins.keep_only(insert_ids)

    def close(self) -> None:
        """End the plug-ins' processes."""
        self.plugins.close()
