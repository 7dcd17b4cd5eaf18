"""The tone stack: against the network itself, solved node by node, and its digital form against the analogue one."""

import numpy as np
import pytest

from dsp.core.compiled import njit_kernel
from dsp.distortion.tone_stack import COEFFICIENTS, analogue, bass_turn, through_stack, write_stack

KNOBS = [(0.5, 0.5, 0.5), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (1.0, 0.0, 0.5), (0.2, 0.9, 0.7), (0.7, 0.1, 0.0)]


@njit_kernel
def _analogue(treble, middle, bass):
    return analogue(treble, middle, bass_turn(bass))


@njit_kernel
def _impulse(state, out, knobs, rate):
    write_stack(state, np.int64(0), knobs[0], knobs[1], knobs[2], rate)
    for n in range(out.size):
        out[n] = through_stack(state, np.int64(0), np.int64(COEFFICIENTS), 1.0 if n == 0 else 0.0)


def _network(hz, treble, middle, bass):
    """Return Vout / Vin by Kirchhoff's law at the nodes of the network of 1959; a pot's ends are 1 ohm apart."""
    s, bass = 2j * np.pi * hz, 0.01 * 100**bass
    c1, c2, c3, slope = 250e-12, 20e-9, 20e-9, 56e3
    top, bottom = max((1 - treble) * 250e3, 1), max(treble * 250e3, 1)
    rheostat, upper, lower = max(bass * 1e6, 1), max((1 - middle) * 25e3, 1), max(middle * 25e3, 1)
    source, ground = "in", "ground"
    parts = [
        (source, "a", s * c1), ("a", "out", 1 / top), ("out", "c", 1 / bottom), (source, "b", 1 / slope),
        ("b", "c", s * c2), ("b", "wiper", s * c3), ("c", "d", 1 / rheostat), ("d", "wiper", 1 / upper),
        ("wiper", ground, 1 / lower),
    ]  # fmt: skip
    nodes = ["a", "b", "c", "d", "wiper", "out"]
    matrix, currents = np.zeros((6, 6), complex), np.zeros(6, complex)
    for one, other, admittance in parts:
        for here, there in ((one, other), (other, one)):
            if here in nodes:
                matrix[nodes.index(here), nodes.index(here)] += admittance
                if there in nodes:
                    matrix[nodes.index(here), nodes.index(there)] -= admittance
                elif there == source:
                    currents[nodes.index(here)] += admittance
    return np.linalg.solve(matrix, currents)[nodes.index("out")]


def _formula(hz, knobs):
    b1, b2, b3, a1, a2, a3 = _analogue(*knobs)
    s = 2j * np.pi * hz
    return (b1 * s + b2 * s**2 + b3 * s**3) / (1 + a1 * s + a2 * s**2 + a3 * s**3)


@pytest.mark.parametrize("knobs", KNOBS)
def test_the_formula_is_the_network(knobs):
    for hz in (20, 100, 400, 1_000, 3_000, 12_000):
        assert abs(_formula(hz, knobs) - _network(hz, *knobs)) < 2e-3 * abs(_network(hz, *knobs)) + 1e-4


@pytest.mark.parametrize("rate", [44_100, 96_000])
@pytest.mark.parametrize("knobs", KNOBS)
def test_the_digital_filter_is_the_formula_at_the_frequency_it_is_warped_to(knobs, rate):
    out = np.zeros(rate)
    _impulse(np.zeros(COEFFICIENTS + 3), out, knobs, float(rate))
    response = np.fft.rfft(out)
    for hz in (50, 300, 1_000, 5_000, 15_000):
        warped = rate / np.pi * np.tan(np.pi * hz / rate)
        assert abs(response[hz]) == pytest.approx(abs(_formula(warped, knobs)), rel=1e-3, abs=1e-5)
