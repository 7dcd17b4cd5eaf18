"""The arrays the compiled callback reads: one runtime that lives as long as the engine, one program at a time.

Both are namedtuples of numpy arrays. Python keeps the arrays alive and hands their addresses over in a header of
int64 cells (`header_of`); compiled code reads the arrays through `access.py`. A program is
immutable to Python once published; what changes inside it belongs to the callback.

Samples are positions on the project's timeline at the session rate. Buses are stereo, bus[side, frame].
"""

from collections import namedtuple
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.core.lane_squares import SQUARE
from dsp.strips.layout import CELL, MAX_LANES

# --- runtime -----------------------------------------------------------------------------------------------------
# cells: int64, written by one side each; those marked * are atomic.
(
    ACTIVE,  # * header address of the program that runs
    PENDING,  # * header address of the one to take over, 0 when none
    SERIAL,  # * serial number of the program that runs
    IS_PLAYING,
    POSITION,  # * next frame to play
    LOOP_ON,
    LOOP_START,
    LOOP_END,
    CELL_FRAME,  # frames of the current cell already done, 0..63
    DECLICK,  # one of the DECLICK_* states
    DECLICK_FRAME,
    SEEK_TARGET,  # where to go when the fade is over, NO_TARGET when nowhere
    COMMANDS_WRITTEN,  # *
    COMMANDS_READ,  # *
    METERS_WRITTEN,  # *
    METER_CELLS,  # cells since meters were last published
    TAP_WRITTEN,  # * frames of master output since the start
    BLOCKS,  # * callbacks so far
    LATE,  # * callbacks that PortAudio flagged as late
    STARVED,  # * clip reads that met audio not decoded yet
    CLICK_ON,
    CLICK_NEXT,  # index of the next metronome beat
    CLICK_AGE,  # frames since the last click began, -1 when silent
    CLICK_IS_ACCENT,
    PREVIEW_LEFT,  # address of the sound being auditioned, 0 when none
    PREVIEW_RIGHT,
    PREVIEW_FRAMES,
    PREVIEW_FRAME,
    QUIET_FRAMES,  # frames since anything was heard while stopped
    PFL_COUNT,
    LAST_FLAGS,
    OUTPUT_LEFT,  # device channels of master, then of the metronome
    OUTPUT_RIGHT,
    CLICK_LEFT,
    CLICK_RIGHT,
    TIMES_WRITTEN,
    WAS_WRAPPED,  # times the loop wrapped
    IS_LIVE,  # 0 offline: no declick, no metronome, no monitor
    SWAP_PHASE,  # one of the SWAP_* states
    SWAP_LEVEL,  # 0..SWAP_FRAMES, the master's gain while programs of different timing change places
    SWAP_HOLD,  # frames of silence left until the new program's delay lines are full
    LEAVING_FOR,  # * header address of the program that what it lacks is fading out for
    LEAVING_CELLS,  # cells left of that
    FADING_PROGRAM,  # * header address of the program whose clips fade out, 0 when none
    FADING_FRAME,  # frames of that done
    CELLS,
) = range(46)

# levels: float64 of the runtime
CLICK_GAIN, CLICK_ACCENT_GAIN, PFL_MIX, RATE, PREVIEW_GAIN, LEVELS = range(6)

STEADY, FADING_IN, FADING_OUT_TO_STOP, FADING_OUT_TO_SEEK = range(4)
DECLICK_FRAMES = 192
NO_SWAP, SWAP_OUT, SWAP_HELD, SWAP_IN = range(4)
SWAP_FRAMES = 256
#: Over how long clips that changed fade over: about 5 ms.
CLIP_FADE_FRAMES = 256
NO_TARGET = -1
COMMAND_CAPACITY = 8_192
METER_SLOTS = 32
METER_FIELDS = 5
METER_CELLS_PER_FRAME = 8
TAP_FRAMES = 65_536
QUIET_AFTER_FRAMES = 96_000

