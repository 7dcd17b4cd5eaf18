"""All comments of the project in a list: threads by place, open or done; answer, close, go there. Stays open."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QListView, QPushButton, QVBoxLayout, QWidget

from maxbooster_desktop.actions import threads
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import Comment, CommentId, ProjectState
from maxbooster_desktop.ui.qtbridge.list_model import ListModel
from maxbooster_desktop.ui.together.mention_edit import MentionEdit
from maxbooster_desktop.ui.widgets.panels import label, primary_button


def thread_rows(state: ProjectState, *, is_done: bool) -> list[Comment]:
    """Return the threads that are open, or done, by place: each comment followed by its answers."""
    found = threads.threads_of(state.comments)
    return [comment for thread in found if thread.first.is_done is is_done for comment in thread.said]


def row_text(state: ProjectState, comment: Comment, *, is_answer: bool) -> str:
    """Write "5.1  Keys  Mara Lind: Could strings answer?"; answers are indented."""
    if is_answer:
        return f"        {comment.author}: {comment.text}"
    where = threads.track_text(state, comment.track)
    return f"{threads.place_text(state, comment)}   {where}   {comment.author}: {comment.text}"


class CommentsDialog(QDialog):
    """Follows the project; what is written goes to the playhead and the selected track, or answers the chosen row."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Comments")
        self._model = ListModel[Comment]({Qt.ItemDataRole.DisplayRole: self._text_of}, self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setAccessibleName("Comments")
        self.list.setWordWrap(True)
        self.shows_done = QCheckBox("Show those that are done")
        self.text = MentionEdit(lambda: studio.company.calling.people(studio.state), self)
        self.text.setAccessibleName("Comment")
        self.text.setPlaceholderText("Write at the playhead; @ calls somebody")
        self.write, self.answer = QPushButton("Comment"), QPushButton("Answer")
        self.close_thread, self.delete = QPushButton("Done"), QPushButton("Delete")
        self.go = primary_button("Go there")
        self.leave = QPushButton("Close")
        self._lay_out()
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        self.shows_done.toggled.connect(self.refresh)
        self.write.clicked.connect(self._write)
        self.text.said.connect(self._write)
        self.text.given_up.connect(self.reject)
        self.answer.clicked.connect(self._answer)
        self.close_thread.clicked.connect(self._toggle)
        self.delete.clicked.connect(self._delete)
        self.go.clicked.connect(self._go)
        self.leave.clicked.connect(self.reject)
        self.list.activated.connect(self._go)
        self.list.selectionModel().currentChanged.connect(self._chosen_changed)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.text, 1)
        line.addWidget(self.write)
        line.addWidget(self.answer)
        end = QHBoxLayout()
        end.addWidget(self.shows_done)
        end.addStretch(1)
        for button in (self.delete, self.close_thread, self.leave, self.go):
            end.addWidget(button)
        for button in (self.write, self.answer, self.delete, self.close_thread, self.leave, self.go):
            button.setAutoDefault(False)
        self._empty = label("Nobody has said anything yet.", "text.3")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        column.addLayout(line)
        column.addWidget(self._empty)
        column.addWidget(self.list, 1)
        column.addLayout(end)
        self.resize(600, 420)

    def _text_of(self, comment: Comment) -> str:
        thread = threads.thread_with(self._studio.state.comments, comment.id)
        return row_text(self._studio.state, comment, is_answer=thread is not None and thread.id != comment.id)

    def rows(self) -> list[str]:
        """Return what the list says."""
        return [self._text_of(comment) for comment in self._model.rows()]

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
        for button in (self.answer, self.close_thread, self.go):
            button.setEnabled(bool(rows))
        self._chosen_changed()

    def _chosen_changed(self, *_indexes: object) -> None:
        chosen = self._chosen()
        self.delete.setEnabled(chosen is not None and self._may_delete(chosen))

    def _may_delete(self, comment: Comment) -> bool:
        """Whether it is one's own, and nobody else's words would go with it."""
        thread = threads.thread_with(self._studio.state.comments, comment.id)
        gone = thread.said if thread is not None and thread.id == comment.id else (comment,)
        return all(self._studio.company.is_own(one) for one in gone)

    def _chosen(self) -> Comment | None:
        index = self.list.currentIndex()
        return self._model.at(index) if index.isValid() and index.row() < self._model.rowCount() else None

    def _said(self) -> str:
        text = self.text.toPlainText().strip()
        self.text.clear()
        if not text:
            self.text.setFocus()
        return text

    def _write(self) -> None:
        studio, text = self._studio, self._said()
        if not text:
            return
        called = studio.company.calling.called(text, studio.state)
        tick, end_tick = studio.selection.time_range or (studio.playhead_tick, None)
        track = next(iter(studio.selection.tracks), None)
        author = studio.company.author
        studio.do("comments.add_comment", author, text, tick, end_tick=end_tick, track=track, mentions=called)

    def _answer(self) -> None:
        chosen = self._chosen()
        text = self._said() if chosen is not None else ""
        if chosen is not None and text:
            company = self._studio.company
            called = company.calling.called(text, self._studio.state)
            self._studio.do("comments.answer_comment", chosen.id, company.author, text, mentions=called)

    def _toggle(self) -> None:
        thread = self._thread()
        if thread is not None:
            self._studio.do("comments.set_comment_done", thread, not self.shows_done.isChecked())

    def _thread(self) -> CommentId | None:
        chosen = self._chosen()
        found = None if chosen is None else threads.thread_with(self._studio.state.comments, chosen.id)
        return None if found is None else found.id

    def _delete(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._studio.do("comments.delete_comment", chosen.id)

    def _go(self) -> None:
        chosen, thread = self._chosen(), self._thread()
        if chosen is not None and thread is not None:
            self._studio.go_to(chosen.tick)
            self._studio.ui.show_thread(thread)
