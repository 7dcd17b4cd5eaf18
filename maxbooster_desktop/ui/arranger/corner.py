"""The corner above the track headers: names the lanes beside it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.ui.arranger.ruler_layout import RULER_HEIGHT, TEMPO_TOP
from maxbooster_desktop.ui.arranger.texts import Texts
from maxbooster_desktop.ui.theme.fonts import ui_font
from maxbooster_desktop.ui.theme.tokens import theme


class Corner(QWidget):
    """Paints the words "Markers", "Tempo" and "Comments" on the baselines of their lanes; as high as the ruler."""

    def __init__(self, texts: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._texts = texts
        self._comments_height = 0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFixedHeight(TEMPO_TOP)

    def grow(self, height: int, comments_height: int) -> None:
        """Be as high as the ruler, and the comments lane below it."""
        self._comments_height = comments_height
        self.setFixedHeight(height + comments_height)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the corner."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("bg.panel"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme().colour("line.hair"))
        painter.setPen(theme().colour("text.3"))
        font = ui_font("hint")
        lanes = [(RULER_HEIGHT, self.tr("Markers"))]
        comments_top = self.height() - self._comments_height
        if comments_top > TEMPO_TOP:
            lanes.append((TEMPO_TOP, self.tr("Tempo")))
        if self._comments_height:
            lanes.append((comments_top, self.tr("Comments")))
        for top, word in lanes:
            self._texts.draw(painter, 12, top + 14.5, word, font=font, width=self.width() - 24)
        painter.end()
