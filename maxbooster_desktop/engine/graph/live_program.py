"""The program of a live engine: kept equal to the newest state, with what is being touched on top.

A state whose structure is the running program's only sends the numbers that differ; anything else compiles a new
program, which the callback adopts at a cell's border. A value that somebody holds (a fader in mid-drag) or listens
to (PFL, a take of a comp) belongs to no state: it stays until the document's own value moves.
"""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.strips.parameters import PARAMETERS
from maxbooster_desktop.engine.commands import CommandRing
from maxbooster_desktop.engine.graph.compile import CompiledProgram, EngineMemory, compile_program
from maxbooster_desktop.engine.graph.devices import DeviceMemory, has_device
from maxbooster_desktop.engine.graph.diff import Values, commands_between, values_of
from maxbooster_desktop.engine.graph.plugin_hosts import PluginHosts
from maxbooster_desktop.engine.graph.structure import Structure, structure_of
from maxbooster_desktop.engine.graph.values import parameter_index
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.freezing import Heard
from maxbooster_desktop.project.document.heard import auditioned
from maxbooster_desktop.project.document.state import AssetId, ProjectState, TakeId, TrackId

_SEND, _INSERT = "send.", "insert."


class LiveProgram:
    """Compiles, updates and retires programs of one runtime; any thread may call it."""

    def __init__(
        self,
        runtime: Any,
        ring: CommandRing,
        sample_rate: int,
        block_frames: int = 128,
        news: Callable[[], None] = lambda: None,
    ) -> None:
        self._runtime, self._ring, self._sample_rate = runtime, ring, sample_rate
        self._memory = EngineMemory(DeviceMemory(sample_rate, block_frames, news), is_live=True)
        self._timing: object = ()
        self._heard = Heard(has_device)
        self._lock = threading.RLock()
        self._program: CompiledProgram | None = None
        self._retired: list[CompiledProgram] = []
        self._structure: Structure | None = None
        self._serial = 0
        # What the state says, and what the callback was told.
        self._stated: Values = np.zeros(0, np.float32)
        self._told: Values = np.zeros(0, np.float32)
        # Per (channel, parameter): the state's value when it was touched, and the touched one.
        self._touched: dict[tuple[TrackId, str], tuple[float, float]] = {}
        self.pfl: set[TrackId] = set()
        #: The take that is heard of a track instead of its comp.
        self.auditions: dict[TrackId, TakeId] = {}

    @property
    def channels(self) -> dict[TrackId, int]:
        """The number of every channel in the newest program."""
        program = self._program
        return {} if program is None else program.channels

    def clips(self) -> tuple[npt.NDArray[np.int64], tuple[AssetId, ...]]:
        """Return the newest program's clip rows and the asset of each."""
        program = self._program
        if program is None:
            return np.zeros((0, at.K_FIELDS), np.int64), ()
        return program.arrays.clips, program.clip_assets

    @property
    def plugins(self) -> PluginHosts:
        """The hosted plug-ins."""
        return self._memory.devices.plugins

    def reload_plugins(self) -> None:
        """Load the plug-ins that were lost again."""
        with self._lock:
            self.plugins.reload()

    def use_block(self, block_frames: int) -> None:
        """Be as late with plug-ins as a device with these blocks needs it, from the next `show` on."""
        with self._lock:
            self.plugins.use_block(block_frames)

    def close(self) -> None:
        """End the plug-ins."""
        self._memory.devices.close()

    @property
    def serial(self) -> int:
        """The newest program's number."""
        return self._serial

    def name(self, track_id: TrackId) -> int:
        """Return the number by which all programs know a channel; waits for nothing that is being compiled."""
        return self._memory.name(track_id)

    def show(self, state: ProjectState, pool: MediaPool) -> bool:
        """Play `state` from now on; returns whether that took a new program."""
        with self._lock:
            self._drop_retired()
            state = self._heard.of(auditioned(state, self.auditions))
            structure = structure_of(state, self._sample_rate)
            program = self._program
            if (
                program is not None
                and structure == self._structure
                and self.plugins.timing() == self._timing
                and not program.can_hear_more(pool)
            ):
                self._update_devices(state)
                self._stated = values_of(state, program, self.pfl)
                if self._tell():
                    return False
            self._compile(state, pool)
            self._structure, self._timing = structure, self.plugins.timing()
            return True

    def touch(self, track_id: TrackId, parameter: str, value: float) -> None:
        """Hear a value that no state holds yet; unknown channels and parameters are ignored."""
        with self._lock:
            if parameter.startswith(_INSERT):
                insert_id, _, name = parameter.removeprefix(_INSERT).rpartition(".")
                self._memory.devices.touch(insert_id, name, value)
                return
            index = self._index_of(track_id, parameter)
            if index is None:
                return
            # "is_muted" counts the other way round from the row's "audible".
            heard = 1.0 - value if parameter == "is_muted" else value
            self._touched[track_id, parameter] = float(self._stated[index]), float(np.float32(heard))
            self._tell()

    def set_pfl(self, track_id: TrackId, on: bool) -> None:
        """Listen to a channel before its fader, or no longer."""
        with self._lock:
            (self.pfl.add if on else self.pfl.discard)(track_id)
            program = self._program
            if program is not None and track_id in program.channels:
                self._stated[program.value_index((track_id, "pfl", ""), at.EDGE_ON)] = float(on)
                self._tell()

    def _compile(self, state: ProjectState, pool: MediaPool) -> None:
        self._serial += 1
        program = compile_program(state, pool, self._memory, self._serial)
        if self._program is not None:
            self._retired.append(self._program)
        self._program, self._told = program, program.arrays.values.copy()
        self._stated = values_of(state, program, self.pfl)
        self._runtime.cells[at.PENDING] = program.address
        self._tell()

    def _drop_retired(self) -> None:
        """Let go of programs the callback has left, their fading clips included."""
        cells = self._runtime.cells
        is_adopted = self._program is not None and int(cells[at.ACTIVE]) == self._program.address
        if is_adopted and not int(cells[at.FADING_PROGRAM]):
            self._retired.clear()

    def _update_devices(self, state: ProjectState) -> None:
        for track in state.tracks.values():
            for insert in track.inserts:
                if insert.enabled:
                    self._memory.devices.instance(insert)

    def _tell(self) -> bool:
        """Send what differs from what the callback knows; False when the ring took not all of it."""
        program = self._program
        if program is None:
            return False
        wanted = self._wanted()
        for index, unit, cells, value in commands_between(program, self._told, wanted):
            if not self._ring.send(at.CMD_VALUE, index, unit * at.VALUE_CELLS + cells, value, program.serial):
                return False
            self._told[index] = value
        return True

    def _wanted(self) -> Values:
        """Return the state's values with the touched ones in their places; forget those the state has caught up on."""
        wanted = self._stated.copy()
        for (track_id, parameter), (stated, touched) in list(self._touched.items()):
            index = self._index_of(track_id, parameter)
            if index is None or wanted[index] != stated or stated == touched:
                del self._touched[track_id, parameter]
            else:
                wanted[index] = touched
        return wanted

    def _index_of(self, track_id: TrackId, parameter: str) -> int | None:
        """Return the place in `values` of "gain_db", "pan", "is_muted", "strip.<name>" or "send.<id>.gain_db"."""
        program = self._program
        if program is None or track_id not in program.channels:
            return None
        index = parameter_index(parameter)
        if index is not None:
            return program.channels[track_id] * PARAMETERS + index
        send_id, _, name = parameter.removeprefix(_SEND).rpartition(".")
        key = (track_id, "send", send_id)
        if not parameter.startswith(_SEND) or name != "gain_db" or key not in program.edges:
            return None
        return program.value_index(key, at.EDGE_GAIN_DB)
