"""Icons: Lucide SVGs drawn in a theme colour at the screen's pixel ratio, so that they stay sharp at 1.5x.

`icon()` gives a QIcon whose engine draws on demand; `icon_pixmap()` gives one picture for painted widgets. Both
are cached by name, size, colour and ratio.
"""

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from maxbooster_desktop.ui.theme.tokens import theme
from resources import resource_path


@cache
def _source(name: str) -> str:
    return resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def _drawn(name: str, size: int, colour: str, ratio: float) -> QPixmap:
    pixels = round(size * ratio)
    svg = _source(name).replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def icon_pixmap(name: str, size: int, colour: QColor, ratio: float) -> QPixmap:
    """Return icon `name` as a square of `size` logical pixels; raises FileNotFoundError for an unknown name."""
    return _drawn(name, size, colour.name(), ratio)


class _TintedEngine(QIconEngine):
    """Draws one SVG in the colour of a role, or in the disabled text colour."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name, self._role = name, role

    def _colour(self, mode: QIcon.Mode) -> QColor:
        return theme().colour("text.off" if mode == QIcon.Mode.Disabled else self._role)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatio()
        size = min(rect.width(), rect.height())
        corner = QPoint(rect.x() + (rect.width() - size) // 2, rect.y() + (rect.height() - size) // 2)
        painter.drawPixmap(corner, icon_pixmap(self._name, size, self._colour(mode), ratio))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return icon_pixmap(self._name, min(size.width(), size.height()), self._colour(mode), 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        side = round(min(size.width(), size.height()) / scale)
        return icon_pixmap(self._name, side, self._colour(mode), scale)

    def clone(self) -> QIconEngine:
        return _TintedEngine(self._name, self._role)


def icon(name: str, role: str = "text.1") -> QIcon:
    """Return a QIcon of Lucide icon `name` in the colour of `role`; raises FileNotFoundError for an unknown name."""
    _source(name)
    return QIcon(_TintedEngine(name, role))
