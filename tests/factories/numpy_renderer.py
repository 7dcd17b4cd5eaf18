"""A small real renderer for tests of what surrounds one: sums the clips of a project with numpy."""

import numpy as np

from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.project.document.state import ProjectState, TrackId


class NumpyRenderer:
    """Sums whole clips at their start ticks; the sound comes out `latency_frames` late."""

    def __init__(
        self,
        state: ProjectState,
        pool: MediaPool,
        solo_track: TrackId | None,
        start_frame: int,
        latency_frames: int = 0,
    ) -> None:
        self.latency_frames = latency_frames
        ends = [0]
        placed = []
        for clip in state.clips.values():
            samples = pool.samples(clip.asset)
            assert samples is not None
            start = round(state.tempo_map.seconds_at(clip.start_tick) * pool.sample_rate)
            ends.append(start + samples.shape[1])
            if solo_track in (None, clip.track):
                placed.append((start, samples))
        self._mix = np.zeros((max(ends), 2), np.float32)
        for start, samples in placed:
            self._mix[start : start + samples.shape[1]] += samples.T
        self._at = start_frame - latency_frames

    def process(self, frames: int) -> np.ndarray:
        """Return the next frames; silence outside the mix."""
        block = np.zeros((frames, 2), np.float32)
        first, last = max(0, self._at), min(len(self._mix), self._at + frames)
        if last > first:
            block[first - self._at : last - self._at] = self._mix[first:last]
        self._at += frames
        return block

    def stop(self) -> None:
        """End the clips where the timeline stands."""
        self._mix = self._mix[: max(0, self._at + self.latency_frames)]


def numpy_renderer(state: ProjectState, pool: MediaPool, solo_track: TrackId | None, start_frame: int) -> NumpyRenderer:
    """Make a renderer without latency."""
    return NumpyRenderer(state, pool, solo_track, start_frame)


class _Ringing(NumpyRenderer):
    """Has a room that sounds exactly like what the clips would have gone on with."""

    def stop(self) -> None:
        """End the clips; the room rings on."""


def ringing_renderer(
    state: ProjectState, pool: MediaPool, solo_track: TrackId | None, start_frame: int
) -> NumpyRenderer:
    """Make a renderer that rings on behind the range."""
    return _Ringing(state, pool, solo_track, start_frame)


def late_renderer(state: ProjectState, pool: MediaPool, solo_track: TrackId | None, start_frame: int) -> NumpyRenderer:
    """Make a renderer whose sound comes out 777 frames late."""
    return NumpyRenderer(state, pool, solo_track, start_frame, 777)
