"""Every device in dsp: a sound declaration, a state that fits it, and the invariants all kernels share."""

import importlib
import pkgutil
from dataclasses import replace

import numpy as np
import pytest
from numba.core.runtime import _nrt_python

import dsp
from dsp.core.device import Device, Parameter
from tests.factories.device_render import run_kernel


def _devices():
    modules = (importlib.import_module(found.name) for found in pkgutil.walk_packages(dsp.__path__, "dsp."))
    return {module.DEVICE.id: module for module in modules if isinstance(getattr(module, "DEVICE", None), Device)}


MODULES = _devices()
every_device = pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)


def _values(device, place):
    return device.values({p.name: p.low + place * (p.high - p.low) for p in device.parameters})


def _noise(frames=4_000, seed=0):
    return (np.random.default_rng(seed).standard_normal((2, frames)) * 0.5).astype(np.float32)


def test_the_devices_are_found():
    assert {"dynamics.true_peak_limiter", "delays.sample_delay"} <= MODULES.keys()


@every_device
def test_declaration_is_sound(module):
    assert module.DEVICE.check() == []


@every_device
@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000, 192_000])
def test_state_holds_rate_and_targets(module, rate):
    device = module.DEVICE
    values = _values(device, 0.5)
    state = module.prepare(rate, values)
    assert state.dtype == np.float64
    assert state.shape == (device.state_size(rate),)
    assert state[0] == rate
    assert {p.name: state[device.slot_of(p.name)] for p in device.parameters} == values


@every_device
def test_latency_is_exactly_what_is_declared(module):
    """A split turns phases: at its lowest frequency an impulse still has its peak where it began. A cabinet smears."""
    for rate in (44_100, 48_000, 96_000):
        for place in (0.0, 0.25, 1.0):
            values = {p.name: p.default for p in module.DEVICE.parameters}
            values |= {"samples": 1_000 * place, "look_ahead_ms": 10 * place, "split_hz": 2_000.0, "cabinet": 0.0}
            impulse = np.zeros((2, 3_000), np.float32)
            impulse[:, 17] = 0.125
            out = run_kernel(module.KERNEL, module.prepare(rate, values), impulse)
            expected = 17 + module.DEVICE.latency_frames(rate, values)
            assert np.argmax(np.abs(out), axis=1).tolist() == [expected, expected]


@every_device
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
def test_any_block_size_gives_the_same_sound(module, place):
    values = _values(module.DEVICE, place)
    whole = run_kernel(module.KERNEL, module.prepare(48_000, values), _noise())
    for block in (1, 7, 16, 63):
        again = run_kernel(module.KERNEL, module.prepare(48_000, values), _noise(), block)
        assert np.abs(again - whole).max() <= 1e-6 * max(1e-3, np.abs(whole).max())


@every_device
def test_silence_in_silence_out(module):
    state = module.prepare(48_000, _values(module.DEVICE, 0.5))
    assert not run_kernel(module.KERNEL, state, np.zeros((2, 2_000), np.float32)).any()


@every_device
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_bad_samples_become_silence_and_leave_no_trace(module, bad):
    values = {p.name: p.default for p in module.DEVICE.parameters} | {"samples": 100.0}
    poisoned, silent = _noise(), _noise()
    poisoned[:, 500:600], silent[:, 500:600] = bad, 0
    states = [module.prepare(48_000, values) for _ in range(2)]
    first, second = (run_kernel(module.KERNEL, s, x) for s, x in zip(states, (poisoned, silent), strict=True))
    assert np.array_equal(first, second)
    assert np.isfinite(states[0]).all()


@every_device
def test_reset_brings_back_the_beginning(module):
    state = module.prepare(48_000, _values(module.DEVICE, 0.5))
    first = run_kernel(module.KERNEL, state, _noise())
    module.reset(state)
    assert np.array_equal(run_kernel(module.KERNEL, state, _noise()), first)


@every_device
def test_stays_inside_its_state(module):
    """The kernel works on addresses: a state with a guard on both sides must keep both."""
    values = _values(module.DEVICE, 1.0)
    state = module.prepare(44_100, values)
    guarded = np.full(state.size + 256, 12345.0)
    guarded[128:-128] = state
    run_kernel(module.KERNEL, guarded[128:-128], _noise(40_000))
    assert (guarded[:128] == 12345.0).all()
    assert (guarded[-128:] == 12345.0).all()


@every_device
def test_kernel_never_allocates(module):
    """Numba's allocation counter stands still over 2,000 blocks of loud sound."""
    state = module.prepare(48_000, _values(module.DEVICE, 0.5))
    run_kernel(module.KERNEL, state, _noise())
    _nrt_python.memsys_enable_stats()
    try:
        before = _nrt_python.memsys_get_stats_alloc()
        run_kernel(module.KERNEL, state, _noise(128_000))
        assert _nrt_python.memsys_get_stats_alloc() == before
    finally:
        _nrt_python.memsys_disable_stats()


def test_values_are_clamped_and_unknown_names_ignored():
    device = MODULES["delays.sample_delay"].DEVICE
    assert device.values({"samples": 1e9, "colour": 3.0}) == {"samples": 8_192.0}
    assert device.values({"samples": float("nan")}) == {"samples": 0.0}
    assert device.latency_frames(48_000, {"samples": 12.0}) == 12
    with pytest.raises(KeyError):
        device.slot_of("colour")


def test_check_names_what_is_wrong():
    sound = MODULES["delays.sample_delay"].DEVICE
    wrong = Parameter(1, "Bad Name", "", default=5.0, low=1.0, high=0.0, unit="", scale="odd", smoothing_ms=-1.0)
    broken = replace(sound, id="nodot", version=0, parameters=(wrong, wrong), latency=lambda _rate, _values: -1)
    problems = "\n".join(broken.check())
    for part in (
        "default",
        "empty",
        "scale 'odd'",
        "negative",
        "identifier",
        "share an id",
        "family.name",
        "version",
        "latency",
    ):
        assert part in problems
