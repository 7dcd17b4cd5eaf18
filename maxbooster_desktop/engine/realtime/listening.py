"""Hearing the input: an armed track's strip gets what comes in instead of its clips, faded over so that nothing clicks.

Who listens stands in rows of the runtime, by the channel's name, so it lasts from program to program. A row's level
glides between the clips (0) and the input (LISTEN_FRAMES).
"""

import numpy as np

from dsp.core.compiled import inner_kernel
from dsp.core.intrinsics import f32_at
from dsp.strips.layout import CELL
from maxbooster_desktop.engine.realtime.access import cells_of, listeners_of
from maxbooster_desktop.engine.realtime.clips import sound_of
from maxbooster_desktop.engine.realtime.layout import (
    INPUT,
    INPUT_CHANNELS,
    INPUT_FRAME,
    IS_PLAYING,
    L_CHANNELS,
    L_FIRST,
    L_LEVEL,
    L_MODE,
    L_NAME,
    LISTEN_ALWAYS,
    LISTEN_CHANNELS,
    LISTEN_FRAMES,
    LISTEN_MODES,
    LISTEN_OFF,
    LISTENERS,
)

_f4 = np.float32


@inner_kernel
def set_listener(runtime, row, name, source):
    """Let the channel `name` listen as `source` says: (first channel * LISTEN_CHANNELS + channels) * modes + mode."""
    listener, cells = listeners_of(runtime)[row], cells_of(runtime)
    if listener[L_NAME] != name:
        listener[L_NAME], listener[L_LEVEL] = name, 0
    place = source // LISTEN_MODES
    listener[L_MODE] = source % LISTEN_MODES
    listener[L_FIRST], listener[L_CHANNELS] = place // LISTEN_CHANNELS, place % LISTEN_CHANNELS
    cells[LISTENERS] = max(cells[LISTENERS], row + 1)


@inner_kernel
def listens_to_input(runtime):
    """Return whether anybody may hear the input that is there."""
    cells, listeners = cells_of(runtime), listeners_of(runtime)
    is_heard = False
    for row in range(cells[LISTENERS]):
        is_heard |= listeners[row, L_MODE] != LISTEN_OFF and cells[INPUT_CHANNELS] > 0
    return is_heard


@inner_kernel
def listener_of(runtime, name):
    """Return the row of the channel `name`, or -1."""
    listeners = listeners_of(runtime)
    for row in range(cells_of(runtime)[LISTENERS]):
        if listeners[row, L_NAME] == name:
            return row
    return -1


@inner_kernel
def hear_input(runtime, row, planar, frames):
    """Fade the channel's two sides of `planar` over to the input, or back, as its row wants it."""
    cells, listener = cells_of(runtime), listeners_of(runtime)[row]
    channels, first = cells[INPUT_CHANNELS], listener[L_FIRST]
    is_there = listener[L_CHANNELS] > 0 and first + listener[L_CHANNELS] <= channels
    is_wanted = listener[L_MODE] == LISTEN_ALWAYS or (listener[L_MODE] != LISTEN_OFF and cells[IS_PLAYING] == 0)
    if not is_there:
        # A device that has gone leaves nothing to fade: what it gave ended with it.
        listener[L_LEVEL] = 0
        return
    step, level = (1 if is_wanted else -1), listener[L_LEVEL]
    if level == 0 and not is_wanted:
        return
    source, right = f32_at(cells[INPUT]), first + listener[L_CHANNELS] - 1
    for i in range(frames):
        level = min(max(level + step, 0), LISTEN_FRAMES)
        share, at = _f4(level / LISTEN_FRAMES), (cells[INPUT_FRAME] + i) * channels
        planar[i] = share * sound_of(source[at + first]) + (_f4(1.0) - share) * planar[i]
        planar[CELL + i] = share * sound_of(source[at + right]) + (_f4(1.0) - share) * planar[CELL + i]
    listener[L_LEVEL] = level
