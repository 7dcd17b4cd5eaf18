"""The first start says how far compiling is; later ones say nothing of it."""

import gc

from maxbooster_desktop.actions.deferred_engine import DeferredEngine
from maxbooster_desktop.actions.kernels import COMPILING, are_compiled, compile_all, kernel_modules
from maxbooster_desktop.engine.devices.choice import DeviceChoice
from tests.factories.still_engine import StillEngine


def test_every_kernel_module_is_loaded_with_rising_progress():
    assert {"dsp.filters.biquad", "maxbooster_desktop.engine.realtime.callback", "dsp"} <= set(kernel_modules())
    told = []
    compile_all(told.append)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)
    assert len(told) == len(list(kernel_modules())) + 1


def test_the_collector_runs_seldom_while_kernels_compile_and_as_ever_behind():
    usual, meanwhile = gc.get_threshold(), []
    compile_all(lambda _done: meanwhile.append(gc.get_threshold()[0]))
    assert min(meanwhile[:-1]) > 100 * usual[0]
    assert gc.get_threshold() == usual


def test_a_window_that_starts_for_the_first_time_says_so_step_by_step(monkeypatch, tmp_path):
    compile_all(lambda _done: None)
    for folder, is_told in ((tmp_path, True), (None, False)):
        with monkeypatch.context() as patched:
            if folder is not None:
                patched.setattr("dsp.core.compiled.CACHE_FOLDER", str(folder))
            told = []
            DeferredEngine(DeviceChoice(), lambda _choice: StillEngine()).load(told.append)
        assert (f"{COMPILING}  100 %" in told) is is_told
        count = len([text for text in told if text.startswith(COMPILING)])
        assert count > 20 if is_told else count == 0
    assert are_compiled()
