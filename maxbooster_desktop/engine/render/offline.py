"""Offline rendering: the same compiled program as live, run block by block as fast as the machine can.

Nothing of the monitor is heard (no metronome, no PFL, no audition), nothing is declicked at the start, automation
stands where the range begins. The same project gives the same bytes every time, for any block size.
"""

import ctypes
import weakref
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.engine.graph.compile import CompiledProgram, EngineMemory, compile_program
from maxbooster_desktop.engine.graph.devices import DeviceMemory, has_device
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.realtime import callback
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.realtime.arrays import new_runtime, runtime_header_of
from maxbooster_desktop.project.document.freezing import as_heard
from maxbooster_desktop.project.document.state import MASTER, ProjectState, TrackId

DEFAULT_BLOCK_FRAMES = 4_096

_run_block = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)(
    callback.block.address
)


class OfflineRenderer:
    """Renders a state from a start frame on, in order.

    Args:
        state: the project to render.
        pool: its audio, decoded as far as it will be played; the render has the pool's rate.
        block_frames: frames per call of the compiled block, 1 or more.
        solo_track: render only what this track (with everything that feeds it) puts into the mix.
        start_frame: the first frame to render.

    Raises:
        PluginLostError: a plug-in that is on cannot be loaded.
    """

    def __init__(
        self,
        state: ProjectState,
        pool: MediaPool,
        *,
        block_frames: int = DEFAULT_BLOCK_FRAMES,
        solo_track: TrackId | None = None,
        start_frame: int = 0,
    ) -> None:
        self._block_frames = max(1, block_frames)
        heard = as_heard(state, has_device)
        chosen = heard if solo_track is None else _only(heard, solo_track)
        self._memory = EngineMemory(DeviceMemory(pool.sample_rate))
        plugins = self._memory.devices.plugins
        # Whoever renders lets go of the renderer and does not say so.
        self._end_plugins = weakref.finalize(self, plugins.close)
        plugins.load(insert for track in chosen.tracks.values() for insert in track.inserts if insert.enabled)
        self._program: CompiledProgram = compile_program(chosen, pool, self._memory, serial=1)
        self._runtime = new_runtime(pool.sample_rate, 1, is_live=False)
        cells = self._runtime.cells
        cells[at.PENDING] = self._program.address
        self._header = runtime_header_of(self._runtime)
        self._order(at.CMD_SEEK, start_frame)
        self._order(at.CMD_PLAY)

    @property
    def latency_frames(self) -> int:
        """Frames by which the output lags the timeline; whoever writes a file drops as many at its start."""
        return self._program.latency_frames

    def process(self, frames: int) -> npt.NDArray[np.float32]:
        """Return the next `frames` frames, float32 [frames, 2]. Raises PluginLostError."""
        out = np.zeros((frames, 2), np.float32)
        base, step = int(out.ctypes.data), self._block_frames
        for first in range(0, frames, step):
            count = min(step, frames - first)
            _run_block(int(self._header.ctypes.data), base + first * 8, 2, count)
            self._memory.devices.plugins.check()
        return out

    def stop(self) -> None:
        """End the clips where the timeline stands, without a fade; what rings on comes with the next `process`."""
        self._runtime.cells[at.IS_PLAYING] = 0

    def _order(self, command: int, a: int = 0) -> None:
        written = int(self._runtime.cells[at.COMMANDS_WRITTEN])
        self._runtime.commands[written] = command, 0, a, 0
        self._runtime.cells[at.COMMANDS_WRITTEN] = written + 1


def make_renderer(
    state: ProjectState, pool: MediaPool, solo_track: TrackId | None, start_frame: int
) -> OfflineRenderer:
    """Make a renderer with the usual block size (fits `files.RendererFactory`)."""
    return OfflineRenderer(state, pool, solo_track=solo_track, start_frame=start_frame)


def _only(state: ProjectState, track_id: TrackId) -> ProjectState:
    """Solo one track and leave the master as it is, so that stems add up to the mix before its devices."""
    tracks = {
        other.id: replace(other, is_soloed=other.id == track_id, is_solo_safe=False) for other in state.tracks.values()
    }
    tracks[MASTER] = replace(tracks[MASTER], is_muted=False)
    return replace(state, tracks=tracks)
