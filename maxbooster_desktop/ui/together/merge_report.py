"""The merge report: what fitted by itself, and what needs a look: both values, the one in force now, and the choice."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.cloudlink.losses import KEPT, USED
from maxbooster_desktop.ui.together.asking import AskingDialog
from maxbooster_desktop.ui.widgets.panels import hair_line, label, primary_button

if TYPE_CHECKING:
    from maxbooster_desktop.cloudlink.losses import Loss

_HEADS = ("What", "Overwritten", "In its place", "Now")
_DECIDED = {USED: "brought back", KEPT: "kept as it is"}
_NOTE = "What you bring back is a step in the shared history: everyone sees it and may change it."


class MergeReport(AskingDialog):
    """Shows `company.reports`; a choice is a step of the history that everybody sees."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__("Merge report", parent)
        self._studio, self._reports = studio, studio.company.reports
        self._now: Mapping[int, str] = {}
        self._seen: tuple[object, object] = (None, None)
        self.title = label("", "text.1", "form", 600)
        self.title.setWordWrap(True)
        self._fitted = QVBoxLayout()
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.keep_all = QPushButton("Keep all")
        self.keep_all.clicked.connect(self._keep_all)
        self.close_button = primary_button("Close")
        self.close_button.clicked.connect(self.accept)
        for button in (self.keep_all, self.close_button):
            button.setAutoDefault(False)
        self._lay_out()
        self.resize(960, 460)
        self._list()
        self.look()

    def _lay_out(self) -> None:
        left = QWidget()
        left.setFixedWidth(190)
        left.setLayout(self._fitted)
        self._fitted.setContentsMargins(0, 0, 12, 0)
        self._fitted.setSpacing(6)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(left, 0, Qt.AlignmentFlag.AlignTop)
        middle.addWidget(hair_line(is_vertical=True))
        middle.addWidget(self._area, 1)
        end = QHBoxLayout()
        end.addWidget(label(_NOTE, "text.3"), 1)
        end.addWidget(self.keep_all)
        end.addWidget(self.close_button)
        self.column.addWidget(self.title)
        self.column.addLayout(middle, 1)
        for part in (self.saying, self.problem):
            self.column.addWidget(part)
        self.column.addLayout(end)

    def look(self) -> None:
        """Ask what was overwritten, and what is in force now."""
        self.ask(self._reports.look_again, self._show_now, "Asking what was overwritten…")

    def refresh(self) -> None:
        """Say what is in force when somebody has changed it, or the report."""
        state, report = self._studio.state, self._reports.report
        is_seen = self._seen[0] is state and self._seen[1] is report
        if not is_seen and not self.is_asking:
            self._seen = (state, report)
            self.ask(self._reports.now, self._show_now, "")

    def rows(self) -> list[tuple[str, ...]]:
        """Return what the list says: what, the value that lost, the one in its place, the one in force, the choice."""
        return [(*self._texts(one), _DECIDED.get(one.decision, "")) for one in self._losses]

    def fitted(self) -> list[tuple[str, int]]:
        """Return what fitted by itself, by part."""
        report = self._reports.report
        return [] if report is None else list(report.fitted)

    def _show_now(self, now: Mapping[int, str]) -> None:
        before = self._losses
        self._now, is_other = now, now != self._now
        report = self._reports.report
        if is_other or before != (() if report is None else report.rows):
            self._list()

    def _list(self) -> None:
        report = self._reports.report
        self._losses = () if report is None else report.rows
        self.title.setText(
            "Everything fitted by itself; nothing was overwritten." if report is None else report.sentence
        )
        self.keep_all.setEnabled(report is not None and bool(report.undecided))
        self._show_fitted()
        body = QWidget()
        grid = QGridLayout(body)
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(10)
        for column, head in enumerate(_HEADS if self._losses else ()):
            grid.addWidget(label(head, "text.3"), 0, column)
        for row, loss in enumerate(self._losses, 1):
            for column, text in enumerate(self._texts(loss)):
                grid.addWidget(label(text, "text.1"), row, column)
            self._add_choice(grid, row, loss)
        grid.setRowStretch(len(self._losses) + 1, 1)
        grid.setColumnStretch(0, 1)
        self._area.setWidget(body)

    def _show_fitted(self) -> None:
        while (item := self._fitted.takeAt(0)) is not None:
            former = item.widget()
            if former is not None:
                former.deleteLater()
        parts = self.fitted()
        self._fitted.addWidget(label(f"Fitted by itself  {sum(count for _, count in parts)}", "text.1", weight=600))
        for part, count in parts:
            self._fitted.addWidget(label(f"{part}  {count}"))
        sounds = self._studio.company.sounds.standing
        if sounds is not None and sounds.sentence:
            self._fitted.addWidget(label("Sound still coming", "text.1", weight=600))
            line = label(sounds.sentence)
            line.setWordWrap(True)
            self._fitted.addWidget(line)

    def _texts(self, loss: "Loss") -> tuple[str, str, str, str]:
        now = self._now.get(loss.id, "")
        return (
            f"{loss.what}\n{loss.facet}",
            f"{loss.lost}\n{'yours' if loss.is_mine else loss.lost_by}",
            f"{loss.won}\n{loss.won_by}",
            f"{now}\n{_whose(loss, now)}",
        )

    def _add_choice(self, grid: QGridLayout, row: int, loss: "Loss") -> None:
        if loss.decision:
            grid.addWidget(label(_DECIDED.get(loss.decision, ""), "text.3"), row, len(_HEADS))
            return
        is_in_force = self._now.get(loss.id) == loss.lost  # somebody wrote it again meanwhile
        use = QPushButton("Use mine" if loss.is_mine else f"Use that of {loss.lost_by}")
        keep = QPushButton("Keep")
        use.setAccessibleName(f"Use {loss.lost} for {loss.facet} of {loss.what}")
        keep.setAccessibleName(f"Keep {loss.facet} of {loss.what} as it is")
        use.clicked.connect(partial(self._use, loss))
        keep.clicked.connect(partial(self._decide, loss, KEPT))
        for column, button in enumerate((use, keep), len(_HEADS)):
            button.setAutoDefault(False)
            grid.addWidget(button, row, column)
        use.setVisible(not is_in_force)

    def _use(self, loss: "Loss") -> None:
        """Write the value again as a step, and say what is in force once it is there."""
        future = self._studio.do("shared.use_value", loss.root, loss.key, loss.value, f"{loss.facet} of {loss.what}")
        if future is not None:
            self._decide(loss, USED)
            self.ask(self._reports.now, self._show_now, "")

    def _decide(self, loss: "Loss", decision: str) -> None:
        self._reports.decide(loss, decision)
        self._list()

    def _keep_all(self) -> None:
        report = self._reports.report
        for loss in () if report is None else report.undecided:
            self._reports.decide(loss, KEPT)
        self._list()


def _whose(loss: "Loss", now: str) -> str:
    """Say where the value in force comes from."""
    if now == loss.lost:
        return "yours" if loss.is_mine else f"that of {loss.lost_by}"
    return f"that of {loss.won_by}" if now == loss.won else "changed since" if now else ""
