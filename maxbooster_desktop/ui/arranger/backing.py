"""A painted widget's picture, kept: a repaint copies it, scrolling begins it elsewhere, only dirty parts are painted.

So a playhead that passes, a hover or a scroll costs a copy and a strip. The picture wraps round: what scrolls out at
one side makes room for what comes in at the other, and nothing is shifted. `invalidate` replaces QWidget.update.
"""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import cast

from PySide6.QtCore import QPoint, QRect, QSizeF
from PySide6.QtGui import QPainter, QPixmap, QRegion
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.ui.theme.tokens import theme

_MAX_RECTS = 24
_FINEST_STEP_PX = 16


class Backing:
    """The picture of one widget at its size and pixel ratio."""

    def __init__(self, widget: QWidget, paint: Callable[[QPainter, QRect], None]) -> None:
        self._widget, self._paint = widget, paint
        self._picture = QPixmap()
        self._dirty = QRegion()
        #: Whether only the ground is shown, as the first picture has to wait.
        self.is_held = False
        # Where in the picture the widget's corner lies, and the picture's size in pixels of the widget.
        self._x = self._y = 0
        self._width = self._height = 0
        # At a scale of 1.5 two pixels of the widget are three of the screen: nothing less can be shifted or cut out.
        self._step = 1

    def invalidate(self, rect: QRect | None = None) -> None:
        """Have a part (or everything) painted anew at the next paint."""
        if rect is None:
            # In one piece.
            self._x = self._y = 0
        part = self._widget.rect() if rect is None else rect.intersected(self._widget.rect())
        if not part.isEmpty():
            self._dirty = self._dirty.united(part)
            self._widget.update(part)

    def invalidate_region(self, region: QRegion) -> None:
        """Have several parts painted anew at the next paint."""
        self._dirty = self._dirty.united(region)
        self._widget.update(region)

    def scroll(self, dx: int, dy: int) -> None:
        """Show the picture further on; what comes into view is painted anew."""
        size = self._widget.rect()
        if (
            self._picture.isNull()
            or abs(dx) >= size.width()
            or abs(dy) >= size.height()
            or dx % self._step
            or dy % self._step
        ):
            self.invalidate()
            return
        self._x, self._y = (self._x - dx) % self._width, (self._y - dy) % self._height
        self._dirty = self._dirty.translated(dx, dy).united(QRegion(size).subtracted(QRegion(size.translated(dx, dy))))
        self._widget.update()

    def copy_to(self, painter: QPainter, exposed: QRegion) -> None:
        """Bring the picture up to date and copy the exposed part to the widget."""
        if self.is_held:
            painter.fillRect(exposed.boundingRect(), theme().colour("bg.app"))
            return
        self._fit()
        dirty = self._dirty.intersected(self._widget.rect())
        self._dirty = QRegion()
        if not dirty.isEmpty():
            inner = QPainter(self._picture)
            for rect, shift in self._pieces(dirty):
                inner.resetTransform()
                inner.translate(shift)
                inner.setClipRect(rect)
                self._paint(inner, rect)
            inner.end()
        ratio = self._picture.devicePixelRatio()
        for rect, shift in self._pieces(exposed):
            left, top = round((rect.x() + shift.x()) * ratio), round((rect.y() + shift.y()) * ratio)
            painter.drawPixmap(
                rect, self._picture, QRect(left, top, round(rect.width() * ratio), round(rect.height() * ratio))
            )

    def _pieces(self, region: QRegion) -> Iterator[tuple[QRect, QPoint]]:
        """Yield the rectangles of a region, cut where the picture wraps round, each with the way into the picture."""
        for rect in map(self._on_pixels, rects_of(region)):
            for left, right, dx in _cut(rect.x(), rect.x() + rect.width(), self._x, self._width):
                for top, bottom, dy in _cut(rect.y(), rect.y() + rect.height(), self._y, self._height):
                    yield QRect(left, top, right - left, bottom - top), QPoint(dx, dy)

    def _on_pixels(self, rect: QRect) -> QRect:
        """Return the rectangle around `rect` whose sides lie between pixels of the screen."""
        step = self._step
        if step == 1:
            return rect
        left, top = rect.x() // step * step, rect.y() // step * step
        right, bottom = -(-(rect.x() + rect.width()) // step) * step, -(-(rect.y() + rect.height()) // step) * step
        return QRect(left, top, right - left, bottom - top)

    def _fit(self) -> None:
        """Make the picture as large as the widget; everything is dirty then."""
        ratio = self._widget.devicePixelRatioF()
        step = Fraction(ratio).limit_denominator(_FINEST_STEP_PX).denominator
        width, height = (-(-side // step) * step for side in (self._widget.width(), self._widget.height()))
        size = (QSizeF(width, height) * ratio).toSize()
        if self._picture.size() != size or self._picture.devicePixelRatio() != ratio:
            self._step, self._width, self._height = step, width, height
            self._x = self._y = 0
            self._picture = QPixmap(size)
            self._picture.setDevicePixelRatio(ratio)
            self._dirty = QRegion(self._widget.rect())


def _cut(first: int, end: int, origin: int, size: int) -> tuple[tuple[int, int, int], ...]:
    """Return the stretches of first..end that lie in one piece in a picture that wraps round, each with its shift.

    0 lies at `origin` of the picture, which is `size` long.
    """
    seam = size - origin
    if end <= seam:
        return ((first, end, origin),)
    if first >= seam:
        return ((first, end, origin - size),)
    return (first, seam, origin), (seam, end, origin - size)


def rects_of(region: QRegion) -> list[QRect]:
    """Return a region's rectangles, or what bounds them when they are many."""
    if region.rectCount() > _MAX_RECTS:
        return [region.boundingRect()]
    # A region is iterable, but the stubs do not say so.
    return list(cast("Iterable[QRect]", region))
