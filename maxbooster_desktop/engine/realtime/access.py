"""The arrays of a program and of a runtime, for compiled code: one accessor per array, from a header's pointer.

A header holds (address, rows) per array in the order of `layout`. Passing the header and opening what is needed
keeps a compiled function's arguments to a word each; twenty-three arrays as arguments cost seconds to compile.
"""

from numba.np.numpy_support import carray

from dsp.core.compiled import njit_kernel
from dsp.core.intrinsics import f32_at, f64_at, i64_at
from maxbooster_desktop.engine.realtime.layout import (
    A_FIELDS,
    B_FIELDS,
    C_FIELDS,
    D_FIELDS,
    E_FIELDS,
    G_FIELDS,
    I_FIELDS,
    K_FIELDS,
    KS_FIELDS,
    M_FIELDS,
    METER_FIELDS,
    P_FIELDS,
)


@njit_kernel
def info_of(header):
    """Open `info` of a program."""
    return carray(i64_at(header[0]), (header[1],))


@njit_kernel
def groups_of(header):
    """Open `groups` of a program."""
    return carray(i64_at(header[2]), (header[3], G_FIELDS))


@njit_kernel
def channels_of(header):
    """Open `channels` of a program."""
    return carray(i64_at(header[4]), (header[5], C_FIELDS))


@njit_kernel
def clips_of(header):
    """Open `clips` of a program."""
    return carray(i64_at(header[6]), (header[7], K_FIELDS))


@njit_kernel
def clip_shapes_of(header):
    """Open `clip_shapes` of a program."""
    return carray(f32_at(header[8]), (header[9], KS_FIELDS))


@njit_kernel
def ends_of(header):
    """Open `ends` of a program."""
    return carray(i64_at(header[10]), (header[11],))


@njit_kernel
def matrix_of(header):
    """Open `matrix` of a program."""
    return carray(i64_at(header[12]), (header[13], M_FIELDS))


@njit_kernel
def edges_of(header):
    """Open `edges` of a program."""
    return carray(i64_at(header[14]), (header[15], E_FIELDS))


@njit_kernel
def delayed_of(header):
    """Open `delayed` of a program."""
    return carray(i64_at(header[16]), (header[17], D_FIELDS))


@njit_kernel
def inserts_of(header):
    """Open `inserts` of a program."""
    return carray(i64_at(header[18]), (header[19], I_FIELDS))


@njit_kernel
def automation_of(header):
    """Open `automation` of a program."""
    return carray(i64_at(header[20]), (header[21], A_FIELDS))


@njit_kernel
def points_of(header):
    """Open `points` of a program."""
    return carray(f64_at(header[22]), (header[23], P_FIELDS))


@njit_kernel
def beats_of(header):
    """Open `beats` of a program."""
    return carray(i64_at(header[24]), (header[25], B_FIELDS))


@njit_kernel
def values_of(header):
    """Open `values` of a program."""
    return carray(f32_at(header[26]), (header[27],))


@njit_kernel
def goals_of(header):
    """Open `goals` of a program."""
    return carray(f32_at(header[28]), (header[29],))


@njit_kernel
def left_of(header):
    """Open `left` of a program."""
    return carray(i64_at(header[30]), (header[31],))


@njit_kernel
def active_of(header):
    """Open `active` of a program."""
    return carray(i64_at(header[32]), (header[33],))


@njit_kernel
def dirty_of(header):
    """Open `dirty` of a program."""
    return carray(i64_at(header[34]), (header[35],))


@njit_kernel
def rows_of(header):
    """Open `rows` of a program."""
    return carray(f32_at(header[36]), (header[37],))


@njit_kernel
def weights_of(header):
    """Open `weights` of a program."""
    return carray(f32_at(header[38]), (header[39],))


@njit_kernel
def buses_of(header):
    """Open `buses` of a program."""
    return carray(f32_at(header[40]), (header[41],))


@njit_kernel
def lines_of(header):
    """Open `lines` of a program."""
    return carray(f32_at(header[42]), (header[43],))


@njit_kernel
def scratch_of(header):
    """Open `scratch` of a program."""
    return carray(f32_at(header[44]), (header[45],))


@njit_kernel
def cells_of(header):
    """Open `cells` of a runtime."""
    return carray(i64_at(header[0]), (header[1],))


@njit_kernel
def levels_of(header):
    """Open `levels` of a runtime."""
    return carray(f64_at(header[2]), (header[3],))


@njit_kernel
def commands_of(header):
    """Open `commands` of a runtime."""
    return carray(i64_at(header[4]), (header[5], 4))


@njit_kernel
def command_values_of(header):
    """Open `command_values` of a runtime."""
    return carray(f64_at(header[6]), (header[7],))


@njit_kernel
def meters_of(header):
    """Open `meters` of a runtime."""
    return carray(f32_at(header[8]), (header[9], header[12], METER_FIELDS))


@njit_kernel
def tap_of(header):
    """Open `tap` of a runtime."""
    return carray(f32_at(header[10]), (header[11], 2))
