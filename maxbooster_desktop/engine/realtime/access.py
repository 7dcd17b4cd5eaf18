"""The arrays of a program and of a runtime, for compiled code: one accessor per array, from a header's pointer.

A header holds (address, rows) per array in the order of `arrays`. Passing the header and opening what is needed
keeps a compiled function's arguments to a word each; two dozen arrays as arguments cost seconds to compile. An
accessor is an intrinsic, a few instructions where it stands, and no function to compile.
"""

from numba import types

from dsp.core.intrinsics import array_opener
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
    L_FIELDS,
    M_FIELDS,
    METER_FIELDS,
    MOST_INPUTS,
    P_FIELDS,
    R_FIELDS,
    T_FIELDS,
    V_FIELDS,
)

_WORD, _FLOAT, _DOUBLE = types.int64, types.float32, types.float64

# Of a program.
info_of = array_opener(0, _WORD)
groups_of = array_opener(2, _WORD, G_FIELDS)
channels_of = array_opener(4, _WORD, C_FIELDS)
clips_of = array_opener(6, _WORD, K_FIELDS)
clip_shapes_of = array_opener(8, _FLOAT, KS_FIELDS)
ends_of = array_opener(10, _WORD)
matrix_of = array_opener(12, _WORD, M_FIELDS)
edges_of = array_opener(14, _WORD, E_FIELDS)
delayed_of = array_opener(16, _WORD, D_FIELDS)
inserts_of = array_opener(18, _WORD, I_FIELDS)
automation_of = array_opener(20, _WORD, A_FIELDS)
points_of = array_opener(22, _DOUBLE, P_FIELDS)
beats_of = array_opener(24, _WORD, B_FIELDS)
values_of = array_opener(26, _FLOAT)
goals_of = array_opener(28, _FLOAT)
left_of = array_opener(30, _WORD)
active_of = array_opener(32, _WORD)
dirty_of = array_opener(34, _WORD)
rows_of = array_opener(36, _FLOAT)
weights_of = array_opener(38, _FLOAT)
buses_of = array_opener(40, _FLOAT)
places_of = array_opener(42, _WORD)
scratch_of = array_opener(44, _FLOAT)
wanted_of = array_opener(46, _WORD)
notes_of = array_opener(48, _DOUBLE, T_FIELDS)

# Of a runtime.
cells_of = array_opener(0, _WORD)
levels_of = array_opener(2, _DOUBLE)
commands_of = array_opener(4, _WORD, 4)
command_values_of = array_opener(6, _DOUBLE)
meters_of = array_opener(8, _FLOAT, -22, METER_FIELDS)
tap_of = array_opener(10, _FLOAT, 2)
capture_of = array_opener(12, _FLOAT, MOST_INPUTS)
marks_of = array_opener(14, _WORD, R_FIELDS)
listeners_of = array_opener(16, _WORD, L_FIELDS)
live_of = array_opener(18, _DOUBLE, V_FIELDS)
sent_of = array_opener(20, _DOUBLE, V_FIELDS)
