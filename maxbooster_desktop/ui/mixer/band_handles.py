"""The handles on the EQ curve, one a band: sideways is frequency, up and down gain, the wheel Q.

Each is a small widget over the curve, so that assistive technology finds it with its values. A drag is heard at once,
switches the EQ on, and is written as one undo step on release.
"""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QAccessible, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent

from dsp.strips.parameters import BY_NAME
from maxbooster_desktop.ui.mixer.curves import BandHandle, ResponseCurve, value_of
from maxbooster_desktop.ui.mixer.desk import Desk
from maxbooster_desktop.ui.mixer.geometry import Rect
from maxbooster_desktop.ui.mixer.painting import CENTRE, draw_text
from maxbooster_desktop.ui.mixer.settings import Setting
from maxbooster_desktop.ui.theme.fonts import mono_font
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.wheel import takes_wheel

SIDE = 20
_DOT = 14
_FINE = 0.1
_NOTCH = 120.0
_WHOLE_HZ_FROM = 200.0
FindSetting = Callable[[str], Setting | None]


class EqBandHandle(BandHandle):
    """The handle of one band; `find` returns the setting of a strip parameter of the track shown."""

    def __init__(self, curve: ResponseCurve, band: int, desk: Desk, find: FindSetting) -> None:
        super().__init__(curve)
        self._curve, self.band, self._desk, self._find = curve, band, desk, find
        self._grabbed: QPointF | None = None
        self._point = QPointF()
        self.resize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self.setAccessibleName(self.tr("Band {} on the curve").format(band))
        self.setToolTip(
            self.tr("Drag: frequency and gain · Shift: fine · wheel: Q · double-click: reset · Esc: cancel")
        )
        curve.add_handle(self)

    def name(self, part: str) -> str:
        """Return the strip parameter for "hz", "gain_db" or "q"."""
        return f"band{self.band}_{part}"

    def accessible_role(self) -> QAccessible.Role:
        """Return the role screen readers name."""
        return QAccessible.Role.Indicator

    def accessible_value(self) -> str:
        """Return frequency, gain and Q."""
        found = [self._find(self.name(part)) for part in ("hz", "gain_db", "q")]
        return ", ".join(each.scale.shown(self._desk.value(each)) for each in found if each is not None)

    def place(self) -> None:
        """Stand where the curve shows frequency and gain of the band."""
        exact = self._exact()
        self.move(QPoint(round(exact.x() - SIDE / 2), round(exact.y() - SIDE / 2)))

    def _exact(self) -> QPointF:
        """Return where frequency and gain are, between pixels: a drag straight up keeps the frequency."""
        curve = self._curve
        hz, gain_db = (value_of(curve.strip, self.name(part)) for part in ("hz", "gain_db"))
        return QPointF(curve.x_of(hz), curve.y_of(gain_db))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a dot with the band's number."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_on = value_of(self._curve.strip, "eq_on") > 0.5
        edge = (SIDE - _DOT) / 2
        painter.setPen(QPen(theme().colour("focus" if self.hasFocus() else "text.1"), 1.0))
        painter.setBrush(theme().colour("accent.fill" if is_on else "bg.raised"))
        painter.drawEllipse(QRectF(edge, edge, _DOT, _DOT))
        draw_text(painter, Rect(0, 0, SIDE, SIDE), str(self.band), mono_font("scale"), "text.1", flags=CENTRE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = self.mapTo(self._curve, event.position())
            self._point = self._exact()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Hear and show the band under the pointer."""
        if self._grabbed is None:
            return
        here = self.mapTo(self._curve, event.position())
        is_fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._point += (here - self._grabbed) * (_FINE if is_fine else 1.0)
        self._grabbed = here
        for setting, value in self._settings(self._values()):
            self._desk.hold(setting, value)

    def _values(self) -> Mapping[str, float]:
        hz, gain_db = self._curve.hz_at(self._point.x()), self._curve.level_at(self._point.y())
        rounded = round(hz, 0 if hz > _WHOLE_HZ_FROM else 1)
        return {self.name("hz"): rounded, self.name("gain_db"): round(gain_db, 1), "eq_on": 1.0}

    def _settings(self, values: Mapping[str, float]) -> list[tuple[Setting, float]]:
        found = [(self._find(name), value) for name, value in values.items()]
        return [(setting, value) for setting, value in found if setting is not None]

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Write what the drag changed as one undo step."""
        if self._grabbed is not None and event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = None
            self._desk.commit_held([setting for setting, _ in self._settings(self._values())])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Reset the band."""
        self._grabbed = None
        names = [self.name(part) for part in ("hz", "gain_db", "q")]
        found = self._settings({name: BY_NAME[name].default for name in names})
        for setting, value in found:
            self._desk.hold(setting, value)
        self._desk.commit_held([setting for setting, _ in found])

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change Q; a burst is one undo step."""
        if not takes_wheel(self):
            event.ignore()
            return
        q = self._find(self.name("q"))
        if q is not None:
            is_fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._desk.step(q, (event.angleDelta().y() or event.angleDelta().x()) / _NOTCH, is_fine=is_fine)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives a drag up."""
        if event.key() == Qt.Key.Key_Escape and self._grabbed is not None:
            held = self._settings(self._values())
            self._grabbed = None
            for setting, _ in held:
                self._desk.release(setting)
        else:
            super().keyPressEvent(event)
