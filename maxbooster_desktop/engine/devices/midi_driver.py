"""The system's MIDI, reached through RtMidi: its interface, what its ports are called, ports that open.

On Linux that is ALSA's sequencer, and JACK where there is none; elsewhere the only one there is. RtMidi joins running
status and takes real-time bytes out of what they interrupt. It is not asked to leave anything out: the time between
two messages would then be told from the one that was left out (RtMidi 5.0, its JACK part).

A JACK client must not be closed once its server has died (libjack writes into memory that is gone), so clients of a
dead server are left as they are for the rest of the program's life.
"""

import contextlib
import ctypes
import importlib
import os
import re
import socket
import sys
from collections.abc import Sequence
from typing import Any

from maxbooster_desktop.foundation.errors import MaxBoosterError

CLIENT = "Max Booster"
_ALSA_DEVICE = "/dev/snd/seq"
#: Messages that wait for their reader: more than a second of the densest flood.
_QUEUE = 16_384
#: What stands behind a port's name and is another with each plugging: ALSA's numbers, those of Windows.
_NUMBERS = re.compile(r" \d+:\d+$" if sys.platform != "win32" else r" \d+$")


class MidiMissingError(MaxBoosterError):
    """This system has no MIDI, or it cannot be reached."""


def plain_names(listed: Sequence[str]) -> tuple[str, ...]:
    """Return names that a port keeps when it is plugged in again; of equal ones, all but the first are numbered."""
    seen: dict[str, int] = {}
    plain = []
    for name in listed:
        bare = _NUMBERS.sub("", name)
        seen[bare] = seen.get(bare, 0) + 1
        plain.append(bare if seen[bare] == 1 else f"{bare} ({seen[bare]})")
    return tuple(plain)


class MidiDriver:
    """One way into the system's MIDI; used by one thread at a time, but for ports, which belong to their reader."""

    def __init__(self) -> None:
        self._library: Any = None
        self._looks: Any = None
        self._clients: list[Any] = []

    def input_names(self) -> tuple[str, ...]:
        """Return the ports that can be listened to, by plain name; raises MidiMissingError."""
        try:
            return plain_names(self._listed())
        except (OSError, ValueError, RuntimeError) as problem:  # RtMidi's errors of the system are among them
            raise MidiMissingError(
                f"The system's MIDI cannot be asked ({problem}); everything else works."
            ) from problem

    def open_input(self, name: str) -> Any:
        """Return an open port, which `get_message` reads; raises MidiMissingError when it cannot be opened."""
        try:
            place = plain_names(self._listed()).index(name)
            port = self._library.MidiIn(self._interface(), CLIENT, queue_size_limit=_QUEUE)
            port.ignore_types(sysex=False, timing=False, active_sense=False)
            port.open_port(place, "in")
        except (OSError, ValueError, RuntimeError) as problem:
            raise MidiMissingError(
                f"The MIDI port “{name}” cannot be opened: {problem}. Another program may hold it; close "
                "that, or choose another port."
            ) from problem
        self._clients.append(port)
        return port

    def close(self, port: Any) -> None:
        """Let go of a port, unless its server has died."""
        if port not in self._clients:
            return
        self._clients.remove(port)
        port.close_port()
        port.delete()

    def abandon_lost(self) -> bool:
        """Let go of everything when the server that it belonged to has died; returns whether it has."""
        clients = [*self._clients, *([self._looks] if self._looks is not None else [])]
        if not clients or clients[0].get_current_api() != self._library.API_UNIX_JACK or _jack_answers():
            return False
        for client in clients:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(client))
        self._clients, self._looks = [], None
        return True

    def _listed(self) -> list[str]:
        self.abandon_lost()
        interface = self._interface()
        if self._looks is None:
            self._looks = self._library.MidiIn(interface, CLIENT)
        listed: list[str] = self._looks.get_ports()
        return listed

    def _interface(self) -> int:
        """Return RtMidi's number of the interface to use; raises MidiMissingError."""
        if self._library is None:
            self._library = _load()
        library = self._library
        if not sys.platform.startswith("linux"):
            return int(library.API_UNSPECIFIED)
        if os.path.exists(_ALSA_DEVICE):
            return int(library.API_LINUX_ALSA)
        if library.API_UNIX_JACK in library.get_compiled_api() and _jack_answers():
            return int(library.API_UNIX_JACK)
        raise MidiMissingError(
            "This system has no MIDI: neither ALSA's sequencer (the kernel module snd-seq) nor a JACK server is there. "
            "Everything but MIDI ports works without."
        )


def _load() -> Any:
    try:
        return importlib.import_module("rtmidi")
    except ImportError as problem:
        raise MidiMissingError(
            f"MIDI cannot be used: its library does not load ({problem}). Everything but MIDI ports works without."
        ) from problem


def _jack_answers() -> bool:
    """Return whether a JACK server listens. Its socket outlives a server that was killed, but refuses then."""
    name = os.environ.get("JACK_DEFAULT_SERVER", "default")
    with socket.socket(socket.AF_UNIX) as asking, contextlib.suppress(OSError):
        asking.connect(f"/dev/shm/jack_{name}_{os.getuid()}_0")  # noqa: S108 - where JACK puts it
        return True
    return False
