"""The engine as everything else sees it: give it a state, tell it to play, look at its meters.

Any thread may call it. A state whose structure is the running program's only sends the numbers that differ;
anything else compiles a new program, which the callback adopts at a cell's border with all filter memory.
"""

import threading
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.strips.parameters import AUDIBLE, PARAMETERS
from maxbooster_desktop.engine.commands import CommandRing
from maxbooster_desktop.engine.devices.choice import DeviceChoice
from maxbooster_desktop.engine.graph.compile import CompiledProgram, EngineMemory, compile_program
from maxbooster_desktop.engine.graph.devices import DeviceMemory
from maxbooster_desktop.engine.graph.diff import commands_between, commands_for, values_of
from maxbooster_desktop.engine.graph.routing_table import pfl_key
from maxbooster_desktop.engine.graph.structure import Structure, structure_of
from maxbooster_desktop.engine.graph.values import parameter_index
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.metering import MeterReader
from maxbooster_desktop.engine.output import Output
from maxbooster_desktop.engine.readings import Meters, Stats, Transport
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.state import ProjectState, TrackId
from maxbooster_desktop.project.document.tempo_map import TempoMap

MAX_CHANNELS = 4_096
_CELL_SHIFT = 1_024


class EngineSession:
    """One engine: a runtime, the program it runs, and the device it plays through.

    Args:
        sample_rate: the session rate in Hz; audio is decoded to it.
        block_frames: frames a device is asked to take at once.
    """

    def __init__(self, sample_rate: int = 48_000, block_frames: int = 128) -> None:
        self.sample_rate, self.block_frames = sample_rate, block_frames
        self._runtime = at.new_runtime(sample_rate, MAX_CHANNELS, is_live=True)
        self._ring = CommandRing(self._runtime)
        self._memory = EngineMemory(DeviceMemory(sample_rate))
        self._lock = threading.RLock()
        self._program: CompiledProgram | None = None
        self._retired: list[CompiledProgram] = []
        self._structure: Structure | None = None
        self._values: npt.NDArray[np.float32] = np.zeros(0, np.float32)
        self._serial = 0
        self._tempo_map = TempoMap()
        self._pending_seek: tuple[int, int] = (0, 0)
        self._pending_roll: tuple[int, bool] = (0, False)
        self._pfl: set[TrackId] = set()
        self._previews: list[npt.NDArray[np.float32]] = []
        self._meters = MeterReader(self._runtime, sample_rate)
        self._output = Output(self._runtime, sample_rate)

    # --- the project ---------------------------------------------------------------------------------------------

    def show(self, state: ProjectState, pool: MediaPool) -> None:
        """Play `state` from now on; `pool` must have the session's rate."""
        with self._lock:
            structure = structure_of(state, self.sample_rate)
            is_same = self._program is not None and self._program.is_complete and structure == self._structure
            if is_same and self._update(state):
                return
            self._compile(state, pool)
            self._structure = structure
            self._set_loop(state)

    def _compile(self, state: ProjectState, pool: MediaPool) -> None:
        self._serial += 1
        self._drop_retired()
        program = compile_program(state, pool, self._memory, self._serial, self._program)
        if self._program is not None:
            self._retired.append(self._program)
        self._program, self._tempo_map = program, state.tempo_map
        self._values = values_of(state, program)
        self._runtime.cells[at.PENDING] = program.address
        for track_id in self._pfl & set(program.channels):
            self._send_value(program.value_index(pfl_key(track_id), at.EDGE_ON), 1.0)

    def _drop_retired(self) -> None:
        """Let go of programs the callback has left."""
        active = int(self._runtime.cells[at.ACTIVE])
        newest = self._program.address if self._program else 0
        if active == newest:
            self._retired.clear()

    def _update(self, state: ProjectState) -> bool:
        """Send the numbers that differ; returns False when they do not fit the ring."""
        program = self._program
        if program is None:
            return False
        for track in state.tracks.values():
            for insert in track.inserts:
                if insert.enabled:
                    self._memory.devices.instance(insert)
        wanted = values_of(state, program)
        commands = list(commands_between(program, self._values, wanted))
        is_sent = all(self._send_command(command, program.serial) for command in commands)
        self._values = wanted
        self._set_loop(state)
        return is_sent

    def _send_command(self, command: tuple[int, int, int, float], serial: int) -> bool:
        index, unit, cells, value = command
        return self._ring.send(at.CMD_VALUE, index, unit * _CELL_SHIFT + cells, value, serial)

    def _send_value(self, index: int, value: float) -> None:
        program = self._program
        if program is not None:
            self._values[index] = value
            for command in commands_for(program, index, value):
                self._send_command(command, program.serial)

    def _set_loop(self, state: ProjectState) -> None:
        meta = state.meta
        self.set_loop(meta.loop_start_tick, meta.loop_end_tick, meta.loop_enabled)

    # --- transport -----------------------------------------------------------------------------------------------

    def play(self) -> None:
        """Roll from the playhead."""
        if not self.transport.is_playing:
            self._meters.reset_master()
        self._ring.send(at.CMD_PLAY)
        self._pending_roll = self._ring.written, True

    def stop(self) -> None:
        """Stop where it is."""
        self._ring.send(at.CMD_STOP)
        self._pending_roll = self._ring.written, False

    def toggle(self) -> None:
        """Play when stopped, stop when playing."""
        if self.transport.is_playing:
            self.stop()
        else:
            self.play()

    def seek(self, tick: int) -> None:
        """Move the playhead."""
        sample = round(self._tempo_map.seconds_at(max(0, tick)) * self.sample_rate)
        self._ring.send(at.CMD_SEEK, sample)
        self._pending_seek = self._ring.written, sample

    def set_loop(self, start_tick: int, end_tick: int, on: bool) -> None:
        """Repeat [start_tick, end_tick) while `on`."""
        start, end = (round(self._tempo_map.seconds_at(tick) * self.sample_rate) for tick in (start_tick, end_tick))
        cells = self._runtime.cells
        is_on = on and end > start
        if (cells[at.LOOP_START], cells[at.LOOP_END], cells[at.LOOP_ON]) != (start, end, int(is_on)):
            self._ring.send(at.CMD_LOOP, start, end, float(is_on))

    @property
    def transport(self) -> Transport:
        """Where it plays; a command that is on its way counts as obeyed."""
        cells = self._runtime.cells
        seek_number, target = self._pending_seek
        is_seeking = not self._ring.is_obeyed(seek_number) or int(cells[at.DECLICK]) == at.FADING_OUT_TO_SEEK
        position = target if is_seeking else int(cells[at.POSITION])
        roll_number, is_rolling = self._pending_roll
        if self._ring.is_obeyed(roll_number):
            is_rolling = bool(cells[at.IS_PLAYING]) and int(cells[at.DECLICK]) != at.FADING_OUT_TO_STOP
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
        """Send the click to device channels of its own, counted from 1; they must be among the open ones."""
        self._runtime.cells[at.CLICK_LEFT], self._runtime.cells[at.CLICK_RIGHT] = left - 1, right - 1

    def set_pfl(self, track_id: TrackId, on: bool) -> None:
        """Listen to a channel before its fader, instead of the master."""
        with self._lock:
            (self._pfl.add if on else self._pfl.discard)(track_id)
            program = self._program
            if program is not None and track_id in program.channels:
                self._send_value(program.value_index(pfl_key(track_id), at.EDGE_ON), float(on))
            self._ring.send(at.CMD_PFL, len(self._pfl))

    def is_pfl(self, track_id: TrackId) -> bool:
        """Whether a channel is listened to before its fader."""
        return track_id in self._pfl

    def preview(self, samples: npt.NDArray[np.float32] | None) -> None:
        """Play samples [channels, frames] at the session's rate beside the song; None stops."""
        if samples is None or not samples.size:
            self._ring.send(at.CMD_PREVIEW_STOP)
            return
        sound = np.ascontiguousarray(samples, np.float32)
        # The one before may still be read until the command is obeyed.
        self._previews = [*self._previews[-1:], sound]
        self._ring.send(at.CMD_PREVIEW, sound[0].ctypes.data, sound[-1].ctypes.data, float(sound.shape[1]))

    def touch(self, track_id: TrackId, parameter: str, value: float) -> None:
        """Hear a value that is being dragged: "gain_db", "pan", "is_muted", "strip.<name>", "send.<id>.gain_db"."""
        with self._lock:
            program = self._program
            if program is None or track_id not in program.channels:
                return
            index = self._touched_index(program, track_id, parameter)
            if index is not None:
                is_mute = index % PARAMETERS == AUDIBLE and parameter == "is_muted"
                self._send_value(index, 1.0 - value if is_mute else value)

    def _touched_index(self, program: CompiledProgram, track_id: TrackId, parameter: str) -> int | None:
        index = parameter_index(parameter)
        if index is not None:
            return program.channels[track_id] * PARAMETERS + index
        if parameter.startswith("send.") and parameter.endswith(".gain_db"):
            key = f"{track_id}>{parameter.removeprefix('send.').removesuffix('.gain_db')}"
            return program.value_index(key, at.EDGE_GAIN_DB) if key in program.edges else None
        return None

    # --- readings ------------------------------------------------------------------------------------------------

    def meters(self) -> Meters:
        """Return the levels of every channel and the master's loudness."""
        program = self._program
        return Meters(self._meters.channels(program.channels) if program else {}, self._meters.master)

    def clear_clip(self, track_id: TrackId) -> None:
        """Put out a channel's clip lamp."""
        if self._program is not None and track_id in self._program.channels:
            self._meters.clear_clip(self._program.channels[track_id])

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

    def close_device(self) -> None:
        """Let go of the device."""
        self._output.close_device()

    def close(self) -> None:
        """Stop everything; the session cannot be used any more."""
        self._output.close()
        self._meters.close()
