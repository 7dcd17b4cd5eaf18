"""The few instructions a compiled callback needs and numba does not offer: each small, none allocates.

Call a kernel by its address, scratch on the stack, atomics with acquire and release, flush denormals, and bit
casts that stay in registers. An address is an int64 throughout.
"""

from typing import Any

import numba.extending
from llvmlite import ir
from numba import types
from numba.np import arrayobj

# Untyped on purpose: a caller does not pass the typing context the definition takes.
intrinsic: Any = numba.extending.intrinsic

F32_POINTER = types.CPointer(types.float32)
F64_POINTER = types.CPointer(types.float64)
I64_POINTER = types.CPointer(types.int64)

_POINTERS: dict[Any, ir.Type] = {
    F32_POINTER: ir.PointerType(ir.FloatType()),
    F64_POINTER: ir.PointerType(ir.DoubleType()),
    I64_POINTER: ir.PointerType(ir.IntType(64)),
}


@intrinsic
def f32_at(typingctx: Any, address: Any) -> Any:
    """Turn an int64 address into a float32 pointer."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], _POINTERS[F32_POINTER])

    return F32_POINTER(types.int64), codegen


@intrinsic
def f64_at(typingctx: Any, address: Any) -> Any:
    """Turn an int64 address into a float64 pointer."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], _POINTERS[F64_POINTER])

    return F64_POINTER(types.int64), codegen


@intrinsic
def i64_at(typingctx: Any, address: Any) -> Any:
    """Turn an int64 address into an int64 pointer."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], _POINTERS[I64_POINTER])

    return I64_POINTER(types.int64), codegen


@intrinsic
def call_kernel(typingctx: Any, kernel: Any, state: Any, block: Any, frames: Any) -> Any:
    """Call `void kernel(int64 state, float32* block, int64 frames)` at address `kernel`."""

    def codegen(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        word, samples = ir.IntType(64), _POINTERS[F32_POINTER]
        kind = ir.FunctionType(ir.VoidType(), [word, samples, word])
        builder.call(builder.inttoptr(args[0], ir.PointerType(kind)), args[1:])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, F32_POINTER, types.int64), codegen


@intrinsic
def call_with_words(typingctx: Any, kernel: Any, words: Any) -> Any:
    """Call `void kernel(int64, ...)` at address `kernel` with a tuple of int64 words.

    A call by address keeps what is called out of the caller's compilation: numba optimises everything that is
    linked again at every level.
    """

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = ir.IntType(64)
        count = len(signature.args[1])
        kind = ir.FunctionType(ir.VoidType(), [word] * count)
        passed = [builder.extract_value(args[1], index) for index in range(count)]
        builder.call(builder.inttoptr(args[0], ir.PointerType(kind)), passed)
        return context.get_dummy_value()

    return types.void(types.int64, types.UniTuple(types.int64, len(words))), codegen


@intrinsic
def stack_f32(typingctx: Any, count: Any) -> Any:
    """Return a pointer to `count` (a literal) float32 on the stack, 64-byte aligned."""
    if not isinstance(count, types.IntegerLiteral):
        return None
    size = count.literal_value

    def codegen(_context: Any, builder: Any, _signature: Any, _args: Any) -> Any:
        with builder.goto_entry_block():
            area = builder.alloca(ir.ArrayType(ir.FloatType(), size))
            area.align = 64
        return builder.bitcast(area, _POINTERS[F32_POINTER])

    # The literal itself must stand in the signature: numba finds the code by it, and two sizes would share one.
    return F32_POINTER(count), codegen


@intrinsic
def load_acquire(typingctx: Any, cells: Any, index: Any) -> Any:
    """Read int64 `cells[index]` so that everything written before its release is seen."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.load_atomic(builder.gep(args[0], [args[1]]), "acquire", 8)

    return types.int64(I64_POINTER, types.int64), codegen


@intrinsic
def store_release(typingctx: Any, cells: Any, index: Any, value: Any) -> Any:
    """Write int64 `cells[index]` after everything written before it."""

    def codegen(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        builder.store_atomic(args[2], builder.gep(args[0], [args[1]]), "release", 8)
        return context.get_dummy_value()

    return types.void(I64_POINTER, types.int64, types.int64), codegen


@intrinsic
def bits_of(typingctx: Any, x: Any) -> Any:
    """Return the bits of a float32 as int32: one instruction, and it vectorises."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.IntType(32))

    return types.int32(types.float32), codegen


@intrinsic
def float_of(typingctx: Any, bits: Any) -> Any:
    """Return the float32 whose bits are the int32 `bits`."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.FloatType())

    return types.float32(types.int32), codegen


def array_opener(place: int, element: Any, *row: int) -> Any:
    """Return an intrinsic that opens an array from a header: header[place] is its address, header[place + 1] its rows.

    Args:
        place: index in the header, int64 cells.
        element: numba type of an element.
        row: shape of one row; none for a flat array. A negative number means: header[-number] says it.
    """
    array_type = types.Array(element, 1 + len(row), "C")

    @intrinsic
    def open_array(typingctx: Any, header: Any) -> Any:
        def codegen(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            def cell(index: int) -> Any:
                return builder.load(builder.gep(args[0], [ir.Constant(ir.IntType(64), index)]))

            shape = [cell(place + 1), *(cell(-n) if n < 0 else ir.Constant(ir.IntType(64), n) for n in row)]
            item = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(element)))
            strides = [item]
            for extent in reversed(shape[1:]):
                strides.insert(0, builder.mul(strides[0], extent))
            array = context.make_array(array_type)(context, builder)
            data = builder.inttoptr(cell(place), context.get_data_type(element).as_pointer())
            arrayobj.populate_array(array, data=data, shape=shape, strides=strides, itemsize=item, meminfo=None)
            return array._getvalue()  # noqa: SLF001 - numba's own way to read a struct proxy

        return array_type(I64_POINTER), codegen

    return open_array
