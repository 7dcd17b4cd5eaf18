"""The arrays of a runtime and of a program, made by Python and read by the compiled callback.

Both are namedtuples of numpy arrays whose columns `layout` names. Python keeps the arrays alive and hands their
addresses over in a header of int64 cells (`header_of`); compiled code reads the arrays through `access.py`. A program
is immutable to Python once published; what changes inside it belongs to the callback.
"""

from collections import namedtuple
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from maxbooster_desktop.engine.realtime import layout as at

Runtime = namedtuple("Runtime", "cells levels commands command_values meters tap capture marks listeners live sent")

_PROGRAM_ARRAYS: tuple[tuple[str, str, int], ...] = (
    ("info", "i", 0),
    ("groups", "i", at.G_FIELDS),
    ("channels", "i", at.C_FIELDS),
    ("clips", "i", at.K_FIELDS),
    ("clip_shapes", "f", at.KS_FIELDS),
    ("ends", "i", 0),
    ("matrix", "i", at.M_FIELDS),
    ("edges", "i", at.E_FIELDS),
    ("delayed", "i", at.D_FIELDS),
    ("inserts", "i", at.I_FIELDS),
    ("automation", "i", at.A_FIELDS),
    ("points", "d", at.P_FIELDS),
    ("beats", "i", at.B_FIELDS),
    ("values", "f", 0),  # strip parameters per channel, then EDGE_VALUES per edge
    ("goals", "f", 0),  # GOALS per channel, then 2 per edge
    ("left", "i", 0),  # cells left of each ramp unit
    ("active", "i", 0),  # units that move: count, then unit numbers
    ("dirty", "i", 0),  # units to start at the next cell: count, then unit numbers
    ("rows", "f", 0),
    ("weights", "f", 0),
    ("buses", "f", 0),
    ("places", "i", 0),  # scratch: where a named channel or edge was in the program before
    ("scratch", "f", 0),
    ("wanted", "i", 0),  # cells in which a dirty unit is to arrive, -1 when it is not dirty
    ("notes", "d", at.T_FIELDS),
)
Program = namedtuple("Program", [name for name, _, _ in _PROGRAM_ARRAYS])  # type: ignore[misc]  # one table names the arrays

_DTYPES = {"i": np.int64, "f": np.float32, "d": np.float64}


def program_of(**arrays: npt.NDArray[Any]) -> Any:
    """Make a Program, each array contiguous and of its declared type.

    Raises:
        ValueError: an array has other columns than the layout says.
    """
    made = {}
    for name, kind, fields in _PROGRAM_ARRAYS:
        array = np.ascontiguousarray(arrays[name], _DTYPES[kind])
        if fields and (array.ndim != 2 or array.shape[1] != fields):
            raise ValueError(f"{name} must have {fields} columns")
        made[name] = array
    return Program(**made)


def header_of(program: Any) -> npt.NDArray[np.int64]:
    """Return the int64 cells (address, rows) from which compiled code opens `program`."""
    return _addresses(program)


def runtime_header_of(runtime: Any) -> npt.NDArray[np.int64]:
    """Return the int64 cells from which compiled code opens a runtime; the last is a meter slot's channel capacity."""
    return np.append(_addresses(runtime), runtime.meters.shape[1])


def _addresses(arrays: Iterable[npt.NDArray[Any]]) -> npt.NDArray[np.int64]:
    return np.array([word for array in arrays for word in (array.ctypes.data, array.shape[0])], np.int64)


def new_runtime(sample_rate: int, channels: int, *, is_live: bool) -> Any:
    """Make a stopped runtime for programs of at most `channels` channels."""
    # Behind the named cells: per meter slot, the serial number of the program it tells of.
    cells = np.zeros(at.CELLS + at.METER_SLOTS, np.int64)
    cells[at.IS_LIVE], cells[at.CLICK_AGE], cells[at.OUTPUT_RIGHT] = int(is_live), -1, 1
    cells[at.SEEK_TARGET], cells[at.SWAP_LEVEL] = at.NO_TARGET, at.SWAP_FRAMES
    cells[at.CLICK_LEFT], cells[at.CLICK_RIGHT] = 0, 1
    cells[at.CAPTURE_ROLLS] = at.UNMARKED
    levels = np.zeros(at.LEVELS, np.float64)
    levels[at.RATE], levels[at.PREVIEW_GAIN] = sample_rate, 1.0
    levels[at.CLICK_GAIN], levels[at.CLICK_ACCENT_GAIN] = 0.5, 0.8
    return Runtime(
        cells=cells,
        levels=levels,
        commands=np.zeros((at.COMMAND_CAPACITY, 4), np.int64),
        command_values=np.zeros(at.COMMAND_CAPACITY, np.float64),
        meters=np.zeros((at.METER_SLOTS, channels, at.METER_FIELDS), np.float32),
        tap=np.zeros((at.TAP_FRAMES, 2), np.float32),
        # Its pages are taken from the system when the first input reaches them.
        capture=np.zeros((at.CAPTURE_FRAMES if is_live else 1, at.MOST_INPUTS), np.float32),
        marks=np.zeros((at.MARK_CAPACITY, at.R_FIELDS), np.int64),
        listeners=np.zeros((at.MOST_LISTENERS, at.L_FIELDS), np.int64),
        live=np.zeros((at.LIVE_CAPACITY, at.V_FIELDS), np.float64),
        sent=np.zeros((at.SENT_CAPACITY if is_live else 1, at.V_FIELDS), np.float64),
    )
