"""Faders on the shared decibel scale: upright with cap and figures for the mixer, flat and thin for headers."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.ui.theme.fonts import mono_font
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets import decibel_scale
from maxbooster_desktop.ui.widgets.value_control import Scale, ValueControl

GAIN = Scale(
    decibel_scale.SILENCE_DB,
    decibel_scale.TOP_DB,
    0.0,
    0.5,
    3.0,
    decibel_scale.format_db,
    decibel_scale.parse_db,
    decibel_scale.fraction_of,
    decibel_scale.level_at,
)
_CAP = 20


class Fader(ValueControl):
    """An upright gain fader. The cap's centre line stands at the gain on the shared scale."""

    def __init__(self, name: str, parent: QWidget | None = None, *, has_figures: bool = True) -> None:
        super().__init__(GAIN, name, parent)
        self._has_figures = has_figures

    def sizeHint(self) -> QSize:
        """Return room for figures, cap and travel."""
        return QSize(18 + _CAP + 4 if self._has_figures else _CAP + 4, 132)

    def travel(self) -> tuple[int, int]:
        """Return the y of +6 dB and of the bottom; meters beside it use the same."""
        return _CAP // 2 + 2, self.height() - _CAP // 2 - 2

    def y_of(self, gain_db: float) -> int:
        """Return the y at which a level stands."""
        top, bottom = self.travel()
        return round(bottom - decibel_scale.fraction_of(gain_db) * (bottom - top))

    def dirty_rect(self, before: float, after: float) -> QRect:
        """Return the band between the two places of the cap."""
        low, high = sorted((self.y_of(before), self.y_of(after)))
        return QRect(0, low - _CAP // 2 - 2, self.width(), high - low + _CAP + 4)

    def drag_length(self) -> float:
        """Drag the cap with the pointer."""
        top, bottom = self.travel()
        return float(max(1, bottom - top))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw figures, slot and cap."""
        painter = QPainter(self)
        x = self.width() - _CAP / 2 - 2
        top, bottom = self.travel()
        if self._has_figures:
            painter.setFont(mono_font("scale"))
            painter.setPen(theme().colour("text.3"))
            for mark in decibel_scale.MARKS:
                box = QRect(0, self.y_of(mark) - 7, self.width() - _CAP - 5, 14)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(abs(mark)))
        painter.fillRect(QRectF(x - 1.5, top, 3, bottom - top), theme().colour("bg.input"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y = self.y_of(self.value)
        cap = QRectF(x - _CAP / 2, y - _CAP / 2, _CAP, _CAP)
        painter.setPen(QPen(theme().colour("bg.app"), 1.0))
        painter.setBrush(theme().colour("knob.cap"))
        painter.drawRoundedRect(cap, 4, 4)
        painter.setPen(QPen(theme().colour("knob.mark"), 2.0))
        painter.drawLine(QPointF(cap.left() + 3, y), QPointF(cap.right() - 3, y))
        self._draw_focus(painter)


class FlatFader(ValueControl):
    """A thin sideways gain fader for track headers: 4 px bar, small cap; horizontal drag."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(GAIN, name, parent)

    def sizeHint(self) -> QSize:
        """Return 110 x 16."""
        return QSize(110, 16)

    def x_of(self, gain_db: float) -> int:
        """Return the x at which a level stands."""
        return round(4 + decibel_scale.fraction_of(gain_db) * (self.width() - 8))

    def drag_place(self, position: QPointF) -> float:
        """Drag sideways."""
        return position.x()

    def drag_length(self) -> float:
        """Drag the cap with the pointer."""
        return float(max(1, self.width() - 8))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bar, filled part and cap."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        y, x = self.height() / 2, self.x_of(self.value)
        painter.setBrush(theme().colour("bg.input"))
        painter.drawRoundedRect(QRectF(4, y - 2, self.width() - 8, 4), 2, 2)
        painter.setBrush(theme().colour("line.control"))
        painter.drawRoundedRect(QRectF(4, y - 2, x - 4, 4), 2, 2)
        painter.setBrush(theme().colour("text.1"))
        painter.drawRoundedRect(QRectF(x - 3.5, y - 5, 7, 10), 2, 2)
        self._draw_focus(painter)
