"""Every action, by id, in menu order."""

from maxbooster_desktop.actions import (
    bouncing,
    clips,
    edit,
    instruments,
    markers,
    plugins,
    project,
    takes,
    tempo,
    together,
    tools,
    tracks,
    transport,
    view,
)
from maxbooster_desktop.actions.action import FAMILIES, Action, Family

_DECLARED = (
    *project.ACTIONS,
    *edit.ACTIONS,
    *clips.ACTIONS,
    *tracks.ACTIONS,
    *instruments.ACTIONS,
    *plugins.ACTIONS,
    *takes.ACTIONS,
    *bouncing.ACTIONS,
    *transport.ACTIONS,
    *tempo.ACTIONS,
    *markers.ACTIONS,
    *together.ACTIONS,
    *view.ACTIONS,
    *tools.ACTIONS,
)
REGISTRY: dict[str, Action] = {action.id: action for action in _DECLARED}
if len(REGISTRY) != len(_DECLARED):
    raise ValueError("two actions have the same id")


def by_family() -> dict[Family, tuple[Action, ...]]:
    """Return the actions of every family, families and actions in menu order."""
    return {family: tuple(action for action in REGISTRY.values() if action.family == family) for family in FAMILIES}
