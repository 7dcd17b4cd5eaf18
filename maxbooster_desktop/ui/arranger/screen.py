"""Pictures onto whole pixels of the screen: at a scale of 1.5 every other pixel of the window lies between two of them.

A picture copied there pixel by pixel looks the same wherever it is and however little of it is painted anew.
"""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPixmap

from maxbooster_desktop.ui.arranger.geometry import pixel_of


def on_screen(position: float, ratio: float) -> float:
    """Return the place nearest to `position` that is a whole pixel of a screen of `ratio` pixels to one."""
    return position if ratio == int(ratio) else pixel_of(position * ratio) / ratio


def copy_picture(painter: QPainter, x: int, y: int, picture: QPixmap) -> None:
    """Draw a picture of the screen's own ratio with its corner at a point."""
    ratio = picture.devicePixelRatio()
    if ratio == int(ratio):
        painter.drawPixmap(x, y, picture)
    else:
        painter.drawPixmap(QPointF(on_screen(x, ratio), on_screen(y, ratio)), picture)
