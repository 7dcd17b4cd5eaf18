"""Peak meters: bars in three colours on the faders' scale, with hold lines.

Track headers and strips share `draw_meter_bar`. The colours change at -12 and -3 dBFS, the same for every bar.
"""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.decibel_scale import FLOOR_DB, fraction_of

_ZONES = ((FLOOR_DB, -12.0, "meter.low"), (-12.0, -3.0, "meter.mid"), (-3.0, 6.0, "meter.high"))


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
