"""The menu bar, generated from the declared actions: one menu a family, a line between groups."""

from PySide6.QtWidgets import QMenu, QMenuBar

from maxbooster_desktop.actions.action import FAMILIES
from maxbooster_desktop.actions.registry import by_family
from maxbooster_desktop.ui.shell.action_bridge import ActionBridge


def build_menus(bar: QMenuBar, bridge: ActionBridge) -> dict[str, QMenu]:
    """Fill `bar` and return its menus by family."""
    menus: dict[str, QMenu] = {}
    for family, actions in by_family().items():
        menu = bar.addMenu(FAMILIES[family])
        menu.setObjectName(f"menu.{family}")
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(bridge.refresh)
        group = actions[0].group
        for action in actions:
            if action.group != group:
                menu.addSeparator()
                group = action.group
            menu.addAction(bridge[action.id])
        menus[family] = menu
    return menus
