"""What an action is: a declared verb with a stable id, a title, keys, a condition and a plain callback.

Menus, shortcuts, the palette, the shortcut sheet and tests are generated from these declarations; no widget knows
a verb. Keys are written as Qt's portable text ("Ctrl+Shift+Z"); Ctrl is Cmd on macOS. A scope is where keys are
heard: "window" everywhere, anything else in the view of that name, which wins over the window.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from maxbooster_desktop.actions.studio import Studio

Family = Literal["project", "edit", "clips", "tracks", "transport", "markers", "together", "view", "tools"]
FAMILIES: dict[Family, str] = {
    "project": "Project",
    "edit": "Edit",
    "clips": "Clips",
    "tracks": "Tracks",
    "transport": "Transport",
    "markers": "Markers",
    "together": "Together",
    "view": "View",
    "tools": "Tools",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """When an action can run; `reason` is the sentence for when it cannot."""

    reason: str
    holds: Callable[[Studio], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One user-visible verb.

    Attributes:
        enabled: conditions that must all hold.
        undo: whether running it makes one undo step.
        checked: for switches, whether it is on now.
        icon: a Lucide icon name, or none.
        group: entries of a menu with different groups are parted by a line.
    """

    id: str
    title: str
    family: Family
    help: str
    run: Callable[[Studio], None]
    shortcut: str = ""
    alternatives: tuple[str, ...] = ()
    enabled: tuple[Condition, ...] = ()
    undo: bool = False
    checked: Callable[[Studio], bool] | None = None
    icon: str = ""
    group: int = 0
    scope: str = "window"

    @property
    def keys(self) -> tuple[str, ...]:
        """The shortcut and its alternatives."""
        return (*((self.shortcut,) if self.shortcut else ()), *self.alternatives)

    def why_not(self, studio: Studio) -> str:
        """Return why the action cannot run now, or "" when it can."""
        return next((condition.reason for condition in self.enabled if not condition.holds(studio)), "")
