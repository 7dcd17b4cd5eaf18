"""The callback allocates nothing, and no kernel's machine code calls an allocator or the interpreter."""

import os
import re
import subprocess
import sys

import pytest

_COUNT = """
import ctypes, numpy as np
from numba.core.runtime import rtsys
from maxbooster_desktop.engine.graph.devices import instrument_ids
from tests.audio.test_engine_blocks import everything_song
from tests.factories.engine_projects import StillLive, run_block
from maxbooster_desktop.engine.realtime import layout as at
song = everything_song()
for device in instrument_ids():
    track = song.instrument(device)
    song.notes(track, [(start, 30, 30 + start % 60, 100) for start in range(0, 600, 7)])
live = StillLive(song)
live.ring.send(at.CMD_LOOP, 0, 15_000, 1.0)
live.ring.send(at.CMD_CLICK, 1, 1_000, 0.5)
out = np.zeros((64, 2), np.float32)
header, place = live.header.ctypes.data, out.ctypes.data
source = np.ones((64, 4), np.float32)
live.runtime.cells[at.INPUT], live.runtime.cells[at.INPUT_CHANNELS] = source.ctypes.data, 4
live.run(64)
before = rtsys.get_allocation_stats()
for number in range(10_000):
    if number % 100 == 0:
        live.ring.send(at.CMD_SEEK, number)
    run_block(header, place, 2, 64)
after = rtsys.get_allocation_stats()
assert np.abs(live.runtime.tap).max() > 0.01
assert live.runtime.cells[at.CAPTURE_WRITTEN] >= 640_000
assert before == after, (before, after)
print("blocks", 10_000)
"""


def test_ten_thousand_calls_allocate_nothing():
    environment = {**os.environ, "NUMBA_NRT_STATS": "1", "PYTHONPATH": os.getcwd()}
    run = subprocess.run([sys.executable, "-c", _COUNT], env=environment, capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "blocks 10000", run.stderr


_CODE = """
import numba
from numba.core.caching import FunctionCache
FunctionCache.load_overload = lambda *_: None
from dsp.strips import strip
from maxbooster_desktop.engine.graph.devices import device_ids, instrument_ids, module_of
from maxbooster_desktop.engine.realtime import callback, cell_start, groups, live_notes, notes
from plugins_host.wire import exchange
for kernel in (exchange.KERNEL, strip.process, strip.fade, strip.meter, strip.mix,
               *(module_of(each).KERNEL for each in (*device_ids(), *instrument_ids())), notes.play_notes,
               live_notes.play_live, groups.run_group, cell_start.begin_cell,
               callback.block, callback.prime, callback.stream_callback):
    print(kernel._library.get_asm_str())
"""


@pytest.mark.full
@pytest.mark.timeout(400)
def test_no_kernel_calls_an_allocator():
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    run = subprocess.run([sys.executable, "-c", _CODE], env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    called = set(
        re.findall(
            r"\b(?:NRT_MemInfo_(?:alloc|new)\w*|NRT_(?:Allocate|Reallocate)\w*|malloc|calloc|realloc)\b", run.stdout
        )
    )
    assert len(run.stdout) > 50_000
    assert not called


def test_a_render_leaves_the_threads_arithmetic_alone():
    import numpy as np

    from tests.factories.engine_projects import Song, ones

    song = Song()
    song.clip(song.track(), ones(100))
    song.render(100)
    tiny = np.float64(5e-324)
    assert tiny * np.float64(1.0) > 0.0
