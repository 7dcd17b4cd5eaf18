"""Declared tables pass their own checks: devices, the strip, settings and actions."""

import importlib
import math
import pkgutil

import pytest

import dsp
from dsp.core.device import Device
from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.settings.declared import DECLARED, RENAMED
from tests.architecture.source_tree import ROOT


def _devices() -> list[Device]:
    loaded = (importlib.import_module(found.name) for found in pkgutil.walk_packages(dsp.__path__, "dsp."))
    return [module.DEVICE for module in loaded if isinstance(getattr(module, "DEVICE", None), Device)]


def test_every_device_table_is_sound():
    devices = _devices()
    assert devices
    assert [problem for device in devices for problem in device.check()] == []
    assert len({device.id for device in devices}) == len(devices)


@pytest.mark.skipif(not (ROOT / "dsp/strips/parameters.py").exists(), reason="the strip is not in this checkout")
def test_the_strip_table_is_sound():
    table = importlib.import_module("dsp.strips.parameters").STRIP
    assert len({p.name for p in table}) == len({p.index for p in table}) == len(table)
    for parameter in table:
        assert parameter.name.isidentifier()
        assert parameter.title
        assert all(map(math.isfinite, (parameter.low, parameter.default, parameter.high))), parameter.name
        assert parameter.low < parameter.high, parameter.name
        assert parameter.low <= parameter.default <= parameter.high, parameter.name


def test_every_action_says_what_it_is():
    assert REGISTRY
    for name, action in REGISTRY.items():
        assert name == action.id
        assert action.title, name
        assert action.help.endswith("."), name
        assert all(condition.reason for condition in action.enabled), name


def test_every_setting_accepts_its_default_and_explains_itself():
    for name, setting in DECLARED.items():
        assert setting.accepts(setting.default), name
        assert setting.help.endswith("."), name
    assert set(RENAMED.values()) <= DECLARED.keys()
    assert not set(RENAMED) & DECLARED.keys()
