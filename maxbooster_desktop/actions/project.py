"""Project verbs: new, open, close, versions, copies, what needs attention, import, export, quit."""

from maxbooster_desktop.actions.action import Action, Condition
from maxbooster_desktop.actions.conditions import CAN_EDIT, PROJECT_OPEN

_SOMETHING_TO_HEAR = Condition(
    "The project is empty; import audio first.",
    lambda studio: studio.has_project and bool(studio.state.clips or studio.state.comps),
)


NEW = Action(
    id="project.new",
    title="New project…",
    family="project",
    shortcut="Ctrl+N",
    icon="file",
    help="Makes a project from a template in a folder of its own.",
    run=lambda studio: studio.ui.open_dialog("new"),
)
OPEN = Action(
    id="project.open",
    title="Open project…",
    family="project",
    shortcut="Ctrl+O",
    icon="folder-open",
    help="Opens a project folder.",
    run=lambda studio: studio.ui.open_dialog("open"),
)
CLOSE = Action(
    id="project.close",
    title="Close project",
    family="project",
    shortcut="Ctrl+W",
    help="Closes the project and returns to the start page. Everything is already saved.",
    enabled=(PROJECT_OPEN,),
    run=lambda studio: studio.ui.open_dialog("close"),
)
VERSIONS = Action(
    id="project.versions",
    title="Versions…",
    family="project",
    shortcut="Ctrl+Shift+S",
    icon="history",
    help="Lists versions and branches, says what is different, and brings all or one track back.",
    enabled=(PROJECT_OPEN,),
    run=lambda studio: studio.ui.open_dialog("versions"),
    group=1,
)
SAVE_COPY = Action(
    id="project.save_copy",
    title="Save a copy…",
    family="project",
    icon="copy",
    help="Copies the whole project into another folder; the copy of a shared one is not shared and needs no cloud.",
    enabled=CAN_EDIT,
    run=lambda studio: studio.ui.open_dialog("save_copy"),
    group=1,
)
ATTENTION = Action(
    id="project.attention",
    title="Needs attention…",
    family="project",
    icon="triangle-alert",
    help="Lists what could not be stored, played or merged, each with the way out.",
    enabled=(PROJECT_OPEN,),
    run=lambda studio: studio.ui.open_dialog("attention"),
    group=1,
)
IMPORT = Action(
    id="project.import",
    title="Import audio…",
    family="project",
    shortcut="Ctrl+I",
    icon="import",
    help="Copies audio files into the project and puts each on a track of its own at the playhead.",
    enabled=CAN_EDIT,
    run=lambda studio: studio.ui.open_dialog("import"),
    undo=True,
    group=2,
)
EXPORT = Action(
    id="project.export",
    title="Export…",
    family="project",
    shortcut="Ctrl+Shift+E",
    icon="share",
    help="Renders the song or its stems to WAV, FLAC, MP3 or OGG.",
    enabled=(PROJECT_OPEN, _SOMETHING_TO_HEAR),
    run=lambda studio: studio.ui.open_dialog("export"),
    group=2,
)
QUIT = Action(
    id="project.quit",
    title="Quit",
    family="project",
    shortcut="Ctrl+Q",
    help="Closes the window. Everything is already saved.",
    run=lambda studio: studio.ui.open_dialog("quit"),
    group=3,
)

ACTIONS = (NEW, OPEN, CLOSE, VERSIONS, SAVE_COPY, ATTENTION, IMPORT, EXPORT, QUIT)
