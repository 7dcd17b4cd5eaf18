"""Plug-ins in the window: which are on this computer, which are lost, and how those come back.

Nothing here loads one: what there is stands in the catalogue, and how it is doing the engine says.
"""

from maxbooster_desktop.actions.action import Action, Condition
from maxbooster_desktop.actions.conditions import PROJECT_OPEN
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.engine.known_plugins import known_plugins
from maxbooster_desktop.engine.readings import PluginReading
from maxbooster_desktop.project.document.device_words import is_plugin_id
from maxbooster_desktop.project.document.state import TrackId
from maxbooster_desktop.project.edits import declared


def is_known(device: str) -> bool:
    """Return whether this version has a device, or this computer a plug-in, without loading it."""
    return known_plugins().entry(device) is not None if is_plugin_id(device) else declared.is_known(device)


def lost(studio: Studio) -> dict[str, PluginReading]:
    """Return the plug-ins that the sound goes past, by insert."""
    return {each.insert_id: each for each in studio.engine.plugins() if each.is_lost}


def lost_sentences(studio: Studio) -> dict[TrackId, str]:
    """Return a sentence about each track with a lost plug-in, by track."""
    found: dict[TrackId, str] = {}
    gone = lost(studio)
    for track in studio.state.tracks.values() if gone else ():
        for insert in track.inserts:
            if insert.id in gone:
                about = gone[insert.id]
                found[track.id] = f"“{about.title}” on “{track.name}” is passed by: {about.reason.rstrip('.')}."
    return found


ACTIONS = (
    Action(
        id="track.reload_plugins",
        title="Load lost plug-ins again",
        family="tracks",
        help="Starts the plug-ins that crashed or hung once more, with their parameters as they stand.",
        group=3,
        run=lambda studio: studio.engine.reload_plugins(),
        enabled=(PROJECT_OPEN, Condition("No plug-in is lost.", lambda studio: bool(lost(studio)))),
    ),
)
