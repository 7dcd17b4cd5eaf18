"""Notes played live: from a ring that one thread writes into the instruments of the channels they are meant for.

A row is due at a frame of the runtime's own count, which never jumps; it reaches its instrument at that frame, or at
the piece's first when it comes late. A row that finds no room waits for the next piece, and those behind it with it,
so no note's end is ever lost. Who has no instrument hears nothing. Each row is answered with its place on the
timeline, by which it is recorded.
"""

from numba import types
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inner_kernel
from dsp.core.intrinsics import f64_at, i64_at, load_acquire, store_release
from dsp.instruments.notes import NOTES_SIZE
from maxbooster_desktop.engine.realtime.access import cells_of, channels_of, inserts_of, live_of
from maxbooster_desktop.engine.realtime.layout import (
    C_NAME,
    C_PRE,
    C_PRE_COUNT,
    FRAMES,
    I_NOTES,
    INPUT_FRAME,
    IS_PLAYING,
    LIVE_CAPACITY,
    LIVE_READ,
    LIVE_WRITTEN,
    NOT_ROLLING,
    POSITION,
    QUIET_FRAMES,
    V_CHANNEL,
    V_DUE,
    V_KEY,
    V_KIND,
    V_POSITION,
    V_SECOND,
    V_VALUE,
)
from maxbooster_desktop.engine.realtime.notes import push_event


@inner_kernel
def _hand_over(program, row, frame):
    """Give one row to every instrument of its channel; False when one had no room."""
    channels, inserts, is_taken = channels_of(program), inserts_of(program), True
    for channel in range(channels.shape[0]):
        if channels[channel, C_NAME] != row[V_CHANNEL]:
            continue
        first = channels[channel, C_PRE]
        for insert in range(first, first + channels[channel, C_PRE_COUNT]):
            if inserts[insert, I_NOTES]:
                area = carray(f64_at(inserts[insert, I_NOTES]), (NOTES_SIZE,))
                is_taken &= push_event(area, frame, row[V_KIND], row[V_KEY], row[V_VALUE], row[V_SECOND])
    return is_taken


@cfunc_kernel(types.void(types.int64, types.int64, types.int64))
def play_live(program_at, runtime_at, frames):
    """Hand over what is due before the end of a piece; addresses are those of the headers."""
    runtime = i64_at(runtime_at)
    cells, live = cells_of(runtime), live_of(runtime)
    pointer = i64_at(cells.ctypes.data)
    written, read = load_acquire(pointer, LIVE_WRITTEN), cells[LIVE_READ]
    now = cells[FRAMES] + cells[INPUT_FRAME]
    while read < written:
        row = live[read % LIVE_CAPACITY]
        if row[V_DUE] >= now + frames or not _hand_over(i64_at(program_at), row, max(row[V_DUE] - now, 0.0)):
            break
        row[V_POSITION] = cells[POSITION] + row[V_DUE] - now if cells[IS_PLAYING] else NOT_ROLLING
        read += 1
        # Who plays wants to hear it, however long it was quiet.
        cells[QUIET_FRAMES] = 0
    store_release(pointer, LIVE_READ, read)
