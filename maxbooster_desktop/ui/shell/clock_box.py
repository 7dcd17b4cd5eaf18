"""The dark box of the transport: position, tempo, signature and key, each editable in place.

A click on the position switches between bars and time, a double-click lets it be typed.
"""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import ProjectState
from maxbooster_desktop.project.document.tempo_map import TempoMap
from maxbooster_desktop.ui.shell.musical_text import clock_text, parse_position, parse_signature, time_text
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.text_field import TextField
from maxbooster_desktop.ui.widgets.value_control import Scale
from maxbooster_desktop.ui.widgets.value_field import ValueField

TEMPO = Scale(20.0, 400.0, 120.0, 1.0, 10.0, "{:.2f}".format)


class ClockBox(QWidget):
    """Where playback stands and at what tempo."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio, self._tempo_map, self._tick, self._is_time = studio, TempoMap(), 0, False
        self.position = TextField(
            "Position",
            self,
            accepts=self._can_go,
            size="clock",
            is_flat=True,
            opens_on_double_click=True,
        )
        self.position.setToolTip("Position: click for time, double-click to type a bar or a time")
        self.tempo = ValueField(TEMPO, "Tempo in BPM", self, size="tempo", is_flat=True)
        self.signature = TextField(
            "Time signature", self, accepts=lambda text: parse_signature(text) is not None, size="form", is_flat=True
        )
        self.key = TextField("Key", self, accepts=lambda _text: True, size="form", is_mono=False, is_flat=True)
        self.position.setFixedWidth(166)
        self.tempo.setFixedWidth(76)
        self.signature.setMinimumWidth(44)
        self.position.clicked.connect(self._switch_unit)
        self.position.committed.connect(self._go)
        self.tempo.committed.connect(self._set_tempo)
        self.signature.committed.connect(self._set_signature)
        self.key.committed.connect(self._set_key)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 2, 4, 2)
        row.setSpacing(0)
        for field in (self.position, self.tempo, self.signature, self.key):
            row.addWidget(field)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_position(0)
        self.position.set_text(clock_text(0, self._tempo_map))

    def sizeHint(self) -> QSize:
        """Return room for all four and 36 px of height."""
        return QSize(super().sizeHint().width(), 36)

    def show_state(self, state: ProjectState) -> None:
        """Show tempo, signature and key where playback stands."""
        self._tempo_map = state.tempo_map
        self.key.set_text(state.meta.key or "No key")
        self.key.set_role("text.2" if state.meta.key else "text.3")
        self._show_map()

    def show_position(self, tick: int) -> None:
        """Show where playback stands."""
        if tick != self._tick:
            self._tick = tick
            self._show_map()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dark box."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("bg.input"))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)

    def _show_map(self) -> None:
        tempo_map = self._tempo_map
        if self._is_time:
            self.position.set_text(time_text(tempo_map.seconds_at(self._tick)))
        else:
            self.position.set_text(clock_text(self._tick, tempo_map))
        self.tempo.set_value(tempo_map.bpm_at(self._tick))
        signature = tempo_map.signature_at(self._tick)
        self.signature.set_text(f"{signature.numerator}/{signature.denominator}")

    def _switch_unit(self) -> None:
        self._is_time = not self._is_time
        self._show_map()

    def _can_go(self, text: str) -> bool:
        return parse_position(text, self._tempo_map) is not None

    def _go(self, text: str) -> None:
        tick = parse_position(text, self._tempo_map)
        if tick is not None:
            self._studio.go_to(tick)

    def _set_tempo(self, bpm: float) -> None:
        here = [event for event in self._tempo_map.tempos if event.tick <= self._tick][-1]
        self._studio.do("tempo.set_tempo", here.tick, round(bpm, 2), here.is_ramp)

    def _set_signature(self, text: str) -> None:
        parsed = parse_signature(text)
        if parsed is not None:
            self._studio.do("tempo.set_signature", self._tempo_map.signature_at(self._tick).tick, *parsed)

    def _set_key(self, text: str) -> None:
        self._studio.do("meta.set_key", "" if text == "No key" else text)
