"""Context menus of the arranger, generated from action ids: the same verbs as the menu bar."""

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from maxbooster_desktop.actions.action import Action
from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.ui.arranger.hits import Zone

CLIP_MENU = (
    "clip.cut", "clip.copy", "clip.paste", "-", "clip.split", "clip.duplicate", "clip.bounce", "clip.mute",
    "track.rename", "-", "clip.nudge_left", "clip.nudge_right", "-", "together.comment", "transport.loop_selection",
    "view.zoom_selection", "-", "clip.delete",
)  # fmt: skip
TAKE_MENU = (
    "take.next", "take.previous", "-", "take.lanes", "take.flatten", "take.delete", "-", "transport.loop_selection",
    "view.zoom_selection",
)  # fmt: skip
TRACK_MENU = (
    "track.rename", "track.mute", "track.solo", "-", "track.add_audio", "track.group", "track.duplicate", "-",
    "take.lanes", "-", "track.freeze", "track.unfreeze", "track.flatten", "track.bounce_new", "-", "together.lock",
    "together.ask_track", "-", "track.delete",
)  # fmt: skip
LANE_MENU = (
    "clip.paste", "clip.add_notes", "project.import", "track.add_audio", "track.add_synth", "track.add_sampler",
    "track.add_drums", "track.add_bus", "marker.add", "-", "edit.select_all", "-", "view.snap", "view.grid_finer",
    "view.grid_coarser", "view.zoom_fit",
)  # fmt: skip
RULER_MENU = (
    "transport.loop", "transport.loop_selection", "-", "marker.add", "marker.delete", "marker.previous", "marker.next",
    "-", "tempo.edit", "tempo.delete", "-", "together.comment", "-", "transport.follow", "view.zoom_selection",
    "view.zoom_back", "view.zoom_fit",
)  # fmt: skip
COMMENT_MENU = (
    "together.comment", "-", "together.previous_comment", "together.next_comment", "-", "together.show_done",
    "together.comments",
)  # fmt: skip
_BY_ZONE = {
    Zone.EMPTY_LANE: LANE_MENU,
    Zone.BELOW_TRACKS: LANE_MENU,
    Zone.TAKE: TAKE_MENU,
    Zone.TAKE_LANE: TAKE_MENU,
    Zone.COMMENT: COMMENT_MENU,
    Zone.COMMENT_LANE: COMMENT_MENU,
    **dict.fromkeys((Zone.CLIP, Zone.TRIM_START, Zone.TRIM_END, Zone.FADE_IN, Zone.FADE_OUT, Zone.GAIN), CLIP_MENU),
    **dict.fromkeys(
        (
            Zone.RULER,
            Zone.LOOP_LANE,
            Zone.LOOP,
            Zone.LOOP_START,
            Zone.LOOP_END,
            Zone.MARKER,
            Zone.MARKER_LANE,
            Zone.TEMPO_CHANGE,
            Zone.TEMPO_LANE,
        ),
        RULER_MENU,
    ),
}


def action_ids(zone: Zone) -> tuple[str, ...]:
    """Return the entries of a zone's menu; "-" is a line."""
    return _BY_ZONE.get(zone, TRACK_MENU)


def build_menu(studio: Studio, zone: Zone, parent: QWidget) -> QMenu:
    """Build the menu of a zone; entries that cannot run now are disabled and say why."""
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    for action_id in action_ids(zone):
        if action_id == "-":
            menu.addSeparator()
        elif action_id in REGISTRY:
            _add_entry(menu, studio, REGISTRY[action_id])
    return menu


def _add_entry(menu: QMenu, studio: Studio, action: Action) -> None:
    entry = menu.addAction(action.title)
    why_not = action.why_not(studio)
    entry.setEnabled(not why_not)
    entry.setToolTip(why_not or action.help)
    entry.setData(action.id)
    if action.shortcut:
        entry.setShortcut(QKeySequence(action.shortcut))
    if action.checked is not None:
        entry.setCheckable(True)
        entry.setChecked(action.checked(studio))
    entry.triggered.connect(lambda: action.run(studio))
