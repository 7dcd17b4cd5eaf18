"""The merge report: values that somebody overwrote without knowing them, each with both sides and the choice."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPushButton, QScrollArea, QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.ui.together.asking import AskingDialog
from maxbooster_desktop.ui.widgets.panels import label, primary_button

if TYPE_CHECKING:
    from maxbooster_desktop.cloudlink.losses import Loss

_HEADS = ("What", "Overwritten", "Now", "", "")


class MergeReport(AskingDialog):
    """Lists what `company.losses` holds; a choice is a step of the history that everybody sees."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__("What was overwritten", parent)
        self._studio = studio
        self.title = label("", "text.1", "form", 600)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        close = primary_button("Close")
        close.clicked.connect(self.accept)
        for part in (self.title, self.saying, self.problem):
            self.column.addWidget(part)
        self.column.addWidget(self._area, 1)
        self.column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self.resize(760, 360)
        self._list()
        self.ask(studio.company.look_for_losses, self._list, "Asking what was overwritten…")

    def rows(self) -> list[tuple[str, str, str]]:
        """Return what the list says: what, the value that lost and by whom, who won."""
        return [(f"{one.what}, {one.facet}", f"{one.lost} ({one.lost_by})", one.won_by) for one in self._losses]

    def _list(self, _result: object = None) -> None:
        self._losses = self._studio.company.losses
        count = len(self._losses)
        self.title.setText(
            "Nothing was overwritten: everything fitted by itself."
            if not count
            else f"{'1 value was' if count == 1 else f'{count} values were'} overwritten; nothing is lost."
        )
        body = QWidget()
        grid = QGridLayout(body)
        grid.setHorizontalSpacing(16)
        for column, head in enumerate(_HEADS if count else ()):
            grid.addWidget(label(head, "text.3"), 0, column)
        for row, loss in enumerate(self._losses, 1):
            use, keep = QPushButton(f"Use that of {loss.lost_by}"), QPushButton("Keep")
            use.setAccessibleName(f"Use {loss.lost} for {loss.facet} of {loss.what}")
            keep.setAccessibleName(f"Keep {loss.facet} of {loss.what} as it is")
            use.clicked.connect(partial(self._use, loss))
            keep.clicked.connect(partial(self._settle, loss))
            texts = (f"{loss.what}\n{loss.facet}", f"{loss.lost}\n{loss.lost_by}", f"{loss.now}\nby {loss.won_by}")
            for column, text in enumerate(texts):
                grid.addWidget(label(text, "text.1"), row, column)
            grid.addWidget(use, row, 3)
            grid.addWidget(keep, row, 4)
        grid.setRowStretch(count + 1, 1)
        grid.setColumnStretch(1, 1)
        self._area.setWidget(body)

    def _use(self, loss: "Loss") -> None:
        self._studio.do("shared.use_value", loss.root, loss.key, loss.value, f"{loss.facet} of {loss.what}")
        self._settle(loss)

    def _settle(self, loss: "Loss") -> None:
        self._studio.company.settle(loss)
        self._list()
