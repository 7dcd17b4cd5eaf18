"""The first pictures of a view's parts, a turn of the event loop each, so that none waits for all of them.

Until its turn a part shows the ground colour, for a few hundredths of a second.
"""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QGradient
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.ui.arranger.backing import Backing

_BREATH_MS = 10
# Qt makes the names of its gradients when the first rectangle is filled, which takes several milliseconds of a paint.
# Asked for here, they are made by the thread that loads the screens.
_GRADIENTS = QGradient.Preset


class FirstPictures(QObject):
    """Holds the pictures of `parts` back until `view` is shown, then lets them be painted in their order."""

    def __init__(self, view: QWidget, parts: Sequence[Backing]) -> None:
        super().__init__(view)
        self._view, self._waiting = view, list(parts)
        for part in self._waiting:
            part.is_held = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_BREATH_MS)
        self._timer.timeout.connect(self._let_next)
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Begin when the view is shown for the first time."""
        if event.type() == QEvent.Type.Show:
            self._view.removeEventFilter(self)
            self._timer.start()
        return False

    def _let_next(self) -> None:
        part = self._waiting.pop(0)
        part.is_held = False
        part.invalidate()
        if self._waiting:
            self._timer.start()
