"""A painted widget's picture, kept: a repaint copies it, scrolling shifts it, and only dirty parts are painted anew.

So a playhead that passes, a hover or a scroll costs a copy and a strip. `invalidate` replaces QWidget.update.
"""

from collections.abc import Callable, Iterable
from typing import cast

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainter, QPixmap, QRegion
from PySide6.QtWidgets import QWidget

_MAX_RECTS = 24


class Backing:
    """The picture of one widget at its size and pixel ratio."""

    def __init__(self, widget: QWidget, paint: Callable[[QPainter, QRect], None]) -> None:
        self._widget, self._paint = widget, paint
        self._picture = QPixmap()
        self._dirty = QRegion()

    def invalidate(self, rect: QRect | None = None) -> None:
        """Have a part (or everything) painted anew at the next paint."""
        part = self._widget.rect() if rect is None else rect.intersected(self._widget.rect())
        if not part.isEmpty():
            self._dirty = self._dirty.united(part)
            self._widget.update(part)

    def invalidate_region(self, region: QRegion) -> None:
        """Have several parts painted anew at the next paint."""
        self._dirty = self._dirty.united(region)
        self._widget.update(region)

    def scroll(self, dx: int, dy: int) -> None:
        """Shift the picture; what comes into view is painted anew."""
        size = self._widget.rect()
        ratio = self._picture.devicePixelRatio()
        if self._picture.isNull() or abs(dx) >= size.width() or abs(dy) >= size.height() or ratio != int(ratio):
            self.invalidate()
            return
        whole = QRect(QPoint(0, 0), self._picture.size())
        self._picture.scroll(int(dx * ratio), int(dy * ratio), whole)
        self._dirty = self._dirty.translated(dx, dy).united(QRegion(size).subtracted(QRegion(size.translated(dx, dy))))
        self._widget.update()

    def copy_to(self, painter: QPainter, exposed: QRegion) -> None:
        """Bring the picture up to date and copy the exposed part to the widget."""
        self._fit()
        dirty = self._dirty.intersected(self._widget.rect())
        self._dirty = QRegion()
        if not dirty.isEmpty():
            inner = QPainter(self._picture)
            for rect in rects_of(dirty):
                inner.setClipRect(rect)
                self._paint(inner, rect)
            inner.end()
        ratio = self._picture.devicePixelRatio()
        for rect in rects_of(exposed):
            source = QRect(
                round(rect.x() * ratio),
                round(rect.y() * ratio),
                round(rect.width() * ratio),
                round(rect.height() * ratio),
            )
            painter.drawPixmap(rect, self._picture, source)

    def _fit(self) -> None:
        """Make the picture as large as the widget; everything is dirty then."""
        ratio = self._widget.devicePixelRatioF()
        size = (self._widget.size().toSizeF() * ratio).toSize()
        if self._picture.size() != size or self._picture.devicePixelRatio() != ratio:
            self._picture = QPixmap(size)
            self._picture.setDevicePixelRatio(ratio)
            self._dirty = QRegion(self._widget.rect())


def rects_of(region: QRegion) -> list[QRect]:
    """Return a region's rectangles, or what bounds them when they are many."""
    if region.rectCount() > _MAX_RECTS:
        return [region.boundingRect()]
    # A region is iterable, but the stubs do not say so.
    return list(cast("Iterable[QRect]", region))
