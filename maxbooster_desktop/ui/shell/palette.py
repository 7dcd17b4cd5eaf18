"""The command palette (Ctrl+K): type a part of a name, see keys and why an entry is disabled, Return runs it."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from maxbooster_desktop.actions.action import FAMILIES, Action
from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.ui.qtbridge.list_model import ListModel
from maxbooster_desktop.ui.theme.fonts import mono_font, ui_font
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.panels import label

_ROW_PX = 40


def match_score(typed: str, title: str) -> int | None:
    """Return how well `typed` fits (higher is better), or None when its letters do not occur in order."""
    needle, hay = typed.casefold().replace(" ", ""), title.casefold()
    score, place, previous = 0, 0, -2
    for letter in needle:
        found = hay.find(letter, place)
        if found < 0:
            return None
        starts_word = found == 0 or not hay[found - 1].isalnum()
        score += 8 if starts_word else 4 if found == previous + 1 else 0
        score -= found - place
        previous, place = found, found + 1
    return score + (30 if typed.casefold() in hay else 0) - len(hay) // 8


def matching(typed: str) -> list[Action]:
    """Return the actions that fit, the best first; all of them for nothing typed."""
    if not typed:
        return list(REGISTRY.values())
    scored = []
    for order, action in enumerate(REGISTRY.values()):
        scores = [match_score(typed, text) for text in (action.title, f"{FAMILIES[action.family]} {action.title}")]
        best = max((score for score in scores if score is not None), default=None)
        if best is not None:
            scored.append((-best, order, action))
    return [action for _, _, action in sorted(scored, key=lambda each: each[:2])]


def shown_keys(action: Action) -> str:
    """Return an action's first key as this system writes it."""
    return QKeySequence(action.shortcut).toString(QKeySequence.SequenceFormat.NativeText)


class _Row(QStyledItemDelegate):
    """Title and family at the left, key at the right, the reason below when disabled."""

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # type: ignore[override]  # Qt hands an index
        """Return one row's height."""
        return QSize(0, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        """Draw one row."""
        action: Action = index.data(Qt.ItemDataRole.UserRole)
        reason = action.why_not(self._studio)
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme().colour("bg.hover"))
        box = rect.adjusted(16, 4, -16, -4)
        painter.setFont(ui_font("form", 500))
        painter.setPen(theme().colour("text.3" if reason else "text.1"))
        top = Qt.AlignmentFlag.AlignTop
        painter.drawText(box, top | Qt.AlignmentFlag.AlignLeft, action.title)
        painter.setFont(ui_font("hint"))
        painter.setPen(theme().colour("text.3"))
        below = f"{FAMILIES[action.family]}  ·  {reason or action.help}"
        metrics = painter.fontMetrics()
        painter.drawText(
            box,
            Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft,
            metrics.elidedText(below, Qt.TextElideMode.ElideRight, box.width() - 110),
        )
        painter.setFont(mono_font("hint"))
        painter.setPen(theme().colour("text.2"))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, shown_keys(action))


class Palette(QDialog):
    """Search for an action and run it."""

    picked = Signal(str)

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Command palette")
        self._field = QLineEdit()
        self._field.setPlaceholderText("Type a command")
        self._field.setAccessibleName("Command")
        self._field.setMinimumHeight(36)
        self._model = ListModel[Action](
            {Qt.ItemDataRole.DisplayRole: lambda action: action.title, Qt.ItemDataRole.UserRole: lambda action: action},
            self,
        )
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(_Row(studio, self))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setAccessibleName("Commands")
        self._none = label("", "text.3", "form")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._none.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self._field)
        column.addWidget(self._list)
        column.addWidget(self._none, 1)
        self.setFixedSize(560, 420)
        self._field.textChanged.connect(self._search)
        self._field.installEventFilter(self)
        self._list.clicked.connect(self._pick)
        self._search("")
        middle = parent.mapToGlobal(parent.rect().center())
        self.move(middle.x() - 280, parent.mapToGlobal(parent.rect().topLeft()).y() + 96)

    def titles(self) -> list[str]:
        """Return the titles shown, best first."""
        return [action.title for action in self._model.rows()]

    def nothing_found(self) -> str:
        """Return the sentence shown instead of a list, or nothing."""
        return "" if self._none.isHidden() else self._none.text()

    def field(self) -> QLineEdit:
        """Return the search field."""
        return self._field

    def _search(self, typed: str) -> None:
        found = matching(typed.strip())
        self._model.set_rows(found)
        self._list.setVisible(bool(found))
        self._none.setVisible(not found)
        self._none.setText(
            f"No command fits \N{LEFT DOUBLE QUOTATION MARK}{typed.strip()}\N{RIGHT DOUBLE QUOTATION MARK}. "
            "Type another part of its name, or press Esc."
        )
        self._list.setCurrentIndex(self._model.index(0))

    def _pick(self, index: QModelIndex) -> None:
        if index.isValid():
            action_id = self._model.at(index).id
            self.close()
            self.picked.emit(action_id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list and run from the field."""
        if watched is not self._field or event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}.get(
            Qt.Key(event.key())
        )
        if step is not None:
            row = max(0, min(self._model.rowCount() - 1, self._list.currentIndex().row() + step))
            self._list.setCurrentIndex(self._model.index(row))
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick(self._list.currentIndex())
            return True
        return False

    def showEvent(self, event: object) -> None:
        """Start typing at once."""
        self._field.setFocus()
