"""Declared actions as QActions of one window: keys, titles, icons, switches and enablement from the declaration."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow

from maxbooster_desktop.actions.action import Action
from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.ui.theme.icons import icon


class BoundAction(QAction):
    """One declared action in one window."""

    def __init__(self, action: Action, studio: Studio, parent: QObject) -> None:
        super().__init__(action.title, parent)
        self.declared, self._studio = action, studio
        self.setObjectName(action.id)
        self.setCheckable(action.checked is not None)
        self.setShortcuts([QKeySequence(key, QKeySequence.SequenceFormat.PortableText) for key in action.keys])
        self.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self.setStatusTip(action.help)
        if action.icon:
            self.setIcon(icon(action.icon, "text.2"))
        self.triggered.connect(self.run)

    def refresh(self) -> None:
        """Take enablement and switch state from the studio."""
        reason = self.declared.why_not(self._studio)
        self.setEnabled(not reason)
        self.setToolTip(f"{self.declared.title}: {reason}" if reason else self.declared.help)
        if self.declared.checked is not None:
            self.setChecked(self.declared.checked(self._studio))

    def run(self) -> None:
        """Run the action, or say why it cannot run."""
        reason = self.declared.why_not(self._studio)
        if reason:
            self._studio.notify(reason)
        else:
            try:
                self.declared.run(self._studio)
            except MaxBoosterError as error:
                self._studio.notify(str(error))
        self.refresh()


class ActionBridge(QObject):
    """Every declared action, bound to a window."""

    def __init__(self, studio: Studio, window: QMainWindow) -> None:
        super().__init__(window)
        self._bound = {action.id: BoundAction(action, studio, self) for action in REGISTRY.values()}
        window.addActions(list(self._bound.values()))

    def __getitem__(self, action_id: str) -> BoundAction:
        """Return an action's QAction; raises KeyError."""
        return self._bound[action_id]

    def all(self) -> list[BoundAction]:
        """Return every QAction in menu order."""
        return list(self._bound.values())

    def refresh(self) -> None:
        """Take every action's enablement from the studio."""
        for bound in self._bound.values():
            bound.refresh()
