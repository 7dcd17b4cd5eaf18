"""Late blocks on a real driver: ours and an empty callback in turn, while the interpreter is busy.

The driver is JACK's dummy one in a server of our own, at 48 kHz, without hardware. PortAudio flags a block that came
too late. At 64 frames a window scrolls and a Python thread burns the interpreter; at 128 frames (T-GIL-1) the window
scrolls alone. Shared cores without real-time priority are late by themselves, which is what the empty callback shows:
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
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import types

from dsp.core.compiled import cfunc_kernel
from dsp.core.intrinsics import F32_POINTER, I64_POINTER
from maxbooster_desktop.cli.bench.workload import RATE, DirectBlock, song_of
from maxbooster_desktop.engine.devices.choice import DeviceChoice
from maxbooster_desktop.engine.devices.portaudio import DeviceError, DeviceStream, refresh
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.realtime import callback
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.state import Asset

FRAMES, SCROLL_FRAMES, TRACKS, ROUNDS = 64, 128, 64, 3
_ALLOWED_SHARE = 0.005
_START_S, _SETTLE_S = 10.0, 0.3
JACK_API = "JACK Audio Connection Kit"
_ULONG = types.uint32 if sys.platform == "win32" else types.uint64

Read = Callable[[], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Late:
    """How many blocks were played, and how many of them came too late."""

    blocks: int = 0
    late: int = 0

    def __add__(self, other: "Late") -> "Late":
        """Count two parts together."""
        return Late(self.blocks + other.blocks, self.late + other.late)

    @property
    def share(self) -> float:
        """The part of the blocks that was late."""
        return self.late / max(1, self.blocks)


@cfunc_kernel(types.intc(types.voidptr, F32_POINTER, _ULONG, types.voidptr, _ULONG, I64_POINTER))
def _empty_callback(_input: Any, output: Any, frames: Any, _time: Any, flags: Any, user: Any) -> int:
    """Play silence and count; user: channels (none: the stream ends), late blocks, blocks."""
    for index in range(np.int64(frames) * user[0]):
        output[index] = np.float32(0.0)
    user[2] += 1
    if flags & callback.LATE_FLAGS:
        user[1] += 1
    return 0 if user[0] else 1


def measure_live(asset: Asset, pool: MediaPool, seconds: float) -> dict[str, Any]:
    """Return late blocks of ours and of the empty callback over three rounds of `seconds` each; or why not.

    Those at 128 frames are named `scroll_*`; `scrolled_frames` is how often the window painted altogether.
    """
    # The window's modules load here, so that the engine alone is measured without Qt.
    from maxbooster_desktop.ui.arranger.scrolling import scrolling_window  # noqa: PLC0415 - see above

    nothing: dict[str, Any] = {"late_blocks": None, "late_blocks_empty": None, "live_blocks": None}
    figures: dict[str, Any] = {}
    try:
        with scrolling_window() as window:
            for prefix, frames, busy in (("", FRAMES, _burning_thread), ("scroll_", SCROLL_FRAMES, nullcontext)):
                with dummy_server(frames) as reason:
                    if reason:
                        return nothing | {"live_skipped": reason}
                    with busy():
                        figures |= _named(prefix, *_rounds(asset, pool, seconds, frames, window.run))
            return figures | {"scrolled_frames": window.frames, "live_skipped": None}
    except DeviceError as problem:
        return nothing | {"live_skipped": str(problem)}


def _named(prefix: str, ours: Late, empty: Late) -> dict[str, Any]:
    """Name the figures of one way to be busy."""
    return {
        f"{prefix}late_blocks": ours.late,
        f"{prefix}late_blocks_empty": empty.late,
        f"{prefix or 'live_'}blocks": ours.blocks,
        f"{prefix or 'live_'}blocks_empty": empty.blocks,
        f"{prefix}late_share": ours.share,
        f"{prefix}late_share_empty": empty.share,
        f"is_{prefix or 'live_'}steady": ours.share <= empty.share + _ALLOWED_SHARE,
    }


def _rounds(
    asset: Asset, pool: MediaPool, seconds: float, frames: int, spend: Callable[[float], None]
) -> tuple[Late, Late]:
    """Play ours and the empty callback in turn for `seconds` each, which `spend` spends; return late blocks of both."""
    block = DirectBlock(song_of(TRACKS, asset), pool, frames)
    cells = block.runtime.cells
    # Round and round, so that there is always something to play.
    cells[at.LOOP_START], cells[at.LOOP_END], cells[at.LOOP_ON] = 0, asset.frames, 1
    counts = np.zeros(3, np.int64)

    def ours_user(channels: int, inputs: int) -> npt.NDArray[np.int64]:
        return np.array([block.header.ctypes.data, channels, callback.block.address, inputs, 0], np.int64)

    def empty_user(channels: int, _inputs: int) -> npt.NDArray[np.int64]:
        counts[0] = channels
        return counts

    def read_ours() -> tuple[int, int]:
        return int(cells[at.BLOCKS]), int(cells[at.LATE])

    def read_empty() -> tuple[int, int]:
        return int(counts[2]), int(counts[1])

    ours, empty = Late(), Late()
    for _ in range(ROUNDS):
        ours += _part(callback.stream_callback.address, ours_user, read_ours, frames, partial(spend, seconds))
        empty += _part(_empty_callback.address, empty_user, read_empty, frames, partial(spend, seconds))
    return ours, empty


def _part(
    address: int,
    make_user: Callable[[int, int], npt.NDArray[np.int64]],
    read: Read,
    frames: int,
    spend: Callable[[], None],
) -> Late:
    """Play while `spend` takes its time and count after the start has settled."""
    stream = DeviceStream(DeviceChoice(sample_rate=RATE, block_frames=frames, host_api=JACK_API), address, make_user)
    try:
        time.sleep(_SETTLE_S)
        blocks, late = read()
        spend()
        after = read()
    finally:
        stream.close()
    return Late(after[0] - blocks, after[1] - late)


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
def dummy_server(frames: int) -> Iterator[str]:
    """Run a JACK server of our own with the dummy driver; yields why there is none, "" when it runs."""
    program = shutil.which("jackd")
    if program is None:
        yield "jackd is not installed (Debian: apt-get install jackd2)"
        return
    name = f"maxbooster-{secrets.token_hex(4)}"
    # PortAudio looks for the server under this name when it is first loaded.
    os.environ["JACK_DEFAULT_SERVER"], os.environ["JACK_NO_START_SERVER"] = name, "1"
    command = [program, "--no-realtime", "-n", name, "-d", "dummy", "-r", str(RATE), "-p", str(frames)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        is_up = _is_up(server, name)
        if is_up:
            # PortAudio may have looked around before this server was there.
            refresh()
        yield "" if is_up else "jackd did not start"
    finally:
        _leave_server(server)


def _leave_server(server: "subprocess.Popen[bytes]") -> None:
    """Let PortAudio go before the server does: it ends the process when it finds its server gone."""
    sounddevice = sys.modules.get("sounddevice")
    if sounddevice is not None:
        sounddevice._terminate()  # noqa: SLF001 - the library offers no other way
    server.terminate()
    server.wait()
    if sounddevice is not None:
        sounddevice._initialize()  # noqa: SLF001 - whoever comes next expects it


def _is_up(server: "subprocess.Popen[bytes]", name: str) -> bool:
    """Wait until the server answers."""
    waiter = shutil.which("jack_wait")
    if waiter is None:
        time.sleep(1.0)
        return server.poll() is None
    command = [waiter, "-s", name, "-w", "-t", str(int(_START_S))]
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return done.returncode == 0 and server.poll() is None
