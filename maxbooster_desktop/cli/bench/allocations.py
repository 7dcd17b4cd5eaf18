"""Counts what the block allocates; run by `bench engine` in a process with NUMBA_NRT_STATS=1."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from numba.core.runtime import nrt

from maxbooster_desktop.cli.bench.workload import DirectBlock, decoded_sound, song_of

_TRACKS, _FRAMES = 20, 64
_counters: Any = nrt.rtsys


def count_allocations(calls: int) -> int:
    """Return the allocations during `calls` calls of a playing song whose parameters move."""
    with tempfile.TemporaryDirectory(prefix="maxbooster-bench-") as home, decoded_sound(Path(home)) as (asset, pool):
        block = DirectBlock(song_of(_TRACKS, asset), pool, _FRAMES)
        block.call()
        before = _counters.get_allocation_stats()
        for _ in range(calls):
            block.call()
        after = _counters.get_allocation_stats()
    return int(after.alloc - before.alloc)


if __name__ == "__main__":
    print(json.dumps({"allocations": count_allocations(int(sys.argv[1]))}))
