"""The export dialog: formats, bits, rate, dither, range, tail, loudness, mix or stems; progress, cancel, the report."""

import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from maxbooster_desktop.actions.workspace import Workspace
from maxbooster_desktop.engine.render.loudness import named_targets
from maxbooster_desktop.engine.render.settings import BITS, MP3_RATES, RenderError, RenderSettings, stem_tracks
from maxbooster_desktop.engine.render.stem_names import TOKENS, USUAL, safe_name, stem_names, tokens_of
from maxbooster_desktop.foundation.paths import projects_folder
from maxbooster_desktop.settings.declared import SAMPLE_RATES
from maxbooster_desktop.ui.qtbridge.tasks import Progress, Task
from maxbooster_desktop.ui.shell.form_rows import FormRows
from maxbooster_desktop.ui.widgets.panels import label, primary_button
from maxbooster_desktop.ui.widgets.value_control import Scale
from maxbooster_desktop.ui.widgets.value_field import ValueField

_FORMATS = (("WAV", "wav"), ("FLAC", "flac"), ("MP3", "mp3"), ("OGG Vorbis", "ogg"))
_BIT_NAMES = {16: "16 bit", 24: "24 bit", 32: "32 bit float"}
_RANGES = (("Whole song", "song"), ("Loop", "loop"), ("Selected time", "selection"))
_FIELD_PX = 250
TAIL = Scale(0.0, 60.0, 10.0, 0.5, 5.0, "{:.1f} s".format)


def _warning(place: Path) -> str:
    """Return what is lost by writing to `place`, "" for nothing."""
    try:
        if place.is_file():
            return f"{place.name} is there already; Replace writes over it."
        if place.is_dir() and any(place.iterdir()):
            return f"{place.name} is not empty; Replace writes over files of the same names."
    except OSError:
        # The render says what is wrong with the place.
        return ""
    return ""


