"""Eight frames of eight lanes at a time: planar sound into lanes, and lanes summed into planar sound.

A channel's samples lie `lanes` floats apart among the lanes. Moving them one by one costs a store each; a square of
8 x 8 turned in registers costs one per eight. Sums across a register are turned the same way: eight frames share the
additions. What is added to what depends on a lane's place alone, never on how many frames are processed.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic as numba_intrinsic

from dsp.core.intrinsics import F32_POINTER
from dsp.core.lanes import LANES, WIDTH

# Untyped on purpose: a caller does not pass the typing context the definition takes.
intrinsic: Any = numba_intrinsic

SQUARE = 8
"""Frames, and lanes, of a square."""

_EIGHT = ir.VectorType(ir.FloatType(), SQUARE)
_PAIRS_EVEN, _PAIRS_ODD = (0, 2, 8, 10, 4, 6, 12, 14), (1, 3, 9, 11, 5, 7, 13, 15)
_INTERLEAVED_LOW, _INTERLEAVED_HIGH = (0, 8, 1, 9, 4, 12, 5, 13), (2, 10, 3, 11, 6, 14, 7, 15)
_DOUBLES_LOW, _DOUBLES_HIGH = (0, 1, 8, 9, 4, 5, 12, 13), (2, 3, 10, 11, 6, 7, 14, 15)
_HALVES_LOW, _HALVES_HIGH = (0, 1, 2, 3, 8, 9, 10, 11), (4, 5, 6, 7, 12, 13, 14, 15)


def _shuffled(builder: Any, a: Any, b: Any, places: tuple[int, ...]) -> Any:
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(ir.IntType(32), SQUARE), list(places)))


def _place(builder: Any, pointer: Any, index: Any) -> Any:
    return builder.bitcast(builder.gep(pointer, [index]), _EIGHT.as_pointer())


def _folded(builder: Any, value: Any) -> Any:
    """Return eight sums of a register of sixteen lanes; one of eight is what it is."""
    if WIDTH == SQUARE:
        return value
    low, high = (
        ir.Constant(ir.VectorType(ir.IntType(32), SQUARE), list(range(first, first + SQUARE))) for first in (0, SQUARE)
    )
    return builder.fadd(builder.shuffle_vector(value, value, low), builder.shuffle_vector(value, value, high))


def _neighbours_added(builder: Any, a: Any, b: Any) -> Any:
    return builder.fadd(_shuffled(builder, a, b, _PAIRS_EVEN), _shuffled(builder, a, b, _PAIRS_ODD))


@intrinsic
def add_sums(typingctx: Any, pointer: Any, index: Any, registers: Any) -> Any:
    """Add the sum over the lanes of each of eight registers to pointer[index .. index + 7]."""

    def codegen(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        rest = [_folded(builder, builder.extract_value(args[2], frame)) for frame in range(SQUARE)]
        while len(rest) > 2:
            rest = [_neighbours_added(builder, rest[at], rest[at + 1]) for at in range(0, len(rest), 2)]
        low, high = (_shuffled(builder, rest[0], rest[1], places) for places in (_HALVES_LOW, _HALVES_HIGH))
        place = _place(builder, args[0], args[1])
        builder.store(builder.fadd(builder.load(place, align=4), builder.fadd(low, high)), place, align=4)
        return context.get_dummy_value()

    return types.void(F32_POINTER, types.int64, types.UniTuple(LANES, SQUARE)), codegen


def _turned(builder: Any, rows: list[Any]) -> list[Any]:
    """Return the eight columns of eight rows."""
    pairs = list(zip(rows[0::2], rows[1::2], strict=True))
    mixed = [_shuffled(builder, *pair, places) for pair in pairs for places in (_INTERLEAVED_LOW, _INTERLEAVED_HIGH)]
    quads = [
        _shuffled(builder, mixed[four + side], mixed[four + 2 + side], places)
        for four in (0, 4)
        for side in range(2)
        for places in (_DOUBLES_LOW, _DOUBLES_HIGH)
    ]
    # quads[i] holds columns i and i + 4 of rows 0-3, quads[4 + i] those of rows 4-7.
    return [
        _shuffled(builder, quads[column], quads[4 + column], places)
        for places in (_HALVES_LOW, _HALVES_HIGH)
        for column in range(4)
    ]


@intrinsic
def turn_square(typingctx: Any, target: Any, target_step: Any, source: Any, source_step: Any) -> Any:
    """Write target[n * target_step + k] = source[k * source_step + n] for n, k in 0..7; both are pointers."""

    def codegen(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        def place(pointer: Any, step: Any, number: int) -> Any:
            return _place(builder, pointer, builder.mul(step, ir.Constant(ir.IntType(64), number)))

        rows = [builder.load(place(args[2], args[3], number), align=4) for number in range(SQUARE)]
        for number, column in enumerate(_turned(builder, rows)):
            builder.store(column, place(args[0], args[1], number), align=4)
        return context.get_dummy_value()

    return types.void(F32_POINTER, types.int64, F32_POINTER, types.int64), codegen
