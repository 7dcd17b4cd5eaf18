"""Real VST3 plug-ins that `./check` builds once, and a hosted one that is driven by hand, hop by hop."""

import ctypes
import functools
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

from plugins_host.catalog.scanning import Scan
from plugins_host.catalog.store import CatalogStore
from plugins_host.client import HostedParameter, HostedPlugin
from plugins_host.wire import exchange

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import plugins_for_tests

RATE = 48_000
#: Found before a test gives itself another home.
FOLDER = plugins_for_tests.folder()
#: What the hostile plug-in does; see tests/hostile_plugin.
NOTHING, CRASH, HANG, NOT_A_NUMBER, PRINT, DELAY, HALVE, STALL = range(8)
#: Its one parameter, counted by the plug-in.
DEED = HostedParameter(1, 7.0)
DEED_DELAY_FRAMES = 256

_kernel = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64)(exchange.KERNEL.address)


def plugin_path(name):
    """Return a plug-in's path; skip without it, which `./check` takes for a failure on Debian."""
    path = FOLDER / f"{name}.vst3"
    if not path.exists():
        pytest.skip("the VST3 plug-ins for tests are missing; ./check builds them")
    return str(path)


class Hosted:
    """A plug-in in its own process whose kernel is called here."""

    def __init__(self, name, parameters=(), targets=(), *, latency_frames=64, is_live=True, touched=None):
        self.plugin = HostedPlugin(
            plugin_path(name), RATE, parameters, targets, latency_frames=latency_frames, is_live=is_live
        )
        self.plugin.start(touched or {})
        self.wait_for("running")

    def wait_for(self, condition, limit_s=20.0):
        """Look until the plug-in is in a condition; returns how long that took, in seconds."""
        begun = time.monotonic()
        while self.plugin.condition != condition:
            assert time.monotonic() - begun < limit_s, f"{self.plugin.condition}: {self.plugin.reason}"
            self.plugin.look(time.monotonic())
            time.sleep(0.005)
        return time.monotonic() - begun

    def set(self, place, value):
        """Move a parameter, as the engine does."""
        self.plugin.link.state[1 + place] = value

    def hops(self, sound, pause_s=0.002):
        """Return what comes out while `sound` [2, frames] goes in, with time between hops for an answer."""
        out = np.ascontiguousarray(sound, np.float32).copy()
        for first in range(0, out.shape[1], 64):
            count = min(64, out.shape[1] - first)
            block = np.zeros((2, 64), np.float32)
            block[:, :count] = out[:, first : first + count]
            _kernel(self.plugin.link.state.ctypes.data, block.ctypes.data, count)
            out[:, first : first + count] = block[:, :count]
            if pause_s:
                time.sleep(pause_s)
        return out

    def close(self):
        """End the process."""
        self.plugin.close()


def scanned(home):
    """Let the program's catalogue below `home` (`MAXBOOSTER_HOME`) know the plug-ins; returns their ids by name."""
    plugin_path("Hostile")
    folder = Path(home) / "data" / "plugins"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "catalogue.json").write_bytes(_catalogue())
    return {entry.name: entry.device_id for entry in CatalogStore(folder).entries().values()}


@functools.cache
def _catalogue():
    with tempfile.TemporaryDirectory() as folder:
        Scan(CatalogStore(Path(folder))).run([FOLDER])
        return (Path(folder) / "catalogue.json").read_bytes()
