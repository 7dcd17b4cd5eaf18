"""Comments of the project: threads by place, open or done; write, answer, close, go there. Stays open beside work."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLineEdit, QListView, QPushButton, QVBoxLayout, QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import Comment, ProjectState
from maxbooster_desktop.ui.qtbridge.list_model import ListModel
from maxbooster_desktop.ui.widgets.panels import label, primary_button


def thread_rows(state: ProjectState, *, is_done: bool) -> list[Comment]:
    """Return the threads that are open, or done, by place: each comment followed by its answers."""
    rows = []
    for comment in state.comments:
        if comment.parent is None and comment.is_done is is_done:
            rows.append(comment)
            rows += [answer for answer in state.comments if answer.parent == comment.id]
    return rows


def row_text(state: ProjectState, comment: Comment) -> str:
    """Write "5.1  Keys  Mara Lind: Could strings answer?"; answers are indented."""
    if comment.parent is not None:
        return f"        {comment.author}: {comment.text}"
    place = state.tempo_map.position_at(comment.tick)
    track = state.tracks.get(comment.track) if comment.track is not None else None
    where = track.name if track is not None else "all tracks"
    return f"{place.bar}.{place.beat}   {where}   {comment.author}: {comment.text}"


class CommentsDialog(QDialog):
    """Follows the project; what is written goes to the playhead and the selected track, or answers the chosen row."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Comments")
        self._model = ListModel[Comment](
            {Qt.ItemDataRole.DisplayRole: lambda comment: row_text(studio.state, comment)}, self
        )
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setAccessibleName("Comments")
        self.list.setWordWrap(True)
        self.shows_done = QCheckBox("Show those that are done")
        self.text = QLineEdit()
        self.text.setAccessibleName("Comment")
        self.text.setPlaceholderText("Write at the playhead, to the selected track or all")
        self.write, self.answer = QPushButton("Comment"), QPushButton("Answer")
        self.close_thread, self.delete = QPushButton("Done"), QPushButton("Delete")
        self.go = primary_button("Go there")
        self._lay_out()
        self.shows_done.toggled.connect(self.refresh)
        self.write.clicked.connect(self._write)
        self.text.returnPressed.connect(self._write)
        self.answer.clicked.connect(self._answer)
        self.close_thread.clicked.connect(self._toggle)
        self.delete.clicked.connect(self._delete)
        self.go.clicked.connect(self._go)
        self.list.activated.connect(self._go)
        self.refresh()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.text, 1)
        line.addWidget(self.write)
        line.addWidget(self.answer)
        end = QHBoxLayout()
        end.addWidget(self.shows_done)
        end.addStretch(1)
        for button in (self.delete, self.close_thread, self.go):
            end.addWidget(button)
        for button in (self.write, self.answer, self.delete, self.close_thread, self.go):
            button.setAutoDefault(False)
        self._empty = label("Nobody has said anything yet.", "text.3")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        column.addLayout(line)
        column.addWidget(self._empty)
        column.addWidget(self.list, 1)
        column.addLayout(end)
        self.resize(560, 420)

    def rows(self) -> list[str]:
        """Return what the list says."""
        return [row_text(self._studio.state, comment) for comment in self._model.rows()]

    def refresh(self, _is_on: bool = False) -> None:
        """List the threads as they are now."""
        if not self._studio.has_project:
            self.close()
            return
        chosen = self._chosen()
        rows = thread_rows(self._studio.state, is_done=self.shows_done.isChecked())
        if rows != list(self._model.rows()):
            self._model.set_rows(rows)
        at = next((row for row, one in enumerate(rows) if chosen is not None and one.id == chosen.id), 0)
        if rows:
            self.list.setCurrentIndex(self._model.index(at))
        self._empty.setVisible(not rows)
        self.close_thread.setText("Open again" if self.shows_done.isChecked() else "Done")
        for button in (self.answer, self.close_thread, self.delete, self.go):
            button.setEnabled(bool(rows))

    def _chosen(self) -> Comment | None:
        index = self.list.currentIndex()
        return self._model.at(index) if index.isValid() else None

    def _write(self) -> None:
        studio = self._studio
        tracks = studio.selection.tracks
        place = studio.selection.time_range or (studio.playhead_tick, None)
        self._say("comments.add_comment", place[0], end_tick=place[1], track=tracks[0] if tracks else None)

    def _say(self, verb: str, place: object, **more: object) -> None:
        text = self.text.text().strip()
        if not text:
            self.text.setFocus()
            return
        author = self._studio.company.author
        if verb == "comments.answer_comment":
            self._studio.do(verb, place, author, text)
        else:
            self._studio.do(verb, author, text, place, **more)
        self.text.clear()

    def _answer(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._say("comments.answer_comment", chosen.id)

    def _toggle(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._studio.do("comments.set_comment_done", chosen.parent or chosen.id, not self.shows_done.isChecked())

    def _delete(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._studio.do("comments.delete_comment", chosen.id)

    def _go(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._studio.go_to(chosen.tick)
