"""Peak meters: bars in three colours on the faders' scale, hold lines and a clip lamp that latches until clicked.

`draw_meter_bar` draws one bar into any painter, so that track headers and strips share it. The colours change at
-12 and -3 dBFS, the same for every bar.
"""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.decibel_scale import FLOOR_DB, format_db, fraction_of
from maxbooster_desktop.ui.widgets.meter_ballistics import MeterBallistics

_ZONES = ((FLOOR_DB, -12.0, "meter.low"), (-12.0, -3.0, "meter.mid"), (-3.0, 6.0, "meter.high"))
_LAMP = 4


def draw_meter_bar(painter: QPainter, box: QRectF, level_db: float, hold_db: float = FLOOR_DB) -> None:
    """Draw one upright bar from the bottom of `box` (-60 dB) towards its top (+6 dB), with a 1.5 px hold line."""
    painter.fillRect(box, theme().colour("bg.input"))
    for low_db, high_db, role in _ZONES:
        if level_db <= low_db:
            break
        bottom = box.bottom() - fraction_of(low_db) * box.height()
        top = box.bottom() - fraction_of(min(level_db, high_db)) * box.height()
        painter.fillRect(QRectF(box.left(), top, box.width(), bottom - top), theme().colour(role))
    if hold_db > FLOOR_DB:
        y = box.bottom() - fraction_of(hold_db) * box.height()
        painter.fillRect(QRectF(box.left(), y, box.width(), 1.5), theme().colour("meter.hold"))


class Meter(QWidget):
    """A peak meter of one or more channels. Call `feed` from the frame timer; it repaints only what moved."""

    def __init__(self, name: str, parent: QWidget | None = None, *, channels: int = 2, bar_px: int = 6) -> None:
        super().__init__(parent)
        self._channels = [MeterBallistics() for _ in range(channels)]
        self._bar_px = bar_px
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def levels_db(self) -> tuple[float, ...]:
        """What the bars show."""
        return tuple(channel.level_db for channel in self._channels)

    @property
    def has_clipped(self) -> bool:
        """Whether the clip lamp is lit."""
        return any(channel.has_clipped for channel in self._channels)

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing moves any more."""
        return all(channel.is_at_rest for channel in self._channels)

    def feed(self, peaks_db: tuple[float, ...], elapsed_s: float) -> None:
        """Take every channel's highest peak since the last call, in dBFS, and the time since in seconds."""
        for index, channel in enumerate(self._channels):
            before = channel.level_db, channel.hold_db, channel.has_clipped
            if channel.feed(peaks_db[index] if index < len(peaks_db) else FLOOR_DB, elapsed_s):
                self._update_bar(index, before[0], before[1])
                if before[2] != channel.has_clipped:
                    self.update(0, 0, self.width(), _LAMP + 1)

    def clear_clip(self) -> None:
        """Put the clip lamp out."""
        for channel in self._channels:
            channel.clear_clip()
        self.update(0, 0, self.width(), _LAMP + 1)

    def bar_rect(self, index: int) -> QRect:
        """Return the box of one channel's bar."""
        return QRect(index * (self._bar_px + 2), _LAMP + 2, self._bar_px, self.height() - _LAMP - 2)

    def accessible_role(self) -> QAccessible.Role:
        """Return the role screen readers name."""
        return QAccessible.Role.ProgressBar

    def accessible_value(self) -> str:
        """Return the louder channel's level, and whether it clipped."""
        return format_db(max(self.levels_db)) + (", clipped" if self.has_clipped else "")

    def sizeHint(self) -> QSize:
        """Return the bars side by side."""
        return QSize(len(self._channels) * (self._bar_px + 2) - 2, 112)

    def _update_bar(self, index: int, level_db: float, hold_db: float) -> None:
        box, channel = self.bar_rect(index), self._channels[index]
        places = [fraction_of(each) for each in (level_db, hold_db, channel.level_db, channel.hold_db)]
        top = box.bottom() - round(max(places) * box.height()) - 2
        bottom = box.bottom() - round(min(places) * box.height()) + 3
        self.update(QRect(box.left(), top, box.width(), bottom - top).intersected(box))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw lamp and bars."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme().colour("bg.raised"))
        for index, channel in enumerate(self._channels):
            box = self.bar_rect(index)
            lamp = QRect(box.left(), 0, box.width(), _LAMP)
            painter.fillRect(lamp, theme().colour("meter.high" if channel.has_clipped else "bg.input"))
            draw_meter_bar(painter, QRectF(box), channel.level_db, channel.hold_db)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the clip lamp out."""
        self.clear_clip()
