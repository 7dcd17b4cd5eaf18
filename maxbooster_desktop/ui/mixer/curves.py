"""What the strip does, as curves: the equaliser's response and the compressor's transfer.

They are computed by the same formulas that the engine runs (`dsp.filters.biquad`, `dsp.dynamics.compressor_curve`).
The kernels' library is imported when a curve is first computed, never when the window starts.
"""

import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from dsp.strips.parameters import BANDS, BY_NAME
from maxbooster_desktop.ui.mixer.geometry import Rect
from maxbooster_desktop.ui.mixer.painting import CENTRE, LEFT, draw_text
from maxbooster_desktop.ui.mixer.parts import Part
from maxbooster_desktop.ui.mixer.slots import is_lit
from maxbooster_desktop.ui.theme.fonts import mono_font
from maxbooster_desktop.ui.theme.tokens import theme

_LOW_HZ, _HIGH_HZ = 20.0, 20_000.0
_RANGE_DB = 18.0
_FLOOR_DB = -60.0
_DEEPEST_DB = 20.0
Floats = npt.NDArray[np.float64]


def value_of(strip: Mapping[str, float], name: str) -> float:
    """Return a strip parameter: as touched, else its default."""
    return float(strip.get(name, BY_NAME[name].default))


def eq_response_db(strip: Mapping[str, float], hz: Floats, rate: float) -> Floats:
    """Return what high-pass, low-pass and bands do together at `hz`, in dB; filters that are off do nothing."""
    biquad: Any = importlib.import_module("dsp.filters.biquad")
    total = np.zeros_like(hz)
    for name, kind in (("hp", biquad.HIGH_PASS), ("lp", biquad.LOW_PASS)):
        if value_of(strip, f"{name}_on") > 0.5:
            found = biquad.design(kind, value_of(strip, f"{name}_hz"), 0.0, biquad.BUTTERWORTH_Q, rate)
            total += biquad.response_db(found, hz, rate)
    for band in range(1, BANDS + 1):
        kind, corner, gain, q = (value_of(strip, f"band{band}_{part}") for part in ("kind", "hz", "gain_db", "q"))
        if value_of(strip, "eq_on") > 0.5 and gain != 0.0:
            total += biquad.response_db(biquad.design(int(kind), corner, gain, q, rate), hz, rate)
    return total


def compressed_db(strip: Mapping[str, float], level_db: float) -> float:
    """Return the level that comes out of the compressor for a steady level going in, make-up included."""
    curve: Any = importlib.import_module("dsp.dynamics.compressor_curve")
    octave_db: float = importlib.import_module("dsp.core.fastmath").DB_PER_OCTAVE
    if value_of(strip, "comp_on") <= 0.5:
        return level_db
    knee = value_of(strip, "comp_knee_db") / octave_db
    gain = curve.gain_log2.py_func(
        level_db / octave_db,
        value_of(strip, "comp_threshold_db") / octave_db,
        curve.slope_of_ratio.py_func(value_of(strip, "comp_ratio")),
        knee,
        curve.knee_scale.py_func(knee),
    )
    return level_db + float(gain) * octave_db + value_of(strip, "comp_makeup_db")


class _Curve(QWidget):
    """A dark box with a grid; subclasses say where the lines and the curve are."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip: Mapping[str, float] = {}
        self.setAccessibleName(name)

    def accessible_role(self) -> QAccessible.Role:
        """Return the role screen readers name."""
        return QAccessible.Role.Graphic

    def show_strip(self, strip: Mapping[str, float]) -> None:
        """Draw another strip's curve."""
        if strip != self.strip:
            self.strip = dict(strip)
            self.update()

    def _ground(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("bg.input"))
        painter.drawRoundedRect(self.rect(), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _draw(self, painter: QPainter, points: list[QPointF], is_on: bool) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.rect())
        painter.setPen(QPen(theme().colour("accent" if is_on else "line.control"), 2.0))
        painter.drawPolyline(QPolygonF(points))


class BandHandle(QWidget):
    """Something on the curve that knows its place."""

    def place(self) -> None:
        """Stand where the curve is."""
        raise NotImplementedError


