"""`maxbooster bench engine`: how many tracks one core carries, how steady the block is, how fast a song renders.

The block's compiled address is called directly, so nothing of the interpreter is measured. `tracks_at_64` is the most
stereo tracks (see `workload`) for which the 99th percentile of 20,000 calls stays under 0.7 of a block;
`capacity_ratio` is that at 64 frames over the same at 1,024, for as many seconds of sound. `callback_share_*` are
shares of a block for a 64-track song. What ends in `_cpu` counts the thread's own time: on cores that others use too,
the clock on the wall measures their neighbours. `late_blocks*` come from JACK's dummy driver (see `live`),
and so do `event_ms`: milliseconds from an event to the callback, 95th percentile of each kind (see `latency`).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from maxbooster_desktop.cli.bench.latency import measure_events
from maxbooster_desktop.cli.bench.live import measure_live
from maxbooster_desktop.cli.bench.peers import dawdreamer_render_s, noise
from maxbooster_desktop.cli.bench.workload import RATE, SOUND_NAME, SOUND_S, Clock, DirectBlock, decoded_sound, song_of
from maxbooster_desktop.engine.media.pool import MediaPool
from maxbooster_desktop.engine.render.offline import OfflineRenderer
from maxbooster_desktop.project.document.state import Asset

SMALL, LARGE = 64, 1_024
CALLS, QUICK_CALLS = 20_000, 1_000
ALLOCATION_CALLS = 10_000
_SHARE = 0.7
_SONG_TRACKS, _SONG_S, _QUICK_SONG_S = 64, 180, 30
_MOST_TRACKS = 4_096
_STEP = 0.04


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure everything; `--seconds` is the length of each live part (three of ours, three of an empty callback)."""
    calls = QUICK_CALLS if arguments.quick else CALLS
    live_s = arguments.seconds or (1.0 if arguments.quick else 60.0)
    with tempfile.TemporaryDirectory(prefix="maxbooster-bench-") as home, decoded_sound(Path(home)) as (asset, pool):
        figures = _capacity(asset, pool, calls) | _steadiness(asset, pool, calls)
        figures |= {"allocations": _allocations(QUICK_CALLS if arguments.quick else ALLOCATION_CALLS)}
        figures |= measure_live(asset, pool, live_s)
        figures |= measure_events(Path(home), Path(home) / SOUND_NAME)
        figures |= _rendering(asset, pool, _QUICK_SONG_S if arguments.quick else _SONG_S)
    return figures


def _capacity(asset: Asset, pool: MediaPool, calls: int) -> dict[str, Any]:
    fewer = max(100, calls * SMALL // LARGE)
    small = most_tracks(asset, pool, SMALL, calls)
    large = most_tracks(asset, pool, LARGE, fewer)
    small_cpu = most_tracks(asset, pool, SMALL, calls, time.thread_time)
    large_cpu = most_tracks(asset, pool, LARGE, fewer, time.thread_time)
    return {
        "tracks_at_64": small,
        "tracks_at_1024": large,
        "capacity_ratio": small / large if large else None,
        "tracks_at_64_cpu": small_cpu,
        "tracks_at_1024_cpu": large_cpu,
        "capacity_ratio_cpu": small_cpu / large_cpu if large_cpu else None,
        "calls": calls,
    }


def most_tracks(asset: Asset, pool: MediaPool, frames: int, calls: int, clock: Clock = time.perf_counter) -> int:
    """Return the most tracks whose 99th percentile of `calls` calls stays under 0.7 of a block.

    A bracket is found with a tenth of the calls; from its upper end on, counts that pass with all of them are looked
    for downwards in steps of 4 %.
    """

    def passes(tracks: int, calls: int) -> bool:
        block = DirectBlock(song_of(tracks, asset), pool, frames)
        return float(np.percentile(block.timed(calls, clock), 99)) < _SHARE * block.seconds

    short = max(100, calls // 10)
    low, high = 0, 32
    while high < _MOST_TRACKS and passes(high, short):
        low, high = high, min(high * 2, _MOST_TRACKS)
    while high - low > max(1, int(high * _STEP)):
        middle = (low + high) // 2
        if passes(middle, short):
            low = middle
        else:
            high = middle
    count = high
    while count > 0 and not passes(count, calls):
        count -= max(1, int(count * _STEP))
    return max(0, count)


def _steadiness(asset: Asset, pool: MediaPool, calls: int) -> dict[str, Any]:
    state = song_of(_SONG_TRACKS, asset)
    block = DirectBlock(state, pool, SMALL)
    shares = block.timed(calls) / block.seconds
    cpu = DirectBlock(state, pool, SMALL).timed(calls, time.thread_time) / block.seconds
    stopped = DirectBlock(state, pool, SMALL, is_playing=False)
    stopped.timed(RATE * 3 // SMALL)
    idle = stopped.timed(calls) / stopped.seconds
    return {
        "callback_tracks": _SONG_TRACKS,
        "callback_share_p50": float(np.percentile(shares, 50)),
        "callback_share_p99": float(np.percentile(shares, 99)),
        "callback_share_max": float(shares.max()),
        "callback_share_cpu_p99": float(np.percentile(cpu, 99)),
        "load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "idle_share": float(idle.mean()),
    }


def _allocations(calls: int) -> int:
    """Return how many allocations numba's run time counts during `calls` calls, in a process that counts them."""
    command = [sys.executable, "-m", "maxbooster_desktop.cli.bench.allocations", str(calls)]
    counting = os.environ | {"NUMBA_NRT_STATS": "1"}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=counting)
    return int(json.loads(done.stdout)["allocations"])


def _rendering(asset: Asset, pool: MediaPool, seconds: int) -> dict[str, Any]:
    """Render the same song here and in dawdreamer: 64 tracks, EQ, compressor, sum; no sends, which it has not.

    dawdreamer keeps every track's sound in memory, so it renders its 30 seconds as often as the song needs.
    """
    repeats = seconds // SOUND_S
    renderer = OfflineRenderer(song_of(_SONG_TRACKS, asset, repeats=repeats, has_sends=False), pool)
    started = time.perf_counter()
    for _ in range(repeats):
        renderer.process(SOUND_S * RATE)
    ours = time.perf_counter() - started
    once = dawdreamer_render_s([noise(SOUND_S, 1)] * _SONG_TRACKS, SOUND_S)
    peer = None if once is None else once * repeats
    return {
        "render_song_s": seconds,
        "render_ours_s": ours,
        "render_dawdreamer_s": peer,
        "render_ratio": None if peer is None else peer / ours,
    }
