"""Paints what shapes a clip's sound: its fades, the dots by which they are bent, and its gain line."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from maxbooster_desktop.project.document.state import Clip
from maxbooster_desktop.ui.arranger.geometry import Rect, pixel_of
from maxbooster_desktop.ui.arranger.hits import ClipShape, fade_level
from maxbooster_desktop.ui.theme.tokens import theme

_FAR_PX = 1_000_000
_FADE_FROM_PX = 2.0
_FADE_STEPS = 12
_FADE_LINE_PX = 1.2
_HANDLE_PX = 3.0
_GAIN_LINE_FROM_PX = 40


def paint_shape(painter: QPainter, clip: Clip, shape: ClipShape, inside: Rect, shown: Rect, *, hot: bool) -> None:
    """Draw fades, and the gain line while it matters; `inside` is the clip's body as far as the view reaches.

    Nothing need be drawn outside of `shown`.
    """
    if shape.fade_in_x - shape.rect.x >= _FADE_FROM_PX and shape.fade_in_x + _FADE_LINE_PX > shown.x:
        _paint_fade(painter, shape.rect.x, shape.fade_in_x, clip.fade_in_curve, inside)
    if shape.rect.right - shape.fade_out_x >= _FADE_FROM_PX and shape.fade_out_x - _FADE_LINE_PX < shown.right:
        _paint_fade(painter, shape.rect.right - 1, shape.fade_out_x, clip.fade_out_curve, inside)
    for silent_x, full_x, curve in shape.carried:
        _paint_fade(painter, silent_x, full_x, curve, inside)
    if hot:
        for middle in shape.fade_middles().values():
            _paint_handle(painter, QPointF(*middle))
    if shape.gain_y is None or not (hot or clip.gain_db) or shape.rect.width < _GAIN_LINE_FROM_PX:
        return
    colour = theme().colour("gain.hot" if hot else "gain")
    left, right = round(inside.x), min(round(inside.right) + 1, pixel_of(shape.rect.right) - 1)
    painter.fillRect(left, round(shape.gain_y), right - left, 1, colour)


def _paint_fade(painter: QPainter, silent_x: float, full_x: float, curve: float, inside: Rect) -> None:
    """Darken what a fade takes away and draw its line; `silent_x` is the edge of the clip that it belongs to."""
    if max(silent_x, full_x) < inside.x or min(silent_x, full_x) > inside.right:
        return
    points = []
    steps = _FADE_STEPS if curve else 1
    for step in range(steps + 1):
        part = step / steps
        x = min(max(silent_x + (full_x - silent_x) * part, -_FAR_PX), _FAR_PX)
        points.append(QPointF(x, inside.bottom - inside.height * fade_level(part, curve)))
    painter.save()
    painter.setClipRect(QRectF(inside.x, inside.y, inside.width, inside.height), Qt.ClipOperation.IntersectClip)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour("fade"))
    painter.drawPolygon(QPolygonF([QPointF(points[0].x(), inside.y), *points]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
    painter.setPen(QPen(theme().colour("selection"), _FADE_LINE_PX))
    painter.drawPolyline(QPolygonF(points))
    painter.restore()


def _paint_handle(painter: QPainter, middle: QPointF) -> None:
    """Draw the dot by which a fade is bent."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour("selection"))
    painter.drawEllipse(middle, _HANDLE_PX, _HANDLE_PX)
    painter.restore()
