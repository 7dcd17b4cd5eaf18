"""The sample delay: exact to the sample and to the bit over its whole range."""

import numpy as np
import pytest

from dsp.delays.sample_delay import DEVICE, KERNEL, prepare
from tests.factories.device_render import run_kernel


@pytest.mark.parametrize("samples", [0, 1, 63, 64, 65, 1_000, 8_191, 8_192])
def test_output_is_the_input_so_many_samples_later(samples):
    audio = np.random.default_rng(1).standard_normal((2, 20_000)).astype(np.float32)
    out = run_kernel(KERNEL, prepare(48_000, {"samples": samples}), audio)
    assert np.array_equal(out[:, samples:], audio[:, : 20_000 - samples])
    assert not out[:, :samples].any()
    assert DEVICE.latency_frames(48_000, {"samples": samples}) == samples


def test_a_change_takes_effect_at_once():
    state = prepare(48_000, {"samples": 10})
    ramp = np.tile(np.arange(200, dtype=np.float32), (2, 1))
    run_kernel(KERNEL, state, ramp[:, :100])
    state[DEVICE.slot_of("samples")] = 3
    assert run_kernel(KERNEL, state, ramp[:, 100:])[0].tolist() == list(range(97, 197))
