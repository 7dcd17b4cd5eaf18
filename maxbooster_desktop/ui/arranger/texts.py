"""Prepared texts: elided and laid out once, then drawn many times."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QStaticText

_KEPT = 8192
_WHOLE = -1
_UNBOUND = 1 << 20


class Texts:
    """QStaticTexts by text, font and width."""

    def __init__(self) -> None:
        # Fonts of the theme are made once and kept, so that their identity stands for them (QFont.key is slow).
        self._metrics: dict[int, tuple[QFont, QFontMetricsF]] = {}
        self._advances: dict[tuple[str, int], float] = {}
        self._texts: dict[tuple[str, int, int], QStaticText] = {}
        # What drawing needs of a text that fits: advance, ascent, the text laid out.
        self._whole: dict[tuple[str, int], tuple[float, float, QStaticText]] = {}

    def metrics(self, font: QFont) -> QFontMetricsF:
        """Return the metrics of a font, made once."""
        known = self._metrics.get(id(font))
        if known is None:
            known = self._metrics[id(font)] = (font, QFontMetricsF(font))
        return known[1]

    def advance(self, text: str, font: QFont) -> float:
        """Return how wide `text` is, measured once."""
        key = (text, id(font))
        found = self._advances.get(key)
        if found is None:
            if len(self._advances) >= _KEPT:
                self._advances.clear()
            found = self._advances[key] = self.metrics(font).horizontalAdvance(text)
        return found

    def prepared(self, text: str, font: QFont, width: int) -> QStaticText:
        """Return `text` elided to `width` pixels."""
        if self.advance(text, font) <= width:
            width = _WHOLE
        key = (text, id(font), width)
        found = self._texts.get(key)
        if found is None:
            if len(self._texts) >= _KEPT:
                self._texts.clear()
            elided = text
            if width != _WHOLE:
                elided = self.metrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width)
            found = QStaticText(elided)
            found.setTextFormat(Qt.TextFormat.PlainText)
            found.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            self._texts[key] = found
        return found

    def draw(self, painter: QPainter, x: float, baseline: float, text: str, *, font: QFont, width: int) -> None:
        """Draw `text` from `x` on its `baseline` in the painter's pen, elided to `width`; nothing below 8 px."""
        if width < 8:
            return
        painter.setFont(font)
        whole = self._whole.get((text, id(font)))
        if whole is None:
            if len(self._whole) >= _KEPT:
                self._whole.clear()
            whole = (self.advance(text, font), self.metrics(font).ascent(), self.prepared(text, font, _UNBOUND))
            self._whole[text, id(font)] = whole
        advance, ascent, prepared = whole
        if advance > width:
            prepared = self.prepared(text, font, width)
        painter.drawStaticText(QPointF(x, baseline - ascent), prepared)

    def draw_right(self, painter: QPainter, right: float, baseline: float, text: str, *, font: QFont) -> None:
        """Draw `text` so that it ends at `right`."""
        width = self.advance(text, font)
        self.draw(painter, right - width, baseline, text, font=font, width=int(width) + 2)
