"""A painted knob: an arc from its centre or its left end to the value, 22 px and up."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.value_control import Scale, ValueControl

_START_DEG = 225.0
_SWEEP_DEG = 270.0


def format_pan(pan: float) -> str:
    """Write a pan position: "C", "L 50", "R 100"."""
    percent = round(abs(pan) * 100)
    return "C" if percent == 0 else f"{'L' if pan < 0 else 'R'} {percent}"


def parse_pan(text: str) -> float | None:
    """Read "C", "L50", "r 20" or a number from -100 to 100; None when it is no position."""
    text = text.strip().upper().replace("\u2212", "-")
    if text in ("C", "0"):
        return 0.0
    sign = -1.0 if text.startswith("L") else 1.0
    try:
        return sign * float(text.lstrip("LR").strip().replace(",", ".")) / 100.0
    except ValueError:
        return None


PAN = Scale(-1.0, 1.0, 0.0, 0.02, 0.1, format_pan, parse_pan)


class Knob(ValueControl):
    """A round control; `is_centred` draws the arc from the middle of the range."""

    def __init__(self, scale: Scale, name: str, parent: QWidget | None = None, *, is_centred: bool = False) -> None:
        super().__init__(scale, name, parent)
        self._is_centred = is_centred

    def sizeHint(self) -> QSize:
        """Return 28 x 28: a 22 px knob with room for the focus ring."""
        return QSize(28, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track, arc and mark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width(), self.height()) - 6
        box = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side).adjusted(1.5, 1.5, -1.5, -1.5)
        fraction = self.scale.fraction(self.value)
        origin = 0.5 if self._is_centred else 0.0
        painter.setPen(QPen(theme().colour("line.control"), 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(box, round((_START_DEG - _SWEEP_DEG) * 16), round(_SWEEP_DEG * 16))
        painter.setPen(QPen(theme().colour("accent"), 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        angle = _START_DEG - _SWEEP_DEG * fraction
        painter.drawArc(box, round(angle * 16), round((fraction - origin) * _SWEEP_DEG * 16))
        hand = QRectF(box)
        painter.translate(hand.center())
        painter.rotate(-angle)
        painter.setPen(QPen(theme().colour("text.1"), 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(side * 0.18, 0), QPointF(side * 0.36, 0))
        painter.resetTransform()
        self._draw_focus(painter, self.width() / 2)