class RenderDialog(QDialog):
    """Asks how to render, renders in a worker and shows how it went."""

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace, self._studio = workspace, workspace.studio
        self._task: Task | None = None
        # What may be written over: the person said so, here or in the file chooser.
        self._replaced: Path | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Export")
        self._make_fields()
        self._make_more_of_the_mix()
        self._lay_out()
        self.format.currentIndexChanged.connect(self._show_format)
        self._show_format()
        self.setMinimumWidth(500)
        self.go.setDefault(True)

    def settings(self) -> RenderSettings:
        """Return what the fields ask for."""
        target = Path(os.path.expanduser(self.target.text()))
        from_tick, to_tick = self._range_ticks()
        rate = self.rate.currentData()
        return RenderSettings(
            target=None if self.stems.isChecked() else target,
            stems_folder=target if self.stems.isChecked() else None,
            file_format=self.format.currentData(),
            also=tuple(value for value, box in self.also.items() if box.isChecked() and box.isEnabled()),
            bits=self.bits.currentData() or 24,
            sample_rate=rate,
            from_tick=from_tick,
            to_tick=to_tick,
            tail_s=self.tail.value,
            stem_scheme=self.names.text(),
            dither=self.dither.isChecked(),
            loudness=None if self.stems.isChecked() else self.loudness.currentData(),
        )

    def start(self) -> None:
        """Render; the fields rest until it ends. What lies at the place is written over at the second asking only."""
        settings, workspace = self.settings(), self._workspace
        place = settings.stems_folder or settings.target
        if place is None or not place.is_absolute() or "\0" in str(place):
            self.message.setText(f"“{self.target.text()}” does not say where; choose a place, or type its whole path.")
            return
        warning = "" if place == self._replaced else _warning(place)
        if warning:
            self._replaced = place
            self.go.setText("Replace")
            self.message.setText(warning)
            return

        def work(progress: Progress) -> Any:
            return workspace.render(settings, progress.tell, progress.event)

        self._task = Task(work, self)
        self._task.progressed.connect(self._show_progress)
        self._task.done.connect(self._show_report)
        self._task.failed.connect(self._show_failure)
        self._task.stopped.connect(self._show_stopped)
        self._be_busy(is_busy=True)
        self.message.setText("Rendering…")
        self._task.start()

    def cancel(self) -> None:
        """Stop a render that runs, and say so once it has; else close."""
        if self._task is None:
            self.reject()
            return
        self._task.stop()
        self.leave.setEnabled(False)
        self.message.setText("Cancelling…")

    def _make_fields(self) -> None:
        self.format, self.bits, self.rate, self.range = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        for title, value in _FORMATS:
            self.format.addItem(title, value)
        has_range = self._studio.selection.time_range is not None
        for title, value in _RANGES:
            if value != "selection" or has_range:
                self.range.addItem(title, value)
        self.tail = ValueField(TAIL, "Longest tail")
        self.dither, self.stems = QCheckBox("TPDF dither"), QCheckBox("One file per track or group (stems)")
        self.dither.setChecked(True)
        self.names = QLineEdit(USUAL)
        self.names.setToolTip("Tokens: " + ", ".join(f"{{{token}}}" for token in TOKENS))
        self.names.textChanged.connect(self._show_names)
        self.example = label("", "text.2")
        self.example.setWordWrap(True)
        folder = self._workspace.settings.get("export.folder") or str(projects_folder())
        self.target = QLineEdit(str(Path(folder) / f"{safe_name(self._studio.state.meta.name, 'Song')}.wav"))
        self.target.setAccessibleName("File")
        self.target.textChanged.connect(self._forget)
        self.browse = QPushButton("Choose…")
        self.progress = QProgressBar()
        self.progress.setRange(0, 1_000)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Progress")
        # Buttons stay where they are when it appears.
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.message = label("", "text.2")
        self.message.setWordWrap(True)
        self.go = primary_button("Export")
        self.leave = QPushButton("Close")
        for button in (self.browse, self.leave):
            button.setAutoDefault(False)
        self.browse.clicked.connect(self._browse)
        self.stems.toggled.connect(self._show_target)
        self.stems.toggled.connect(self._show_names)
        self.go.clicked.connect(self.start)
        self.leave.clicked.connect(self.cancel)

    def _make_more_of_the_mix(self) -> None:
        """Make what an export may have besides: more formats, and a loudness."""
        self.also = {value: QCheckBox(title.split()[0]) for title, value in _FORMATS}
        for title, value in _FORMATS:
            self.also[value].setAccessibleName(f"Also as {title}")
        self.loudness = QComboBox()
        self.loudness.addItem("As it is mixed", None)
        for each in named_targets():
            self.loudness.addItem(f"{each.title}, {each.lufs:g} LUFS", each.target)
            tip = f"True peak {each.ceiling_dbtp:g} dBTP at most. From {each.source} ({each.as_of})."
            self.loudness.setItemData(self.loudness.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)

    def _lay_out(self) -> None:
        rows = FormRows(field_px=_FIELD_PX)
        also, boxes = QWidget(), QHBoxLayout()
        boxes.setContentsMargins(0, 0, 0, 0)
        for box in self.also.values():
            boxes.addWidget(box)
        also.setLayout(boxes)
        titles = ("Format", "Also as", "Bits", "Sample rate", "Range", "Longest tail", "Loudness")
        fields = (self.format, also, self.bits, self.rate, self.range, self.tail, self.loudness)
        for title, field in zip(titles, fields, strict=True):
            rows.add(title, field)
        rows.add_wide(self.dither)
        rows.add_wide(self.stems)
        rows.add("Names of stems", self.names)
        rows.add_wide(self.example)
        place, buttons = QHBoxLayout(), QHBoxLayout()
        place.addWidget(self.target, 1)
        place.addWidget(self.browse)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 20, 12, 16)
        column.setSpacing(10)
        column.addWidget(rows)
        for part in (place, buttons):
            part.setContentsMargins(16, 0, 12, 0)
        column.addLayout(place)
        inner = QVBoxLayout()
        inner.setContentsMargins(16, 0, 12, 0)
        inner.addWidget(self.progress)
        inner.addWidget(self.message)
        column.addLayout(inner)
        column.addLayout(buttons)
        self.progress.hide()

    def _show_format(self) -> None:
        chosen = self.format.currentData()
        self.bits.clear()
        for bits in BITS[chosen]:
            self.bits.addItem(_BIT_NAMES[bits], bits)
        self.bits.setCurrentIndex(max(0, self.bits.findData(24)))
        for value, box in self.also.items():
            box.setEnabled(value != chosen)
        is_compressed = chosen in ("mp3", "ogg")
        self.bits.setEnabled(not is_compressed)
        self.dither.setEnabled(not is_compressed)
        self.rate.clear()
        self.rate.addItem(f"Project ({self._studio.state.meta.sample_rate / 1_000:g} kHz)", None)
        for rate in MP3_RATES[-2:] if chosen == "mp3" else SAMPLE_RATES:
            self.rate.addItem(f"{rate / 1_000:g} kHz", rate)
        self._show_target()
        self._show_names()

    def _show_target(self) -> None:
        target = Path(self.target.text())
        if not target.name:
            return
        wanted = "" if self.stems.isChecked() else f".{self.format.currentData()}"
        if target.suffix in ("", ".wav", ".flac", ".mp3", ".ogg"):
            name = f"{target.stem} stems" if self.stems.isChecked() and target.suffix else target.stem
            name = name.removesuffix(" stems") if not self.stems.isChecked() else name
            self.target.setText(str(target.with_name(name + wanted)))

    def _show_names(self) -> None:
        """Show what the first stem will be called, or what is wrong with the scheme."""
        self.names.setEnabled(self.stems.isChecked())
        self.loudness.setEnabled(not self.stems.isChecked())
        self.example.setVisible(self.stems.isChecked())
        state = self._studio.state
        titles = [track.name for track in stem_tracks(state) if not track.is_muted] or ["Track"]
        tokens = tokens_of(state, self.rate.currentData() or state.meta.sample_rate)
        try:
            names = stem_names(titles, self.format.currentData(), self.names.text(), tokens)
        except RenderError as refused:
            self.example.setText(f"{refused}.")
        else:
            self.example.setText(f"Such as “{names[0]}”")

    def _range_ticks(self) -> tuple[int, int | None]:
        meta, chosen = self._studio.state.meta, self.range.currentData()
        if chosen == "loop":
            return meta.loop_start_tick, meta.loop_end_tick
        if chosen == "selection" and self._studio.selection.time_range is not None:
            return self._studio.selection.time_range
        return 0, None

    def _browse(self) -> None:
        if self.stems.isChecked():
            chosen = QFileDialog.getExistingDirectory(self, "Folder for the stems", self.target.text())
        else:
            chosen = QFileDialog.getSaveFileName(self, "File to write", self.target.text())[0]
        if chosen:
            self.target.setText(chosen)
            if not self.stems.isChecked():
                # The chooser has asked.
                self._replaced = Path(chosen)

    def _forget(self) -> None:
        """Take back what was said of another place."""
        self._replaced = None
        self.go.setText("Export")
        self.message.clear()

    def _be_busy(self, *, is_busy: bool) -> None:
        fields = (self.format, self.bits, self.rate, self.range, self.tail, self.dither, self.stems, self.target)
        for field in (*fields, *self.also.values(), self.loudness):
            field.setEnabled(not is_busy)
        self.browse.setEnabled(not is_busy)
        self.go.setEnabled(not is_busy)
        self.go.setText("Export")
        self.leave.setEnabled(True)
        self.leave.setText("Cancel" if is_busy else "Close")
        self.progress.setVisible(is_busy)
        if not is_busy:
            self.also[self.format.currentData()].setEnabled(False)
            self.loudness.setEnabled(not self.stems.isChecked())
            is_compressed = self.format.currentData() in ("mp3", "ogg")
            self.bits.setEnabled(not is_compressed)
            self.dither.setEnabled(not is_compressed)

    def _show_progress(self, fraction: float, _what: str) -> None:
        self.progress.setValue(round(fraction * 1_000))

    def _show_report(self, report: Any) -> None:
        self._task = None
        self._be_busy(is_busy=False)
        written = report.files
        folder = written[0].path.parent if written else None
        where = written[0].path if len(written) == 1 else f"{len(written)} files in {folder}" if written else "nothing"
        peak = max((file.peak_dbfs for file in written), default=float("-inf"))
        lines = [f"Wrote {where} (peak {peak:.1f} dBFS)."]
        lines += [note for file in written for note in file.notes]
        self.message.setText("\n".join((*lines, *report.notes)))
        if folder is not None:
            # The next export lies beside the folder of the stems, not in it.
            self._workspace.settings.remember("export.folder", str(folder.parent if self.stems.isChecked() else folder))

    def _show_failure(self, sentence: str) -> None:
        self._task = None
        self._be_busy(is_busy=False)
        self.message.setText(sentence)

    def _show_stopped(self, report: Any) -> None:
        if report is not None:
            # It was done before it heard of the cancel.
            self._show_report(report)
            return
        self._task = None
        self._be_busy(is_busy=False)
        self.message.setText("Cancelled; no file was written.")

    def reject(self) -> None:
        """Stop what runs before closing."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        super().reject()
