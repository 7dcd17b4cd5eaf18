"""The engine on a real JACK server with its dummy driver: it plays, survives its end, and meets the next one."""

import pytest

from tests.factories.jack import drive, needs_jack

_DRIVER = """
import contextlib, signal, subprocess, sys, time
name = sys.argv[1]


def jackd(*more):
    started = subprocess.Popen(
        ["jackd", "--no-realtime", "-n", name, "-d", "dummy", "-r", "48000", "-p", "64", *more],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    return started


def jack():
    refresh()  # finds a server that has started meanwhile
    return next((host for host in AudioDevices().list() if "JACK" in host.name), None)


def until(holds, seconds, what):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.02)


from maxbooster_desktop.engine.devices.choice import DeviceChoice
from maxbooster_desktop.engine.devices.portaudio import AudioDevices, DeviceError, refresh
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.engine.session import EngineSession
from tests.factories.engine_projects import Song, ones

song = Song()
song.clip(song.track(), ones(48_000 * 60))
engine = EngineSession(48_000, 64, patience_s=0.6, retry_s=0.5)
server = jackd()
try:
    until(jack, 20, "the server does not start")
    host = jack()
    output = next(device.name for device in host.devices if device.outputs)
    engine.show(song.state, song.pool)
    choice = DeviceChoice(host_api=host.name, output_device=output, block_frames=64)
    engine.open_device(choice)
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
    # A new server takes the place of the dead one. When it hangs first and dies then, the program stays alive.
    server = jackd()
    until(lambda: engine.device_problem == "", 20, "no sound with the new server: " + engine.device_problem)
    blocks = int(engine.runtime.cells[at.BLOCKS])
    until(lambda: int(engine.runtime.cells[at.BLOCKS]) > blocks + 50, 10, "the new server calls nobody")
    print("is back after its death", flush=True)
    server.send_signal(signal.SIGSTOP)
    until(lambda: engine.device_problem.endswith("when it does."), 20, "no word of the hanging")
    server.kill()
    server.wait()
    until(lambda: engine.device_problem.startswith("The sound system JACK"), 20, "no word of the server's end")
    engine.close_device()
    server = jackd()
    until(jack, 20, "the server is not found")
    server.kill()
    server.wait()
    server = jackd()
    with contextlib.suppress(DeviceError):
        engine.open_device(choice)
    until(lambda: engine.device_problem == "", 20, "no sound with the last server: " + engine.device_problem)
    print("is back after a death unnoticed", flush=True)
    # What recorded goes, and the next server has no input: playback does not wait for it.
    engine.open_input()
    assert engine.inputs == 2
    server.kill()
    server.wait()
    until(lambda: engine.device_problem != "", 20, "the end of the input is not noticed")
    server = jackd("-C", "0")
    until(lambda: engine.device_problem == "", 20, "no sound without the input: " + engine.device_problem)
    assert engine.inputs == 0
    print("plays without its input", flush=True)
finally:
    server.send_signal(signal.SIGCONT)
    server.kill()
    server.wait()
    engine.close()
    last = jackd()
    time.sleep(1.0)
    last.terminate()
    last.wait()
"""


_STEPS = [
    *("plays", "goes on in silence", "is back", "survives"),
    *("is back after its death", "is back after a death unnoticed", "plays without its input"),
]


@needs_jack
@pytest.mark.timeout(200)
@pytest.mark.alone
def test_a_server_that_dies_and_comes_back():
    said = drive(_DRIVER, 150)
    assert [line for line in said.splitlines() if line in _STEPS] == _STEPS, said
