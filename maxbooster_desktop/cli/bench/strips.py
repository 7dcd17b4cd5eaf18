"""`maxbooster bench strips`: what a channel strip costs, alone and with everything around it, beside two peers.

Nanoseconds per channel-sample (one sample of one side of one track), 4-band EQ and compressor, blocks of 64 frames.
`kernels`: the strip kernels called by their address on what they are handed, including the copy that hands it to
them. `path`: the whole block (clip read, pack, strip, fader, pan, two sends, meters, sum). 8 and 16 lanes run in
the narrowest group the engine has, 32 lanes, and are counted by the lanes in use.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from dsp.core.compiled import njit_kernel
from dsp.core.intrinsics import call_with_words
from dsp.strips.goals import COMP_STAGE, FIRST_FILTER_STAGE, GOALS, STAGES, finish_ramp, stage_goal
from dsp.strips.layout import CELL, LANE_COUNTS, ROWS
from dsp.strips.strip import KERNELS, PROCESS
from maxbooster_desktop.cli.bench.peers import dawdreamer_ns, pedalboard_ns
from maxbooster_desktop.cli.bench.workload import RATE, STRIP, DirectBlock, decoded_sound, song_of
from maxbooster_desktop.engine.graph.values import channel_row
from maxbooster_desktop.project.document.state import Track, TrackId

LANES = (8, 16, 32, 64, 128)
_TRACKS = 32
_FLAGS = sum(1 << (FIRST_FILTER_STAGE + 2 + band) for band in range(4)) | 1 << COMP_STAGE
_PARTS = 7


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure us and the peers; `--seconds` is how much sound each measurement processes."""
    seconds = arguments.seconds or (0.5 if arguments.quick else 10.0)
    with tempfile.TemporaryDirectory(prefix="maxbooster-bench-") as folder:
        ours = _ours(Path(folder), seconds)
    pedalboard, dawdreamer = pedalboard_ns(_TRACKS, seconds), dawdreamer_ns(_TRACKS, seconds)
    strips = [figure for figure in (pedalboard, dawdreamer and dawdreamer[0]) if figure]
    kernels, path = ours["64"]["kernels"], ours["64"]["path"]
    return {
        "frames": CELL,
        "ours_ns": ours,
        "pedalboard_ns": pedalboard,
        "dawdreamer_ns": dawdreamer and dawdreamer[0],
        "dawdreamer_track_ns": dawdreamer and dawdreamer[1],
        "ratio": min(strips) / kernels if strips else None,
        "ratio_track": dawdreamer[1] / path if dawdreamer else None,
    }


def _ours(folder: Path, seconds: float) -> dict[str, dict[str, float]]:
    with decoded_sound(folder) as (asset, pool):
        found = {}
        for lanes in LANES:
            block = DirectBlock(song_of(lanes // 2, asset), pool, CELL)
            calls = min(round(seconds * RATE / CELL), 20_000)
            taken = block.timed(calls)
            path = min(float(part.mean()) for part in np.array_split(taken, _PARTS))
            found[str(lanes)] = {"kernels": _kernel_ns(lanes, seconds), "path": path * 1e9 / (lanes * CELL)}
        return found


def _kernel_ns(lanes: int, seconds: float) -> float:
    """Return what the strip kernels alone take, the fastest of several stretches."""
    width = next(count for count in LANE_COUNTS if count >= lanes)
    rows = _rows(width)
    source = (np.random.default_rng(lanes).standard_normal(CELL * width) * 0.1).astype(np.float32)
    x = source.copy()
    address = int(KERNELS[width][PROCESS].address)
    times = max(1, round(seconds * RATE / CELL / _PARTS))
    _repeat(address, source, x, rows, 1)
    best = float("inf")
    for _ in range(_PARTS):
        started = time.perf_counter()
        _repeat(address, source, x, rows, times)
        best = min(best, time.perf_counter() - started)
    if not np.isfinite(x).all() or np.array_equal(x, source):
        raise RuntimeError("the strip kernels did not process what they were handed")
    return best * 1e9 / (times * lanes * CELL)


def _rows(lanes: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return the rows of a group whose strips all stand at the workload's values."""
    rows = np.zeros(ROWS * lanes, np.float32)
    values = channel_row(Track(TrackId("t"), "audio", "t", "a", strip=STRIP), is_heard=True)
    goals = np.zeros(GOALS, np.float32)
    for stage in range(STAGES):
        stage_goal(values, 0, stage, float(RATE), goals, 0)
        for slot in range(lanes // 2):
            finish_ramp(rows, lanes, slot, stage, goals, 0)
    return rows


@njit_kernel
def _repeat(address: Any, source: Any, x: Any, rows: Any, times: Any) -> None:
    for _ in range(times):
        x[:] = source
        call_with_words(
            address,
            (
                np.int64(x.ctypes.data),
                np.int64(rows.ctypes.data),
                np.int64(0),
                np.int64(CELL),
                np.int64(_FLAGS),
                np.int64(0),
                np.int64(0),
            ),
        )
