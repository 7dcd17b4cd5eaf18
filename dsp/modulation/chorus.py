"""Chorus: a copy of the sound a side, delayed by some 10 ms and never quite in tune (`modulated_delay`)."""

from collections.abc import Mapping

from dsp.core.device import Parameter, State
from dsp.modulation import modulated_delay

DEVICE = modulated_delay.declared(
    "modulation.chorus",
    "Chorus",
    (
        Parameter(1, "rate_hz", "Rate", 0.8, 0.05, 10.0, "Hz", "log"),
        Parameter(2, "delay_ms", "Delay", 9.0, 2.0, 40.0, "ms", "log", modulated_delay.GLIDE_MS),
        Parameter(3, "depth_ms", "Depth", 3.0, 0.0, 20.0, "ms", smoothing_ms=modulated_delay.GLIDE_MS),
        Parameter(4, "feedback_percent", "Feedback", 0.0, -50.0, 50.0, "%", smoothing_ms=modulated_delay.GLIDE_MS),
        Parameter(5, "phase_degrees", "Phase", 90.0, 0.0, 180.0, "°", smoothing_ms=modulated_delay.GLIDE_MS),
        Parameter(6, "mix_percent", "Mix", 40.0, 0.0, 100.0, "%", smoothing_ms=modulated_delay.GLIDE_MS),
    ),
)
KERNEL = modulated_delay.KERNEL


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Forget the sound; the oscillator begins at the shortest delay."""
    state[DEVICE.private_start :] = 0.0
