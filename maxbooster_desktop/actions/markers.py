"""Marker verbs."""

from maxbooster_desktop.actions.action import Action, Condition
from maxbooster_desktop.actions.conditions import CAN_EDIT, PROJECT_OPEN
from maxbooster_desktop.actions.studio import Studio

_MARKERS = Condition("This project has no markers.", lambda studio: studio.has_project and bool(studio.state.markers))


def _add_marker(studio: Studio) -> None:
    markers = studio.state.markers
    tick = studio.snap.snap_tick(studio.playhead_tick, studio.state.tempo_map)
    studio.do_and_name("markers.add_marker", tick, f"Marker {len(markers) + 1}", colour=len(markers))


def _step(studio: Studio, direction: int) -> None:
    here = studio.playhead_tick
    ticks = sorted(marker.tick for marker in studio.state.markers)
    if direction > 0:
        later = [tick for tick in ticks if tick > here]
        studio.go_to(later[0] if later else ticks[-1])
        return
    earlier = [tick for tick in ticks if tick < here]
    studio.go_to(earlier[-1] if earlier else 0)


def _delete_marker(studio: Studio) -> None:
    here = studio.playhead_tick
    marker = min(studio.state.markers, key=lambda each: (abs(each.tick - here), each.id))
    studio.do("markers.delete_marker", marker.id)


ADD = Action(
    id="marker.add",
    title="Add marker",
    family="markers",
    shortcut="M",
    icon="flag",
    help="Puts a marker where the playhead stands; its name can be typed at once.",
    enabled=CAN_EDIT,
    run=_add_marker,
    undo=True,
)
NEXT = Action(
    id="marker.next",
    title="Next marker",
    family="markers",
    shortcut="Ctrl+Alt+End",
    help="Moves the playhead to the next marker.",
    enabled=(PROJECT_OPEN, _MARKERS),
    run=lambda studio: _step(studio, 1),
    group=1,
)
PREVIOUS = Action(
    id="marker.previous",
    title="Previous marker",
    family="markers",
    shortcut="Ctrl+Alt+Home",
    help="Moves the playhead to the marker before it.",
    enabled=(PROJECT_OPEN, _MARKERS),
    run=lambda studio: _step(studio, -1),
    group=1,
)

DELETE = Action(
    id="marker.delete",
    title="Delete marker",
    family="markers",
    shortcut="Ctrl+Shift+M",
    icon="trash-2",
    help="Removes the marker nearest to the playhead; a click on a marker puts the playhead there.",
    enabled=(*CAN_EDIT, _MARKERS),
    run=_delete_marker,
    undo=True,
)

ACTIONS = (ADD, NEXT, PREVIOUS, DELETE)
