"""Notes on their way out of the engine: what instruments are told of a track goes into a ring that a thread reads.

A channel whose notes go to a MIDI port has a room for events as an instrument has one, so what lies under the playhead
begins and ends there by the same rules, on its sample. Nobody else empties it: its events are moved into the ring, each
with its frame of the runtime's own count, which never jumps. Where time begins to roll, jumps or stands, a row says so.
Who reads too late finds rows written over.
"""

from dsp.core.compiled import inner_kernel
from dsp.core.intrinsics import i64_at, load_acquire, store_release
from dsp.instruments.notes import (
    EVENT_FIELDS,
    EVENT_FRAME,
    EVENT_KEY,
    EVENT_KIND,
    EVENT_SECOND,
    EVENT_VALUE,
    EVENTS_WAITING,
    FIRST_EVENT,
)
from maxbooster_desktop.engine.realtime.access import cells_of, sent_of
from maxbooster_desktop.engine.realtime.layout import (
    DECLICK,
    FADING_OUT_TO_SEEK,
    FADING_OUT_TO_STOP,
    FRAMES,
    INPUT_FRAME,
    IS_PLAYING,
    JUMPS,
    POSITION,
    SENT_CAPACITY,
    SENT_JUMPS,
    SENT_ROLLS,
    SENT_TIME,
    SENT_WRITTEN,
    V_CHANNEL,
    V_DUE,
    V_KEY,
    V_KIND,
    V_POSITION,
    V_SECOND,
    V_VALUE,
)


@inner_kernel
def send_events(runtime, name, area):
    """Move the events that wait in `area` into the ring, as those of the channel named `name`."""
    cells, sent = cells_of(runtime), sent_of(runtime)
    pointer, now = i64_at(cells.ctypes.data), cells[FRAMES] + cells[INPUT_FRAME]
    written = load_acquire(pointer, SENT_WRITTEN)
    for event in range(int(area[EVENTS_WAITING])):
        row, at = sent[written % SENT_CAPACITY], FIRST_EVENT + event * EVENT_FIELDS
        row[V_DUE], row[V_CHANNEL] = now + area[at + EVENT_FRAME], name
        row[V_KIND], row[V_KEY] = area[at + EVENT_KIND], area[at + EVENT_KEY]
        row[V_VALUE], row[V_SECOND] = area[at + EVENT_VALUE], area[at + EVENT_SECOND]
        written += 1
    area[EVENTS_WAITING] = 0.0
    store_release(pointer, SENT_WRITTEN, written)


@inner_kernel
def send_time(runtime):
    """Say whether time rolls, and from where, if that is not what the last row said."""
    cells = cells_of(runtime)
    is_leaving = cells[DECLICK] == FADING_OUT_TO_STOP or cells[DECLICK] == FADING_OUT_TO_SEEK
    rolls = 1 if cells[IS_PLAYING] != 0 and not is_leaving else 0
    if rolls == cells[SENT_ROLLS] and (rolls == 0 or cells[JUMPS] == cells[SENT_JUMPS]):
        return
    pointer = i64_at(cells.ctypes.data)
    written = load_acquire(pointer, SENT_WRITTEN)
    row = sent_of(runtime)[written % SENT_CAPACITY]
    row[V_DUE], row[V_CHANNEL] = cells[FRAMES] + cells[INPUT_FRAME], SENT_TIME
    row[V_KIND], row[V_POSITION] = rolls, cells[POSITION]
    cells[SENT_ROLLS], cells[SENT_JUMPS] = rolls, cells[JUMPS]
    store_release(pointer, SENT_WRITTEN, written + 1)
