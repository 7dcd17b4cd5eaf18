"""Small hand-made projects with their sound in memory, and two ways to run them: offline, and live without a device."""

import ctypes
import itertools
from dataclasses import replace

import numpy as np

from maxbooster_desktop.engine.commands import CommandRing
from maxbooster_desktop.engine.graph.live_program import LiveProgram
from maxbooster_desktop.engine.realtime import callback
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.realtime.arrays import new_runtime, runtime_header_of
from maxbooster_desktop.engine.render.offline import OfflineRenderer
from maxbooster_desktop.project.document.state import (
    MASTER,
    NOTE,
    Asset,
    AssetId,
    Clip,
    ClipId,
    Insert,
    InsertId,
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
#: At 120 bpm and 48 kHz a tick is 25 frames.
FRAMES_PER_TICK = 25

run_block = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * 4)(callback.block.address)


class MemoryPool:
    """Fits `MediaPool` for the engine: sounds by id, at the session's rate, decoded as far as their mark says."""

    def __init__(self, sample_rate=RATE):
        self.sample_rate = sample_rate
        self.problems = {}
        self.arriving = ()
        self._sounds, self._previews = {}, set()

    def put(self, asset_id, samples, ready=None):
        """Have a sound, decoded up to `ready` frames (None: all)."""
        samples = np.ascontiguousarray(samples, np.float32)
        self._sounds[asset_id] = samples, np.array([samples.shape[1] if ready is None else ready], np.int64)

        self._previews.discard(asset_id)

    def put_preview(self, asset_id, samples):
        """Have what stands in for a sound until `put`."""
        self.put(asset_id, samples)
        self._previews.add(asset_id)

    def is_settled(self, asset_id):
        """Tell whether a sound will stay what it is."""
        return asset_id in self._sounds and asset_id not in self._previews

    def is_done(self, asset_id):
        """Tell whether a sound is there to its end."""
        return self.is_settled(asset_id) and self.ready_mark(asset_id)[0] == self.samples(asset_id).shape[1]

    def require(self, assets):
        """Everything is here or nowhere."""

    def wait(self, asset_ids, timeout_s):
        """Everything that will be here is here."""
        return True

    def samples(self, asset_id):
        """Return the sound, or None."""
        return self._sounds[asset_id][0] if asset_id in self._sounds else None

    def prefetch(self, asset_id, start_frame, frames):
        """Memory needs no reading ahead."""

    def ready_mark(self, asset_id):
        """Return the cell that says how far it is decoded."""
        return self._sounds[asset_id][1] if asset_id in self._sounds else None


