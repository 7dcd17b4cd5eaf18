"""Recording over a real JACK server whose output is wired to its input: takes lie on the sample that was played.

The song is noise, so the place of what came back is found by correlation, to the sample.
"""

import json
from pathlib import Path

import pytest

from tests.factories.jack import drive, needs_jack

_DRIVER = """
import contextlib, json, subprocess, sys, threading, time
from pathlib import Path

import numpy as np
import soundfile

from maxbooster_desktop.engine.devices.choice import DeviceChoice
from maxbooster_desktop.engine.devices.portaudio import AudioDevices, refresh
from maxbooster_desktop.engine.record.calibration import NothingCameBackError, measure_round_trip
from maxbooster_desktop.engine.record.recorder import ArmedTrack
from maxbooster_desktop.engine.session import EngineSession
from tests.factories.engine_projects import Song, noise

name, block, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
server = subprocess.Popen(
    ["jackd", "--no-realtime", "-n", name, "-d", "dummy", "-r", "48000", "-p", str(block), "-C", "2", "-P", "2"],
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
)


def until(holds, seconds, what):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def jack():
    refresh()
    return next((host for host in AudioDevices().list() if "JACK" in host.name), None)


def ports():
    return subprocess.run(["jack_lsp"], capture_output=True, text=True, check=True).stdout.split()


class Files:
    def new_path(self):
        return folder / "take.wav"

    def announce(self, take, sample_format):
        pass

    def tell(self, problem):
        print(problem, flush=True)


song = Song()
track = song.track()
played = noise(48_000 * 4, channels=2, seed=3)
song.clip(track, played)
engine = EngineSession(48_000, block)
try:
    until(jack, 20, "the server does not start")
    engine.show(song.state, song.pool)
    engine.open_device(DeviceChoice(host_api=jack().name, block_frames=block))
    engine.open_input()
    outs = [port for port in ports() if "PortAudio:out" in port]
    ins = [port for port in ports() if "PortAudio:in" in port]
    for out, into in zip(outs, ins, strict=True):
        subprocess.run(["jack_connect", out, into], check=True)
    time.sleep(0.2)
    measured = measure_round_trip(engine)
    for out, into in zip(outs, ins, strict=True):
        subprocess.run(["jack_disconnect", out, into], check=True)
    try:
        measure_round_trip(engine)
    except NothingCameBackError as problem:
        print(problem)
    for out, into in zip(outs, ins, strict=True):
        subprocess.run(["jack_connect", out, into], check=True)
    done = threading.Event()
    recordings = []
    heard = lambda recording: (recordings.append(recording), done.set())
    recorder = engine.record([ArmedTrack(track, 0, 2)], Files(), heard, round_trip_frames=measured)
    engine.play()
    until(lambda: engine.transport.position_samples > 96_000, 20, "it does not play")
    engine.stop()
    assert done.wait(10), "the recording does not end"
    [take] = recordings[0].takes
    samples, rate = soundfile.read(take.path, dtype="float32")
    length, skip = 1 << 15, 4_800  # behind the fade of the start
    piece = samples[skip : skip + length, 0]
    ahead = 8_192
    whole = played[0, max(0, take.position + skip - ahead) : take.position + skip + length + ahead]
    found = int(np.argmax(np.correlate(whole, piece, "valid"))) - min(ahead, take.position + skip)
    late = engine.stats.late_blocks
    print(json.dumps({"off": -found, "frames": len(samples), "lost": recordings[0].lost_frames, "late": late,
                      "reported": engine.round_trip_frames, "measured": measured, "peak": float(np.abs(piece).max())}))
finally:
    engine.close()
    server.terminate()
    server.wait()
"""


@needs_jack
@pytest.mark.timeout(90)
@pytest.mark.alone
@pytest.mark.parametrize("block", [64, 256, 1_024])
def test_a_take_lies_where_it_was_played(tmp_path: Path, block: int) -> None:
    said = drive(_DRIVER, 80, str(block), str(tmp_path))
    found = json.loads(said.splitlines()[-1])
    print(found)
    assert found["peak"] > 0.1, "nothing came back"
    assert abs(found["off"]) <= 1, found
    assert "Nothing of the test sound came back" in said
    assert (found["lost"], found["frames"] >= 90_000) == (0, True)
