"""Draws what moves on a strip while it sounds: its two meter bars, its clip lamp, and the master's read-out."""

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter

from maxbooster_desktop.ui.mixer.geometry import Rect, StripLayout
from maxbooster_desktop.ui.mixer.levels import StripLevels
from maxbooster_desktop.ui.mixer.painting import CENTRE, LEFT, RIGHT, draw_text, qrect
from maxbooster_desktop.ui.mixer.parts import Part
from maxbooster_desktop.ui.theme.fonts import mono_font, ui_font
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.decibel_scale import FLOOR_DB

_ZONES = ((FLOOR_DB, -12.0, "meter.low"), (-12.0, -3.0, "meter.mid"), (-3.0, 6.0, "meter.high"))


def draw_meter(painter: QPainter, layout: StripLayout, levels: StripLevels, ground_role: str) -> None:
    """Draw the two bars with their hold lines, and the clip lamp; `ground_role` is the card's colour."""
    plan = layout.plan
    for channel, bar in enumerate(levels.bars):
        box = layout.meter_bar(channel)
        painter.fillRect(qrect(box), theme().colour("bg.input"))
        for low_db, high_db, role in _ZONES:
            if bar.level_db > low_db:
                top = plan.y_of(min(bar.level_db, high_db))
                painter.fillRect(QRect(box.x, top, box.width, plan.y_of(low_db) - top), theme().colour(role))
        if bar.hold_db > FLOOR_DB:
            y = plan.y_of(bar.hold_db)
            painter.fillRect(QRectF(box.x, y, box.width, 1.5), theme().colour("meter.hold"))
    lamp = layout.fixed(Part.CLIP)
    if lamp is None:
        return
    painter.fillRect(qrect(lamp), theme().colour("meter.high" if levels.has_clipped else ground_role))
    if levels.has_clipped:
        draw_text(painter, lamp, "Clip", ui_font("scale", 600), "text.on_state", flags=CENTRE)
    else:
        left = layout.meter_bar(0)
        painter.fillRect(QRect(left.x, lamp.bottom - 4, 2 * left.width + 2, 4), theme().colour("bg.input"))


def draw_read_out(painter: QPainter, box: Rect, rows: tuple[tuple[str, str, str], ...]) -> None:
    """Draw the master's loudness as rows of title, number and unit, as many as fit."""
    pitch = 34 if box.height >= 34 * len(rows) + 8 else max(28, (box.height - 4) // len(rows))
    painter.fillRect(qrect(box), theme().colour("bg.panel"))
    for index, (title, number, unit) in enumerate(rows):
        top = box.y + 2 + index * pitch
        if top + 26 > box.bottom:
            return
        draw_text(painter, Rect(box.x, top, box.width, 13), title, ui_font("scale"), "text.3", flags=LEFT)
        draw_text(painter, Rect(box.x, top + 12, 40, 15), number, mono_font("base"), "text.1", flags=RIGHT)
        draw_text(painter, Rect(box.x + 45, top + 13, box.width - 45, 15), unit, ui_font("scale"), "text.3", flags=LEFT)
