"""The plug-ins of one engine, each in its process: started when a program needs them, ended when none does.

Live nothing waits: what is not loaded yet, has crashed or hangs is passed by, and `news` says so. Offline `load`
waits for all, and `check` raises as soon as one is lost, for a render without it would be another song.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from maxbooster_desktop.engine.graph.plugin_devices import declared, plugin_entry
from maxbooster_desktop.engine.readings import PluginReading
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.state import Insert
from plugins_host.catalog.entries import PluginEntry
from plugins_host.client import HostedParameter, HostedPlugin
from plugins_host.errors import PluginError
from plugins_host.watching import Watch
from plugins_host.wire.link import OFFLINE_LATENCY_FRAMES, live_latency_frames

_LOST = ("crashed", "hung", "silent")
_LOOK_S = 0.005


class PluginLostError(MaxBoosterError):
    """A plug-in that a render needs is not loaded, has crashed or hangs."""


@dataclass
class _Slot:
    entry: PluginEntry
    hosted: HostedPlugin | None
    insert: Insert
    problem: str = ""


class PluginHosts:
    """Hosted plug-ins by insert.

    Args:
        sample_rate: in Hz.
        block_frames: what the device takes at once; None offline, where answers are waited for.
        news: called from a thread of its own when a condition or a delay has become another.
    """

    def __init__(self, sample_rate: int, block_frames: int | None, news: Callable[[], None]) -> None:
        self._rate, self._is_live = sample_rate, block_frames is not None
        self._latency = OFFLINE_LATENCY_FRAMES if block_frames is None else live_latency_frames(block_frames)
        self._slots: dict[str, _Slot] = {}
        self._watch = Watch(lambda _plugin: news())

    def use_block(self, block_frames: int) -> None:
        """Let every plug-in be as late as a device with these blocks needs it."""
        self._latency = live_latency_frames(block_frames)
        for slot in self._slots.values():
            if slot.hosted is not None:
                slot.hosted.link.latency_frames = self._latency

    def hosted(self, insert: Insert) -> HostedPlugin | None:
        """Return an insert's plug-in, started when it is new; None for one that is not here or cannot be hosted."""
        entry = plugin_entry(insert.device)
        if entry is None:
            return None
        slot = self._slots.get(insert.id)
        if slot is None or (slot.entry.device_id, slot.entry.path) != (entry.device_id, entry.path):
            self._drop(insert.id)
            slot = self._slots[insert.id] = self._start(insert, entry)
        slot.insert = insert
        return slot.hosted

    def load(self, inserts: Iterable[Insert]) -> None:
        """Start the plug-ins of inserts side by side and wait until all are loaded. Raises PluginLostError."""
        for insert in inserts:
            self.hosted(insert)
        while any(slot.hosted is not None and slot.hosted.condition == "loading" for slot in self._slots.values()):
            time.sleep(_LOOK_S)
        self.check()

    def check(self) -> None:
        """Raise PluginLostError when a plug-in is not what it was."""
        for reading in self.readings():
            if reading.is_lost:
                raise PluginLostError(
                    f"The plug-in {reading.title} is needed and was lost: {reading.reason}; render again, or bypass it."
                )

    def timing(self) -> tuple[tuple[str, int], ...]:
        """Return how late each plug-in's sound comes; a program is compiled for that."""
        hosted = ((insert_id, slot.hosted) for insert_id, slot in sorted(self._slots.items()))
        return tuple((insert_id, latency_of(one)) for insert_id, one in hosted if one is not None)

    def readings(self) -> tuple[PluginReading, ...]:
        """Return how every plug-in is doing."""
        return tuple(_reading(insert_id, slot) for insert_id, slot in list(self._slots.items()))

    def reload(self) -> None:
        """Load what was lost again, with its parameters as they stand."""
        for slot in self._slots.values():
            if slot.hosted is not None and slot.hosted.condition in _LOST:
                targets = slot.hosted.link.state[1:]
                slot.hosted.start({place: float(targets[place]) for place in _touched(slot)})

    def keep_only(self, insert_ids: set[str]) -> None:
        """End the plug-ins whose insert is gone or off."""
        for insert_id in set(self._slots) - insert_ids:
            self._drop(insert_id)

    def close(self) -> None:
        """End all."""
        self._watch.close()
        for insert_id in list(self._slots):
            self._drop(insert_id)

    def _start(self, insert: Insert, entry: PluginEntry) -> _Slot:
        device = declared(entry)
        values = device.values(insert.values)
        try:
            hosted = HostedPlugin(
                entry.path,
                self._rate,
                [HostedParameter(each.number, each.highest) for each in entry.parameters],
                list(values.values()),
                latency_frames=self._latency,
                plugin_latency_frames=entry.latency_frames,
                is_live=self._is_live,
            )
        except PluginError as error:
            return _Slot(entry, None, insert, str(error))
        slot = _Slot(entry, hosted, insert)
        targets = list(values.values())
        hosted.start({place: targets[place] for place in _touched(slot)})
        self._watch.add(hosted)
        return slot

    def _drop(self, insert_id: str) -> None:
        slot = self._slots.pop(insert_id, None)
        if slot is not None and slot.hosted is not None:
            self._watch.remove(slot.hosted)
            slot.hosted.close()


def latency_of(hosted: HostedPlugin) -> int:
    """Return how many frames after it went in a sound comes out."""
    return hosted.link.latency_frames + hosted.plugin_latency_frames


def _touched(slot: _Slot) -> list[int]:
    """Return the places of the parameters that the project says; the others are the plug-in's own business."""
    parameters = declared(slot.entry).parameters
    return [place for place, parameter in enumerate(parameters) if parameter.name in slot.insert.values]


def _reading(insert_id: str, slot: _Slot) -> PluginReading:
    hosted = slot.hosted
    if hosted is None:
        return PluginReading(insert_id, slot.entry.name, "silent", slot.problem, 0)
    return PluginReading(insert_id, slot.entry.name, hosted.condition, hosted.reason, hosted.late_hops)
