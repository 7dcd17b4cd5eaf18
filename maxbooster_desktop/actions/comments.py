"""Verbs of comments: write one at the playhead or the selected range, go from one to the next, show those done."""

from maxbooster_desktop.actions import threads
from maxbooster_desktop.actions.action import Action, Condition
from maxbooster_desktop.actions.conditions import CAN_EDIT, PROJECT_OPEN
from maxbooster_desktop.actions.studio import Studio


def _shown(studio: Studio) -> tuple[threads.Thread, ...]:
    return threads.threads_of(studio.state.comments, with_done=studio.shows_done)


_SOME = Condition(
    "There is no open comment in this project.", lambda studio: studio.has_project and bool(_shown(studio))
)


def _write(studio: Studio) -> None:
    tick, end_tick = studio.selection.time_range or (studio.playhead_tick, None)
    tracks = studio.selection.tracks
    studio.ui.write_comment(tick, end_tick, tracks[0] if tracks else None)


def _step(studio: Studio, step: int) -> None:
    found = threads.neighbour(_shown(studio), studio.open_thread, studio.playhead_tick, step)
    if found is not None:
        studio.go_to(found.first.tick)
        studio.ui.show_thread(found.id)


WRITE = Action(
    id="together.comment",
    title="Comment here…",
    family="together",
    shortcut="Ctrl+Alt+M",
    icon="message-square",
    help="Writes a comment at the playhead or on the selected range, about the selected track; @ calls somebody.",
    enabled=CAN_EDIT,
    run=_write,
    group=3,
)
NEXT = Action(
    id="together.next_comment",
    title="Next comment",
    family="together",
    shortcut="Ctrl+Alt+N",
    help="Goes to the next comment and opens its thread; after the last comes the first.",
    enabled=(PROJECT_OPEN, _SOME),
    run=lambda studio: _step(studio, 1),
    group=3,
)
PREVIOUS = Action(
    id="together.previous_comment",
    title="Previous comment",
    family="together",
    shortcut="Ctrl+Alt+Shift+N",
    help="Goes to the comment before and opens its thread; before the first comes the last.",
    enabled=(PROJECT_OPEN, _SOME),
    run=lambda studio: _step(studio, -1),
    group=3,
)
SHOW_DONE = Action(
    id="together.show_done",
    title="Show comments that are done",
    family="together",
    help="Shows closed threads on the comments lane as well, in grey.",
    enabled=(PROJECT_OPEN,),
    run=lambda studio: studio.show_done(is_shown=not studio.shows_done),
    checked=lambda studio: studio.shows_done,
    group=3,
)

ACTIONS = (WRITE, NEXT, PREVIOUS, SHOW_DONE)
