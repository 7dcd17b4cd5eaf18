"""Flush denormals to zero on the calling thread: an IIR that rings out into denormals costs 10-100 times more.

x86-64 sets FTZ and DAZ in MXCSR, 64-bit ARM sets FZ in FPCR. Both are per thread, so each compiled entry point
calls `flush_denormals()` first and gives what that returned to `restore_denormals` last: an offline render runs on a
thread whose other arithmetic is not ours to change.
"""

import platform
from typing import Any

import numba.extending
from llvmlite import ir
from numba import types

# Untyped on purpose: a caller does not pass the typing context the definition takes.
intrinsic: Any = numba.extending.intrinsic

_IS_ARM = platform.machine().lower() in {"arm64", "aarch64"}
_FTZ_AND_DAZ = 0x8040
_FPCR_FZ = 1 << 24


def _control_word(builder: Any, slot: Any, name: str) -> None:
    """Call ldmxcsr or stmxcsr on a stack slot."""
    raw = builder.bitcast(slot, ir.PointerType(ir.IntType(8)))
    kind = ir.FunctionType(ir.VoidType(), [raw.type])
    builder.call(builder.module.globals.get(name) or ir.Function(builder.module, kind, name), [raw])


def _stack_word(builder: Any) -> Any:
    with builder.goto_entry_block():
        return builder.alloca(ir.IntType(32))


def _read_x86(builder: Any) -> Any:
    slot = _stack_word(builder)
    _control_word(builder, slot, "llvm.x86.sse.stmxcsr")
    return builder.zext(builder.load(slot), ir.IntType(64))


def _write_x86(builder: Any, word: Any) -> None:
    slot = _stack_word(builder)
    builder.store(builder.trunc(word, ir.IntType(32)), slot)
    _control_word(builder, slot, "llvm.x86.sse.ldmxcsr")


def _read_arm(builder: Any) -> Any:
    read = ir.InlineAsm(ir.FunctionType(ir.IntType(64), []), "mrs $0, fpcr", "=r", side_effect=True)
    return builder.call(read, [])


def _write_arm(builder: Any, word: Any) -> None:
    kind = ir.FunctionType(ir.VoidType(), [ir.IntType(64)])
    builder.call(ir.InlineAsm(kind, "msr fpcr, $0", "r", side_effect=True), [word])


@intrinsic
def flush_denormals(typingctx: Any) -> Any:
    """Set flush-to-zero in this thread's floating-point control word; returns the word as it was."""

    def codegen(_context: Any, builder: Any, _signature: Any, _args: Any) -> Any:
        before = (_read_arm if _IS_ARM else _read_x86)(builder)
        wanted = ir.Constant(ir.IntType(64), _FPCR_FZ if _IS_ARM else _FTZ_AND_DAZ)
        (_write_arm if _IS_ARM else _write_x86)(builder, builder.or_(before, wanted))
        return before

    return types.int64(), codegen


@intrinsic
def restore_denormals(typingctx: Any, word: Any) -> Any:
    """Write back the control word that `flush_denormals` returned."""

    def codegen(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        (_write_arm if _IS_ARM else _write_x86)(builder, args[0])
        return context.get_dummy_value()

    return types.void(types.int64), codegen
