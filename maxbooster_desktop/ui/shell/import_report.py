"""What became of imported files: a toast when all came in whole, else a dialog that names each one."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from maxbooster_desktop.ui.theme.icons import icon_pixmap
from maxbooster_desktop.ui.theme.tokens import theme
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
        rows = QWidget()
        self._column = QVBoxLayout(rows)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(12)
        for file in sorted(report.files, key=lambda each: each.outcome != "refused"):
            self._add(file)
        self._column.addStretch(1)
        area = QScrollArea()
        area.setWidget(rows)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        close = primary_button("Close")
        close.clicked.connect(self.accept)
        close.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(16)
        column.addWidget(label(summary(report), "text.1", "form", 600))
        column.addWidget(area, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self.resize(520, 360)

    def lines(self) -> list[str]:
        """Return what is said of each file, refused ones first."""
        return list(self._lines)

    def _add(self, file: Any) -> None:
        icon_name, role = _REFUSED if file.outcome == "refused" else _IMPORTED if file.is_plain else _CHANGED
        mark = QLabel()
        mark.setPixmap(icon_pixmap(icon_name, 16, theme().colour(role), self.devicePixelRatioF()))
        text = file_text(file)
        self._lines.append(f"{file.path.name}: {text}")
        words = QVBoxLayout()
        words.setSpacing(2)
        for line, colour, weight in ((file.path.name, "text.1", 500), (text, "text.2", 400)):
            each = label(line, colour, "base", weight)
            each.setTextFormat(Qt.TextFormat.PlainText)
            each.setWordWrap(True)
            each.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(each)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self._column.addLayout(row)
