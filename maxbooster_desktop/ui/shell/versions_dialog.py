"""The versions and branches of a project: keep one by name, see what is different, go back, take a track, branch off.

Everything that reads the project runs in a worker. Going back and taking a track are steps of the history; nothing is
overwritten.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLineEdit, QListView, QPushButton, QVBoxLayout, QWidget

from maxbooster_desktop.actions import versions
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.actions.versions import NOW, Side
from maxbooster_desktop.ui.qtbridge.list_model import ListModel
from maxbooster_desktop.ui.qtbridge.tasks import Latest, Progress, Task
from maxbooster_desktop.ui.shell.version_changes import VersionChanges
from maxbooster_desktop.ui.shell.version_rows import VersionDelegate, about_text, matches, side_text
from maxbooster_desktop.ui.widgets.panels import label, primary_button

_HINT = "A version is the whole project at one moment. Going back keeps the present one too."
_SHARED = "Versions stay on this computer: the others in the project do not have them."
_ROLE = Qt.ItemDataRole


class VersionsDialog(QDialog):
    """Lists versions and branches, newest first; `branch_asked(side)` and `open_asked(folder)` go to the window."""

    branch_asked = Signal(object)
    open_asked = Signal(str)

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self._sides: list[Side] = []
        self._listing, self._comparing = Latest(self), Latest(self)
        self._is_working = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Versions")
        self._make_list()
        self._make_buttons()
        self.changes = VersionChanges()
        self.against = QComboBox()
        self.against.setAccessibleName("Compare with")
        self.problem = label("", "danger")
        self.problem.setWordWrap(True)
        self._lay_out()
        self._connect()
        self.resize(940, 600)
        self.refresh()

    def _make_list(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Name or day")
        self.search.setAccessibleName("Look for a version")
        self.search.setClearButtonEnabled(True)
        roles: dict[int, Callable[[Side], Any]] = {
            _ROLE.DisplayRole: side_text,
            _ROLE.UserRole: lambda side: side,
            _ROLE.AccessibleTextRole: about_text,
        }
        self._model = ListModel[Side](roles, self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setItemDelegate(VersionDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName("Versions")
        self.name = QLineEdit()
        self.name.setPlaceholderText("Name of this version, such as Before the mix")
        self.name.setAccessibleName("Name of the version")

    def _make_buttons(self) -> None:
        self.keep = QPushButton("Keep version")
        self.take = QPushButton("Bring back this track")
        self.branch = QPushButton("Start a branch…")
        self.restore = primary_button("Bring all of it back")
        self.close_button = QPushButton("Close")
        # Return in the name keeps a version; no button may take it as well.
        for button in (self.keep, self.take, self.branch, self.restore, self.close_button):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        keeping = QHBoxLayout()
        keeping.addWidget(self.name, 1)
        keeping.addWidget(self.keep)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addLayout(keeping)
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        against = QHBoxLayout()
        against.addWidget(label("Compared with", "text.2"))
        against.addWidget(self.against, 1)
        right = QVBoxLayout()
        right.setSpacing(10)
        right.addLayout(against)
        right.addWidget(self.changes, 1)
        sides = QHBoxLayout()
        sides.setSpacing(20)
        sides.addLayout(left, 5)
        sides.addLayout(right, 6)
        end = QHBoxLayout()
        end.addWidget(self.branch)
        end.addStretch(1)
        for button in (self.close_button, self.take, self.restore):
            end.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(f"{_HINT} {_SHARED}" if self._studio.company.is_shared else _HINT))
        column.addLayout(sides, 1)
        column.addWidget(self.problem)
        column.addLayout(end)

    def _connect(self) -> None:
        self.keep.clicked.connect(self._keep)
        self.name.returnPressed.connect(self._keep)
        self.search.textChanged.connect(self._filter)
        self.list.selectionModel().currentChanged.connect(self._compare)
        self.against.activated.connect(self._compare)
        self.changes.chosen.connect(self._enable)
        self.take.clicked.connect(self._take)
        self.branch.clicked.connect(self._branch)
        self.restore.clicked.connect(self._restore)
        self.close_button.clicked.connect(self.reject)

    def rows(self) -> list[str]:
        """Return what the list shows."""
        return [side_text(side) for side in self._model.rows()]

    def refresh(self, _result: object = None) -> None:
        """List the versions and branches as they are now."""
        project = self._studio.project
        self._listing.start(lambda _progress: versions.sides(project), self._show, self.problem.setText)

    def _show(self, sides: list[Side]) -> None:
        self._sides = sides
        chosen = self.against.currentData()
        self.against.clear()
        for side in (NOW, *sides):
            self.against.addItem(side.name if side.is_now else side_text(side), side)
        self.against.setCurrentIndex([NOW, *sides].index(chosen) if chosen in sides else 0)
        self._filter()

    def _filter(self, _text: str = "") -> None:
        chosen = self._chosen()
        rows = [side for side in self._sides if matches(side, self.search.text())]
        self._model.set_rows(rows)
        if rows:
            self.list.setCurrentIndex(self._model.index(rows.index(chosen) if chosen in rows else 0))
        self._compare()

    def _chosen(self) -> Side | None:
        index = self.list.currentIndex()
        return self._model.at(index) if index.isValid() else None

    def _compare(self, *_: object) -> None:
        """Show what is different between what is chosen and what it is compared with."""
        side, other, project = self._chosen(), self.against.currentData() or NOW, self._studio.project
        if side is None:
            self._comparing.cancel()
            self.changes.clear("No version is called that." if self.search.text() else "")
        else:
            # Of a version one wants to know what came since, of a branch what it has.
            old, new = (side, other) if side.folder is None else (other, side)
            title = f"From {old.name} to {new.name}"
            self.changes.clear("Comparing…")
            self._comparing.start(
                lambda _progress: versions.compare(project, old, new),
                partial(self.changes.show_comparison, title),
                self._say,
            )
        self._enable()

    def _say(self, sentence: str) -> None:
        self.changes.clear("")
        self.problem.setText(sentence)

    def _enable(self) -> None:
        side, may_edit = self._chosen(), self._studio.project.read_only_reason is None
        is_branch = side is not None and side.folder is not None
        self.restore.setText("Open the branch" if is_branch else "Bring all of it back")
        may_edit = may_edit and not self._is_working
        self.keep.setEnabled(may_edit)
        self.restore.setEnabled(side is not None and (is_branch or may_edit))
        self.branch.setEnabled(side is not None and not is_branch)
        self.take.setEnabled(side is not None and may_edit and self.changes.track() is not None)
        self.take.setText("Take this track" if is_branch else "Bring back this track")

    def _keep(self) -> None:
        name = self.name.text().strip()
        if self._is_working:
            return
        if not name:
            self.problem.setText("Give the version a name first.")
            self.name.setFocus()
            return
        project = self._studio.project
        self._run(lambda: project.stored(project.save_version(name))).done.connect(self.name.clear)

    def _restore(self) -> None:
        side, project = self._chosen(), self._studio.project
        if side is None:
            return
        if side.folder is not None:
            self.accept()
            self.open_asked.emit(str(side.folder))
        else:
            self._run(lambda: project.stored(project.restore_version(side.version)))

    def _take(self) -> None:
        side, track, project = self._chosen(), self.changes.track(), self._studio.project
        if side is not None and track is not None:
            self._run(lambda: versions.bring_back(project, track, side))

    def _branch(self) -> None:
        side = self._chosen()
        if side is not None:
            self.branch_asked.emit(side)

    def _run(self, work: Callable[[], Any]) -> Task:
        """Work off the window's thread; until it is done nothing else can be asked for."""
        self.problem.setText("")
        self._is_working = True
        self._enable()

        def call(_progress: Progress) -> Any:
            return work()

        task = Task(call, self)
        task.done.connect(self._end_work)
        task.failed.connect(self._end_work)
        task.done.connect(self.refresh)
        task.failed.connect(self.problem.setText)
        task.start()
        return task

    def _end_work(self, _result: object = None) -> None:
        self._is_working = False
        self._enable()
