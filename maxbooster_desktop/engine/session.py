"""The engine as everything else sees it: give it a state, tell it to play, look at its meters.

Any thread may call it. A state whose structure is the running program's only sends the numbers that differ;
anything else compiles a new program, which the callback adopts at a cell's border with all filter memory.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.engine.commands import CommandRing
from maxbooster_desktop.engine.devices.choice import DeviceChoice
from maxbooster_desktop.engine.devices.midi_outputs import MidiOutputs
from maxbooster_desktop.engine.graph.live_program import LiveProgram
from maxbooster_desktop.engine.listener import Listener
from maxbooster_desktop.engine.listening import Listening
from maxbooster_desktop.engine.live_midi import LiveMidi
from maxbooster_desktop.engine.live_notes import LiveNotes
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.metering import MeterReader
from maxbooster_desktop.engine.note_sending import NoteSender, Target
from maxbooster_desktop.engine.output import PATIENCE_S, RETRY_S, Output
from maxbooster_desktop.engine.reading_ahead import ReadAhead
from maxbooster_desktop.engine.readings import Meters, PluginReading, Stats, Transport
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.realtime.arrays import new_runtime
from maxbooster_desktop.engine.record.count_in import count_in_sound
from maxbooster_desktop.engine.record.note_recorder import NoteRecorder, PlayedNotes
from maxbooster_desktop.engine.record.recorder import ArmedTrack, PassFiles, Recorder, Recording
from maxbooster_desktop.engine.record.spans import Spans
from maxbooster_desktop.project.document.audibility import audibility_of
from maxbooster_desktop.project.document.state import ProjectState, TakeId, TrackId
from maxbooster_desktop.project.document.tempo_map import TempoMap

_log = logging.getLogger(__name__)
_SILENT_DELAY_S = 0.025
MAX_CHANNELS = 4_096


class EngineSession:
    """One engine: a runtime, the program it runs, and the device it plays through.

    Args:
        sample_rate: the session rate in Hz; audio is decoded to it.
        block_frames: frames a device is asked to take at once.
        patience_s: how long a device may be silent before it counts as gone.
        retry_s: how often a device that is gone is looked for.
    """

    def __init__(
        self,
        sample_rate: int = 48_000,
        block_frames: int = 128,
        *,
        patience_s: float = PATIENCE_S,
        retry_s: float = RETRY_S,
    ) -> None:
        self.sample_rate, self.block_frames = sample_rate, block_frames
        self._runtime = new_runtime(sample_rate, MAX_CHANNELS, is_live=True)
        self._ring = CommandRing(self._runtime)
        self._lock = threading.RLock()
        self._live = LiveProgram(self._runtime, self._ring, sample_rate, block_frames, self._plugins_changed)
        self._tempo_map = TempoMap()
        self._loop = (0, 0, False)
        # The numbers of the last seek and of the last play or stop, and what they asked for.
        self._pending_seek: tuple[int, int] = (0, 0)
        self._pending_roll: tuple[int, bool] = (0, False)
        self._shown: tuple[ProjectState, MediaPool] | None = None
        self._previews: list[tuple[int, npt.NDArray[np.float32]]] = []
        self._meters = MeterReader(self._runtime, sample_rate)
        self._listening = Listening(self._ring, self._live.name)
        self._live_notes = LiveNotes(self._runtime, self._live.name, sample_rate)
        self._live_midi = LiveMidi(self._live_notes)
        self._read_ahead = ReadAhead(self._runtime, sample_rate)
        self._midi_told: Callable[[str], None] = _log.info
        self._sender = NoteSender(self._runtime, sample_rate, self._sent_behind_s, MidiOutputs(self._tell_of_midi))
        self._output = Output(self._runtime, sample_rate, patience_s=patience_s, retry_s=retry_s)

    # --- the project ---------------------------------------------------------------------------------------------

    def show(self, state: ProjectState, pool: MediaPool) -> None:
        """Play `state` from now on; `pool` must have the session's rate."""
        with self._lock:
            self._shown = state, pool
            if self._live.show(state, pool):
                self._meters.name_channels(self._live.serial, self._live.channels)
                self._read_ahead.show(*self._live.clips(), pool)
            self._sender.show(self._sent(state))
            self._sender.keep_time(state.tempo_map)
            self._tempo_map = state.tempo_map
            meta = state.meta
            self.set_loop(meta.loop_start_tick, meta.loop_end_tick, meta.loop_enabled)

    def _plugins_changed(self) -> None:
        """Play with plug-ins as they are now."""
        with self._lock:
            if self._shown is not None:
                self.show(*self._shown)

    def plugins(self) -> tuple[PluginReading, ...]:
        """Return how every hosted plug-in is doing."""
        return self._live.plugins.readings()

    def reload_plugins(self) -> None:
        """Load the plug-ins that crashed or hung again, with their parameters as they stand."""
        self._live.reload_plugins()
        self._plugins_changed()

    def _sent(self, state: ProjectState) -> dict[int, Target]:
        """Return where the notes of the tracks go that are heard and have a MIDI port, by the numbers of channels."""
        tracks = [track for track in state.tracks.values() if track.midi_output is not None]
        if not tracks:
            return {}
        heard = audibility_of(state).heard
        return {
            self._live.name(track.id): Target(*track.midi_output, track.delay_ms / 1_000)
            for track in tracks
            if track.id in heard and track.midi_output is not None
        }

    def _heard_behind_s(self) -> float:
        """Return how long after the callback has counted a frame that frame is heard."""
        # What is filled next lies a block behind what has just been handed to the device.
        block_s = 0.0 if self.device_problem else self.block_frames / self.sample_rate
        return self.latency_ms / 1_000 + block_s

    def _sent_behind_s(self) -> float:
        """Return the same for MIDI ports: without a device as much as evens the silent clock's steps."""
        return self._heard_behind_s() or _SILENT_DELAY_S

    # --- transport -----------------------------------------------------------------------------------------------

    def play(self) -> None:
        """Roll from the playhead."""
        if not self.transport.is_playing:
            self._meters.reset_master()
        self._pending_roll = self._ring.send(at.CMD_PLAY), True

    def stop(self) -> None:
        """Stop where it is."""
        self._pending_roll = self._ring.send(at.CMD_STOP), False

    def toggle(self) -> None:
        """Play when stopped, stop when playing."""
        if self.transport.is_playing:
            self.stop()
        else:
            self.play()

    def seek(self, tick: int) -> None:
        """Move the playhead."""
        sample = round(self._tempo_map.seconds_at(max(0, tick)) * self.sample_rate)
        self._read_ahead.look(sample)
        self._pending_seek = self._ring.send(at.CMD_SEEK, sample), sample

    def set_loop(self, start_tick: int, end_tick: int, on: bool) -> None:
        """Repeat [start_tick, end_tick) while `on`."""
        start, end = (round(self._tempo_map.seconds_at(tick) * self.sample_rate) for tick in (start_tick, end_tick))
        with self._lock:
            wanted = start, end, on and end > start
            if wanted != self._loop and self._ring.send(at.CMD_LOOP, start, end, float(wanted[2])):
                self._loop = wanted

    @property
    def transport(self) -> Transport:
        """Where it plays; a command that is on its way counts as obeyed."""
        cells = self._runtime.cells
        seek_number, target = self._pending_seek
        here, there = int(cells[at.POSITION]), int(cells[at.SEEK_TARGET])
        position = here if there == at.NO_TARGET else there
        if not self._ring.is_obeyed(seek_number):
            position = target
        roll_number, is_rolling = self._pending_roll
        if self._ring.is_obeyed(roll_number):
            is_going = bool(cells[at.IS_PLAYING]) and int(cells[at.DECLICK]) != at.FADING_OUT_TO_STOP
            is_rolling = is_going or bool(cells[at.ROLLS_BEHIND_PREVIEW])
        tempo_map, rate = self._tempo_map, self.sample_rate
        return Transport(
            is_rolling,
            position,
            tempo_map.exact_tick_at(position / rate),
            tempo_map.tick_at(int(cells[at.LOOP_START]) / rate),
            tempo_map.tick_at(int(cells[at.LOOP_END]) / rate),
            bool(cells[at.LOOP_ON]),
        )

    # --- what only the listener hears ----------------------------------------------------------------------------

    def set_metronome(self, on: bool, gain_db: float = -6.0, accent_db: float = 4.0) -> None:
        """Switch the click; accented beats are `accent_db` louder."""
        gain, accent = 10 ** (gain_db / 20), 10 ** (accent_db / 20)
        self._ring.send(at.CMD_CLICK, int(on), round(accent * 1000), gain)

    def set_metronome_output(self, left: int, right: int) -> None:
        """Send the click to device channels of its own, counted from 1; ones that are not open become the nearest."""
        self._output.route_click(left, right)

    def set_pfl(self, track_id: TrackId, on: bool) -> None:
        """Listen to a channel before its fader, instead of the master."""
        with self._lock:
            self._live.set_pfl(track_id, on)
            self._ring.send(at.CMD_PFL, len(self._live.pfl))

    def is_pfl(self, track_id: TrackId) -> bool:
        """Whether a channel is listened to before its fader."""
        return track_id in self._live.pfl

    def audition(self, track_id: TrackId, take_id: TakeId | None) -> None:
        """Hear a take instead of its track's comp, in its place in the song; None: the comp again."""
        with self._lock:
            if take_id is None:
                self._live.auditions.pop(track_id, None)
            else:
                self._live.auditions[track_id] = take_id
            if self._shown is not None:
                self.show(*self._shown)

    def preview(self, samples: npt.NDArray[np.float32] | None) -> None:
        """Play samples [channels, frames] at the session's rate beside the song; None stops."""
        if samples is None or not samples.size:
            self._ring.send(at.CMD_PREVIEW_STOP)
            return
        sound = np.ascontiguousarray(samples, np.float32)
        with self._lock:
            # Every sound from the newest that was obeyed on may still be read.
            obeyed = [place for place, (number, _) in enumerate(self._previews) if self._ring.is_obeyed(number)]
            self._previews = self._previews[max(obeyed, default=0) :]
            left, right = int(sound[0].ctypes.data), int(sound[-1].ctypes.data)
            number = self._ring.send(at.CMD_PREVIEW, left, right, float(sound.shape[1]))
            if number:
                self._previews.append((number, sound))

    def play_note(self, track_id: TrackId, pitch: int, velocity: float) -> None:
        """Begin a note on a track's instruments, `velocity` 0..1; see `LiveNotes` for when it sounds."""
        self._live_notes.note_on(track_id, pitch, velocity)

    def end_note(self, track_id: TrackId, pitch: int) -> None:
        """End a note that was begun by hand."""
        self._live_notes.note_off(track_id, pitch)

    def play_midi(self, port: str, message: Sequence[int], at_s: float, tracks: Sequence[TrackId]) -> None:
        """Play a MIDI message that a port received at `at_s` (of `time.monotonic`) on the instruments of tracks."""
        self._live_midi.play(port, message, at_s, tracks)

    def let_go_of_midi(self, port: str | None = None) -> None:
        """End every note of a port that is gone, or of all."""
        self._live_midi.let_go(port)

    def settle_midi(self) -> int:
        """End what could not be ended before; returns how many MIDI events have found no room so far."""
        self._live_midi.settle()
        return self._live_midi.dropped

    def send_clock(self, ports: Sequence[str]) -> None:
        """Send the song's time as MIDI clock to exactly these ports from now on."""
        self._sender.send_clock(ports)

    def hear_of_midi(self, tell: Callable[[str], None]) -> None:
        """Let `tell` get the sentences about MIDI ports that notes are sent to."""
        self._midi_told = tell

    def _tell_of_midi(self, sentence: str) -> None:
        self._midi_told(sentence)

    def touch(self, track_id: TrackId, parameter: str, value: float) -> None:
        """Hear a value that is being dragged, until the document's own value changes.

        `parameter` is "gain_db", "pan", "is_muted", "strip.<name>", "send.<id>.gain_db" or "insert.<id>.<name>".
        """
        self._live.touch(track_id, parameter, value)

    # --- recording -----------------------------------------------------------------------------------------------

    def open_input(self) -> None:
        """Open the input beside the output, which is interrupted for that; raises DeviceError."""
        self._output.open_input()

    def close_input(self) -> None:
        """Let go of the input; the output is interrupted for that."""
        self._output.close_input()

    def listen(self, listeners: Sequence[Listener]) -> None:
        """Let exactly these tracks hear the input, each in place of its clips."""
        self._listening.set(listeners)

    def count_in(self) -> None:
        """Click for a bar, then roll on the sample where it ends; a stop before that calls it off."""
        levels = self._runtime.levels
        gains = float(levels[at.CLICK_GAIN]), float(levels[at.CLICK_ACCENT_GAIN])
        self._meters.reset_master()
        self.preview(count_in_sound(self._tempo_map, round(self.transport.position_tick), self.sample_rate, *gains))
        self._pending_roll = self._ring.send(at.CMD_PLAY, 1), True

    @property
    def inputs(self) -> int:
        """How many input channels are open."""
        return self._output.inputs

    @property
    def round_trip_frames(self) -> int:
        """From a frame's output to its arrival at the input, in frames, as the device reports it."""
        return self._output.round_trip_frames

    def record(
        self,
        armed: Sequence[ArmedTrack],
        pass_files: PassFiles,
        done: Callable[[Recording], None],
        *,
        round_trip_frames: int | None = None,
        punch: tuple[int, int] | None = None,
    ) -> Recorder:
        """Record what is played from now on, or what will be; `done` gets it on the recorder's thread.

        Args:
            armed: the tracks that record.
            pass_files: where the takes go.
            done: gets the recording when time stands still again, or after the recorder's `end`.
            round_trip_frames: the measured round trip; None takes what the device reports.
            punch: timeline positions [in, out) in samples outside which nothing is recorded.
        """
        reported = self.round_trip_frames if round_trip_frames is None else round_trip_frames
        return Recorder(self._runtime, self.sample_rate, Spans(reported, punch), armed, files=pass_files, done=done)

    def record_notes(
        self,
        tracks: Sequence[TrackId],
        done: Callable[[PlayedNotes], None],
        *,
        punch: tuple[int, int] | None = None,
    ) -> NoteRecorder:
        """Record the notes that are played live on tracks, as `record` does sound; `done` gets them on its thread."""
        return NoteRecorder(
            self._live_notes,
            self._runtime.cells,
            tracks,
            start=float(self.transport.position_samples),
            delay_frames=self._heard_behind_s() * self.sample_rate,
            punch=punch,
            done=done,
        )

    # --- readings ------------------------------------------------------------------------------------------------

    def meters(self) -> Meters:
        """Return the levels of every channel and the master's loudness."""
        return Meters(self._meters.channels(self._live.channels), self._meters.master)

    def clear_clip(self, track_id: TrackId) -> None:
        """Put out a channel's clip lamp."""
        self._meters.clear_clip(track_id)

    @property
    def is_obeyed(self) -> bool:
        """Whether the callback has done everything that was asked of it so far."""
        cells = self._runtime.cells
        is_adopted = cells[at.PENDING] == cells[at.ACTIVE]
        return bool(is_adopted and self._ring.is_obeyed(int(cells[at.COMMANDS_WRITTEN])))

    @property
    def stats(self) -> Stats:
        """How the callback is doing."""
        cells = self._runtime.cells
        return Stats(self._output.load, int(cells[at.LATE]), int(cells[at.STARVED]))

    @property
    def latency_ms(self) -> float:
        """The open device's output latency in milliseconds, 0 without one."""
        return self._output.latency_ms

    @property
    def device_problem(self) -> str:
        """Why nothing can be heard, or empty."""
        return self._output.problem

    @property
    def runtime(self) -> Any:
        """The arrays the callback works on, for benchmarks and tests that call it directly."""
        return self._runtime

    def open_device(self, choice: DeviceChoice) -> None:
        """Play through a device from now on; raises DeviceError, and then time goes on without sound."""
        self._output.open(choice)
        with self._lock:
            self.block_frames = choice.block_frames
            self._live.use_block(choice.block_frames)
            if self._shown is not None and self.plugins():
                self.show(*self._shown)

    def close_device(self) -> None:
        """Let go of the device."""
        self._output.close_device()

    def close(self) -> None:
        """Stop everything; the session cannot be used any more."""
        self._sender.close()
        self._output.close()
        self._live.close()
        self._meters.close()
        self._read_ahead.close()
