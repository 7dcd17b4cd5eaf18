"""MIDI ports as a window knows them: which are chosen, and where what they say is played.

Messages go to the armed instrument tracks, or to the last selected one while none is armed, on the thread that reads
the ports. The system's MIDI is not touched before a port is chosen or somebody asks which there are.
"""

import importlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from maxbooster_desktop.actions.ports import MidiPorts
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.state import CLIP_HOSTS, TrackId
from maxbooster_desktop.settings.store import Settings

MakePorts = Callable[..., MidiPorts]


def _make_ports(*listeners: Any) -> MidiPorts:
    module = importlib.import_module("maxbooster_desktop.engine.devices.midi_inputs")
    return cast("MidiPorts", module.MidiInputs(*listeners))


class MidiDesk:
    """Plays the chosen ports on `studio`; `make_ports` None means the system's own."""

    def __init__(self, studio: Studio, settings: Settings, make_ports: MakePorts = _make_ports) -> None:
        self._studio, self._settings, self._make_ports = studio, settings, make_ports
        self._made: MidiPorts | None = None
        self._is_flood_told = False

    @property
    def chosen(self) -> tuple[str, ...]:
        """The ports that are played when they are there."""
        return tuple(self._settings.get("midi.inputs"))

    @property
    def open_names(self) -> frozenset[str]:
        """The ports that are listened to at this moment."""
        return frozenset() if self._made is None else self._made.open_names

    def start(self) -> None:
        """Listen to the ports that the settings name."""
        if self.chosen:
            self._ports().choose(self.chosen)

    def names(self) -> tuple[str, ...]:
        """Return the ports that are there; raises a MaxBoosterError where there is no MIDI. Slow: use a worker."""
        return self._ports().names()

    def choose(self, names: Iterable[str]) -> str:
        """Play exactly these ports from now on; returns why that is forgotten at the next start, or ""."""
        wanted = list(dict.fromkeys(names))
        unkept = self._settings.remember("midi.inputs", wanted)
        self._is_flood_told = False
        self._ports().choose(wanted)
        return unkept

    def close(self) -> None:
        """Let go of every port."""
        if self._made is not None:
            self._made.close()

    def _ports(self) -> MidiPorts:
        if self._made is None:
            self._made = self._make_ports(self._take, self._gone, self._studio.notify, self._rest)
        return self._made

    def _take(self, port: str, message: Sequence[int], at_s: float) -> None:
        self._studio.engine.play_midi(port, message, at_s, self._tracks())

    def _tracks(self) -> tuple[TrackId, ...]:
        studio = self._studio
        try:
            tracks = studio.state.tracks
            armed = [each for each in studio.takes.armed if each in tracks and tracks[each].kind in CLIP_HOSTS["midi"]]
            selected = studio.note_track
        except MaxBoosterError:  # the project has just been closed, and what is held there ends all the same
            return ()
        return tuple(armed) or ((selected,) if selected is not None else ())

    def _gone(self, port: str) -> None:
        self._studio.engine.let_go_of_midi(port)

    def _rest(self) -> None:
        dropped = self._studio.engine.settle_midi()
        if dropped and not self._is_flood_told:
            self._is_flood_told = True
            self._studio.notify(
                "MIDI comes faster than it can be played, and some of it was left out; every note still ends. Look for "
                "a controller or a loop that never stops sending."
            )
