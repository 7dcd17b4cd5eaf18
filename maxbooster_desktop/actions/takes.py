"""Take verbs that need no lanes: the next take, delete the one that is heard, flatten.

They go by the selected tracks, and by the selected time; without one by where the playhead stands.
"""

from collections.abc import Iterable
from typing import Any

from maxbooster_desktop.actions.action import Action, Condition
from maxbooster_desktop.actions.conditions import CAN_EDIT_TRACKS, PROJECT_OPEN, TRACKS_SELECTED
from maxbooster_desktop.actions.studio import Studio, verb_named
from maxbooster_desktop.project.document.state import ProjectState, TrackId
from maxbooster_desktop.project.document.take_places import piece_at, takes_at

_NOTHING_HERE = "No take of a selected track sounds there; select time in one, or move the playhead into it."
_TAKES_ON_TRACKS = Condition(
    "No take is on a selected track.",
    lambda studio: any(studio.state.takes_by_track.get(track) for track in studio.selection.tracks),
)
_CAN_EDIT_TAKES = (*CAN_EDIT_TRACKS, _TAKES_ON_TRACKS)


def step_takes(project: Any, tracks: Iterable[TrackId], span: tuple[int, int | None], step: int) -> Any:
    """Let the next take be heard on several tracks, as one undo step."""
    use_next_take = verb_named("takes.use_next_take")
    with project.step("Next take" if step > 0 else "Previous take"):
        changes = [use_next_take(project, track, span[0], step, end_tick=span[1]) for track in tracks]
    return changes[-1]


def _span(studio: Studio) -> tuple[int, int | None]:
    """Return the selected time; the playhead and no end without one."""
    return studio.selection.time_range or (studio.playhead_tick, None)


def _step(studio: Studio, step: int) -> None:
    span = _span(studio)
    tracks = [track for track in studio.selection.tracks if takes_at(studio.state, track, span[0])]
    if tracks:
        studio.do(step_takes, tracks, span, step)
    else:
        studio.notify(_NOTHING_HERE)


def _delete_heard(studio: Studio) -> None:
    state, (tick, _) = studio.state, _span(studio)
    pieces = [piece_at(state, track, tick) for track in studio.selection.tracks]
    takes = [piece.take for piece in pieces if piece is not None]
    if takes:
        studio.do("takes.delete_takes", takes)
    else:
        studio.notify(_NOTHING_HERE)


def _flatten(studio: Studio) -> None:
    studio.do("takes.flatten_comps", _comped(studio.state, studio.selection.tracks))


def _comped(state: ProjectState, tracks: Iterable[TrackId]) -> tuple[TrackId, ...]:
    return tuple(track for track in tracks if state.comps.get(track))


def _with_takes(studio: Studio) -> tuple[TrackId, ...]:
    return tuple(track for track in studio.selection.tracks if studio.state.takes_by_track.get(track))


def _are_open(studio: Studio) -> bool:
    tracks = _with_takes(studio)
    return bool(tracks) and studio.open_takes.issuperset(tracks)


NEXT = Action(
    id="take.next",
    title="Next take",
    family="tracks",
    shortcut="T",
    help="Plays the next take of the selected tracks in the selected time, or at the playhead, round and round.",
    enabled=_CAN_EDIT_TAKES,
    run=lambda studio: _step(studio, 1),
    undo=True,
    group=3,
)
PREVIOUS = Action(
    id="take.previous",
    title="Previous take",
    family="tracks",
    shortcut="Shift+T",
    help="Plays the take before of the selected tracks in the selected time, or at the playhead.",
    enabled=_CAN_EDIT_TAKES,
    run=lambda studio: _step(studio, -1),
    undo=True,
    group=3,
)
LANES = Action(
    id="take.lanes",
    title="Show takes",
    family="tracks",
    shortcut="Ctrl+Alt+T",
    help="Shows the takes of the selected tracks on lanes, where a drag chooses what is heard, or hides them.",
    enabled=(PROJECT_OPEN, TRACKS_SELECTED, _TAKES_ON_TRACKS),
    run=lambda studio: studio.show_takes(_with_takes(studio), is_shown=not _are_open(studio)),
    checked=lambda studio: studio.has_project and _are_open(studio),
    group=3,
)
FLATTEN = Action(
    id="take.flatten",
    title="Flatten comp",
    family="tracks",
    icon="layers",
    help="Turns what is heard of the takes of the selected tracks into clips that sound the same; the takes stay.",
    enabled=(
        *_CAN_EDIT_TAKES,
        Condition(
            "No take is heard on a selected track.",
            lambda studio: bool(_comped(studio.state, studio.selection.tracks)),
        ),
    ),
    run=_flatten,
    undo=True,
    group=3,
)
DELETE = Action(
    id="take.delete",
    title="Delete the take that is heard",
    family="tracks",
    help="Removes the take that is heard there from the selected tracks; another one is heard then, its sound stays.",
    enabled=_CAN_EDIT_TAKES,
    run=_delete_heard,
    undo=True,
    group=3,
)

ACTIONS = (NEXT, PREVIOUS, LANES, FLATTEN, DELETE)
