"""Small brushes that the mixer's painters share: one line of text, a rounded box, the focus ring, a lamp."""

from functools import lru_cache

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QStaticText

from maxbooster_desktop.ui.mixer.geometry import Rect
from maxbooster_desktop.ui.theme.tokens import theme

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter


def qrect(rect: Rect) -> QRect:
    """Return a rectangle as Qt's."""
    return QRect(rect.x, rect.y, rect.width, rect.height)


_metrics: dict[int, QFontMetrics] = {}


@lru_cache(maxsize=4096)
def _prepared(text: str, font_id: int, width: int) -> tuple[QStaticText, int]:
    """Return a text laid out once, elided to `width`, and how wide it came out."""
    metrics = _metrics[font_id]
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
    made = QStaticText(shown)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    return made, metrics.horizontalAdvance(shown)


def draw_text(
    painter: QPainter, box: Rect, text: str, font: QFont, role: str, *, flags: Qt.AlignmentFlag = LEFT
) -> None:
    """Draw one line in a token colour, shortened with an ellipsis where it does not fit.

    Capitals are centred in the box's height, so fonts of one size share a baseline. `font` is one of `theme.fonts`,
    which live as long as the program; its identity keys the prepared texts.
    """
    metrics = _metrics.get(id(font))
    if metrics is None:
        metrics = _metrics[id(font)] = QFontMetrics(font)
    made, width = _prepared(text, id(font), box.width)
    free = box.width - width
    x = box.x + (free if flags == RIGHT else free // 2 if flags == CENTRE else 0)
    y = box.y + (box.height + metrics.capHeight()) // 2 - metrics.ascent()
    painter.setFont(font)
    painter.setPen(theme().colour(role))
    painter.drawStaticText(QPoint(x, y), made)


def draw_box(painter: QPainter, box: Rect, role: str, radius: float = 3.0, edge: str = "") -> None:
    """Fill a rounded box in a token colour, with an edge in another one."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme().colour(edge), 1.0) if edge else Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour(role))
    inset = 0.5 if edge else 0.0
    painter.drawRoundedRect(QRectF(qrect(box)).adjusted(inset, inset, -inset, -inset), radius, radius)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def draw_ring(painter: QPainter, box: Rect, radius: float = 4.0) -> None:
    """Draw the focus ring just inside a box."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme().colour("focus"), 2.0))
    painter.drawRoundedRect(QRectF(qrect(box)).adjusted(1, 1, -1, -1), radius, radius)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def draw_lamp(painter: QPainter, box: Rect, *, is_on: bool) -> None:
    """Draw the on/off dot of a slot: filled when on, a ring when off."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme().colour("accent" if is_on else "line.control"), 1.2))
    painter.setBrush(theme().colour("accent") if is_on else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QRectF(qrect(box)))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
