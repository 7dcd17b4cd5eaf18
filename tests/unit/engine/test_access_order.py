"""Compiled code opens arrays by their place in a header: each accessor names the array that lies there, as it is."""

import ast
import inspect

import pytest

from maxbooster_desktop.engine.realtime import access, arrays
from maxbooster_desktop.engine.realtime import layout as at

_KINDS = {"_WORD": "i", "_FLOAT": "f", "_DOUBLE": "d"}


def _accessors():
    """Return (array's name, place, kind, fields) of every accessor, in the order of the file."""
    found = []
    for node in ast.parse(inspect.getsource(access)).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            place, kind, *row = node.value.args
            fields = [getattr(at, each.id) if isinstance(each, ast.Name) else ast.literal_eval(each) for each in row]
            name = node.targets[0].id.removesuffix("_of")
            found.append((name, ast.literal_eval(place), _KINDS[kind.id], fields))
    return found


def _split():
    found = _accessors()
    first = [place for _, place, _, _ in found].index(0, 1)
    return found[:first], found[first:]


def test_accessors_of_a_program_follow_its_arrays():
    program, _ = _split()
    expected = [
        (name, 2 * index, kind, [fields] if fields else [])
        for index, (name, kind, fields) in enumerate(arrays._PROGRAM_ARRAYS)
    ]
    assert program == expected


@pytest.mark.parametrize("channels", [1, 7])
def test_accessors_of_a_runtime_follow_its_arrays(channels):
    _, runtime = _split()
    made = arrays.new_runtime(48_000, channels, is_live=True)
    header = arrays.runtime_header_of(made)
    assert [name for name, *_ in runtime] == list(made._fields)
    for name, place, kind, fields in runtime:
        array = getattr(made, name)
        assert (header[place], header[place + 1]) == (array.ctypes.data, array.shape[0]), name
        assert array.dtype == arrays._DTYPES[kind], name
        # A negative number is a cell of the header that holds the extent.
        assert [header[-each] if each < 0 else each for each in fields] == list(array.shape[1:]), name
