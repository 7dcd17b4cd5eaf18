"""The mixer's clock: reads the engine's meters 30 times a second while something moves, 10 times to notice a start.

It stands while the mixer is hidden, and repaints nothing while nothing moves. The master's read-out follows at
4 Hz: a number that changes faster cannot be read.
"""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.engine.readings import MasterMeter, Meters
from maxbooster_desktop.ui.mixer.canvas import Canvas
from maxbooster_desktop.ui.mixer.levels import loudness_rows

_MOVING_MS = 33
_RESTING_MS = 100
_LONGEST_S = 0.2
_READ_OUT_S = 0.25
#: Strips out of sight fall, and latch the engine's clips, at a sixth of the rate.
_HIDDEN_EVERY = 6


class Metering(QObject):
    """Feeds the meters of one canvas; `also` gets every reading, for the strip panel."""

    def __init__(self, canvas: Canvas, studio: Studio, also: Callable[[Meters], None]) -> None:
        super().__init__(canvas)
        self._canvas, self._studio, self._also = canvas, studio, also
        self._hidden_frames, self._hidden_s = 0, 0.0
        self._has_played = False
        self._since, self._since_read_out = QElapsedTimer(), QElapsedTimer()
        self._since.start()
        self._since_read_out.start()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_RESTING_MS)
        self._timer.timeout.connect(self._tick)
        canvas.installEventFilter(self)

    @property
    def is_running(self) -> bool:
        """Whether readings are taken."""
        return self._timer.isActive()

    def stop(self) -> None:
        """Stop for good."""
        self._timer.stop()
        self._canvas.removeEventFilter(self)

    def feed(self, meters: Meters, elapsed_s: float) -> None:
        """Show one reading, taken `elapsed_s` seconds after the last one."""
        canvas = self._canvas
        shown = canvas.desk.scene.visible_tracks()
        canvas.update_levels(canvas.levels.feed(meters, shown, elapsed_s))
        self._hidden_frames += 1
        self._hidden_s += elapsed_s
        if self._hidden_frames >= _HIDDEN_EVERY:
            hidden = set(canvas.desk.scene.all_tracks()).difference(shown)
            canvas.levels.feed(meters, hidden, self._hidden_s)
            self._hidden_frames, self._hidden_s = 0, 0.0
        self._also(meters)
        if self._since_read_out.elapsed() >= _READ_OUT_S * 1_000:
            self._since_read_out.restart()
            canvas.show_loudness(loudness_rows(meters.master))

    def _tick(self) -> None:
        if not self._studio.has_project:
            return
        self.feed(self._reading(), min(self._since.restart() / 1_000.0, _LONGEST_S))
        wanted = _RESTING_MS if self._canvas.levels.is_at_rest else _MOVING_MS
        if self._timer.interval() != wanted:
            self._timer.setInterval(wanted)

    def _reading(self) -> Meters:
        """Return the engine's reading; until this project has played, the master's loudness is another's."""
        engine = self._studio.engine
        self._has_played = self._has_played or engine.transport.is_playing
        meters: Meters = engine.meters()
        return meters if self._has_played else replace(meters, master=MasterMeter())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stand still while the mixer is hidden."""
        if event.type() == QEvent.Type.Show:
            self._since.restart()
            self._timer.start()
        elif event.type() == QEvent.Type.Hide:
            self._timer.stop()
        return False
