"""Tempo and time signature at one place of the song: set them, let the tempo glide, delete the change."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.actions.tempo import change_ticks, delete_changes, set_changes
from maxbooster_desktop.ui.shell.clock_box import TEMPO
from maxbooster_desktop.ui.shell.form_rows import FormRows
from maxbooster_desktop.ui.shell.musical_text import parse_signature, position_text
from maxbooster_desktop.ui.widgets.panels import label, primary_button
from maxbooster_desktop.ui.widgets.value_field import ValueField


class TempoDialog(QDialog):
    """Asks for what holds from the playhead on: where a change is already, else from the grid line beside it."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        tempo_map, here = studio.state.tempo_map, studio.playhead_tick
        is_change = here in change_ticks(tempo_map)
        self._tick = here if is_change else studio.snap.snap_tick(here, tempo_map)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Tempo and time signature")
        event = next((each for each in tempo_map.tempos if each.tick == self._tick), None)
        signature = tempo_map.signature_at(self._tick)
        self.tempo = ValueField(TEMPO, "Tempo in BPM")
        self.tempo.set_value(tempo_map.bpm_at(self._tick))
        self.glide = QCheckBox("Glide to the next tempo")
        self.glide.setChecked(event is not None and event.is_ramp)
        self.signature = QLineEdit(f"{signature.numerator}/{signature.denominator}")
        self.problem = label("", "danger")
        self.problem.setWordWrap(True)
        self.delete = QPushButton("Delete change")
        self.delete.setAutoDefault(False)
        self.delete.setEnabled(self._tick in change_ticks(tempo_map) and self._tick > 0)
        self.go = primary_button("Set")
        self.go.setDefault(True)
        self.go.clicked.connect(self.submit)
        self.delete.clicked.connect(self._delete)
        self._lay_out(position_text(self._tick, tempo_map))

    def _lay_out(self, place: str) -> None:
        rows = FormRows()
        rows.add("Tempo", self.tempo)
        rows.add_wide(self.glide)
        rows.add("Time signature", self.signature)
        buttons = QHBoxLayout()
        buttons.addWidget(self.delete)
        buttons.addStretch(1)
        buttons.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        words = label(f"From {place} on; a signature counts from the start of its bar.")
        words.setWordWrap(True)
        column.addWidget(words)
        column.addWidget(rows)
        column.addWidget(self.problem)
        column.addLayout(buttons)
        self.setMinimumWidth(380)

    def submit(self) -> None:
        """Set what the fields say, or name what cannot be."""
        signature = parse_signature(self.signature.text())
        if signature is None:
            self.problem.setText("A time signature reads like 4/4 or 7/8, with 1, 2, 4, 8, 16 or 32 below.")
            self.signature.setFocus()
            return
        self._studio.do(set_changes, self._tick, round(self.tempo.value, 2), self.glide.isChecked(), signature)
        self.accept()

    def _delete(self) -> None:
        self._studio.do(delete_changes, self._tick)
        self.accept()