class ResponseCurve(_Curve):
    """The equaliser's response, 20 Hz to 20 kHz, +-18 dB."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.rate = 48_000.0
        self._handles: list[BandHandle] = []
        self.setFixedHeight(104)

    def add_handle(self, handle: BandHandle) -> None:
        """Keep a handle in its place."""
        self._handles.append(handle)

    def show_strip(self, strip: Mapping[str, float]) -> None:
        """Draw another strip's curve and place the handles on it."""
        super().show_strip(strip)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the handles on the curve."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        for handle in self._handles:
            handle.place()
            handle.update()

    def accessible_value(self) -> str:
        """Return the response in words: the boost or cut at three places."""
        hz = np.array([100.0, 1_000.0, 10_000.0])
        levels = eq_response_db(self.strip, hz, self.rate)
        return ", ".join(
            f"{place} {level:+.1f} dB" for place, level in zip(("100 Hz", "1 kHz", "10 kHz"), levels, strict=True)
        )

    def x_of(self, hz: float) -> float:
        """Return the x of a frequency."""
        return float(np.log(hz / _LOW_HZ) / np.log(_HIGH_HZ / _LOW_HZ)) * (self.width() - 1)

    def y_of(self, level_db: float) -> float:
        """Return the y of a boost or cut."""
        return (1.0 - level_db / (_RANGE_DB + 2.0)) * (self.height() - 1) / 2

    def hz_at(self, x: float) -> float:
        """Return the frequency at an x."""
        return float(_LOW_HZ * (_HIGH_HZ / _LOW_HZ) ** (x / (self.width() - 1)))

    def level_at(self, y: float) -> float:
        """Return the boost or cut at a y."""
        return (1.0 - 2.0 * y / (self.height() - 1)) * (_RANGE_DB + 2.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw grid, figures and curve."""
        painter = QPainter(self)
        self._ground(painter)
        for hz, text in ((100.0, "100"), (1_000.0, "1k"), (10_000.0, "10k")):
            x = round(self.x_of(hz))
            painter.fillRect(QRect(x, 0, 1, self.height()), theme().colour("line.hair"))
            draw_text(painter, Rect(x + 3, self.height() - 14, 30, 12), text, mono_font("scale"), "text.3", flags=LEFT)
        for level in (-12, 0, 12):
            y = round(self.y_of(level))
            painter.fillRect(QRect(0, y, self.width(), 1), theme().colour("grid.bar" if level == 0 else "line.hair"))
            draw_text(painter, Rect(4, y - 13, 30, 12), f"{level:+d}" if level else "0", mono_font("scale"), "text.3")
        places = np.geomspace(_LOW_HZ, _HIGH_HZ, max(2, self.width() // 2))
        levels = eq_response_db(self.strip, places, self.rate)
        points = [QPointF(index * 2.0, self.y_of(float(level))) for index, level in enumerate(levels)]
        self._draw(painter, points, is_lit(self.strip, Part.EQ))


class TransferCurve(_Curve):
    """What comes out of the compressor for what goes in, -60 to 0 dB."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setFixedSize(116, 116)

    def accessible_value(self) -> str:
        """Return the output for an input of 0 dB."""
        return f"0 dB becomes {compressed_db(self.strip, 0.0):+.1f} dB"

    def place(self, in_db: float, out_db: float) -> QPointF:
        """Return where a pair of levels stands."""
        across, up = 1.0 - in_db / _FLOOR_DB, 1.0 - out_db / _FLOOR_DB
        return QPointF(across * (self.width() - 1), (1.0 - up) * (self.height() - 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw grid, the line of no change, and the curve."""
        painter = QPainter(self)
        self._ground(painter)
        for level in (-48, -36, -24, -12):
            spot = self.place(level, level).toPoint()
            painter.fillRect(QRect(spot.x(), 0, 1, self.height()), theme().colour("line.hair"))
            painter.fillRect(QRect(0, spot.y(), self.width(), 1), theme().colour("line.hair"))
        painter.setPen(QPen(theme().colour("grid.bar"), 1.0))
        painter.drawLine(self.place(_FLOOR_DB, _FLOOR_DB), self.place(0.0, 0.0))
        levels = np.linspace(_FLOOR_DB, 0.0, 61)
        points = [self.place(float(level), compressed_db(self.strip, float(level))) for level in levels]
        self._draw(painter, points, is_lit(self.strip, Part.COMP))


class ReductionMeter(QWidget):
    """How far the compressor turns down: a bar from the top, 0 to 20 dB, with the figure below."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reduction_db = 0.0
        self.setAccessibleName(name)
        self.setFixedSize(30, 116)

    def sizeHint(self) -> QSize:
        """Return 30 x 116."""
        return QSize(30, 116)

    def accessible_role(self) -> QAccessible.Role:
        """Return the role screen readers name."""
        return QAccessible.Role.ProgressBar

    def accessible_value(self) -> str:
        """Return the reduction."""
        return f"{-self.reduction_db + 0.0:.1f} dB"

    def bar(self) -> QRectF:
        """Return the lit part."""
        height = (self.height() - 18) * min(1.0, self.reduction_db / _DEEPEST_DB)
        return QRectF(self.width() / 2 - 4, 0, 8, height)

    def show_reduction(self, reduction_db: float) -> None:
        """Show a reduction in dB, 0 or above; nothing is drawn while it stays."""
        rounded = round(reduction_db, 1)
        if rounded != self.reduction_db:
            self.reduction_db = rounded
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw slot, bar and figure."""
        painter = QPainter(self)
        painter.fillRect(QRectF(self.width() / 2 - 4, 0, 8, self.height() - 18), theme().colour("bg.input"))
        painter.fillRect(self.bar(), theme().colour("meter.mid"))
        text = f"{-self.reduction_db + 0.0:.1f}"
        box = Rect(0, self.height() - 15, self.width(), 14)
        draw_text(painter, box, text, mono_font("scale"), "text.2", flags=CENTRE)
