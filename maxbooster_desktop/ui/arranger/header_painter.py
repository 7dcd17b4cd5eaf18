"""Paints track headers: colour bar, number, name, mute, solo, volume and meter."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from maxbooster_desktop.project.document.state import Track
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.header_layout import HeaderLayout
from maxbooster_desktop.ui.arranger.texts import Texts
from maxbooster_desktop.ui.theme.fonts import mono_font, ui_font
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.decibel_scale import FLOOR_DB, format_db, fraction_of
from maxbooster_desktop.ui.widgets.meter import draw_meter_bar


@dataclass(frozen=True, slots=True)
class Levels:
    """What a header's meter shows: peaks in dBFS, and whether the clip lamp is lit."""

    left_db: float = FLOOR_DB
    right_db: float = FLOOR_DB
    is_clipped: bool = False


@dataclass(frozen=True, slots=True)
class HeaderLook:
    """Everything that decides how a header looks, apart from its layout."""

    track: Track
    number: int
    levels: Levels
    is_selected: bool = False
    is_folded: bool = False
    is_silenced: bool = False
    gain_db: float = 0.0


def paint_meter(painter: QPainter, rect: Rect, levels: Levels) -> None:
    """Draw two bars of 4 px, and the clip lamp above them."""
    for index, level_db in enumerate((levels.left_db, levels.right_db)):
        draw_meter_bar(painter, QRectF(round(rect.x) + index * 5, rect.y, 4, rect.height), level_db)
    if levels.is_clipped:
        painter.fillRect(round(rect.x), round(rect.y), 9, 3, theme().colour("meter.high"))


class HeaderPainter:
    """Paints headers into a column."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def paint(self, painter: QPainter, layout: HeaderLayout, look: HeaderLook) -> None:
        """Draw one header."""
        whole = _qrect(layout.whole)
        painter.fillRect(whole, theme().colour("bg.raised" if look.is_selected else "bg.panel"))
        painter.fillRect(whole.x(), whole.bottom(), whole.width(), 1, theme().colour("bg.app"))
        painter.fillRect(_qrect(layout.colour_bar), theme().track_colour(look.track.colour))
        self._paint_title(painter, layout, look)
        self._paint_switch(painter, layout.mute, "M", theme().colour("mute") if look.track.is_muted else None)
        self._paint_switch(painter, layout.solo, "S", theme().colour("solo") if look.track.is_soloed else None)
        if layout.volume is not None and layout.decibels is not None:
            self._paint_volume(painter, layout.volume, look)
            painter.setPen(theme().colour("text.2"))
            baseline = layout.decibels.y + 12.5
            self._texts.draw_right(
                painter, layout.decibels.right, baseline, format_db(look.gain_db, unit=False), font=mono_font("scale")
            )
        paint_meter(painter, layout.meter, look.levels)

    def _paint_title(self, painter: QPainter, layout: HeaderLayout, look: HeaderLook) -> None:
        baseline = layout.name.y + 15.5
        if layout.is_group:
            self._paint_fold(painter, layout.number, is_folded=look.is_folded)
        else:
            painter.setPen(theme().colour("text.3"))
            self._texts.draw(
                painter, layout.number.x + 2, baseline, str(look.number), font=mono_font("scale"), width=24
            )
        role = "text.3" if look.is_silenced else "text.1"
        painter.setPen(theme().colour(role))
        font = ui_font("base", 600 if look.is_selected else 500)
        self._texts.draw(painter, layout.name.x, baseline, look.track.name, font=font, width=int(layout.name.width))

    def _paint_fold(self, painter: QPainter, box: Rect, *, is_folded: bool) -> None:
        x, y = box.x + 3, box.y + 5
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("text.2"))
        corners = [(0, 0), (6, 4), (0, 8)] if is_folded else [(-1, 1), (7, 1), (3, 7)]
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_switch(self, painter: QPainter, box: Rect, letter: str, lit: QColor | None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(lit or theme().colour("bg.hover"))
        painter.drawRoundedRect(QRectF(box.x, box.y, box.width, box.height), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(theme().colour("text.on_state" if lit else "text.2"))
        font = ui_font("hint", 600)
        width = self._texts.advance(letter, font)
        self._texts.draw(painter, box.x + (box.width - width) / 2, box.y + 13, letter, font=font, width=20)

    def _paint_volume(self, painter: QPainter, track: Rect, look: HeaderLook) -> None:
        position = fraction_of(look.gain_db)
        x = track.x + track.width * position
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("bg.input"))
        painter.drawRoundedRect(QRectF(track.x, track.y, track.width, track.height), 2, 2)
        painter.setBrush(theme().colour("line.control"))
        painter.drawRoundedRect(QRectF(track.x, track.y, max(2.0, x - track.x), track.height), 2, 2)
        painter.setBrush(theme().colour("text.1"))
        painter.drawRoundedRect(QRectF(x - 3.5, track.y - 4, 7, 12), 2, 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _qrect(rect: Rect) -> QRect:
    return QRect(round(rect.x), round(rect.y), round(rect.width), round(rect.height))
