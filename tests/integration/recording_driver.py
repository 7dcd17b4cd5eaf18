"""Records a counting input into a project until it is killed; says after each second of sound how far it has come.

Run by test_kill_recordings.py: folder, seed. The words: "ready" with the track, "played" with captured frames, "kept"
when a pass has become takes.
"""

import random
import sys
import threading
import time
from pathlib import Path

import numpy as np

from maxbooster_desktop.actions.recording import _PassFiles
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.record.recorder import ArmedTrack, Recorder
from maxbooster_desktop.engine.record.spans import Spans
from maxbooster_desktop.project.exchange.recorded import keep_recording
from maxbooster_desktop.project.store.opening import open_project
from tests.factories.engine_projects import Song, StillLive

RATE, BLOCK = 48_000, 480


def say(*words: object) -> None:
    print(*words, flush=True)


def main() -> None:
    folder, source = Path(sys.argv[1]), random.Random(int(sys.argv[2]))
    project = open_project(folder)
    [track] = [each for each in project.state.tracks.values() if each.kind == "audio"]
    song = Song()
    song.track()
    live = StillLive(song, play=False)
    cells, count = live.runtime.cells, 0
    say("ready", track.id)
    while True:
        done = threading.Event()

        def keep(recording, done=done):
            if recording.takes:
                keep_recording(project, recording.takes)
            done.set()

        recorder = Recorder(
            live.runtime, RATE, Spans(0), [ArmedTrack(track.id, 0, 1)], files=_PassFiles(project, say), done=keep
        )
        live.ring.send(at.CMD_SEEK, 0)
        live.ring.send(at.CMD_PLAY)
        begun = count
        for _ in range(source.randrange(50, 400)):
            sound = np.ascontiguousarray((np.arange(BLOCK) + count - begun) / 2**24, np.float32)
            cells[at.INPUT], cells[at.INPUT_CHANNELS] = sound.ctypes.data, 1
            live.run(BLOCK, BLOCK)
            count += BLOCK
            # Twenty times as fast as it would be played.
            time.sleep(BLOCK / RATE / 20)
            if (count - begun) % (RATE // 10) == 0:
                say("played", count - begun)
        recorder.end()
        assert done.wait(20)
        recorder.join()
        cells[at.INPUT_CHANNELS] = 0
        live.ring.send(at.CMD_STOP)
        live.run(BLOCK, BLOCK)
        say("kept")


main()
