"""The list behind the status bar's entry: what needs attention, each in one sentence, with the button that helps."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from maxbooster_desktop.actions import attention
from maxbooster_desktop.actions.attention import Matter
from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.ui.widgets.marked_rows import MarkedRows
from maxbooster_desktop.ui.widgets.panels import label, primary_button

_NOTHING = "Everything is in order."


def count_text(count: int) -> str:
    """Write "1 thing needs attention" or "3 things need attention"; nothing for none."""
    if not count:
        return ""
    return "1 thing needs attention" if count == 1 else f"{count} things need attention"


class AttentionDialog(QDialog):
    """Does not hold the window up and follows the project; `asked(action id)` is emitted for a matter's action."""

    asked = Signal(str)

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self._shown: tuple[Matter, ...] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Needs attention")
        self._title = label("", "text.1", "form", 600)
        self._rows = MarkedRows()
        close = primary_button("Close")
        close.clicked.connect(self.accept)
        close.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(16)
        column.addWidget(self._title)
        column.addWidget(self._rows, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self.resize(560, 360)
        self.refresh()

    def sentences(self) -> list[str]:
        """Return what is listed."""
        return [matter.sentence for matter in self._shown or ()]

    def refresh(self) -> None:
        """List what needs attention now."""
        found = attention.matters(self._studio)
        if found == self._shown:
            return
        self._shown = found
        self._title.setText(count_text(len(found)) or _NOTHING)
        self._rows.clear()
        for matter in found:
            self._add(matter)

    def _add(self, matter: Matter) -> None:
        action = REGISTRY[matter.action] if matter.action else None
        text = action.title if action is not None else "Show" if matter.entity else ""
        helps = partial(attention.show, self._studio, matter) if action is None else partial(self.asked.emit, action.id)
        for button in self._rows.add("triangle-alert", "warn", matter.sentence, buttons=[text] if text else ()):
            button.clicked.connect(helps)
