"""The engine on a real JACK server with its dummy driver: it plays, survives the server's end, and comes back."""

import os
import shutil
import subprocess
import sys

import pytest

_DRIVER = """
import signal, subprocess, sys, time
name = sys.argv[1]


def jackd():
    started = subprocess.Popen(
        ["jackd", "--no-realtime", "-n", name, "-d", "dummy", "-r", "48000", "-p", "64"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    time.sleep(1.0)
    return started


def until(holds, seconds, what):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.02)


server = jackd()
from maxbooster_desktop.engine.devices.choice import DeviceChoice
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.session import EngineSession
from tests.factories.engine_projects import Song, ones

song = Song()
song.clip(song.track(), ones(48_000 * 60))
engine = EngineSession(48_000, 64, patience_s=0.6, retry_s=0.5)
from maxbooster_desktop.engine.devices.portaudio import AudioDevices

host = next(host for host in AudioDevices().list() if "JACK" in host.name)
output = next(device.name for device in host.devices if device.outputs)
try:
    engine.show(song.state, song.pool)
    engine.open_device(DeviceChoice(host_api=host.name, output_device=output, block_frames=64))
    assert engine.device_problem == ""
    engine.play()
    blocks = int(engine.runtime.cells[at.BLOCKS])
    until(lambda: engine.transport.position_samples > 4_800, 10, "it does not play")
    assert int(engine.runtime.cells[at.BLOCKS]) > blocks + 50
    until(lambda: 0.0 < engine.stats.load < 1.0, 10, "no load")
    print("plays", flush=True)
    # A server that hangs and goes on: the device is given up, and found again.
    server.send_signal(signal.SIGSTOP)
    until(lambda: engine.device_problem != "", 20, "the loss is not noticed")
    assert engine.device_problem.endswith("."), engine.device_problem
    here = engine.transport.position_samples
    until(lambda: engine.transport.position_samples > here + 4_800, 10, "time stands still without a device")
    print("goes on in silence", flush=True)
    server.send_signal(signal.SIGCONT)
    until(lambda: engine.device_problem == "", 30, "the device does not come back: " + engine.device_problem)
    blocks = int(engine.runtime.cells[at.BLOCKS])
    until(lambda: int(engine.runtime.cells[at.BLOCKS]) > blocks + 50, 10, "no blocks after it came back")
    print("is back", flush=True)
    # A server that dies: everything goes on, and the program ends when it is asked to.
    server.kill()
    server.wait()
    until(lambda: engine.device_problem != "", 20, "the end is not noticed")
    here = engine.transport.position_samples
    until(lambda: engine.transport.position_samples > here + 4_800, 10, "time stands still after the end")
    print("survives", flush=True)
finally:
    server.send_signal(signal.SIGCONT)
    server.kill()
    server.wait()
    engine.close()
"""


_STEPS = ["plays", "goes on in silence", "is back", "survives"]


@pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd is not installed")
@pytest.mark.timeout(120)
def test_a_server_that_dies_and_comes_back(tmp_path):
    name = f"maxbooster-test-{os.getpid()}"
    environment = {**os.environ, "JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1", "PYTHONPATH": os.getcwd()}
    run = subprocess.run(
        [sys.executable, "-c", _DRIVER, name], env=environment, capture_output=True, text=True, check=False, timeout=110
    )
    assert [line for line in run.stdout.splitlines() if line in set(_STEPS)] == _STEPS, run.stdout + run.stderr
