"""The list of versions and branches: two lines each beside a line of dots; branches stand to the right of it."""

import datetime as dt

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from maxbooster_desktop.actions.versions import Side
from maxbooster_desktop.ui.theme.fonts import ui_font
from maxbooster_desktop.ui.theme.tokens import theme

_HEIGHT, _GUTTER, _DOT = 46, 40, 5
_LINE_X, _BRANCH_X = 14, 28
#: Of the palette for tracks: the colour of branches.
_BRANCH_COLOUR = 9


def when_text(side: Side) -> str:
    """Write when something was made: "22 Nov 2026, 14:02"."""
    return dt.datetime.fromtimestamp(side.made_at_s).astimezone().strftime("%d %b %Y, %H:%M")


def side_text(side: Side) -> str:
    """Write a row as one line: "22 Nov 2026, 14:02  ·  Before the mix"."""
    return f"{when_text(side)}  ·  {side.name}"


def about_text(side: Side) -> str:
    """Write a row's second line: "version 40, 22 Nov 2026, 14:02, by hand"."""
    number = f"version {side.version}, " if side.version else ""
    return f"{number}{when_text(side)}" + (f", {side.kind}" if side.kind else "")


def matches(side: Side, wanted: str) -> bool:
    """Return whether every word that is looked for stands in a row."""
    text = f"{side.name} {about_text(side)}".casefold()
    return all(word in text for word in wanted.casefold().split())


class VersionDelegate(QStyledItemDelegate):
    """Paints a row; its model's items give their `Side` for `Qt.UserRole`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._title, self._about = ui_font("base", 600), ui_font("hint")

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return room for two lines."""
        return QSize(200, _HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the row's dot, name and second line."""
        side: Side = index.data(Qt.ItemDataRole.UserRole)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().colour("bg.raised"))
            painter.drawRoundedRect(rect.adjusted(_GUTTER - 6, 1, -1, -1), 4, 4)
        self._paint_dot(painter, rect, side)
        room = rect.width() - _GUTTER - 8
        for font, role, top, text in (
            (self._title, "text.1", 5, side.name),
            (self._about, "text.2", 25, about_text(side)),
        ):
            painter.setFont(font)
            painter.setPen(theme().colour(role))
            line = QRect(rect.topLeft() + QPoint(_GUTTER, top), QSize(room, 18))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.restore()

    def _paint_dot(self, painter: QPainter, rect: QRect, side: Side) -> None:
        accent, middle = theme().colour("accent"), float(rect.center().y())
        line = QPen(accent, 2.0)
        painter.setPen(line)
        painter.drawLine(QPointF(rect.x() + _LINE_X, rect.top()), QPointF(rect.x() + _LINE_X, rect.bottom() + 1))
        if side.folder is None:
            self._dot(painter, QPointF(rect.x() + _LINE_X, middle), accent, is_filled=side.kind == "by hand")
            return
        colour = theme().track_colour(_BRANCH_COLOUR)
        painter.setPen(QPen(colour, 2.0))
        painter.drawLine(QPointF(rect.x() + _LINE_X, rect.bottom()), QPointF(rect.x() + _BRANCH_X, middle))
        self._dot(painter, QPointF(rect.x() + _BRANCH_X, middle), colour, is_filled=False)

    def _dot(self, painter: QPainter, at: QPointF, colour: QColor, *, is_filled: bool) -> None:
        painter.setPen(QPen(colour, 2.0))
        painter.setBrush(colour if is_filled else theme().colour("bg.panel"))
        painter.drawEllipse(at, _DOT, _DOT)
