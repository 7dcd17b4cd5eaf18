"""Commands and time: what the ring asks for, where the playhead is, how far a piece may reach.

A piece ends at the cell's end, the loop's end and the end of a declick fade, so everything happens on its sample
whatever the host's block size. Only the transport's own state changes here.
"""

import numpy as np

from dsp.core.compiled import inner_kernel
from dsp.core.intrinsics import i64_at, load_acquire, store_release
from dsp.strips.layout import CELL
from maxbooster_desktop.engine.realtime.access import (
    beats_of,
    cells_of,
    command_values_of,
    commands_of,
    levels_of,
    values_of,
)
from maxbooster_desktop.engine.realtime.automation import chase_automation
from maxbooster_desktop.engine.realtime.layout import (
    B_SAMPLE,
    CELL_FRAME,
    CLICK_ACCENT_GAIN,
    CLICK_AGE,
    CLICK_GAIN,
    CLICK_NEXT,
    CLICK_ON,
    CLIP_FADE_FRAMES,
    CMD_CLICK,
    CMD_LISTEN,
    CMD_LOOP,
    CMD_PFL,
    CMD_PLAY,
    CMD_PREVIEW,
    CMD_PREVIEW_STOP,
    CMD_SEEK,
    CMD_STOP,
    CMD_VALUE,
    COMMAND_CAPACITY,
    COMMANDS_READ,
    COMMANDS_WRITTEN,
    DECLICK,
    DECLICK_FRAME,
    DECLICK_FRAMES,
    FADING_FRAME,
    FADING_IN,
    FADING_OUT_TO_SEEK,
    FADING_OUT_TO_STOP,
    FADING_PROGRAM,
    IS_LIVE,
    IS_PLAYING,
    JUMPS,
    LOOP_END,
    LOOP_ON,
    LOOP_START,
    NO_TARGET,
    PFL_COUNT,
    POSITION,
    PREVIEW_FRAME,
    PREVIEW_FRAMES,
    PREVIEW_GAIN,
    PREVIEW_LEFT,
    PREVIEW_RIGHT,
    QUIET_FRAMES,
    ROLLS_BEHIND_PREVIEW,
    SEEK_TARGET,
    SERIAL,
    STEADY,
    VALUE_CELLS,
    WAS_WRAPPED,
)
from maxbooster_desktop.engine.realtime.listening import set_listener
from maxbooster_desktop.engine.realtime.ramps import mark_dirty

_CHASE_CELLS, _AT_ONCE = np.int64(4), np.int64(0)


@inner_kernel
def jump(program, runtime, position):
    """Put the playhead somewhere else: automation is chased, the metronome looks for its next beat."""
    cells = cells_of(runtime)
    cells[POSITION], cells[SEEK_TARGET] = position, NO_TARGET
    cells[JUMPS] += 1
    chase_automation(program, position, _CHASE_CELLS if cells[IS_LIVE] else _AT_ONCE)
    find_beat(program, runtime)


@inner_kernel
def find_beat(program, runtime):
    """Point CLICK_NEXT at the first beat at or behind the playhead."""
    beats = beats_of(program)
    cells = cells_of(runtime)
    low, high = 0, beats.shape[0]
    while low < high:
        middle = (low + high) // 2
        if beats[middle, B_SAMPLE] < cells[POSITION]:
            low = middle + 1
        else:
            high = middle
    cells[CLICK_NEXT] = low


@inner_kernel
def _fade(runtime, state):
    """Go over to another declick state at the level that was reached, so that nothing jumps."""
    cells = cells_of(runtime)
    level = DECLICK_FRAMES
    if cells[DECLICK] == FADING_IN:
        level = cells[DECLICK_FRAME]
    elif cells[DECLICK] != STEADY:
        level = DECLICK_FRAMES - cells[DECLICK_FRAME]
    cells[DECLICK] = state
    cells[DECLICK_FRAME] = level if state == FADING_IN else DECLICK_FRAMES - level


@inner_kernel
def _play(program, runtime):
    cells = cells_of(runtime)
    if cells[IS_PLAYING]:
        if cells[DECLICK] == FADING_OUT_TO_STOP:
            _fade(runtime, FADING_IN if cells[SEEK_TARGET] == NO_TARGET else FADING_OUT_TO_SEEK)
        return
    cells[IS_PLAYING] = 1
    # Whoever reads that nothing waits any more finds it playing.
    store_release(i64_at(cells.ctypes.data), ROLLS_BEHIND_PREVIEW, 0)
    cells[DECLICK] = FADING_IN if cells[IS_LIVE] else STEADY
    cells[DECLICK_FRAME] = 0
    jump(program, runtime, cells[POSITION])


@inner_kernel
def _seek(program, runtime, target):
    """Jump; while sound is running it fades out first, and a stop that is under way stays a stop."""
    cells = cells_of(runtime)
    if not (cells[IS_PLAYING] and cells[IS_LIVE]):
        jump(program, runtime, target)
        return
    cells[SEEK_TARGET] = target
    if cells[DECLICK] != FADING_OUT_TO_STOP:
        _fade(runtime, FADING_OUT_TO_SEEK)