(
    CMD_PLAY,
    CMD_STOP,
    CMD_SEEK,
    CMD_LOOP,
    CMD_VALUE,
    CMD_CLICK,
    CMD_PREVIEW,
    CMD_PREVIEW_STOP,
    CMD_PFL,
) = range(9)

Runtime = namedtuple("Runtime", "cells levels commands command_values meters tap")

# --- program -----------------------------------------------------------------------------------------------------
# groups[g]: strips side by side at one depth of the graph
(
    G_LANES,
    G_FIRST,  # first channel; a group's channels are consecutive
    G_COUNT,
    G_ROWS,  # offset of its rows in `rows`
    G_MATRIX,  # first matrix row
    G_MATRIX_COUNT,
    G_FLAGS,  # stages some strip needs
    G_RAMPS,  # stages that move
    G_ORDER,
    G_DELAYED,  # first delayed edge
    G_DELAYED_COUNT,
    G_PROCESS,  # addresses of the kernels for this lane count
    G_FADE,
    G_METER,
    G_MIX,
    G_FIELDS,
) = range(16)

# channels[c]
(
    C_GROUP,
    C_SLOT,
    C_CLIPS,
    C_CLIP_COUNT,
    C_BUS,  # bus that feeds it, -1 when none
    C_PRE,  # first insert before the strip
    C_PRE_COUNT,
    C_POST,  # first insert behind the fader
    C_POST_COUNT,
    C_NAME,  # number of the track, the same in every program
    C_TIMING,  # equal for equal devices in the channel
    C_TABLE,  # equal for equal clips
    C_BEFORE,  # the channel of FADING_PROGRAM whose clips fade out here, NO_CHANNEL when nothing does
    C_FIELDS,
) = range(14)
NO_CHANNEL = -1

# clips[k]: audio on the timeline, sorted by start within a channel; `ends` holds the running maximum of ends
K_START, K_END, K_LEFT, K_RIGHT, K_SOURCE, K_READY, K_FADE_IN, K_FADE_OUT, K_FIELDS = range(9)
KS_GAIN, KS_CURVE_IN, KS_CURVE_OUT, KS_FIELDS = range(4)

# matrix[m]: one target of one group
M_BUS, M_TAP, M_WEIGHTS, M_RAMPS, M_LIVE, M_FIELDS = range(6)
TAP_PRE, TAP_POST = 0, 1

# edges[e]: one send (or output, or PFL tap) of one channel; its weights lie in a matrix row or of its own
(
    E_CHANNEL,
    E_MATRIX,  # matrix row, -1 when delayed
    E_LEFT,  # indices in `weights`
    E_RIGHT,
    E_LEFT_STEP,
    E_RIGHT_STEP,
    E_DELAYED,  # delayed row, -1 when in a matrix
    E_NAME,  # number of the edge, the same in every program
    E_DELAY,  # frames it waits
    E_IS_GATED,  # 1: mute automation of its channel silences it
    E_FIELDS,
) = range(11)
# values of an edge: gain_db, pan, is_on
EDGE_GAIN_DB, EDGE_PAN, EDGE_ON, EDGE_VALUES = range(4)

# delayed[d]: an edge that waits for slower ones
D_CHANNEL, D_BUS, D_TAP, D_LINE, D_MASK, D_FRAMES, D_WRITE, D_EDGE, D_FIELDS = range(9)

# inserts[i]
I_KERNEL, I_STATE, I_FIELDS = range(3)

# automation[a]: value index, ramp unit (see ramps.py), device state address or 0, first point, count,
# and 1 when the row before moves the same value (for another unit)
A_VALUE, A_UNIT, A_DEVICE, A_POINTS, A_COUNT, A_IS_SHARED, A_FIELDS = range(7)
# points[p]: sample, value, curve (0 straight, NaN holds)
P_SAMPLE, P_VALUE, P_CURVE, P_FIELDS = range(4)

# beats[b]: sample, 1 on an accented beat
B_SAMPLE, B_IS_ACCENT, B_FIELDS = range(3)

# info[i]
(
    N_SERIAL,
    N_PFL_BUS,
    N_SETTLE,  # frames until every delay line of a fresh program is full
    N_BEGIN_CELL,  # addresses of the callback's parts
    N_RUN_GROUP,
    N_FIELDS,
) = range(6)

