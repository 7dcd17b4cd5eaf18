"""Paints one clip: chrome, waveform or notes, fades, gain line, name, badges and selection.

Every number is clipped to the visible part before Qt sees it. Chrome is drawn without antialiasing; only the lines
of fades are smooth.
"""

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRect, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from maxbooster_desktop.project.document.state import Clip, ProjectState
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.hits import ClipShape, body_of
from maxbooster_desktop.ui.arranger.scene import Placed, Scene
from maxbooster_desktop.ui.arranger.shades import Shades, clip_shades
from maxbooster_desktop.ui.arranger.texts import Texts
from maxbooster_desktop.ui.arranger.waveforms import Waveforms
from maxbooster_desktop.ui.theme.fonts import ui_font
from maxbooster_desktop.ui.theme.tokens import theme

_NAME_FROM_PX = 24
_FADE_FROM_PX = 2.0
_FADE_STEPS = 12


def fade_level(position: float, curve: float) -> float:
    """Return the level (0..1) at `position` (0..1) of a fade; curve -1 starts slowly, +1 fast."""
    return math.pow(max(0.0, min(1.0, position)), math.pow(4.0, -max(-1.0, min(1.0, curve))))


class ClipPainter:
    """Paints clips into the lanes."""

    def __init__(self, waveforms: Waveforms, texts: Texts, is_missing: Callable[[Clip], bool]) -> None:
        self.waveforms, self._texts, self._is_missing = waveforms, texts, is_missing

    def paint(self, painter: QPainter, scene: Scene, placed: Placed, shown: Rect, *, selected: bool, hot: bool) -> None:
        """Draw `placed`, of which only `shown` can be seen; `hot` is the clip under the pointer."""
        left, right = round(max(placed.rect.x, -8.0)), round(min(placed.rect.right, scene.width + 8.0))
        whole = QRect(left, round(placed.rect.y), max(1, right - left - 1), round(placed.rect.height))
        shades = clip_shades(scene.state, placed.clip)
        body = body_of(placed.rect)
        header = round(body.y) - whole.y()
        painter.fillRect(whole, shades.body)
        painter.fillRect(whole.x(), whole.y(), whole.width(), header, shades.header)
        inside = Rect(left, body.y, whole.width(), body.height)
        if placed.clip.kind == "midi":
            self._paint_notes(painter, scene, placed, inside, shades)
        elif self._is_missing(placed.clip):
            self._paint_missing(painter, inside)
        else:
            self.waveforms.paint(painter, scene, placed, body=inside, colour=shades.wave_argb, shown=shown)
            self._paint_shape(painter, placed.clip, scene.shape_of(placed), inside, hot=hot or selected)
        if placed.clip.is_muted:
            painter.fillRect(whole, QBrush(theme().colour("fade"), Qt.BrushStyle.BDiagPattern))
        self._paint_name(painter, placed, whole, header)
        if selected:
            _outline(painter, whole, theme().colour("selection"))

    def _paint_name(self, painter: QPainter, placed: Placed, whole: QRect, header: int) -> None:
        if header < 10 or whole.width() < _NAME_FROM_PX:
            return
        x = max(whole.x(), 0) + 5
        width = whole.right() - x - 3
        if self._is_missing(placed.clip) and width > 120:
            painter.setPen(theme().colour("text.on_state"))
            self._texts.draw_right(painter, whole.right() - 4, whole.y() + 11.5, "offline", font=ui_font("scale", 600))
            width -= 50
        painter.setPen(theme().colour("text.on_state"))
        self._texts.draw(painter, x, whole.y() + 11.5, placed.clip.name, font=ui_font("hint", 600), width=width)

    def _paint_missing(self, painter: QPainter, inside: Rect) -> None:
        rect = QRect(round(inside.x), round(inside.y), round(inside.width), round(inside.height))
        painter.fillRect(rect, QBrush(theme().colour("danger"), Qt.BrushStyle.BDiagPattern))
        if rect.height() >= 16:
            painter.fillRect(
                rect.adjusted(0, rect.height() // 2 - 8, 0, -(rect.height() // 2 - 8)), QColor(0, 0, 0, 150)
            )
            painter.setPen(theme().colour("danger"))
            baseline = rect.y() + rect.height() / 2 + 4
            self._texts.draw(
                painter,
                max(0, rect.x()) + 6,
                baseline,
                "Audio missing",
                font=ui_font("hint"),
                width=rect.width() - 10,
            )

    def _paint_shape(self, painter: QPainter, clip: Clip, shape: ClipShape, inside: Rect, *, hot: bool) -> None:
        """Draw fades, and the gain line while it matters."""
        if shape.fade_in_x - shape.rect.x >= _FADE_FROM_PX:
            self._paint_fade(painter, shape.rect.x, shape.fade_in_x, clip.fade_in_curve, inside)
        if shape.rect.right - shape.fade_out_x >= _FADE_FROM_PX:
            self._paint_fade(painter, shape.rect.right - 1, shape.fade_out_x, clip.fade_out_curve, inside)
        if shape.gain_y is None or not (hot or clip.gain_db) or inside.width < 40:
            return
        painter.setPen(QPen(QColor(255, 255, 255, 150 if hot else 90), 1))
        painter.drawLine(round(inside.x), round(shape.gain_y), round(inside.right), round(shape.gain_y))

    def _paint_fade(self, painter: QPainter, silent_x: float, full_x: float, curve: float, inside: Rect) -> None:
        """Darken what a fade takes away and draw its line; `silent_x` is the clip's edge."""
        if max(silent_x, full_x) < inside.x or min(silent_x, full_x) > inside.right:
            return
        points = []
        for step in range(_FADE_STEPS + 1):
            part = step / _FADE_STEPS
            x = min(max(silent_x + (full_x - silent_x) * part, -1e6), 1e6)
            points.append(QPointF(x, inside.bottom - inside.height * fade_level(part, curve)))
        corner = QPointF(points[0].x(), inside.y)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("fade"))
        painter.drawPolygon(QPolygonF([corner, *points]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setPen(QPen(theme().colour("selection"), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_notes(self, painter: QPainter, scene: Scene, placed: Placed, inside: Rect, shades: Shades) -> None:
        rects = note_rects(scene.state, placed, scene.axis.px_per_tick, inside)
        painter.setPen(Qt.PenStyle.NoPen)
        for x, y, width, height in rects:
            painter.fillRect(x, y, width, height, shades.wave)


def note_rects(
    state: ProjectState, placed: Placed, px_per_tick: float, inside: Rect
) -> list[tuple[int, int, int, int]]:
    """Return (x, y, width, height) of the notes that show, at most one per pixel column and pitch."""
    notes = state.notes.get(placed.clip.id)
    if notes is None or len(notes) == 0:
        return []
    starts = placed.rect.x + notes["start"].astype(np.float64) * px_per_tick
    ends = starts + np.maximum(2.0, notes["length"].astype(np.float64) * px_per_tick - 1.0)
    shown = (ends > inside.x) & (starts < inside.right)
    if not shown.any():
        return []
    pitch = notes["pitch"][shown].astype(np.float64)
    low, high = float(notes["pitch"].min()) - 2, float(notes["pitch"].max()) + 2
    height = max(2, min(5, int(inside.height / (high - low + 1))))
    y = inside.y + (high - pitch) / (high - low) * (inside.height - height)
    x0 = np.maximum(starts[shown], inside.x)
    x1 = np.minimum(ends[shown], inside.right)
    table = np.stack([np.round(x0), np.round(y), np.maximum(2, np.round(x1 - x0))], axis=1).astype(np.int64)
    _unique, index = np.unique(table[:, :2], axis=0, return_index=True)
    return [(int(x), int(top), int(width), height) for x, top, width in table[index]]


def _outline(painter: QPainter, rect: QRect, colour: QColor, width: int = 2) -> None:
    painter.fillRect(rect.x(), rect.y(), rect.width(), width, colour)
    painter.fillRect(rect.x(), rect.bottom() + 1 - width, rect.width(), width, colour)
    painter.fillRect(rect.x(), rect.y(), width, rect.height(), colour)
    painter.fillRect(rect.right() + 1 - width, rect.y(), width, rect.height(), colour)


def dashed_line(painter: QPainter, x: float, top: float, bottom: float, colour: QColor) -> None:
    """Draw a vertical dashed line, for drop positions."""
    painter.setPen(QPen(colour, 1, Qt.PenStyle.DashLine))
    painter.drawLine(QLineF(x, top, x, bottom))
