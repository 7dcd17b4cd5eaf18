"""A still engine with a compiled callback called by hand: its input counts, and its recorder is the real one."""

import numpy as np

from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.record.recorder import Recorder
from maxbooster_desktop.engine.record.spans import Spans
from tests.factories.engine_projects import Song, StillLive
from tests.factories.still_engine import StillEngine

RATE = 48_000


class HandEngine(StillEngine):
    """A still engine whose recorder is the real one."""

    def __init__(self):
        super().__init__()
        song = Song()
        song.track()
        self.inputs = 0
        self.live = StillLive(song, play=False)

    def open_input(self):
        """Have two inputs."""
        self.inputs = 2

    def record(self, armed, files, done, *, round_trip_frames, punch=None):
        """Record with the real recorder."""
        spans = Spans(round_trip_frames or 0, punch)
        return Recorder(self.live.runtime, self.sample_rate, spans, armed, files=files, done=done)

    def feed(self, frames):
        """Give the callback `frames` frames of a counting input."""
        cells = self.live.runtime.cells
        for first in range(0, frames, 480):
            sound = np.ascontiguousarray((np.arange(480)[:, None] + first + np.array([0.0, 0.5])) / 2**20, np.float32)
            cells[at.INPUT], cells[at.INPUT_CHANNELS] = sound.ctypes.data, 2
            self.live.run(480, 480)

    def roll(self, frames):
        """Play `frames` frames with a counting input, then stand still."""
        self.live.ring.send(at.CMD_PLAY)
        self.feed(frames)
        self.live.ring.send(at.CMD_STOP)
        self.live.run(480, 480)