class Song:
    """Builds a state step by step; `state` is the project as it stands, `pool` its sounds."""

    def __init__(self, *, sample_rate=RATE, tempo_map=None):
        self.pool = MemoryPool(sample_rate)
        self._numbers = itertools.count()
        self.state = ProjectState(
            meta=Meta("p", "Test", sample_rate),
            tempo_map=tempo_map or TempoMap(),
            tracks={MASTER: Track(MASTER, "master", "Master", "zz")},
        )

    def _id(self, letter):
        return f"{letter}{next(self._numbers):05d}"

    def track(self, kind="audio", **fields):
        """Add a track, group or bus."""
        track_id = TrackId(self._id("t"))
        self.change(tracks={**self.state.tracks, track_id: Track(track_id, kind, track_id, track_id, **fields)})
        return track_id

    def change(self, **fields):
        """Replace fields of the state."""
        self.state = replace(self.state, **fields)

    def set(self, track_id, **fields):
        """Replace fields of a track."""
        changed = replace(self.state.tracks[track_id], **fields)
        self.change(tracks={**self.state.tracks, track_id: changed})

    def send(self, source, target, **fields):
        """Add a send."""
        send = Send(SendId(self._id("s")), target, **fields)
        self.set(source, sends=(*self.state.tracks[source].sends, send))
        return send.id

    def insert(self, track_id, device, values=None, *, enabled=True):
        """Add a device."""
        insert = Insert(InsertId(self._id("i")), device, "a", enabled, values or {})
        self.set(track_id, inserts=(*self.state.tracks[track_id].inserts, insert))
        return insert.id

    def asset(self, samples, *, sample_rate=None, frames=None):
        """Register samples [channels, frames] (None: the file is missing)."""
        asset_id = AssetId(self._id("a"))
        channels, count = (1, frames) if samples is None else samples.shape
        rate = sample_rate or self.pool.sample_rate
        asset = Asset(asset_id, asset_id, rate, channels, frames or count, "PCM_24", asset_id, "wav")
        if samples is not None:
            self.pool.put(asset_id, samples)
        self.change(assets={**self.state.assets, asset_id: asset})
        return asset_id

    def clip(self, track_id, asset, start_tick=0, **fields):
        """Add a clip of samples or of an asset."""
        if not isinstance(asset, str):
            asset = self.asset(asset)
        clip_id = ClipId(self._id("c"))
        length = self.state.assets[asset].frames - fields.get("source_offset", 0)
        fields = {"length_frames": length, **fields}
        return self._place(Clip(clip_id, track_id, start_tick, clip_id, asset=asset, **fields))

    def instrument(self, device="instruments.test_tone", values=None, **fields):
        """Add an instrument track."""
        track_id = self.track("instrument", **fields)
        self.insert(track_id, device, values)
        return track_id

    def notes(self, track_id, notes, start_tick=0, length_ticks=4 * 960, **fields):
        """Add a clip of notes: (start tick, length in ticks, pitch, velocity)."""
        clip_id = self._place(
            Clip(ClipId(self._id("c")), track_id, start_tick, "notes", kind="midi", length_ticks=length_ticks, **fields)
        )
        self.play_notes(clip_id, notes)
        return clip_id

    def play_notes(self, clip_id, notes):
        """Let a clip hold exactly these notes."""
        made = np.array([(start, length, 0, pitch, velocity, 0.0) for start, length, pitch, velocity in notes], NOTE)
        self.change(notes={**self.state.notes, clip_id: made})

    def _place(self, clip):
        track_id, clip_id = clip.track, clip.id
        clips = {**self.state.clips, clip_id: clip}
        mine = sorted((c for c in clips.values() if c.track == track_id), key=lambda c: (c.start_tick, c.id))
        by_track = {**self.state.clips_by_track, track_id: tuple(c.id for c in mine)}
        self.change(clips=clips, clips_by_track=by_track)
        return clip_id

    def lane(self, track_id, parameter, points):
        """Automate: points are (tick, value) or (tick, value, curve)."""
        lane_id = LaneId(self._id("l"))
        made = tuple(Point(PointId(self._id("p")), tick, value, *(curve or (0.0,))) for tick, value, *curve in points)
        self.change(lanes={**self.state.lanes, lane_id: Lane(lane_id, track_id, parameter, points=made)})
        return lane_id

    def render(self, frames, *, block=4_096, start=0):
        """Return float32 [2, frames] of an offline render."""
        renderer = OfflineRenderer(self.state, self.pool, block_frames=block, start_frame=start)
        return renderer.process(frames).T.copy()


class StillLive:
    """A live engine whose callback is called by hand."""

    def __init__(self, song, *, play=True):
        self.song = song
        self.runtime = new_runtime(song.pool.sample_rate, 1_024, is_live=True)
        self.header = runtime_header_of(self.runtime)
        self.ring = CommandRing(self.runtime)
        self.live = LiveProgram(self.runtime, self.ring, song.pool.sample_rate)
        self.show()
        if play:
            self.ring.send(at.CMD_PLAY)

    def show(self):
        """Play the song as it stands; True when that took a new program."""
        return self.live.show(self.song.state, self.song.pool)

    def run(self, frames, block=64):
        """Return float32 [2, frames] of what the next blocks give."""
        out = np.zeros((frames, 2), np.float32)
        for first in range(0, frames, block):
            count = min(block, frames - first)
            run_block(self.header.ctypes.data, out[first:].ctypes.data, 2, count)
        return out.T.copy()

    def cell(self, index):
        """Read a cell of the runtime."""
        return int(self.runtime.cells[index])


def noise(frames, channels=2, seed=0, gain=0.25):
    """Return white noise as float32 [channels, frames]."""
    return (np.random.default_rng(seed).standard_normal((channels, frames)) * gain).astype(np.float32)


def sine(frames, hz=997.0, gain=0.5, rate=RATE, channels=2):
    """Return a sine as float32 [channels, frames]."""
    wave = gain * np.sin(2 * np.pi * hz * np.arange(frames) / rate)
    return np.repeat(wave[np.newaxis], channels, axis=0).astype(np.float32)


def ones(frames, channels=2):
    """Return a constant 1, whose render shows every gain as it is."""
    return np.ones((channels, frames), np.float32)


def impulse(frames, place=0, channels=2):
    """Return a single 1 among zeros."""
    made = np.zeros((channels, frames), np.float32)
    made[:, place] = 1.0
    return made


def peak_db(difference):
    """Return the largest magnitude in dB."""
    return 20 * np.log10(max(float(np.abs(difference).max()), 1e-30))
