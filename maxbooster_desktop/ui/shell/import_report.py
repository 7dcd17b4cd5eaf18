"""What became of imported files: a toast when all came in whole, else a dialog that names each one."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from maxbooster_desktop.ui.widgets.marked_rows import MarkedRows
from maxbooster_desktop.ui.widgets.panels import label, primary_button

_IMPORTED, _CHANGED, _REFUSED = ("circle-check", "ok"), ("info", "accent"), ("circle-alert", "danger")


def files_text(count: int) -> str:
    """Write "1 file" or "3 files"."""
    return f"{count} file{'s' * (count != 1)}"


def summary(report: Any) -> str:
    """Return what happened in one sentence."""
    imported, refused = len(report.imported), len(report.refused)
    if not refused:
        conversions = dict.fromkeys(each for file in report.imported for each in file.conversions)
        return ", ".join((f"{files_text(imported)} imported", *conversions)) + "."
    if not imported:
        return f"Nothing was imported: {files_text(refused)} refused."
    return f"{files_text(imported)} imported, {refused} refused."


def file_text(file: Any) -> str:
    """Return what was done to one file, or why it was refused, as sentences."""
    said = "; ".join(sentence.rstrip(".") for sentence in file.sentences)
    if file.outcome == "refused":
        return f"{said}."
    return f"Imported: {said}." if said else "Imported as it is."


class ImportReportDialog(QDialog):
    """Lists every file with a mark, its name and what became of it; it does not hold the window up."""

    def __init__(self, report: Any, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Import")
        self._lines: list[str] = []
        self._rows = MarkedRows()
        for file in sorted(report.files, key=lambda each: each.outcome != "refused"):
            self._add(file)
        close = primary_button("Close")
        close.clicked.connect(self.accept)
        close.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(16)
        column.addWidget(label(summary(report), "text.1", "form", 600))
        column.addWidget(self._rows, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self.resize(520, 360)

    def lines(self) -> list[str]:
        """Return what is said of each file, refused ones first."""
        return list(self._lines)

    def _add(self, file: Any) -> None:
        icon_name, role = _REFUSED if file.outcome == "refused" else _IMPORTED if file.is_plain else _CHANGED
        text = file_text(file)
        self._lines.append(f"{file.path.name}: {text}")
        self._rows.add(icon_name, role, text, title=file.path.name)
