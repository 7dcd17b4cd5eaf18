"""Finding verbs and setting up: palette, shortcut sheet, audio and MIDI settings, about."""

from maxbooster_desktop.actions.action import Action
from maxbooster_desktop.actions.conditions import PROJECT_OPEN

PALETTE = Action(
    id="tools.palette",
    title="Command palette…",
    family="tools",
    shortcut="Ctrl+K",
    icon="search",
    help="Finds any command by typing a part of its name.",
    run=lambda studio: studio.ui.open_dialog("palette"),
)
SHORTCUTS = Action(
    id="tools.shortcuts",
    title="Keyboard shortcuts",
    family="tools",
    shortcut="?",
    icon="keyboard",
    help="Shows every key, by family.",
    run=lambda studio: studio.ui.open_dialog("shortcuts"),
)
AUDIO = Action(
    id="tools.audio",
    title="Audio settings…",
    family="tools",
    shortcut="Ctrl+,",
    icon="settings",
    help="Chooses the sound system, devices, channels, sample rate and block size, and plays a test tone.",
    run=lambda studio: studio.ui.open_dialog("audio"),
    group=1,
)
MIDI = Action(
    id="tools.midi",
    title="MIDI settings…",
    family="tools",
    icon="list-music",
    help="Chooses the MIDI ports whose notes and controllers play the armed or selected instrument tracks.",
    run=lambda studio: studio.ui.open_dialog("midi"),
    group=1,
)
SCAN_PLUGINS = Action(
    id="tools.scan_plugins",
    title="Scan for plug-ins",
    family="tools",
    help="Finds the VST3 plug-ins of this computer; each is tried in a process of its own, so that none can do harm.",
    run=lambda studio: studio.ui.open_dialog("scan_plugins"),
    group=1,
)
LEARN_MIDI = Action(
    id="tools.learn_midi",
    title="Learn a MIDI knob",
    family="tools",
    help="Move a control of the mixer, switch this on, then turn the knob: from then on that knob moves it.",
    enabled=(PROJECT_OPEN,),
    run=lambda studio: studio.learn_midi(is_on=not studio.is_learning_midi),
    checked=lambda studio: studio.is_learning_midi,
    group=1,
)
ABOUT = Action(
    id="tools.about",
    title="About Max Booster",
    family="tools",
    icon="info",
    help="Shows the version and the licences of everything that ships with the program.",
    run=lambda studio: studio.ui.open_dialog("about"),
    group=2,
)

ACTIONS = (PALETTE, SHORTCUTS, AUDIO, MIDI, SCAN_PLUGINS, LEARN_MIDI, ABOUT)
