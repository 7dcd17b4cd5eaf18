"""Every key, by family, from the declarations: the sheet that `?` opens."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from maxbooster_desktop.actions.action import FAMILIES, Action
from maxbooster_desktop.actions.registry import by_family
from maxbooster_desktop.ui.theme.fonts import mono_font
from maxbooster_desktop.ui.widgets.panels import label


def keys_text(action: Action) -> str:
    """Return all keys of an action as this system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return "  ".join(QKeySequence(key).toString(native) for key in action.keys)


class ShortcutSheet(QDialog):
    """Two columns of families with their keys."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keyboard shortcuts")
        page = QWidget()
        columns = QHBoxLayout(page)
        columns.setContentsMargins(24, 16, 24, 24)
        columns.setSpacing(48)
        sides = [QVBoxLayout(), QVBoxLayout()]
        for side in sides:
            # Else it takes over the distance between the columns.
            side.setSpacing(8)
            columns.addLayout(side, 1)
        families = [(FAMILIES[family], actions) for family, actions in by_family().items()]
        for index, (title, actions) in enumerate(families):
            self._add_family(sides[0 if index < 4 else 1], title, actions)
        for side in sides:
            side.addStretch(1)
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        self.resize(760, 620)

    def _add_family(self, side: QVBoxLayout, title: str, actions: tuple[Action, ...]) -> None:
        side.addSpacing(8)
        heading = label(title, "text.1", "form", 600)
        heading.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        side.addWidget(heading)
        grid = QGridLayout()
        grid.setVerticalSpacing(4)
        for row, action in enumerate(each for each in actions if each.keys):
            grid.addWidget(label(action.title), row, 0)
            keys = label(keys_text(action), "text.1")
            keys.setFont(mono_font("hint"))
            grid.addWidget(keys, row, 1, Qt.AlignmentFlag.AlignRight)
        side.addLayout(grid)
