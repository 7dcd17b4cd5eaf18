"""What a register may hold, in one canonical form on both sides of the library.

Values are None (only inside lists), bool, int, float, str, bytes, tuples of values and dicts with text keys. The
library returns integers as floats and bytes as bytearray, so both directions go through `canonical`: an integral
float of at most 2**53 becomes an int, and larger integers are refused, because the library rounds them (and panics
from 2**63 on): ids and hashes are text. Values that would make the library panic (a BaseException) are refused here.
"""

import math
from collections.abc import Mapping
from typing import TypeAlias

from sync.document.errors import RefusedValueError

#: A register's value. `None` for a whole register means: there is none.
Value: TypeAlias = "bool | int | float | str | bytes | tuple[Value, ...] | Mapping[str, Value] | None"

_EXACT = 2**53
_DEPTH = 8
#: Types whose values are the same when they are equal; a bool among numbers is not.
_BYTES = {bytearray}
_FLAT = frozenset({str, int, float, type(None)})


def canonical(value: object) -> Value:
    """Return `value` as it will be read back after a round trip.

    Raises:
        RefusedValueError: for NaN, infinity, lone surrogates, integers beyond 2**53, other types, deep nesting.
    """
    if type(value) is str and value.isascii():
        return value
    return _canonical(value, _DEPTH)


def _canonical(value: object, depth: int) -> Value:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if depth == 0:
        raise RefusedValueError("A register cannot hold a value nested more than 8 deep.")
    if isinstance(value, list | tuple):
        return tuple([_canonical(item, depth - 1) for item in value])
    if isinstance(value, Mapping):
        return {_text(key): _canonical(item, depth - 1) for key, item in value.items()}
    raise RefusedValueError(f"A register cannot hold a value of type {type(value).__name__}.")


def _number(value: float) -> int | float:
    if isinstance(value, int):
        if not -_EXACT <= value <= _EXACT:
            raise RefusedValueError(f"A register cannot hold the integer {value}: beyond 2**53 it would be rounded.")
        return int(value)
    if not math.isfinite(value):
        raise RefusedValueError(f"A register cannot hold {value}: numbers must be finite.")
    if value.is_integer() and abs(value) <= _EXACT:
        return int(value)
    return float(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise RefusedValueError(f"A key inside a register must be text, not {type(value).__name__}.")
    if type(value) is str and value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        raise RefusedValueError("A register cannot hold text with half a surrogate pair.") from None
    return value if type(value) is str else str.__str__(value)


def read(value: object, texts: dict[str, str] | None = None) -> Value:
    """Return what a peer wrote in canonical form; what no register may hold (NaN, a nested type) reads as None.

    The library gives text that is valid, so only numbers and types are judged. Texts in `texts` are shared: thousands
    of clips name the same asset.
    """
    if isinstance(value, str):
        return value if texts is None else texts.setdefault(value, value)
    if isinstance(value, float):
        return _read_float(value)
    if isinstance(value, list):
        items = tuple(read_all(value, {} if texts is None else texts))
        # An item that reads as None without being null makes the whole register unreadable.
        return items if None not in items or items.count(None) == value.count(None) else None
    return _read_other(value)


def read_all(values: list[object], texts: dict[str, str]) -> list[Value]:
    """Return `read` of each value: written out, because a project has hundreds of thousands."""
    if {*map(type, values)} == _BYTES:
        return [bytes(value) for value in values]  # type: ignore[call-overload]  # all of them bytearrays
    found: list[Value] = []
    add, share = found.append, texts.setdefault
    for value in values:
        kind = type(value)
        if kind is str:
            add(share(value, value))  # type: ignore[arg-type]  # as its type says
        elif kind is float and value.is_integer() and -_EXACT <= value <= _EXACT:  # type: ignore[attr-defined, operator]
            add(int(value))  # type: ignore[call-overload]  # as above
        else:
            add(read(value, texts))
    return found


def _read_other(value: object) -> Value:
    if isinstance(value, bytearray):
        return bytes(value)
    if isinstance(value, int):
        return value  # a bool; or an integer that another program wrote and this library kept
    try:
        return _canonical(value, _DEPTH)
    except RefusedValueError:
        return None


def _read_float(value: float) -> float | None:
    if value.is_integer() and -_EXACT <= value <= _EXACT:
        return int(value)
    return value if math.isfinite(value) else None


def same(one: Value, other: Value) -> bool:
    """Return whether two canonical values are equal; unlike `==`, True is not 1."""
    if one is other:
        return True
    if isinstance(one, bool) or isinstance(other, bool):
        return False  # equal bools are identical
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return one == other


def is_surely(value: object, held: Value) -> bool:
    """Return whether `value`, not canonical yet, certainly is what a register holds; False decides nothing.

    Most of an entity that is written again is unchanged: this tells so without bringing it into canonical form.
    """
    if value is held:
        return True
    if isinstance(value, tuple) and isinstance(held, tuple):
        return value == held and _FLAT.issuperset(map(type, value)) and _FLAT.issuperset(map(type, held))
    return type(value) in _FLAT and type(held) in _FLAT and value == held


def to_wire(value: Value) -> object:
    """Return the value as the library takes it: lists instead of tuples."""
    if isinstance(value, tuple):
        return [to_wire(item) for item in value]
    if isinstance(value, Mapping):
        return {key: to_wire(item) for key, item in value.items()}
    return value
