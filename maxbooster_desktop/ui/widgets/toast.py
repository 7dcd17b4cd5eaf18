"""Short sentences at the bottom right: at most three, five seconds each; a screen reader hears them.

Whoever points at one keeps it. A sentence that is on show already is not shown twice.
"""

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from maxbooster_desktop.ui.theme.icons import icon_pixmap
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.buttons import IconButton
from maxbooster_desktop.ui.widgets.panels import filled, label

_SHOWN_MS = 5_000
_MOST = 3
_WIDTH = 360


class Toast(QFrame):
    """One sentence with a close button."""

    def __init__(self, sentence: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.sentence = sentence
        filled(self, "bg.raised")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        picture = QLabel()
        picture.setPixmap(icon_pixmap("info", 16, theme().colour("accent"), self.devicePixelRatioF()))
        words = label(sentence, "text.1")
        words.setWordWrap(True)
        close = IconButton("x", "Close message", self, side=24)
        close.clicked.connect(self.deleteLater)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.addWidget(picture)
        row.addWidget(words, 1)
        row.addWidget(close)
        self.setFixedWidth(_WIDTH)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.deleteLater)
        self._timer.start(_SHOWN_MS)
        self.setAccessibleName(sentence)

    def enterEvent(self, event: object) -> None:
        """Stay while pointed at."""
        self._timer.stop()

    def leaveEvent(self, event: object) -> None:
        """Go some time after."""
        self._timer.start(_SHOWN_MS)


class Toasts(QObject):
    """The messages of one window, stacked above its bottom right corner."""

    def __init__(self, host: QWidget, margin_bottom: int) -> None:
        super().__init__(host)
        self._host, self._margin = host, margin_bottom
        host.installEventFilter(self)

    def sentences(self) -> list[str]:
        """Return what is on show, oldest first."""
        return [toast.sentence for toast in self._shown()]

    def show(self, sentence: str) -> None:
        """Show a sentence, letting the oldest go when there are more than three."""
        if sentence in self.sentences():
            return
        toast = Toast(sentence, self._host)
        toast.destroyed.connect(self._arrange)
        toast.show()
        for old in self._shown()[:-_MOST]:
            old.hide()
            old.setParent(None)
            old.deleteLater()
        self._arrange()
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._host, sentence))

    def clear(self) -> None:
        """Take every message away."""
        for toast in self._shown():
            toast.setParent(None)
            toast.deleteLater()

    def _shown(self) -> list[Toast]:
        return [child for child in self._host.children() if isinstance(child, Toast)]

    def _arrange(self) -> None:
        bottom = self._host.height() - self._margin
        for toast in reversed(self._shown()):
            toast.adjustSize()
            bottom -= toast.height() + 8
            toast.move(self._host.width() - toast.width() - 16, bottom)
            toast.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the corner when the window's size changes."""
        if event.type() == QEvent.Type.Resize:
            self._arrange()
        return False
