"""What moves by itself: the playhead, the view that follows it, takes that grow, and the header meters.

One timer: 60 Hz while playing (meters every other frame), 25 Hz to notice a start or a seek while stopped. Nothing
is repainted unless something moved, and the timer stands while the view is hidden.
"""

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import TrackId
from maxbooster_desktop.ui.arranger.header_column import HeaderColumn
from maxbooster_desktop.ui.arranger.levels import HeaderLevels
from maxbooster_desktop.ui.arranger.live_takes import LiveTakes
from maxbooster_desktop.ui.arranger.playhead import Playhead
from maxbooster_desktop.ui.arranger.viewport import Viewport

_PLAYING_MS = 16
_STOPPED_MS = 40
_METER_S = 1 / 31
_TURN_AT = 0.92


class Following(QObject):
    """Keeps playhead, view and meters in step with the engine."""

    def __init__(
        self,
        view: QWidget,
        studio: Studio,
        viewport: Viewport,
        parts: tuple[Playhead, LiveTakes, HeaderColumn],
    ) -> None:
        super().__init__(view)
        self._view, self._studio, self._viewport = view, studio, viewport
        self._playhead, self._live_takes, self._headers = parts
        self._levels = HeaderLevels()
        self._since_meters = QElapsedTimer()
        self._since_meters.start()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_STOPPED_MS)
        self._timer.timeout.connect(self.tick)
        view.installEventFilter(self)

    def stop(self) -> None:
        """Stop for good."""
        self._timer.stop()
        self._view.removeEventFilter(self)

    def clear_clip(self, track: str) -> None:
        """Put a track's clip lamp out."""
        self._levels.clear_clip(TrackId(track))
        self._feed_meters(0.0)

    def tick(self) -> None:
        """Show where the engine is."""
        if not self._studio.has_project:
            return
        is_playing = self._studio.engine.transport.is_playing
        if is_playing and self._studio.is_following:
            self._viewport.show_tick(self._studio.engine.transport.position_tick, _TURN_AT)
        self.place()
        elapsed_s = self._since_meters.elapsed() / 1000.0
        if elapsed_s >= _METER_S and (is_playing or not self._levels.is_at_rest):
            self._since_meters.restart()
            self._feed_meters(min(elapsed_s, 0.2))
        wanted = _PLAYING_MS if is_playing or not self._levels.is_at_rest else _STOPPED_MS
        if self._timer.interval() != wanted:
            self._timer.setInterval(wanted)

    def place(self) -> None:
        """Put the playhead, and the end of what is recorded, where the engine is."""
        if self._studio.has_project:
            tick = self._studio.engine.transport.position_tick
            self._playhead.move_to(self._viewport.scene.axis.x_of(tick))
            self._live_takes.follow()

    def _feed_meters(self, elapsed_s: float) -> None:
        meters = getattr(self._studio.engine, "meters", None)
        if meters is not None:
            rows = self._viewport.scene.visible_rows()
            self._headers.show_levels(self._levels.feed(meters(), [row.track for row in rows], elapsed_s))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stand still while the view is hidden."""
        if event.type() == QEvent.Type.Show:
            self._timer.start()
        elif event.type() == QEvent.Type.Hide:
            self._timer.stop()
        return False
