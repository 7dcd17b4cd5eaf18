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
from dsp.strips.layout import CELL
from maxbooster_desktop.cli.bench.peers import dawdreamer_ns, pedalboard_ns
from maxbooster_desktop.cli.bench.workload import RATE, DirectBlock, decoded_sound, song_of
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.realtime import layout as at
from maxbooster_desktop.project.document.state import Asset

LANES = (8, 16, 32, 64, 128)
_TRACKS = 32
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
            calls = min(round(seconds * RATE / CELL), 20_000) // _PARTS
            path = min(block.stretch_s(calls) for _ in range(_PARTS)) / calls
            found[str(lanes)] = {
                "kernels": _kernel_ns(lanes, asset, pool, seconds),
                "path": path * 1e9 / (lanes * CELL),
            }
        return found


def _kernel_ns(lanes: int, asset: Asset, pool: MediaPool, seconds: float) -> float:
    """Return what the strip kernels alone take, the fastest of several stretches.

    They run on the rows of a compiled song of so many lanes, once its gains have settled.
    """
    block = DirectBlock(song_of(lanes // 2, asset, has_sends=False), pool, CELL)
    block.timed(CELL)
    group = block.arrays.groups[0]
    width, rows = int(group[at.G_LANES]), block.arrays.rows[int(group[at.G_ROWS]) :]
    source = (np.random.default_rng(lanes).standard_normal(CELL * width) * 0.1).astype(np.float32)
    x = source.copy()
    times = max(1, round(seconds * RATE / CELL / _PARTS))
    _repeat(group, source, x, rows, 1)
    best = float("inf")
    for _ in range(_PARTS):
        started = time.perf_counter()
        _repeat(group, source, x, rows, times)
        best = min(best, time.perf_counter() - started)
    if not np.isfinite(x).all() or np.array_equal(x, source):
        raise RuntimeError("the strip kernels did not process what they were handed")
    return best * 1e9 / (times * lanes * CELL)


@njit_kernel
def _repeat(group: Any, source: Any, x: Any, rows: Any, times: Any) -> None:
    """Run the strip kernels of a group's row on fresh sound, again and again."""
    for _ in range(times):
        x[:] = source
        call_with_words(
            group[at.G_PROCESS],
            (
                np.int64(x.ctypes.data),
                np.int64(rows.ctypes.data),
                group[at.G_LANES],
                np.int64(0),
                np.int64(CELL),
                group[at.G_FLAGS],
                np.int64(0),
                group[at.G_ORDER],
            ),
        )
