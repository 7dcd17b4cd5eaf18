"""Notes of the timeline to instruments: at each piece, what lies under the playhead is what sounds.

An instrument's room for notes remembers what was begun. A note begins and ends on its sample; where the playhead
jumped, all of it ends and what lies there begins anew; where the clips changed, what is still there goes on, what is
gone ends, what is new begins. While time stands still or is about to, nothing of the timeline is held, so no edit, no
seek and no stop can leave a note behind.
"""

from numba import types
from numba.np.numpy_support import carray

from dsp.core.compiled import cfunc_kernel, inner_kernel
from dsp.core.intrinsics import f64_at, i64_at
from dsp.instruments.notes import (
    EVENT_FIELDS,
    EVENT_FRAME,
    EVENT_KEY,
    EVENT_KIND,
    EVENT_SECOND,
    EVENT_VALUE,
    EVENTS_WAITING,
    FIRST_EVENT,
    FIRST_SOUNDING,
    MOST_EVENTS,
    MOST_SOUNDING,
    NOTE_OFF,
    NOTE_ON,
    NOTES_SIZE,
    SEEN_JUMPS,
    SEEN_TABLE,
    SOUNDING,
    SOUNDING_END,
    SOUNDING_FIELDS,
    SOUNDING_KEY,
)
from maxbooster_desktop.engine.realtime.access import cells_of, channels_of, groups_of, inserts_of, notes_of
from maxbooster_desktop.engine.realtime.layout import (
    C_NAME,
    C_NOTE_COUNT,
    C_NOTE_TABLE,
    C_NOTES,
    C_PRE,
    C_PRE_COUNT,
    C_SENT,
    DECLICK,
    FADING_OUT_TO_SEEK,
    FADING_OUT_TO_STOP,
    G_COUNT,
    G_FIRST,
    I_NOTES,
    IS_PLAYING,
    JUMPS,
    POSITION,
    T_END,
    T_KEY,
    T_PITCH,
    T_REACH,
    T_START,
    T_VELOCITY,
)
from maxbooster_desktop.engine.realtime.sent_notes import send_events

_GONE = -1.0


@inner_kernel
def push_event(area, frame, kind, key, value, second):
    """Put an event behind all of its frame; returns False when there is no room."""
    count = int(area[EVENTS_WAITING])
    if count >= MOST_EVENTS:
        return False
    at = FIRST_EVENT + count * EVENT_FIELDS
    while at > FIRST_EVENT and area[at - EVENT_FIELDS + EVENT_FRAME] > frame:
        for k in range(EVENT_FIELDS):
            area[at + k] = area[at - EVENT_FIELDS + k]
        at -= EVENT_FIELDS
    area[at + EVENT_FRAME], area[at + EVENT_KIND], area[at + EVENT_KEY] = frame, kind, key
    area[at + EVENT_VALUE], area[at + EVENT_SECOND] = value, second
    area[EVENTS_WAITING] = count + 1
    return True


@inner_kernel
def _end(area, position, before):
    """End what is sounding until before the sample `before`; what finds no room ends with the next piece."""
    place = 0
    while place < int(area[SOUNDING]):
        at = FIRST_SOUNDING + place * SOUNDING_FIELDS
        end = area[at + SOUNDING_END]
        frame = min(max(end - position, 0.0), 63.0)
        if end < before and push_event(area, frame, NOTE_OFF, area[at + SOUNDING_KEY], 0.0, 0.0):
            area[SOUNDING] -= 1
            last = FIRST_SOUNDING + int(area[SOUNDING]) * SOUNDING_FIELDS
            area[at], area[at + 1] = area[last], area[last + 1]
        else:
            place += 1


@inner_kernel
def _let_go(area):
    """Mark all that is sounding as over."""
    for place in range(int(area[SOUNDING])):
        area[FIRST_SOUNDING + place * SOUNDING_FIELDS + SOUNDING_END] = _GONE


