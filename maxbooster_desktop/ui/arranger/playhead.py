"""The playhead: a layer of its own above lanes and ruler, so that it moves without repainting what is below.

In the lanes it is a line in a widget 3 px wide; in the ruler a triangle 11 px wide. Moving one exposes only the
strip it leaves.
"""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.ui.arranger.layer import Layer
from maxbooster_desktop.ui.theme.tokens import theme

LINE_WIDTH = 3
HEAD_WIDTH = 11


def _paint_line(painter: QPainter, event: QPaintEvent) -> None:
    painter.fillRect(LINE_WIDTH // 2, 0, 1, event.rect().bottom() + 1, theme().colour("playhead"))


def _paint_head(painter: QPainter, event: QPaintEvent) -> None:
    """Paint the triangle in the ruler and the line below it."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour("playhead"))
    painter.drawPolygon(QPolygonF([QPointF(0, 13), QPointF(HEAD_WIDTH, 13), QPointF(HEAD_WIDTH / 2, 21)]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.fillRect(HEAD_WIDTH // 2, 20, 1, event.rect().bottom() + 1, theme().colour("playhead"))


class Playhead:
    """Moves both parts together; hidden while off screen."""

    def __init__(self, lanes: QWidget, ruler: QWidget) -> None:
        self._lanes, self._ruler = lanes, ruler
        self.line, self.head = Layer(lanes, _paint_line), Layer(ruler, _paint_head)
        self._x: int | None = None
        self.resize()

    def resize(self) -> None:
        """Follow the height of the views."""
        self.line.resize(LINE_WIDTH, self._lanes.height())
        self.head.resize(HEAD_WIDTH, self._ruler.height())

    def move_to(self, x: float) -> None:
        """Show the playhead at `x`; moving within the same pixel costs nothing."""
        pixel = round(x)
        is_shown = -HEAD_WIDTH <= pixel <= self._lanes.width() + HEAD_WIDTH
        pixel = pixel if is_shown else -100
        if pixel == self._x:
            return
        self._x = pixel
        self.line.setVisible(is_shown)
        self.head.setVisible(is_shown)
        self.line.move(pixel - LINE_WIDTH // 2, 0)
        self.head.move(pixel - HEAD_WIDTH // 2, 0)
