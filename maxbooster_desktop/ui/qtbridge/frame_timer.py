"""One timer for everything that moves: 60 frames a second while somebody needs them, none when hidden or idle.

A listener gets the seconds since the last frame and returns whether it needs another one. When nobody does, the
timer stops until `wake`.
"""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

FRAME_MS = 16
Listener = Callable[[float], bool]


class FrameTimer(QObject):
    """The frame clock of one window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._listeners: list[Listener] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._tick)
        self._since = QElapsedTimer()
        window.installEventFilter(self)

    @property
    def is_running(self) -> bool:
        """Whether frames are coming."""
        return self._timer.isActive()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener(elapsed_s)` every frame; returns the way to stop."""
        self._listeners.append(listener)
        self.wake()

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def wake(self) -> None:
        """Start frames again, if the window can be seen."""
        if not self._timer.isActive() and self._window.isVisible() and not self._window.isMinimized():
            self._since.start()
            self._timer.start()

    def stop(self) -> None:
        """Stop frames until `wake`."""
        self._timer.stop()

    def _tick(self) -> None:
        elapsed_s = self._since.restart() / 1_000.0
        needed = [listener(elapsed_s) for listener in tuple(self._listeners)]
        if not any(needed):
            self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stop when the window is hidden or minimised, start when it is shown again."""
        if event.type() in (QEvent.Type.Hide, QEvent.Type.Close):
            self._timer.stop()
        elif event.type() in (QEvent.Type.Show, QEvent.Type.WindowStateChange):
            if self._window.isMinimized():
                self._timer.stop()
            else:
                self.wake()
        return False