@inner_kernel
def _begin(area, note, position):
    """Begin one row's note, unless too many sound already."""
    if area[SOUNDING] >= MOST_SOUNDING:
        return
    frame = max(note[T_START] - position, 0.0)
    if push_event(area, frame, NOTE_ON, note[T_KEY], note[T_PITCH], note[T_VELOCITY]):
        at = FIRST_SOUNDING + int(area[SOUNDING]) * SOUNDING_FIELDS
        area[at + SOUNDING_KEY], area[at + SOUNDING_END] = note[T_KEY], note[T_END]
        area[SOUNDING] += 1


@inner_kernel
def _place_of(area, key):
    """Return where in the area the sounding note of a key is, or 0."""
    for place in range(int(area[SOUNDING])):
        at = FIRST_SOUNDING + place * SOUNDING_FIELDS
        if area[at + SOUNDING_KEY] == key:
            return at
    return 0


@inner_kernel
def _first(notes, first, count, column, value):
    """Return the first note whose `column`, which only grows, is above `value`."""
    low, high = first, first + count
    while low < high:
        middle = (low + high) // 2
        if notes[middle, column] > value:
            high = middle
        else:
            low = middle + 1
    return low


@inner_kernel
def _reconcile(area, notes, first, count, position):
    """Let exactly the notes sound that lie under the playhead, each until its own end."""
    _let_go(area)
    begin = _first(notes, first, count, T_REACH, position)
    stop = _first(notes, first, count, T_START, position - 0.5)
    for n in range(begin, stop):
        at = _place_of(area, notes[n, T_KEY])
        if at and notes[n, T_END] > position:
            area[at + SOUNDING_END] = notes[n, T_END]
    _end(area, position, 0.0)
    for n in range(begin, stop):
        if notes[n, T_END] > position and _place_of(area, notes[n, T_KEY]) == 0:
            _begin(area, notes[n], position)


@inner_kernel
def _play(program, runtime, channel, area, frames):
    """Write the events of one instrument for a piece that no jump lies in."""
    cells, row, notes = cells_of(runtime), channels_of(program)[channel], notes_of(program)
    is_leaving = cells[DECLICK] == FADING_OUT_TO_STOP or cells[DECLICK] == FADING_OUT_TO_SEEK
    is_rolling = cells[IS_PLAYING] != 0 and not is_leaving
    position, first, count = float(cells[POSITION]), row[C_NOTES], row[C_NOTE_COUNT]
    if not is_rolling or area[SEEN_JUMPS] != cells[JUMPS]:
        _let_go(area)
        _end(area, position, 0.0)
        area[SEEN_TABLE] = 0.0
    area[SEEN_JUMPS] = float(cells[JUMPS])
    if not is_rolling:
        return
    if area[SEEN_TABLE] != row[C_NOTE_TABLE]:
        _reconcile(area, notes, first, count, position)
        area[SEEN_TABLE] = float(row[C_NOTE_TABLE])
    _end(area, position, position + frames)
    n = _first(notes, first, count, T_START, position - 0.5)
    while n < first + count and notes[n, T_START] < position + frames:
        _begin(area, notes[n], position)
        n += 1
    _end(area, position, position + frames)


@cfunc_kernel(types.void(types.int64, types.int64, types.int64, types.int64))
def play_notes(program_at, runtime_at, group, frames):
    """Write the events of every instrument and MIDI port of a group for a piece; addresses are those of the headers."""
    program, runtime = i64_at(program_at), i64_at(runtime_at)
    g, inserts = groups_of(program)[group], inserts_of(program)
    for channel in range(g[G_FIRST], g[G_FIRST] + g[G_COUNT]):
        row = channels_of(program)[channel]
        for insert in range(row[C_PRE], row[C_PRE] + row[C_PRE_COUNT]):
            if inserts[insert, I_NOTES]:
                area = carray(f64_at(inserts[insert, I_NOTES]), (NOTES_SIZE,))
                _play(program, runtime, channel, area, frames)
        if row[C_SENT]:
            area = carray(f64_at(row[C_SENT]), (NOTES_SIZE,))
            _play(program, runtime, channel, area, frames)
            send_events(runtime, row[C_NAME], area)
