"""A field for what one says: Return says it, Shift+Return begins a line, @ offers whom to call, Esc gives up.

The offers are a list below the field; the field keeps the keyboard, and arrows, Return and Tab choose from the list.
"""

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QListWidget, QPlainTextEdit, QWidget

from maxbooster_desktop.actions.mentions import Mentionable, offers

_CALL = re.compile(r"(?:^|(?<=\W))@(\w[\w .'-]*|)$")
_MOST_OFFERS = 6
_ROW_PX = 24
_AROUND_PX = 10
_LINES = (1, 5)
_RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class MentionEdit(QPlainTextEdit):
    """Signals: `said()` for Return, `given_up()` for Esc. `people` returns whom one can call now."""

    said = Signal()
    given_up = Signal()

    def __init__(self, people: Callable[[], Sequence[Mentionable]], parent: QWidget) -> None:
        super().__init__(parent)
        self._people = people
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.offers = QListWidget(self.window())
        self.offers.setObjectName("floating")
        self.offers.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.offers.setAccessibleName(self.tr("People to call"))
        self.offers.hide()
        self.offers.itemClicked.connect(lambda _: self._take())
        self.textChanged.connect(self._look)
        self.destroyed.connect(self.offers.deleteLater)
        self._fit()

    def sizeHint(self) -> QSize:
        """Return one to five lines."""
        return QSize(200, self.height())

    def _fit(self) -> None:
        lines = max(_LINES[0], min(_LINES[1], round(self.document().size().height())))
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 14)

    def _typed(self) -> str | None:
        """Return what stands between an @ and the caret; None where nobody is being called."""
        cursor = self.textCursor()
        line = cursor.block().text()[: cursor.positionInBlock()]
        found = _CALL.search(line)
        return None if found is None else found[1]

    def _look(self) -> None:
        self._fit()
        typed = self._typed()
        found = () if typed is None else offers(typed, self._people())[:_MOST_OFFERS]
        if typed and any(one.name.casefold() == typed.casefold() for one in found):
            found = ()  # the whole name stands there
        self.offers.clear()
        self.offers.addItems([one.name for one in found])
        self._show_offers(bool(found))

    def _show_offers(self, is_shown: bool) -> None:
        if is_shown:
            self.offers.setCurrentRow(0)
            self.offers.setParent(self.window())
            self.offers.resize(max(180, self.width()), self.offers.count() * _ROW_PX + _AROUND_PX)
            below = self.mapTo(self.window(), QPoint(0, self.height() + 2))
            above = self.mapTo(self.window(), QPoint(0, -self.offers.height() - 2))
            has_room = below.y() + self.offers.height() <= self.window().height()
            self.offers.move(below if has_room else above)
            self.offers.raise_()
        self.offers.setVisible(is_shown)

    def _take(self) -> None:
        item, typed = self.offers.currentItem(), self._typed()
        if item is None or typed is None:
            return
        cursor = self.textCursor()
        for _ in typed:
            cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(f"{item.text()} ")
        self.setTextCursor(cursor)
        self._show_offers(is_shown=False)
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose from the offers while there are any; else Return says it and Esc gives up."""
        key, has_offers = event.key(), not self.offers.isHidden()
        if has_offers and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = -1 if key == Qt.Key.Key_Up else 1
            self.offers.setCurrentRow((self.offers.currentRow() + step) % self.offers.count())
        elif has_offers and key in (*_RETURN, Qt.Key.Key_Tab):
            self._take()
        elif key == Qt.Key.Key_Escape:
            self._show_offers(is_shown=False) if has_offers else self.given_up.emit()
        elif key in _RETURN and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.said.emit()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, is_next: bool) -> bool:
        """Let Tab choose from the offers instead of leaving."""
        return False if not self.offers.isHidden() else super().focusNextPrevChild(is_next)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the offers away."""
        self._show_offers(is_shown=False)
        super().focusOutEvent(event)
