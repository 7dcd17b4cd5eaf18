"""The tone stack between the stages of an amplifier: treble, middle and bass in one passive network.

D. T. Yeh, J. O. Smith, "Discretization of the '59 Fender Bassman Tone Stack", DAFx 2006: the network's transfer
function of third order, its coefficients polynomials in the three controls, by the bilinear transform with c = 2 rate.
The knobs work on each other as in the network. Bass turns logarithmically, as the paper has it.
"""

from typing import Any

from dsp.core.compiled import inner_kernel

_C1, _C2, _C3 = 250e-12, 20e-9, 20e-9
_R1, _R2, _R3, _R4 = 250e3, 1e6, 25e3, 56e3
COEFFICIENTS = 7


@inner_kernel
def bass_turn(share: float) -> float:
    """Return the bass control for a knob's share of its way: 1 % to 100 % of the resistance."""
    return 0.01 * 100.0**share


@inner_kernel
def analogue(t: float, m: float, l: float) -> Any:  # noqa: E741 - the paper's letter
    """Return b1, b2, b3 and a1, a2, a3 of H(s); b0 is 0 and a0 is 1. Controls lie in 0 .. 1."""
    c12, c13, c23, c123 = _C1 * _C2, _C1 * _C3, _C2 * _C3, _C1 * _C2 * _C3
    square = (c13 + c23) * _R3 * _R3
    b1 = t * _C1 * _R1 + m * _C3 * _R3 + l * (_C1 + _C2) * _R2 + (_C1 + _C2) * _R3
    b2 = t * (c12 + c13) * _R1 * _R4 - m * m * square + m * (c13 * _R1 * _R3 + square)
    b2 += l * (c12 * _R1 * _R2 + (c12 + c13) * _R2 * _R4) + l * m * (c13 + c23) * _R2 * _R3
    b2 += c12 * _R1 * _R3 + (c12 + c13) * _R3 * _R4
    both = _R1 + _R4
    b3 = l * m * c123 * _R2 * _R3 * both + (m - m * m) * c123 * _R3 * _R3 * both
    b3 += t * (1.0 - m) * c123 * _R1 * _R3 * _R4 + t * l * c123 * _R1 * _R2 * _R4
    a1 = _C1 * (_R1 + _R3) + _C2 * (_R3 + _R4) + _C3 * _R4 + m * _C3 * _R3 + l * (_C1 + _C2) * _R2
    a2 = m * (c13 * _R1 * _R3 - c23 * _R3 * _R4 + square) + l * m * (c13 + c23) * _R2 * _R3 - m * m * square
    a2 += l * (c12 * _R2 * both + (c13 + c23) * _R2 * _R4)
    a2 += (c12 + c13) * _R1 * _R4 + c12 * _R3 * both + (c13 + c23) * _R3 * _R4
    a3 = l * m * c123 * _R2 * _R3 * both - m * m * c123 * _R3 * _R3 * both
    a3 += m * c123 * (_R3 * _R3 * both - _R1 * _R3 * _R4) + l * c123 * _R1 * _R2 * _R4 + c123 * _R1 * _R3 * _R4
    return b1, b2, b3, a1, a2, a3


@inner_kernel
def write_stack(state: Any, base: int, treble: float, middle: float, bass: float, rate: float) -> None:
    """Write B0 .. B3 and A1 .. A3 of the digital filter to state[base ..]; knobs are shares of their way, 0 .. 1."""
    b1, b2, b3, a1, a2, a3 = analogue(treble, middle, bass_turn(bass))
    c = 2.0 * rate
    b1, a1, b2, a2, b3, a3 = b1 * c, a1 * c, b2 * c * c, a2 * c * c, b3 * c * c * c, a3 * c * c * c
    scale = 1.0 / (1.0 + a1 + a2 + a3)
    state[base], state[base + 3] = (b1 + b2 + b3) * scale, (-b1 + b2 - b3) * scale
    state[base + 1], state[base + 2] = (b1 - b2 - 3.0 * b3) * scale, (-b1 - b2 + 3.0 * b3) * scale
    state[base + 4], state[base + 5] = (3.0 + a1 - a2 - 3.0 * a3) * scale, (3.0 - a1 - a2 + 3.0 * a3) * scale
    state[base + 6] = (1.0 - a1 + a2 - a3) * scale


@inner_kernel
def through_stack(state: Any, base: int, memory: int, sample: float) -> float:
    """Return a sample behind the filter; three numbers of memory begin at `memory` (transposed direct form II)."""
    found = state[base] * sample + state[memory]
    state[memory] = state[base + 1] * sample - state[base + 4] * found + state[memory + 1]
    state[memory + 1] = state[base + 2] * sample - state[base + 5] * found + state[memory + 2]
    state[memory + 2] = state[base + 3] * sample - state[base + 6] * found
    return found
