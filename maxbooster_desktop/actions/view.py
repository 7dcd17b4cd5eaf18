"""View verbs: zoom, grid and panels."""

from maxbooster_desktop.actions.action import Action
from maxbooster_desktop.actions.conditions import PROJECT_OPEN, RANGE_OR_CLIPS
from maxbooster_desktop.actions.studio import Studio

_ZOOM_STEP = 1.5


def _toggle_panel(studio: Studio, name: str) -> None:
    studio.ui.show_panel(name, not studio.ui.is_panel_shown(name))


def _panel(name: str, title: str, shortcut: str, icon: str, shows: str) -> Action:
    return Action(
        id=f"view.{name}",
        title=title,
        family="view",
        shortcut=shortcut,
        icon=icon,
        help=f"Shows or hides {shows}.",
        enabled=(PROJECT_OPEN,),
        run=lambda studio: _toggle_panel(studio, name),
        checked=lambda studio: studio.has_project and studio.ui.is_panel_shown(name),
        group=2,
    )


ZOOM_SELECTION = Action(
    id="view.zoom_selection",
    title="Zoom to selection",
    family="view",
    shortcut="Z",
    icon="maximize-2",
    help="Fills the arranger with the selected clips or time.",
    enabled=(PROJECT_OPEN, RANGE_OR_CLIPS),
    run=lambda studio: studio.ui.zoom_to_selection(),
)
ZOOM_BACK = Action(
    id="view.zoom_back",
    title="Zoom back",
    family="view",
    shortcut="X",
    help="Returns to the view before the last zoom.",
    enabled=(PROJECT_OPEN,),
    run=lambda studio: studio.ui.zoom_back(),
)
ZOOM_IN = Action(
    id="view.zoom_in",
    title="Zoom in",
    family="view",
    shortcut="+",
    alternatives=("=",),
    icon="zoom-in",
    help="Shows less time in more detail.",
    enabled=(PROJECT_OPEN,),
    run=lambda studio: studio.ui.zoom(_ZOOM_STEP),
)
ZOOM_OUT = Action(
    id="view.zoom_out",
    title="Zoom out",
    family="view",
    shortcut="-",
    icon="zoom-out",
    help="Shows more time in less detail.",
    enabled=(PROJECT_OPEN,),
    run=lambda studio: studio.ui.zoom(1.0 / _ZOOM_STEP),
)
ZOOM_FIT = Action(
    id="view.zoom_fit",
    title="Zoom to whole song",
    family="view",
    shortcut="Shift+Z",
    help="Fits the whole song into the arranger.",
    enabled=(PROJECT_OPEN,),
    run=lambda studio: studio.ui.zoom_fit(),
)
SNAP = Action(
    id="view.snap",
    title="Snap to grid",
    family="view",
    shortcut="Ctrl+4",
    icon="magnet",
    help="Makes edits land on the grid, or anywhere.",
    run=lambda studio: studio.snap.set_on(not studio.snap.is_on),
    checked=lambda studio: studio.snap.is_on,
    group=1,
)
FINER = Action(
    id="view.grid_finer",
    title="Finer grid",
    family="view",
    shortcut="Shift+,",
    help="Halves the distance of the grid lines.",
    run=lambda studio: studio.snap.finer(1),
    group=1,
)
COARSER = Action(
    id="view.grid_coarser",
    title="Coarser grid",
    family="view",
    shortcut="Shift+.",
    help="Doubles the distance of the grid lines.",
    run=lambda studio: studio.snap.finer(-1),
    group=1,
)
MIXER = _panel("mixer", "Mixer", "F3", "sliders-vertical", "the mixer")
BROWSER = _panel("browser", "Browser", "F7", "panel-left", "the browser of files and project sounds")
INSPECTOR = _panel("inspector", "Inspector", "F8", "panel-right", "the inspector of the selected clip and track")
HISTORY = _panel("history", "Undo history", "Ctrl+Alt+Z", "history", "the list of edits, to jump to any of them")
NEXT_REGION = Action(
    id="view.next_region",
    title="Next region",
    family="view",
    shortcut="F6",
    help="Gives the keyboard to the next part: transport, browser, arrangement, mixer or history, inspector.",
    enabled=(PROJECT_OPEN,),
    run=lambda studio: studio.ui.go_to_region(1),
    group=3,
)
PREVIOUS_REGION = Action(
    id="view.previous_region",
    title="Previous region",
    family="view",
    shortcut="Shift+F6",
    help="Gives the keyboard to the part before.",
    enabled=(PROJECT_OPEN,),
    run=lambda studio: studio.ui.go_to_region(-1),
    group=3,
)

ACTIONS = (
    ZOOM_SELECTION,
    ZOOM_BACK,
    ZOOM_IN,
    ZOOM_OUT,
    ZOOM_FIT,
    SNAP,
    FINER,
    COARSER,
    MIXER,
    BROWSER,
    INSPECTOR,
    HISTORY,
    NEXT_REGION,
    PREVIOUS_REGION,
)
