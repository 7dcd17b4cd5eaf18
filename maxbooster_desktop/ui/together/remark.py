"""One thing that was said in a thread: who, when, what; one's own can be changed and deleted in place."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import Comment
from maxbooster_desktop.ui.qtbridge.tasks import poster
from maxbooster_desktop.ui.together.mention_edit import MentionEdit
from maxbooster_desktop.ui.widgets.buttons import IconButton
from maxbooster_desktop.ui.widgets.panels import label
from maxbooster_desktop.ui.widgets.person_colour import account_colour, paint_person

if TYPE_CHECKING:
    from concurrent.futures import Future

_DISC_PX = 22
_BUTTON_PX = 18


def time_text(when_ms: int, now: datetime) -> str:
    """Write the time of day for today, else the day: "14:03", "19 Nov", "19 Nov 2024"."""
    try:
        when = datetime.fromtimestamp(when_ms / 1000).astimezone()
    except (OverflowError, OSError, ValueError):
        return ""
    if when.date() == now.date():
        return f"{when:%H:%M}"
    return f"{when.day} {when:%b}" + (f" {when.year}" if when.year != now.year else "")


class _Disc(QWidget):
    def __init__(self, comment: Comment) -> None:
        super().__init__()
        self._comment = comment
        self.setFixedSize(QSize(_DISC_PX, _DISC_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the initials on the person's colour."""
        painter = QPainter(self)
        disc = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        paint_person(painter, disc, self._comment.author, account_colour(self._comment.account))
        painter.end()


class Remark(QWidget):
    """`deleting(comment)` is emitted when somebody deletes it; a change of words goes to the project at once."""

    deleting = Signal(object)

    def __init__(self, studio: Studio, comment: Comment, *, may_delete: bool) -> None:
        super().__init__()
        self._studio, self.comment = studio, comment
        is_own = studio.company.is_own(comment)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(1)
        self.text = _words(comment.text)
        grid.addWidget(_Disc(comment), 0, 0, 2, 1, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(self._head(comment, is_own=is_own, may_delete=may_delete), 0, 1)
        grid.addWidget(self.text, 1, 1)
        grid.setColumnStretch(1, 1)
        self._grid = grid
        self.editor: MentionEdit | None = None

    def _head(self, comment: Comment, *, is_own: bool, may_delete: bool) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(label("You" if is_own else comment.author or "Somebody", "text.1", "hint", 600))
        head.addWidget(label(time_text(comment.when_ms, datetime.now().astimezone()), "text.3", "hint"))
        head.addStretch(1)
        self.change = IconButton("pencil", f"Change what you said: {comment.text[:40]}", self, side=_BUTTON_PX)
        self.delete = IconButton("trash-2", f"Delete what you said: {comment.text[:40]}", self, side=_BUTTON_PX)
        self.change.setVisible(is_own)
        self.delete.setVisible(is_own and may_delete)
        self.change.clicked.connect(self._begin)
        self.delete.clicked.connect(lambda: self.deleting.emit(self.comment))
        for button in (self.change, self.delete):
            head.addWidget(button)
        return head

    def _begin(self) -> None:
        """Let the words be changed where they stand."""
        if self.editor is not None:
            return
        self.editor = editor = MentionEdit(lambda: self._studio.company.calling.people(self._studio.state), self)
        editor.setAccessibleName("Change what you said")
        editor.setPlainText(self.comment.text)
        editor.said.connect(self._take)
        editor.given_up.connect(self._end)
        self.text.hide()
        self._grid.addWidget(editor, 1, 1)
        editor.setFocus()

    def _take(self) -> None:
        if self.editor is None:
            return
        said = self.editor.toPlainText().strip()
        if said and said != self.comment.text:
            called = self._studio.company.calling.called(said, self._studio.state)
            future = self._studio.do("comments.edit_comment", self.comment.id, said, mentions=called)
            if future is not None:
                tell = poster(self)
                future.add_done_callback(lambda done: tell(self._came_back, done))
            return
        self._end()

    def _came_back(self, future: "Future[Any]") -> None:
        """Leave the editor when its words are taken; what was refused stays in it."""
        if not future.cancelled() and future.exception() is None:
            self._end()

    def _end(self) -> None:
        editor, self.editor = self.editor, None
        if editor is not None:
            self.text.show()
            editor.hide()
            editor.deleteLater()
            self.change.setFocus()


def _words(text: str) -> QLabel:
    made = label(text, "text.1")
    made.setWordWrap(True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
