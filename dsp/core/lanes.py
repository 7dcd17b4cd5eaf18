"""A SIMD register as a value: `WIDTH` float32 that compiled code loads, adds, multiplies, compares and stores at once.

A loop over lanes that LLVM has to vectorise by itself costs seconds to compile and fails quietly; arithmetic on this
type is packed by construction, and a value that lives across a loop of frames stays in its register. `+`, `-` and `*`
work on two of them; everything else is a function here. Widths: 16 floats where the processor has AVX-512, else 8
(one register on AVX2, two on ARM).

`log2_lanes` and `exp2_lanes` are the polynomials of `dsp.core.fastmath`, term by term.
"""

import operator
from typing import Any, SupportsFloat, SupportsInt

import llvmlite.binding
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic as numba_intrinsic
from numba.extending import models, register_model

from dsp.core import fastmath
from dsp.core.intrinsics import F32_POINTER

# Untyped on purpose: a caller does not pass the typing context the definition takes.
intrinsic: Any = numba_intrinsic

WIDTH = 16 if llvmlite.binding.get_host_cpu_features().get("avx512f") else 8
"""Floats per value; every row of lanes is a multiple of it."""

_VECTOR = ir.VectorType(ir.FloatType(), WIDTH)
_INTEGERS = ir.VectorType(ir.IntType(32), WIDTH)


class _LanesType(types.Type):
    """numba's name for the value."""

    def __init__(self) -> None:
        super().__init__(name=f"Lanes{WIDTH}")


LANES = _LanesType()


@register_model(_LanesType)
class _LanesModel(models.PrimitiveModel):
    """The value is one LLVM vector."""

    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, _VECTOR)


def _define_operator(function: Any, instruction: str) -> None:
    """Let `function` (operator.add ..) take two values and become one vector instruction."""

    class Template(ConcreteTemplate):
        key = function
        cases = [signature(LANES, LANES, LANES)]  # noqa: RUF012 - numba's way to declare a signature

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return getattr(builder, instruction)(*args)

    infer_global(function)(Template)
    lower_builtin(function, LANES, LANES)(codegen)


for _plain, _in_place, _name in (
    (operator.add, operator.iadd, "fadd"),
    (operator.sub, operator.isub, "fsub"),
    (operator.mul, operator.imul, "fmul"),
):
    _define_operator(_plain, _name)
    _define_operator(_in_place, _name)


def _floats(value: SupportsFloat) -> ir.Constant:
    return ir.Constant(_VECTOR, [float(np.float32(float(value)))] * WIDTH)


def _words(value: SupportsInt) -> ir.Constant:
    return ir.Constant(_INTEGERS, [int(value)] * WIDTH)


def _fused(builder: Any, a: Any, b: Any, c: Any) -> Any:
    kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.fmuladd.v{WIDTH}f32"), (a, b, c))


@intrinsic
def load_lanes(typingctx: Any, pointer: Any, index: Any) -> Any:
    """Read WIDTH floats from pointer[index]; any alignment."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        place = builder.bitcast(builder.gep(args[0], [args[1]]), _VECTOR.as_pointer())
        return builder.load(place, align=4)

    return LANES(F32_POINTER, types.int64), codegen


@intrinsic
def store_lanes(typingctx: Any, pointer: Any, index: Any, value: Any) -> Any:
    """Write WIDTH floats to pointer[index]; any alignment."""

    def codegen(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        place = builder.bitcast(builder.gep(args[0], [args[1]]), _VECTOR.as_pointer())
        builder.store(args[2], place, align=4)
        return context.get_dummy_value()

    return types.void(F32_POINTER, types.int64, LANES), codegen


@intrinsic
def all_lanes(typingctx: Any, value: Any) -> Any:
    """Return the float32 `value` in every lane."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        single = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), args[0], ir.Constant(ir.IntType(32), 0))
        return builder.shuffle_vector(single, single, _words(0))

    return LANES(types.float32), codegen


@intrinsic
def largest_lanes(typingctx: Any, a: Any, b: Any) -> Any:
    """Return the larger of two in each lane."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", args[0], args[1]), args[0], args[1])

    return LANES(LANES, LANES), codegen


@intrinsic
def smallest_lanes(typingctx: Any, a: Any, b: Any) -> Any:
    """Return the smaller of two in each lane."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<", args[0], args[1]), args[0], args[1])

    return LANES(LANES, LANES), codegen


@intrinsic
def magnitude_lanes(typingctx: Any, value: Any) -> Any:
    """Return the absolute value of each lane."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        bits = builder.and_(builder.bitcast(args[0], _INTEGERS), _words(0x7FFFFFFF))
        return builder.bitcast(bits, _VECTOR)

    return LANES(LANES), codegen


@intrinsic
def multiply_add(typingctx: Any, a: Any, b: Any, c: Any) -> Any:
    """Return a * b + c in one step that nothing takes apart: recurrences sound the same however a loop is unrolled."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return _fused(builder, *args)

    return LANES(LANES, LANES, LANES), codegen


@intrinsic
def negative_lanes(typingctx: Any, value: Any) -> Any:
    """Return every lane with the other sign."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.fneg(args[0])

    return LANES(LANES), codegen


@intrinsic
def choose_lanes(typingctx: Any, a: Any, b: Any, above: Any, otherwise: Any) -> Any:
    """Return `above` in the lanes where a > b, `otherwise` in the rest."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", args[0], args[1]), args[2], args[3])

    return LANES(LANES, LANES, LANES, LANES), codegen


def _polynomial(builder: Any, t: Any, coefficients: tuple[np.float32, ...]) -> Any:
    """Horner's scheme, highest power first."""
    found = _floats(coefficients[0])
    for coefficient in coefficients[1:]:
        found = _fused(builder, found, t, _floats(coefficient))
    return found


@intrinsic
def log2_lanes(typingctx: Any, value: Any) -> Any:
    """Return log2 of positive lanes, within 1e-5 (see `fastmath.log2_poly`)."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        bits = builder.bitcast(args[0], _INTEGERS)
        exponent = builder.ashr(builder.sub(bits, _words(fastmath.SQRT_HALF_BITS)), _words(23))
        mantissa = builder.bitcast(builder.sub(bits, builder.shl(exponent, _words(23))), _VECTOR)
        t = builder.fsub(mantissa, _floats(1.0))
        whole = builder.sitofp(exponent, _VECTOR)
        return _fused(builder, _polynomial(builder, t, fastmath.LOG2_TERMS), t, whole)

    return LANES(LANES), codegen


@intrinsic
def exp2_lanes(typingctx: Any, value: Any) -> Any:
    """Return 2**x of each lane, within 1e-6 of its value (see `fastmath.exp2_poly`)."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        low, high = _floats(-126.0), _floats(126.0)
        x = builder.select(builder.fcmp_ordered(">", args[0], low), args[0], low)
        x = builder.select(builder.fcmp_ordered("<", x, high), x, high)
        rounded = builder.bitcast(builder.fadd(x, _floats(fastmath.ROUNDING)), _INTEGERS)
        whole = builder.sub(rounded, _words(fastmath.ROUNDING_BITS))
        f = builder.fsub(x, builder.sitofp(whole, _VECTOR))
        power = builder.bitcast(builder.shl(builder.add(whole, _words(127)), _words(23)), _VECTOR)
        q = _polynomial(builder, f, fastmath.EXP2_TERMS)
        return builder.fmul(_fused(builder, q, f, _floats(1.0)), power)

    return LANES(LANES), codegen
