"""From a state's numbers to the commands that bring a running program to them."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

import numpy as np
import numpy.typing as npt

from dsp.strips.goals import STAGES
from dsp.strips.parameters import PARAMETERS
from maxbooster_desktop.engine.graph.compile import CompiledProgram
from maxbooster_desktop.engine.graph.values import (
    FADER_CELLS,
    STAGES_OF,
    cells_of_stage,
    channel_row,
    edge_is_on,
    edge_row,
)
from maxbooster_desktop.engine.realtime.layout import EDGE_VALUES
from maxbooster_desktop.project.document.audibility import audibility_of, output_of
from maxbooster_desktop.project.document.state import ProjectState, SendId, TrackId

Values = npt.NDArray[np.float32]
#: (index in `values`, ramp unit, cells to reach it in, value)
ValueCommand = tuple[int, int, int, float]


def values_of(state: ProjectState, program: CompiledProgram, pfl: AbstractSet[TrackId] = frozenset()) -> Values:
    """Return what `program.arrays.values` should hold for `state` while the channels `pfl` are listened to."""
    who = audibility_of(state)
    rows = [channel_row(state.tracks[track_id], is_heard=track_id in who.heard) for track_id in program.channels]
    sends = {(track.id, send.id): send for track in state.tracks.values() for send in track.sends}
    for source, kind, send_id in program.edges:
        send = sends.get((source, SendId(send_id))) if kind == "send" else None
        target = output_of(state.tracks[source], state) if send is None else send.target
        is_on = source in pfl if kind == "pfl" else edge_is_on(who, source, target, send)
        rows.append(edge_row(send, is_on=is_on))
    return np.concatenate(rows)


def commands_between(program: CompiledProgram, before: Values, after: Values) -> Iterator[ValueCommand]:
    """Yield the commands that turn `before` into `after`; what automation moves is left alone."""
    for index in np.flatnonzero(before != after):
        if int(index) not in program.owned:
            yield from commands_for(program, int(index), float(after[index]))


def commands_for(program: CompiledProgram, index: int, value: float) -> Iterator[ValueCommand]:
    """Yield the commands that set one value and start every stage that depends on it."""
    count = len(program.channels)
    if index >= count * PARAMETERS:
        edge = (index - count * PARAMETERS) // EDGE_VALUES
        yield index, count * STAGES + edge, FADER_CELLS, value
        return
    channel, parameter = divmod(index, PARAMETERS)
    for stage in STAGES_OF.get(parameter, ()):
        yield index, channel * STAGES + stage, cells_of_stage(stage), value
