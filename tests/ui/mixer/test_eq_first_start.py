"""The equaliser's curves on a first start: they wait for one small kernel, not for the whole engine."""

import numpy as np

from dsp.filters import biquad
from maxbooster_desktop.actions.deferred_engine import DeferredEngine
from maxbooster_desktop.engine.devices.choice import DeviceChoice
from maxbooster_desktop.ui.mixer.curves import eq_response_db
from tests.factories.still_engine import StillEngine


def test_curves_need_nothing_that_loading_has_not_compiled():
    DeferredEngine(DeviceChoice(), lambda _choice: StillEngine()).load(lambda _text: None)
    compiled = list(biquad.design.signatures)
    strip = {"eq_on": 1.0, "band1_gain_db": 3.0, "band2_gain_db": -3.0, "band1_kind": 1.0, "hp_on": 1.0, "lp_on": 1.0}
    eq_response_db(strip, np.linspace(20.0, 20_000.0, 50), 48_000.0)
    assert biquad.design.signatures == compiled
