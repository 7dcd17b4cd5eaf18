"""Late blocks on a real driver: ours and an empty callback in turn, while a Python thread burns the interpreter.

The driver is JACK's dummy one in a server of our own: 64 frames at 48 kHz, no hardware. PortAudio flags a block that
came too late. Shared cores without real-time priority are late by themselves, which is what the empty callback shows:
ours may be late in at most half a percent of the blocks more.
"""

import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import types

from dsp.core.compiled import cfunc_kernel
from dsp.core.intrinsics import F32_POINTER, I64_POINTER
from maxbooster_desktop.cli.bench.workload import RATE, DirectBlock, song_of
from maxbooster_desktop.engine.devices.choice import DeviceChoice
from maxbooster_desktop.engine.devices.portaudio import DeviceError, OutputStream
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.realtime import callback
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.state import Asset

FRAMES, TRACKS, ROUNDS = 64, 64, 3
_START_S, _SETTLE_S = 10.0, 0.3
_API = "JACK Audio Connection Kit"
_ULONG = types.uint32 if sys.platform == "win32" else types.uint64

Read = Callable[[], tuple[int, int]]


@cfunc_kernel(types.intc(types.voidptr, F32_POINTER, _ULONG, types.voidptr, _ULONG, I64_POINTER))
def _empty_callback(_input: Any, output: Any, frames: Any, _time: Any, flags: Any, user: Any) -> int:
    """Play silence and count; user: blocks, late blocks, channels."""
    for index in range(np.int64(frames) * user[2]):
        output[index] = np.float32(0.0)
    user[0] += 1
    if flags & np.uint64(0x6):
        user[1] += 1
    return 0


def measure_live(asset: Asset, pool: MediaPool, seconds: float) -> dict[str, Any]:
    """Return late blocks of ours and of the empty callback over three rounds of `seconds` each; or why not."""
    nothing: dict[str, Any] = {"late_blocks": None, "late_blocks_empty": None, "live_blocks": None}
    try:
        with _dummy_server() as reason:
            if reason:
                return nothing | {"live_skipped": reason}
            return _rounds(asset, pool, seconds)
    except DeviceError as problem:
        return nothing | {"live_skipped": str(problem)}


def _rounds(asset: Asset, pool: MediaPool, seconds: float) -> dict[str, Any]:
    block = DirectBlock(song_of(TRACKS, asset), pool, FRAMES)
    cells = block.runtime.cells
    # Round and round, so that there is always something to play.
    cells[at.LOOP_START], cells[at.LOOP_END], cells[at.LOOP_ON] = 0, asset.frames, 1
    counts = np.zeros(3, np.int64)

    def ours_user(channels: int) -> npt.NDArray[np.int64]:
        return np.array([block.header.ctypes.data, channels, callback.block.address], np.int64)

    def empty_user(channels: int) -> npt.NDArray[np.int64]:
        counts[2] = channels
        return counts

    def read_ours() -> tuple[int, int]:
        return int(cells[at.BLOCKS]), int(cells[at.LATE])

    def read_empty() -> tuple[int, int]:
        return int(counts[0]), int(counts[1])

    late = blocks = late_empty = blocks_empty = 0
    with _burning_thread():
        for _ in range(ROUNDS):
            played, flagged = _part(callback.stream_callback.address, ours_user, read_ours, seconds)
            blocks, late = blocks + played, late + flagged
            played, flagged = _part(_empty_callback.address, empty_user, read_empty, seconds)
            blocks_empty, late_empty = blocks_empty + played, late_empty + flagged
    return {
        "late_blocks": late,
        "late_blocks_empty": late_empty,
        "live_blocks": blocks,
        "live_blocks_empty": blocks_empty,
        "late_share": late / max(1, blocks),
        "late_share_empty": late_empty / max(1, blocks_empty),
        "is_live_steady": late / max(1, blocks) <= late_empty / max(1, blocks_empty) + 0.005,
        "live_skipped": None,
    }


def _part(
    address: int, make_user: Callable[[int], npt.NDArray[np.int64]], read: Read, seconds: float
) -> tuple[int, int]:
    """Play for a while and return (blocks, late blocks) after the start has settled."""
    stream = OutputStream(DeviceChoice(sample_rate=RATE, block_frames=FRAMES, host_api=_API), address, make_user)
    try:
        time.sleep(_SETTLE_S)
        blocks, late = read()
        time.sleep(seconds)
        after = read()
    finally:
        stream.close()
    return after[0] - blocks, after[1] - late


@contextmanager
def _burning_thread() -> Iterator[None]:
    """Keep a Python thread busy with the interpreter's lock."""
    stop = threading.Event()

    def burn() -> None:
        count = 0
        while not stop.is_set():
            for number in range(100_000):
                count += number

    thread = threading.Thread(target=burn, name="bench-burn", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def _dummy_server() -> Iterator[str]:
    """Run a JACK server of our own with the dummy driver; yields why there is none, "" when it runs."""
    program = shutil.which("jackd")
    if program is None:
        yield "jackd is not installed (Debian: apt-get install jackd2)"
        return
    name = f"maxbooster-{secrets.token_hex(4)}"
    # PortAudio looks for the server under this name when it is first loaded.
    os.environ["JACK_DEFAULT_SERVER"], os.environ["JACK_NO_START_SERVER"] = name, "1"
    command = [program, "--no-realtime", "-n", name, "-d", "dummy", "-r", str(RATE), "-p", str(FRAMES)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield "" if _is_up(server, name) else "jackd did not start"
    finally:
        _leave_server()
        server.terminate()
        server.wait()


def _leave_server() -> None:
    """Let PortAudio go before the server does: it ends the process when it finds its server gone."""
    sounddevice = sys.modules.get("sounddevice")
    if sounddevice is not None:
        sounddevice._terminate()  # noqa: SLF001 - the library offers no other way


def _is_up(server: "subprocess.Popen[bytes]", name: str) -> bool:
    """Wait until the server answers."""
    waiter = shutil.which("jack_wait")
    if waiter is None:
        time.sleep(1.0)
        return server.poll() is None
    command = [waiter, "-s", name, "-w", "-t", str(int(_START_S))]
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return done.returncode == 0 and server.poll() is None
