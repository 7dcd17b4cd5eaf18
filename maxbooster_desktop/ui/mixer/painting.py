"""Small brushes that the mixer's painters share: elided texts, slots, letter buttons."""

from functools import lru_cache

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen

from maxbooster_desktop.ui.mixer.geometry import Rect
from maxbooster_desktop.ui.theme.tokens import theme

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter


def qrect(rect: Rect) -> QRect:
    """Return a rectangle as Qt's."""
    return QRect(rect.x, rect.y, rect.width, rect.height)


_metrics: dict[str, QFontMetrics] = {}


@lru_cache(maxsize=4096)
def _elided(text: str, font_key: str, width: int) -> str:
    return _metrics[font_key].elidedText(text, Qt.TextElideMode.ElideRight, width)


def draw_text(
    painter: QPainter, box: Rect, text: str, font: QFont, role: str, *, flags: Qt.AlignmentFlag = LEFT
) -> None:
    """Draw one line in a token colour, shortened with an ellipsis where it does not fit."""
    painter.setFont(font)
    painter.setPen(theme().colour(role))
    key = font.key()
    if key not in _metrics:
        _metrics[key] = QFontMetrics(font)
    shown = _elided(text, key, box.width)
    painter.drawText(qrect(box), int(flags), shown)


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
