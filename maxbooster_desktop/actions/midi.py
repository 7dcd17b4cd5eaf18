"""MIDI ports as a window knows them: which are chosen, where what they say is played, and whose transport is followed.

Messages go to the armed instrument tracks, or to the last selected one while none is armed, on the thread that reads
the ports. Of a clock only starts, stops and places are followed: the tempo is the song's own. The system's MIDI is not
touched before a port is chosen or somebody asks which there are.
"""

import importlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from maxbooster_desktop.actions.notices import Notice
from maxbooster_desktop.actions.ports import MidiPorts
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.state import CLIP_HOSTS, TrackId
from maxbooster_desktop.project.document.tempo_map import TICKS_PER_QUARTER
from maxbooster_desktop.settings.store import Settings

_SONG_POSITION, _START, _CONTINUE, _STOP = 0xF2, 0xFA, 0xFB, 0xFC
_FIRST_SYSTEM_STATUS, _CONTROL, _FIRST_MODE_MESSAGE = 0xF0, 0xB0, 120
_SIXTEENTH = TICKS_PER_QUARTER // 4
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
        #: Called with (port, channel from 0, controller, value) for every controller of a played port, on its thread.
        self.controls: Notice[[str, int, int, int]] = Notice()
        self._played: frozenset[str] = frozenset()
        self._leader = ""

    @property
    def chosen(self) -> tuple[str, ...]:
        """The ports that are played when they are there."""
        return tuple(self._settings.get("midi.inputs"))

    @property
    def open_names(self) -> frozenset[str]:
        """The ports that are listened to at this moment."""
        return frozenset() if self._made is None else self._made.open_names

    def start(self) -> None:
        """Listen to the ports that the settings name, and give those their clock that are to get it."""
        self.apply_clock()
        self._use()

    def names(self) -> tuple[str, ...]:
        """Return the ports that are there; raises a MaxBoosterError where there is no MIDI. Slow: use a worker."""
        return self._ports().names()

    @property
    def clock_outputs(self) -> tuple[str, ...]:
        """The ports that get the song's clock when they are there."""
        return tuple(self._settings.get("midi.clock_outputs"))

    def send_clock(self, names: Iterable[str]) -> str:
        """Send the song's clock to exactly these ports; returns why that is forgotten at the next start, or ""."""
        unkept = self._settings.remember("midi.clock_outputs", list(dict.fromkeys(names)))
        self.apply_clock()
        return unkept

    def apply_clock(self) -> None:
        """Let the engine of the moment send the clock where the settings say."""
        self._studio.engine.send_clock(self.clock_outputs)

    def output_names(self) -> tuple[str, ...]:
        """Return the ports that notes can be sent to; raises a MaxBoosterError where there is no MIDI. Slow."""
        driver = importlib.import_module("maxbooster_desktop.engine.devices.midi_driver").MidiDriver()
        names: tuple[str, ...] = driver.output_names()
        return names

    def choose(self, names: Iterable[str]) -> str:
        """Play exactly these ports from now on; returns why that is forgotten at the next start, or ""."""
        wanted = list(dict.fromkeys(names))
        unkept = self._settings.remember("midi.inputs", wanted)
        self._is_flood_told = False
        self._use()
        return unkept

    @property
    def leader(self) -> str:
        """The port whose starts, stops and song positions move the transport, or ""."""
        return str(self._settings.get("midi.transport_input"))

    def follow(self, name: str) -> str:
        """Let a port ("": none) start, stop and place the transport; returns why that is forgotten later, or ""."""
        unkept = self._settings.remember("midi.transport_input", name)
        self._use()
        return unkept

    def _use(self) -> None:
        """Listen to the ports that are needed."""
        self._played, self._leader = frozenset(self.chosen), self.leader
        wanted = self._played | ({self._leader} if self._leader else frozenset[str]())
        if wanted or self._made is not None:
            self._ports().choose(sorted(wanted))

    def close(self) -> None:
        """Let go of every port."""
        if self._made is not None:
            self._made.close()

    def _ports(self) -> MidiPorts:
        if self._made is None:
            self._made = self._make_ports(self._take, self._gone, self._studio.notify, self._rest)
        return self._made

    def _take(self, port: str, message: Sequence[int], at_s: float) -> None:
        if message[0] >= _FIRST_SYSTEM_STATUS:
            if port == self._leader and self._studio.has_project:
                self._obey(message)
        elif port in self._played:
            self._studio.engine.play_midi(port, message, at_s, self._tracks())
            if message[0] & 0xF0 == _CONTROL and len(message) == 3 and message[1] < _FIRST_MODE_MESSAGE:
                self.controls.emit(port, message[0] & 0x0F, message[1], message[2])

    def _obey(self, message: Sequence[int]) -> None:
        """Move the transport as the leader's says; a song position counts sixteenths."""
        engine = self._studio.engine
        if message[0] == _START:
            engine.seek(0)
        if message[0] in {_START, _CONTINUE}:
            engine.play()
        elif message[0] == _STOP:
            engine.stop()
        elif message[0] == _SONG_POSITION and len(message) == 3:
            engine.seek((message[1] + 128 * message[2]) * _SIXTEENTH)

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