_PROGRAM_ARRAYS: tuple[tuple[str, str, int], ...] = (
    ("info", "i", 0),
    ("groups", "i", G_FIELDS),
    ("channels", "i", C_FIELDS),
    ("clips", "i", K_FIELDS),
    ("clip_shapes", "f", KS_FIELDS),
    ("ends", "i", 0),
    ("matrix", "i", M_FIELDS),
    ("edges", "i", E_FIELDS),
    ("delayed", "i", D_FIELDS),
    ("inserts", "i", I_FIELDS),
    ("automation", "i", A_FIELDS),
    ("points", "d", P_FIELDS),
    ("beats", "i", B_FIELDS),
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
)
Program = namedtuple("Program", [name for name, _, _ in _PROGRAM_ARRAYS])  # type: ignore[misc]

# scratch: the lanes, eight planar channels, one more for clips that fade out
SCRATCH_PLANAR = CELL * MAX_LANES
SCRATCH_FADING = SCRATCH_PLANAR + SQUARE * 2 * CELL
SCRATCH = SCRATCH_FADING + 2 * CELL

HEADER_CELLS = 2 * len(_PROGRAM_ARRAYS)
_RUNTIME_ARRAYS = 6  # and one more cell: the channel capacity of a meter slot
_DTYPES = {"i": np.int64, "f": np.float32, "d": np.float64}


def program_of(**arrays: npt.NDArray[Any]) -> Any:
    """Make a Program, checking dtypes and shapes against the layout; empty arrays get one spare row."""
    made = {}
    for name, kind, fields in _PROGRAM_ARRAYS:
        array = np.ascontiguousarray(arrays[name], _DTYPES[kind])
        if fields and (array.ndim != 2 or array.shape[1] != fields):
            raise ValueError(f"{name} must have {fields} columns")
        made[name] = array
    return Program(**made)


def header_of(program: Any) -> npt.NDArray[np.int64]:
    """Return the int64 cells (address, rows) from which compiled code opens `program`."""
    header = np.zeros(HEADER_CELLS, np.int64)
    for index, array in enumerate(program):
        header[2 * index : 2 * index + 2] = array.ctypes.data, array.shape[0]
    return header


def runtime_header_of(runtime: Any) -> npt.NDArray[np.int64]:
    """Return the int64 cells from which compiled code opens a runtime."""
    header = np.zeros(2 * _RUNTIME_ARRAYS + 1, np.int64)
    header[2 * _RUNTIME_ARRAYS] = runtime.meters.shape[1]
    for index, array in enumerate(runtime):
        header[2 * index : 2 * index + 2] = array.ctypes.data, array.shape[0]
    return header


def new_runtime(sample_rate: int, channels: int, *, is_live: bool) -> Any:
    """Make a stopped runtime for programs of at most `channels` channels."""
    # Behind the named cells: per meter slot, the serial number of the program it tells of.
    cells = np.zeros(CELLS + METER_SLOTS, np.int64)
    cells[IS_LIVE], cells[CLICK_AGE], cells[OUTPUT_RIGHT] = int(is_live), -1, 1
    cells[SEEK_TARGET], cells[SWAP_LEVEL] = NO_TARGET, SWAP_FRAMES
    cells[CLICK_LEFT], cells[CLICK_RIGHT] = 0, 1
    levels = np.zeros(LEVELS, np.float64)
    levels[RATE], levels[CLICK_GAIN], levels[CLICK_ACCENT_GAIN], levels[PREVIEW_GAIN] = sample_rate, 0.5, 0.8, 1.0
    return Runtime(
        cells=cells,
        levels=levels,
        commands=np.zeros((COMMAND_CAPACITY, 4), np.int64),
        command_values=np.zeros(COMMAND_CAPACITY, np.float64),
        meters=np.zeros((METER_SLOTS, channels, METER_FIELDS), np.float32),
        tap=np.zeros((TAP_FRAMES, 2), np.float32),
    )
