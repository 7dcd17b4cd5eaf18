"""MIDI messages, played live: what a keyboard's channel says becomes events of the notes on the tracks it plays.

A channel of a port has its own wheel, pressure, controllers and pedal. What is said to a whole channel reaches every
note of it and those that begin later. A note ends on the tracks it began on, whatever is selected since; while the
pedal is down its end waits. An end that finds no room in the ring is owed and goes with the next message, so neither
a flood nor a port that vanishes leaves a note behind.

Controllers by the MIDI 1.0 specification (M1 v4.2.1): 1 modulation, 64 hold pedal from 64 on, 74 brightness, 120 and
123 to 127 all off, 121 reset; registered parameter 0 is the range of the pitch wheel in semitones and cents.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from dsp.instruments.notes import NOTE_MODULATION, NOTE_PITCH, NOTE_PRESSURE, NOTE_TIMBRE
from maxbooster_desktop.engine.live_notes import LiveNotes
from maxbooster_desktop.project.document.state import TrackId

_NOTE_OFF, _NOTE_ON, _KEY_PRESSURE, _CONTROL, _PROGRAM, _PRESSURE, _WHEEL = range(0x80, 0xF0, 0x10)
_MODULATION, _DATA_COARSE, _HOLD, _BRIGHTNESS, _DATA_FINE = 1, 6, 64, 74, 38
_PARAMETER_FINE, _PARAMETER_COARSE, _OTHER_PARAMETER = 100, 101, frozenset({98, 99})
_ALL_SOUND_OFF, _RESET, _ALL_OFF = 120, 121, frozenset(range(123, 128))
_CENTRE, _NO_PARAMETER, _RANGE_PARAMETER = 8_192, (127, 127), (0, 0)
_USUAL_RANGE = 2.0
_CHANNELS = 16


@dataclass(slots=True)
class _Channel:
    """What one channel of one port says. `number` is the channel of its notes, the same for no other."""

    number: int
    values: dict[int, float] = field(default_factory=dict)
    bend_range: float = _USUAL_RANGE
    wheel: float = 0.0
    parameter: tuple[int, int] = _NO_PARAMETER
    is_pedal_down: bool = False
    #: The tracks on which each key's note began.
    held: dict[int, tuple[TrackId, ...]] = field(default_factory=dict)
    #: Keys that are released while the pedal holds their notes.
    sustained: set[int] = field(default_factory=set)


class LiveMidi:
    """Plays messages through `notes`. `dropped` counts events that found no room."""

    def __init__(self, notes: LiveNotes) -> None:
        self._notes = notes
        self._lock = threading.Lock()
        self._channels: dict[tuple[str, int], _Channel] = {}
        self._owed: list[tuple[TrackId, int, int]] = []
        self.dropped = 0

    def play(self, port: str, message: Sequence[int], at_s: float, tracks: Sequence[TrackId]) -> None:
        """Play one message of a port, received at `at_s` (seconds of the notes' clock), on tracks.

        What is no message of a channel, or is cut short, is left alone.
        """
        with self._lock:
            self._settle()
            self._play(port, message, at_s, tracks)

    def _play(self, port: str, message: Sequence[int], at_s: float, tracks: Sequence[TrackId]) -> None:
        status = message[0] & 0xF0 if message else 0
        lengths = 2 if status in {_PROGRAM, _PRESSURE} else 3
        if status < _NOTE_OFF or status > _WHEEL or len(message) < lengths or max(message[1:lengths]) > 127:
            return
        channel, first = self._channel(port, message[0] & 0x0F), message[1]
        second = message[2] if lengths == 3 else 0
        if status == _NOTE_ON and second:
            self._begin(channel, first, second / 127.0, tracks, at_s)
        elif status in {_NOTE_ON, _NOTE_OFF}:
            self._release(channel, first, at_s)
        elif status == _KEY_PRESSURE:
            for track in channel.held.get(first, ()):
                self._count(
                    self._notes.change_note(
                        track, NOTE_PRESSURE, first, second / 127.0, channel=channel.number, at_s=at_s
                    )
                )
        elif status == _PRESSURE:
            self._say(channel, NOTE_PRESSURE, first / 127.0, tracks, at_s)
        elif status == _WHEEL:
            channel.wheel = (first + 128 * second - _CENTRE) / _CENTRE
            self._say(channel, NOTE_PITCH, channel.wheel * channel.bend_range, tracks, at_s)
        elif status == _CONTROL:
            self._control(channel, first, second, tracks, at_s)

    def let_go(self, port: str | None = None) -> None:
        """End every note of a port that is gone, or of all, and forget where its wheels and pedals stood."""
        with self._lock:
            self._settle()
            for key in [each for each in self._channels if port is None or each[0] == port]:
                self._end_all(self._channels[key], None)
                self._reset(self._channels[key], (), None)

    def settle(self) -> None:
        """Pay what is owed; call it now and then where messages may stay away."""
        with self._lock:
            self._settle()

    @property
    def held(self) -> int:
        """How many keys sound, held by fingers or the pedal, or owed their end."""
        return sum(len(channel.held) for channel in self._channels.values()) + len(self._owed)

    def _channel(self, port: str, number: int) -> _Channel:
        # The computer's keyboard plays channel 0.
        return self._channels.setdefault((port, number), _Channel(1 + len(self._channels)))

    def _begin(self, channel: _Channel, pitch: int, velocity: float, tracks: Sequence[TrackId], due: float) -> None:
        self._end(channel, pitch, due)
        begun = []
        for track in tracks:
            is_taken = self._notes.note_on(track, pitch, velocity, channel=channel.number, at_s=due)
            self._count(is_taken)
            if is_taken:
                begun.append(track)
                for kind, value in channel.values.items():
                    self._count(self._notes.change_note(track, kind, pitch, value, channel=channel.number, at_s=due))
        if begun:
            channel.held[pitch] = tuple(begun)

    def _release(self, channel: _Channel, pitch: int, due: float | None) -> None:
        if channel.is_pedal_down and pitch in channel.held:
            channel.sustained.add(pitch)
        else:
            self._end(channel, pitch, due)

    def _end(self, channel: _Channel, pitch: int, due: float | None) -> None:
        channel.sustained.discard(pitch)
        for track in channel.held.pop(pitch, ()):
            if not self._notes.note_off(track, pitch, channel=channel.number, at_s=due):
                self._owed.append((track, channel.number, pitch))

    def _end_all(self, channel: _Channel, due: float | None) -> None:
        for pitch in list(channel.held):
            self._end(channel, pitch, due)

    def _settle(self) -> None:
        """Pay what is owed."""
        self._owed = [
            (track, number, pitch)
            for track, number, pitch in self._owed
            if not self._notes.note_off(track, pitch, channel=number)
        ]

    def _say(self, channel: _Channel, kind: int, value: float, tracks: Sequence[TrackId], due: float | None) -> None:
        """Say something to all notes of a channel, and to those that begin later."""
        channel.values.pop(kind, None)
        if value:
            channel.values[kind] = value
        sounding = (track for begun in channel.held.values() for track in begun)
        for track in dict.fromkeys((*tracks, *sounding)):
            self._count(self._notes.change_channel(track, kind, value, channel=channel.number, at_s=due))

    def _control(self, channel: _Channel, controller: int, value: int, tracks: Sequence[TrackId], due: float) -> None:
        if controller == _MODULATION:
            self._say(channel, NOTE_MODULATION, value / 127.0, tracks, due)
        elif controller == _BRIGHTNESS:
            self._say(channel, NOTE_TIMBRE, value / 127.0, tracks, due)
        elif controller == _HOLD:
            self._pedal(channel, is_down=value >= 64, due=due)
        elif controller == _ALL_SOUND_OFF or controller in _ALL_OFF:
            self._end_all(channel, due)
        elif controller == _RESET:
            self._reset(channel, tracks, due)
        elif controller in _OTHER_PARAMETER:
            channel.parameter = _NO_PARAMETER
        elif controller == _PARAMETER_COARSE:
            channel.parameter = value, channel.parameter[1]
        elif controller == _PARAMETER_FINE:
            channel.parameter = channel.parameter[0], value
        elif controller in {_DATA_COARSE, _DATA_FINE} and channel.parameter == _RANGE_PARAMETER:
            whole = int(channel.bend_range)
            is_whole = controller == _DATA_COARSE
            channel.bend_range = float(value) if is_whole else whole + min(value, 99) / 100.0
            self._say(channel, NOTE_PITCH, channel.wheel * channel.bend_range, tracks, due)

    def _pedal(self, channel: _Channel, *, is_down: bool, due: float | None) -> None:
        channel.is_pedal_down = is_down
        if not is_down:
            for pitch in list(channel.sustained):
                self._end(channel, pitch, due)

    def _reset(self, channel: _Channel, tracks: Sequence[TrackId], due: float | None) -> None:
        """Let wheels, pressure and pedal stand as at the beginning."""
        self._pedal(channel, is_down=False, due=due)
        channel.wheel = 0.0
        for kind in list(channel.values):
            self._say(channel, kind, 0.0, tracks, due)

    def _count(self, is_taken: bool) -> None:
        self.dropped += not is_taken
