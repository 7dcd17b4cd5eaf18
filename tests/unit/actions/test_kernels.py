"""The first start says how far compiling is; later ones say nothing of it."""

import gc
import importlib
import multiprocessing
import sys

from maxbooster_desktop.actions.deferred_engine import DeferredEngine
from maxbooster_desktop.actions.kernels import (
    COMPILING,
    are_compiled,
    compile_one,
    compiled_beside,
    kernel_modules,
    load_all,
)
from maxbooster_desktop.engine.devices.choice import DeviceChoice
from tests.factories.still_engine import StillEngine

_LIGHT = ("dsp.delays.sample_delay", "dsp.distortion.bit_crusher", "dsp.core.device")


def test_every_kernel_module_is_loaded():
    assert {"dsp.filters.biquad", "maxbooster_desktop.engine.realtime.callback", "dsp"} <= set(kernel_modules())
    load_all()
    assert set(kernel_modules()) <= set(sys.modules)


def test_kernels_are_compiled_by_processes_beside_this_one_and_left_in_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("MAXBOOSTER_KERNEL_CACHE", str(tmp_path))
    monkeypatch.setattr("maxbooster_desktop.actions.kernels._MOST_PROCESSES", 2)
    assert set(compiled_beside([*_LIGHT, "dsp.no_such_kernel"])) == {*_LIGHT, "dsp.no_such_kernel"}
    cached = {path.name.split("-")[0] for path in tmp_path.rglob("*.nbi")}
    assert cached == {"sample_delay._process", "bit_crusher._process"}
    assert multiprocessing.active_children() == []


def test_the_collector_runs_seldom_while_kernels_compile_and_as_ever_behind(monkeypatch):
    usual, meanwhile = gc.get_threshold(), []
    monkeypatch.setattr(importlib, "import_module", lambda _name: meanwhile.append(gc.get_threshold()[0]))
    compile_one("dsp")
    assert meanwhile[0] > 100 * usual[0]
    assert gc.get_threshold() == usual


def test_a_window_that_starts_for_the_first_time_says_so_step_by_step(monkeypatch, tmp_path):
    load_all()
    for folder, is_told in ((tmp_path, True), (None, False)):
        with monkeypatch.context() as patched:
            if folder is not None:
                patched.setattr("dsp.core.compiled.CACHE_FOLDER", str(folder))
                patched.setattr("maxbooster_desktop.actions.kernels.kernel_modules", lambda: iter(_LIGHT))
            told = []
            DeferredEngine(DeviceChoice(), lambda _choice: StillEngine()).load(told.append)
        assert (f"{COMPILING}  100 %" in told) is is_told
        shares = [int(text.split()[-2]) for text in told if text.endswith(" %")]
        assert shares == sorted(shares)
        count = len([text for text in told if text.startswith(COMPILING)])
        assert count > len(_LIGHT) if is_told else count == 0
    assert are_compiled()
