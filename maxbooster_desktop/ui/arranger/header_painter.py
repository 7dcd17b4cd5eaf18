"""Paints track headers: colour bar, number, name, mute, solo, volume and meter."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from maxbooster_desktop.project.document.state import Track
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.header_layout import HeaderLayout
from maxbooster_desktop.ui.arranger.others_tracks import Mark
from maxbooster_desktop.ui.arranger.texts import Texts
from maxbooster_desktop.ui.theme.fonts import mono_font, ui_font
from maxbooster_desktop.ui.theme.icons import icon_pixmap
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.decibel_scale import FLOOR_DB, format_db, fraction_of
from maxbooster_desktop.ui.widgets.meter import draw_meter_bar
from maxbooster_desktop.ui.widgets.person_colour import account_colour, person_colour

_DOT_PX = 9
_LOCK_PX = 12
_MOST_DOTS = 3
_LEAST_NAME_PX = 40
_TAKE_X = 40


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
    marks: tuple[Mark, ...] = ()
    is_armed: bool = False
    is_fresh: bool = True


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
        if layout.arm is not None:
            self._paint_switch(painter, layout.arm, "R", theme().colour("danger") if look.is_armed else None)
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

    def paint_take(self, painter: QPainter, lane: Rect, width: int, name: str, *, is_heard: bool) -> None:
        """Draw the header of a take's lane: its name, brighter when something of it is heard."""
        painter.fillRect(0, round(lane.y), width, round(lane.height) - 1, theme().colour("bg.input"))
        painter.fillRect(0, round(lane.bottom) - 1, width, 1, theme().colour("bg.app"))
        painter.setPen(theme().colour("text.1" if is_heard else "text.3"))
        self._texts.draw(painter, _TAKE_X, lane.y + 19, name, font=ui_font("hint"), width=width - _TAKE_X - 8)

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
        width = max(_LEAST_NAME_PX, int(layout.name.width) - self._marks_width(look))
        self._texts.draw(painter, layout.name.x, baseline, look.track.name, font=font, width=width)
        if look.marks or look.track.lock is not None or look.track.frozen is not None:
            end = layout.name.x + min(width, self._texts.advance(look.track.name, font)) + 6
            self._paint_marks(painter, end, layout.name.y, look)

    def _marks_width(self, look: HeaderLook) -> int:
        """Return how much room the snowflake, the lock, the dots and the word behind the name need."""
        dots = look.marks[:_MOST_DOTS]
        word = max((self._texts.advance(mark.doing, ui_font("scale")) + 4 for mark in dots if mark.doing), default=0)
        lock = (_LOCK_PX + 3) * sum(what is not None for what in (look.track.lock, look.track.frozen))
        return round(lock + len(dots) * (_DOT_PX + 3) + word) + (6 if lock or dots else 0)

    def _paint_marks(self, painter: QPainter, x: float, top: float, look: HeaderLook) -> None:
        """Draw a snowflake, the lock in its holder's colour, a dot for each who works here, and what one does."""
        ratio = painter.device().devicePixelRatio()
        if look.track.frozen is not None:
            role = "accent" if look.is_fresh else "warn"
            painter.drawPixmap(
                round(x), round(top + 5), icon_pixmap("snowflake", _LOCK_PX, theme().colour(role), ratio)
            )
            x += _LOCK_PX + 3
        if look.track.lock is not None:
            picture = icon_pixmap("lock", _LOCK_PX, account_colour(look.track.lock.account), ratio)
            painter.drawPixmap(round(x), round(top + 5), picture)
            x += _LOCK_PX + 3
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.setPen(Qt.PenStyle.NoPen)
        dots = look.marks[:_MOST_DOTS]
        for mark in dots:
            painter.setBrush(person_colour(mark.colour))
            painter.drawEllipse(QRectF(round(x), top + 7, _DOT_PX, _DOT_PX))
            x += _DOT_PX + 3
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        doing = next((mark for mark in dots if mark.doing), None)
        if doing is not None:
            painter.setPen(person_colour(doing.colour))
            self._texts.draw(painter, x, top + 15.0, doing.doing, font=ui_font("scale"), width=60)

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
