"""Flanger: a copy of the sound a side within a few milliseconds, whose comb of notches moves (`modulated_delay`)."""

from collections.abc import Mapping

from dsp.core.device import Device, Parameter, State
from dsp.modulation import modulated_delay


def _latency(_sample_rate: int, _values: Mapping[str, float]) -> int:
    return 0


DEVICE = Device(
    id="modulation.flanger",
    title="Flanger",
    version=1,
    parameters=(
        Parameter(1, "rate_hz", "Rate", 0.25, 0.02, 10.0, "Hz", "log"),
        Parameter(2, "delay_ms", "Delay", 0.5, 0.1, 10.0, "ms", "log", modulated_delay.GLIDE_MS),
        Parameter(3, "depth_ms", "Depth", 3.0, 0.0, 10.0, "ms", smoothing_ms=modulated_delay.GLIDE_MS),
        Parameter(4, "feedback_percent", "Feedback", 50.0, -95.0, 95.0, "%", smoothing_ms=modulated_delay.GLIDE_MS),
        Parameter(5, "phase_degrees", "Phase", 30.0, 0.0, 180.0, "°", smoothing_ms=modulated_delay.GLIDE_MS),
        Parameter(6, "mix_percent", "Mix", 50.0, 0.0, 100.0, "%", smoothing_ms=modulated_delay.GLIDE_MS),
    ),
    private_size=modulated_delay.private_size,
    latency=_latency,
)
KERNEL = modulated_delay.KERNEL


def prepare(sample_rate: int, values: Mapping[str, float]) -> State:
    """Return a fresh state for a rate in Hz and parameter values by name."""
    return DEVICE.new_state(sample_rate, values)


def reset(state: State) -> None:
    """Forget the sound; the oscillator begins at the shortest delay."""
    state[DEVICE.private_start :] = 0.0