@inner_kernel
def _transport_command(program, runtime, kind, a, b, value):
    cells = cells_of(runtime)
    if kind == CMD_PLAY:
        if a != 0 and cells[PREVIEW_LEFT] != 0 and not cells[IS_PLAYING]:
            cells[ROLLS_BEHIND_PREVIEW] = 1
        else:
            _play(program, runtime)
    elif kind == CMD_STOP:
        if cells[ROLLS_BEHIND_PREVIEW]:
            cells[ROLLS_BEHIND_PREVIEW], cells[PREVIEW_LEFT] = 0, 0
        elif cells[IS_PLAYING]:
            _fade(runtime, FADING_OUT_TO_STOP)
    elif kind == CMD_SEEK:
        _seek(program, runtime, a)
    elif kind == CMD_LOOP:
        cells[LOOP_START], cells[LOOP_END], cells[LOOP_ON] = a, b, 1 if value > 0.5 and b > a else 0


@inner_kernel
def _sound_command(program, runtime, kind, a, b, value):
    values = values_of(program)
    cells, levels = cells_of(runtime), levels_of(runtime)
    if kind == CMD_VALUE:
        values[a] = value
        mark_dirty(program, b // VALUE_CELLS, b % VALUE_CELLS)
    elif kind == CMD_CLICK:
        cells[CLICK_ON] = a
        levels[CLICK_GAIN], levels[CLICK_ACCENT_GAIN] = value, value * b / 1000.0
        find_beat(program, runtime)
        cells[CLICK_AGE] = -1
    elif kind == CMD_PREVIEW:
        cells[PREVIEW_LEFT], cells[PREVIEW_RIGHT], cells[PREVIEW_FRAME] = a, b, 0
        cells[PREVIEW_FRAMES] = int(value)
        levels[PREVIEW_GAIN] = 1.0
    elif kind == CMD_PREVIEW_STOP:
        cells[PREVIEW_LEFT] = 0
    elif kind == CMD_PFL:
        cells[PFL_COUNT] = a
    elif kind == CMD_LISTEN:
        set_listener(runtime, np.int64(value), a, b)


@inner_kernel
def drain_commands(program, runtime):
    """Obey everything in the ring; stop at a command meant for a program that is not adopted yet."""
    command_values = command_values_of(runtime)
    commands = commands_of(runtime)
    cells = cells_of(runtime)
    pointer = i64_at(cells.ctypes.data)
    written, read = load_acquire(pointer, COMMANDS_WRITTEN), cells[COMMANDS_READ]
    if read < written:
        cells[QUIET_FRAMES] = 0
    while read < written:
        at = read % COMMAND_CAPACITY
        kind, serial = commands[at, 0], commands[at, 1]
        a, b, value = commands[at, 2], commands[at, 3], command_values[at]
        if kind == CMD_VALUE and serial > cells[SERIAL]:
            break
        if kind <= CMD_LOOP:
            _transport_command(program, runtime, kind, a, b, value)
        elif kind != CMD_VALUE or serial == cells[SERIAL]:
            _sound_command(program, runtime, kind, a, b, value)
        read += 1
    store_release(pointer, COMMANDS_READ, read)


@inner_kernel
def piece_frames(runtime, frames):
    """Return how many frames may run before something changes."""
    cells = cells_of(runtime)
    n = min(frames, CELL - cells[CELL_FRAME])
    if cells[DECLICK] != STEADY:
        n = min(n, DECLICK_FRAMES - cells[DECLICK_FRAME])
    if cells[IS_PLAYING] and cells[LOOP_ON] and cells[POSITION] < cells[LOOP_END]:
        n = min(n, cells[LOOP_END] - cells[POSITION])
    if cells[ROLLS_BEHIND_PREVIEW] and cells[PREVIEW_LEFT] != 0:
        n = min(n, cells[PREVIEW_FRAMES] - cells[PREVIEW_FRAME])
    return n


@inner_kernel
def roll_when_counted(program, runtime):
    """Begin to play when the sound that playback waits for has ended."""
    cells = cells_of(runtime)
    if cells[ROLLS_BEHIND_PREVIEW] and cells[PREVIEW_LEFT] == 0:
        _play(program, runtime)


@inner_kernel
def advance(program, runtime, frames):
    """Move time on by a piece that has been played."""
    cells = cells_of(runtime)
    cells[CELL_FRAME] = (cells[CELL_FRAME] + frames) % CELL
    if cells[IS_PLAYING]:
        cells[POSITION] += frames
        if cells[LOOP_ON] and cells[POSITION] == cells[LOOP_END]:
            cells[POSITION] = cells[LOOP_START]
            cells[WAS_WRAPPED] += 1
            cells[JUMPS] += 1
            find_beat(program, runtime)
    if cells[FADING_PROGRAM] != 0:
        cells[FADING_FRAME] += frames
        if cells[FADING_FRAME] >= CLIP_FADE_FRAMES:
            # Python may let go of that program as soon as it reads this.
            store_release(i64_at(cells.ctypes.data), FADING_PROGRAM, 0)
    if cells[DECLICK] == STEADY:
        return
    cells[DECLICK_FRAME] += frames
    if cells[DECLICK_FRAME] < DECLICK_FRAMES:
        return
    state, target = cells[DECLICK], cells[SEEK_TARGET]
    cells[DECLICK], cells[DECLICK_FRAME] = STEADY, 0
    if state == FADING_OUT_TO_STOP:
        cells[IS_PLAYING] = 0
    elif state == FADING_OUT_TO_SEEK:
        cells[DECLICK] = FADING_IN
    if state != FADING_IN and target != NO_TARGET:
        jump(program, runtime, target)
