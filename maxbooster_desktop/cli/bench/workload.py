"""The song that is measured: stereo tracks of one sound, each with a whole strip and two sends, and the block alone.

Every track reads its clip, runs a 4-band EQ and a compressor, has a fader, a pan and a send into each of two buses;
on every tenth the fader and one EQ band move all the time. `DirectBlock` calls the compiled block the way a sound
device would, with nothing in between.
"""

import ctypes
import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

from dsp.core.compiled import njit_kernel
from dsp.core.intrinsics import call_with_words
from maxbooster_desktop.engine.graph.compile import EngineMemory, compile_program
from maxbooster_desktop.engine.graph.devices import DeviceMemory
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.realtime import callback
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.realtime.arrays import new_runtime, runtime_header_of
from maxbooster_desktop.project.document.state import (
    MASTER,
    Asset,
    AssetId,
    Clip,
    ClipId,
    Lane,
    LaneId,
    Meta,
    Point,
    PointId,
    ProjectState,
    Send,
    SendId,
    Track,
    TrackId,
)
from maxbooster_desktop.project.document.tempo_map import TempoMap

RATE = 48_000
SOUND_S = 30
SOUND_NAME = "noise.wav"
STRIP = {
    "eq_on": 1.0,
    "band1_gain_db": 2.0,
    "band2_gain_db": -3.0,
    "band3_gain_db": 2.0,
    "band4_gain_db": -2.0,
    "comp_on": 1.0,
    "comp_threshold_db": -20.0,
    "comp_ratio": 4.0,
}
_BUSES = (TrackId("bus1"), TrackId("bus2"))
_TICKS_A_SECOND = 1_920
_POINT_TICKS = 240
_MOVED = {"gain_db": (-6.0, 0.0), "strip.band2_gain_db": (-6.0, 6.0)}

_run_block = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)(
    callback.block.address
)

Clock = Callable[[], float]


class OneSound:
    """Where the one sound of the workload lies (an `AudioPlaces`)."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / SOUND_NAME
        frames = SOUND_S * RATE
        sound = np.clip(np.random.default_rng(1).standard_normal((frames, 2)) * 0.1, -1, 1)
        soundfile.write(self._path, sound.astype(np.float32), RATE, subtype="FLOAT")
        self.asset = Asset(AssetId("0" * 64), "noise", RATE, 2, frames, "FLOAT", "0" * 64, "wav")

    def path_of(self, _asset: Asset) -> Path:
        """Return its path."""
        return self._path


@contextmanager
def decoded_sound(folder: Path) -> Iterator[tuple[Asset, MediaPool]]:
    """Yield the sound and a pool that holds it, decoded."""
    sound = OneSound(folder)
    pool = MediaPool(sound, RATE, folder)
    try:
        pool.require([sound.asset])
        pool.wait([sound.asset.id], 120.0)
        yield sound.asset, pool
    finally:
        pool.close()


def song_of(tracks: int, asset: Asset, *, repeats: int = 1, has_sends: bool = True) -> ProjectState:
    """Return a song of `tracks` stereo tracks that play the sound `repeats` times, one after the other."""
    everything = {MASTER: Track(MASTER, "master", "Master", "zz", gain_db=-24.0)}
    if has_sends:
        everything |= {bus: Track(bus, "bus", bus, f"z{bus}") for bus in _BUSES}
    clips: dict[ClipId, Clip] = {}
    by_track: dict[TrackId, tuple[ClipId, ...]] = {}
    lanes: dict[LaneId, Lane] = {}
    for number in range(tracks):
        track = _track(number, has_sends=has_sends)
        everything[track.id] = track
        placed = [_clip(track.id, repeat, asset) for repeat in range(repeats)]
        clips |= {clip.id: clip for clip in placed}
        by_track[track.id] = tuple(clip.id for clip in placed)
        if number % 10 == 0 and has_sends:
            lanes |= {lane.id: lane for lane in _moves(track.id, SOUND_S * repeats)}
    return ProjectState(
        meta=Meta("bench", "Bench", RATE),
        tempo_map=TempoMap(),
        tracks=everything,
        track_order=tuple(track for track in everything if track != MASTER),
        clips=clips,
        clips_by_track=by_track,
        lanes=lanes,
        assets={asset.id: asset},
    )


def _track(number: int, *, has_sends: bool) -> Track:
    track_id = TrackId(f"t{number:05d}")
    sends = tuple(Send(SendId(f"{track_id}-{bus}"), bus, -12.0) for bus in _BUSES) if has_sends else ()
    pan = (number % 21 - 10) / 10
    return Track(track_id, "audio", track_id, f"a{number:05d}", gain_db=-6.0, pan=pan, strip=STRIP, sends=sends)


def _clip(track: TrackId, repeat: int, asset: Asset) -> Clip:
    start_tick = repeat * SOUND_S * _TICKS_A_SECOND
    return Clip(ClipId(f"{track}-{repeat}"), track, start_tick, "noise", asset=asset.id, length_frames=asset.frames)


def _moves(track: TrackId, seconds: int) -> Iterator[Lane]:
    ticks = range(0, seconds * _TICKS_A_SECOND, _POINT_TICKS)
    for parameter, ends in _MOVED.items():
        points = tuple(Point(PointId(f"p{tick}"), tick, ends[index % 2]) for index, tick in enumerate(ticks))
        yield Lane(LaneId(f"{track}-{parameter}"), track, parameter, points=points)


@njit_kernel
def _run_blocks(block: Any, words: Any, calls: Any) -> None:
    for _ in range(calls):
        call_with_words(block, words)


class DirectBlock:
    """A compiled song that plays from its start, called by the address a sound device would call."""

    def __init__(self, state: ProjectState, pool: MediaPool, frames: int, *, is_playing: bool = True) -> None:
        self.frames, self.channels = frames, len(state.tracks)
        self._program = compile_program(state, pool, EngineMemory(DeviceMemory(RATE)), serial=1)
        self.runtime = new_runtime(RATE, self.channels, is_live=True)
        self.header = runtime_header_of(self.runtime)
        self.runtime.cells[at.PENDING] = self._program.address
        if is_playing:
            self.runtime.commands[0] = at.CMD_PLAY, 0, 0, 0
            self.runtime.cells[at.COMMANDS_WRITTEN] = 1
        self._out = np.zeros((frames, 2), np.float32)
        self._words = int(self.header.ctypes.data), int(self._out.ctypes.data), 2, frames

    @property
    def arrays(self) -> Any:
        """The arrays of the program that runs."""
        return self._program.arrays

    @property
    def seconds(self) -> float:
        """How long one block sounds."""
        return self.frames / RATE

    def call(self) -> None:
        """Run one block."""
        _run_block(*self._words)

    def stretch_s(self, calls: int) -> float:
        """Return the seconds that `calls` blocks take one after the other, with no Python between them."""
        started = time.perf_counter()
        _run_blocks(callback.block.address, self._words, calls)
        return time.perf_counter() - started

    def timed(self, calls: int, clock: Clock = time.perf_counter) -> npt.NDArray[np.float64]:
        """Return the seconds that each of `calls` calls took by `clock`, after some that warm up."""
        for _ in range(64):
            self.call()
        taken = np.empty(calls)
        run, words = _run_block, self._words
        was_enabled = gc.isenabled()
        gc.disable()
        try:
            for index in range(calls):
                started = clock()
                run(*words)
                taken[index] = clock() - started
        finally:
            if was_enabled:
                gc.enable()
        return taken
