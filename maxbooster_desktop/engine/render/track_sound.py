"""The sound of one track before its strip, as a file: what freezing, flattening and bouncing keep.

It is what the engine hands from the last insert to the channel strip: float at the project's rate, latency taken off,
rendered from the song's beginning, so that devices that run freely stand where they stand when the song is rendered.
The file begins on the tick at or before the first sample that is not zero.
"""

import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from maxbooster_desktop.engine.media.playable import decode_played
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.render.offline import make_renderer
from maxbooster_desktop.engine.render.settings import RenderCancelledError, RenderError, end_frame
from maxbooster_desktop.engine.render.stream import Samples, played
from maxbooster_desktop.engine.render.writer import AudioWriter
from maxbooster_desktop.project.document.clip_fades import track_fades_ms
from maxbooster_desktop.project.document.heard import heard_clips
from maxbooster_desktop.project.document.sample_grid import last_tick_until, sample_at
from maxbooster_desktop.project.document.state import MASTER, ClipId, ProjectState, Track, TrackId

#: Half of the smallest step of 24 bits: what a tail keeps is more than any file of integers can hold.
QUIET = 2.0**-24
LONGEST_TAIL_S = 60.0


@dataclass(frozen=True, slots=True)
class TrackSound:
    """A file that was written: where it starts, and how many of its last frames ring on behind the clips."""

    path: Path
    start_tick: int
    frames: int
    tail_frames: int


def track_alone(state: ProjectState, track_id: TrackId) -> ProjectState:
    """Return a project of one track with its clips, takes and inserts, whose mix is what goes into its strip."""
    track = state.tracks[track_id]
    plain = Track(track.id, track.kind, track.name, track.order, inserts=track.inserts)
    clips = state.clips_by_track.get(track_id, ())
    return replace(
        state,
        tracks={track_id: plain, MASTER: Track(MASTER, "master", "Master", "")},
        track_order=(track_id,),
        clips={clip_id: state.clips[clip_id] for clip_id in clips},
        clips_by_track={track_id: clips},
        comps={track: comp for track, comp in state.comps.items() if track == track_id},
        lanes={
            lane.id: lane
            for lane in state.lanes.values()
            if lane.track == track_id and lane.parameter.startswith("insert.")
        },
    )


def clips_alone(state: ProjectState, track_id: TrackId, clip_ids: Collection[ClipId]) -> ProjectState:
    """Return a project of some clips of a track as they sound among the others, without its inserts."""
    alone = track_alone(state, track_id)
    fades = track_fades_ms(state, track_id)
    clips = {}
    for clip_id in alone.clips_by_track[track_id]:
        if clip_id in clip_ids:
            fade_in_ms, fade_out_ms = fades.get(clip_id, (None, None))
            clips[clip_id] = replace(state.clips[clip_id], fade_in_ms=fade_in_ms, fade_out_ms=fade_out_ms)
    tracks = {**alone.tracks, track_id: replace(alone.tracks[track_id], inserts=())}
    by_track = {track_id: tuple(clips)}
    return replace(alone, tracks=tracks, clips=clips, clips_by_track=by_track, comps={}, lanes={})


def render_alone(
    alone: ProjectState,
    pool: MediaPool,
    path: Path,
    *,
    span: tuple[int, int] | None = None,
    progress: Callable[[float], None] | None = None,
    cancel: threading.Event | None = None,
) -> TrackSound:
    """Render what `track_alone` or `clips_alone` returned, at its own rate (the pool's), to a WAV file of float.

    `span` are the frames [first, end) to render, without a tail; None: from the first sample that sounds to the last.

    Raises:
        RenderError: it is silent, or the file cannot be written; nothing is left behind.
        RenderCancelledError: `cancel` was set; nothing is left behind.
        SoundUndecodableError: a sound of it is missing or damaged.
    """
    [track_id] = alone.track_order
    rate, name = pool.sample_rate, alone.tracks[track_id].name

    def check() -> None:
        if cancel is not None and cancel.is_set():
            raise RenderCancelledError("Cancelled; the project is as it was")

    decode_played(alone, pool, check=check)
    end = sound_end(alone, rate) if span is None else span[1]
    blocks = played(make_renderer(alone, pool, None, 0), end, 0.0 if span else LONGEST_TAIL_S, rate, check, QUIET)
    sound = _Sounding(alone, _told(blocks, end, progress), None if span is None else span[0])
    with AudioWriter(path, rate, 2, "wav", 32) as writer:
        for block in sound.blocks():
            writer.write(block)
        if sound.start is None:
            raise RenderError(f"“{name}” is silent, so there is nothing to keep of it; put a sound on it first")
    start_frame, start_tick = sound.start
    tail = max(0, min(writer.frames, start_frame + writer.frames - end))
    return TrackSound(path, start_tick, writer.frames, tail)


def sound_end(alone: ProjectState, sample_rate: int) -> int:
    """Return the frame behind the last one of what sounds in a project of one track."""
    [track_id] = alone.track_order
    heard = [clip for clip in heard_clips(alone, track_id) if not clip.is_muted]
    return max((end_frame(alone, clip, sample_rate) for clip in heard), default=0)


class _Sounding:
    """A stream of blocks from `first_frame` on, None: from its first sample that is not zero.

    `start` is where the stream begins, (frame, tick).
    """

    def __init__(self, state: ProjectState, blocks: Iterator[Samples], first_frame: int | None) -> None:
        self._state, self._blocks, self._first = state, blocks, first_frame
        self.start: tuple[int, int] | None = None

    def blocks(self) -> Iterator[Samples]:
        """Yield what sounds, from a tick on."""
        silent_frames = 0
        for block in self._blocks:
            if self.start is not None:
                yield block
                continue
            place = self._place_in(block, silent_frames)
            if place is None:
                silent_frames += len(block)
                continue
            self.start = self._tick_before(silent_frames + place)
            yield np.zeros((silent_frames + place - self.start[0], 2), np.float32)
            yield block[place:]

    def _place_in(self, block: Samples, silent_frames: int) -> int | None:
        """Return where in a block the stream begins; None when it is not in it."""
        if self._first is not None:
            place = self._first - silent_frames
            return place if place < len(block) else None
        sounding = np.flatnonzero(block.any(axis=1))
        return int(sounding[0]) if len(sounding) else None

    def _tick_before(self, frame: int) -> tuple[int, int]:
        """Return the last place on a tick at or before a frame, as (frame, tick)."""
        tick = last_tick_until(self._state, frame)
        return sample_at(self._state, tick), tick


def _told(blocks: Iterator[Samples], frames: int, progress: Callable[[float], None] | None) -> Iterator[Samples]:
    done = 0
    for block in blocks:
        yield block
        done += len(block)
        if progress is not None:
            progress(min(1.0, done / max(1, frames)))
