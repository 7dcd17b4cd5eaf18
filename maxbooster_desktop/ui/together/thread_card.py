"""A thread of comments as a card over the lanes: what was said, and a field to answer; or a field for a new comment.

It floats in its parent and never takes the window's focus away for good: Esc closes it. What is shown counts as read.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from maxbooster_desktop.actions import threads
from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.actions.threads import Thread
from maxbooster_desktop.project.document.state import Comment, TrackId
from maxbooster_desktop.ui.qtbridge.tasks import poster
from maxbooster_desktop.ui.together.mention_edit import MentionEdit
from maxbooster_desktop.ui.together.remark import Remark
from maxbooster_desktop.ui.widgets.buttons import IconButton
from maxbooster_desktop.ui.widgets.panels import filled, label

if TYPE_CHECKING:
    from concurrent.futures import Future

_WIDTH_PX = 300
_MOST_PX = 300


class Place(NamedTuple):
    """Where a new comment will be pinned."""

    tick: int
    end_tick: int | None = None
    track: TrackId | None = None


class ThreadCard(QFrame):
    """Signals: `closed()`; `made(comment id)` when what was begun has become a comment."""

    closed = Signal()
    made = Signal(str)

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self.thread_id: str | None = None
        self.place = Place(0)
        self._shown: Thread | None = None
        self.setObjectName("floating")
        self.setFixedWidth(_WIDTH_PX)
        self.title = label("", "text.2", "hint", 500)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.play = self._button("play", "Play from there")
        self.link = self._button("link", "Copy a link to this comment")
        self.done = self._button("check", "Done: close this thread")
        self.close_card = self._button("x", "Close the card (Esc)")
        self.answer = MentionEdit(lambda: studio.company.calling.people(studio.state), self)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lay_out()
        self._connect()
        self.hide()

    def _button(self, icon: str, name: str) -> IconButton:
        return IconButton(icon, name, self, side=24)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.title, 1)
        for button in (self.play, self.link, self.done, self.close_card):
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._area)
        column.addWidget(self.answer)

    def _connect(self) -> None:
        self.play.clicked.connect(self._play)
        self.link.clicked.connect(lambda: REGISTRY["together.copy_link"].run(self._studio))
        self.done.clicked.connect(self._toggle)
        self.close_card.clicked.connect(self.closed)
        self.answer.said.connect(self._say)
        self.answer.given_up.connect(self.closed)
        self.made.connect(self.show_thread)

    def begin(self, place: Place) -> None:
        """Let a new comment be written at a place."""
        self.thread_id, self.place, self._shown = None, place, None
        state = self._studio.state
        where = threads.span_text(state, place.tick, place.end_tick)
        self.title.setText(f"New comment at {where}, {threads.track_text(state, place.track)}")
        for button in (self.play, self.link, self.done):
            button.hide()
        self._area.hide()
        self._ask("Comment", "Say it; @ calls somebody")

    def show_thread(self, comment_id: str) -> None:
        """Show the thread of a comment."""
        self.thread_id, self._shown = comment_id, None
        self.refresh()
        if self._shown is not None:
            self._ask("Answer", "Answer")

    def _ask(self, name: str, hint: str) -> None:
        self.answer.clear()
        self.answer.setAccessibleName(name)
        self.answer.setPlaceholderText(hint)
        self.show()
        self.raise_()
        self._fit()
        self.answer.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Show what is said by now; close when the thread is gone."""
        if self.thread_id is None:
            return
        thread = threads.thread_with(self._studio.state.comments, self.thread_id)
        if thread is None:
            self.closed.emit()
        elif thread != self._shown and not self._is_changing():
            self._shown = thread
            self._list(thread)
        if thread is not None:
            company, said = self._studio.company, {one.id for one in thread.said}
            company.calling.note_read(call.id for call in company.calling.unread(self._studio.state) if call.id in said)

    def _is_changing(self) -> bool:
        return any(remark.editor is not None for remark in self.remarks())

    def remarks(self) -> list[Remark]:
        """Return what is shown."""
        body = self._area.widget()
        return [] if body is None else body.findChildren(Remark)

    def _list(self, thread: Thread) -> None:
        state, first = self._studio.state, thread.first
        self.place = Place(first.tick, first.end_tick, first.track)
        self.title.setText(f"{threads.place_text(state, first)}, {threads.track_text(state, first.track)}")
        self.done.setAccessibleName("Open this thread again" if first.is_done else "Done: close this thread")
        self.done.setToolTip(self.done.accessibleName())
        self.done.setCheckable(True)
        self.done.setChecked(first.is_done)
        for button in (self.play, self.done):
            button.show()
        self.link.setVisible(self._studio.company.is_shared)
        body = filled(QWidget(), "bg.raised")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(8)
        for comment in thread.said:
            column.addWidget(self._remark(thread, comment))
        column.addStretch(1)
        self._area.setWidget(body)
        self._area.show()
        self._fit()
        QTimer.singleShot(0, self._area, self._show_last)

    def _remark(self, thread: Thread, comment: Comment) -> Remark:
        """Return a row; who began a thread may delete it as long as nobody else has answered."""
        own = self._studio.company.is_own
        may_delete = comment is not thread.first or all(own(one) for one in thread.answers)
        remark = Remark(self._studio, comment, may_delete=may_delete)
        remark.deleting.connect(lambda one: self._studio.do("comments.delete_comment", one.id))
        return remark

    def _show_last(self) -> None:
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _fit(self) -> None:
        body = self._area.widget()
        if body is not None and not self._area.isHidden():
            width = _WIDTH_PX - 24
            layout = body.layout()
            needed = layout.heightForWidth(width) if layout is not None else 0
            self._area.setFixedHeight(min(_MOST_PX, max(28, needed)))
        self.adjustSize()

    def _play(self) -> None:
        self._studio.go_to(self.place.tick)
        self._studio.engine.play()

    def _toggle(self) -> None:
        thread = threads.thread_with(self._studio.state.comments, self.thread_id or "")
        if thread is not None:
            self._studio.do("comments.set_comment_done", thread.id, not thread.first.is_done)

    def _say(self) -> None:
        said = self.answer.toPlainText().strip()
        if not said:
            return
        company = self._studio.company
        called = company.calling.called(said, self._studio.state)
        if self.thread_id is not None:
            future = self._studio.do("comments.answer_comment", self.thread_id, company.author, said, mentions=called)
        else:
            tick, end_tick, track = self.place
            future = self._studio.do(
                "comments.add_comment", company.author, said, tick, end_tick=end_tick, track=track, mentions=called
            )
        if future is not None:
            self.answer.clear()
            tell = poster(self)
            future.add_done_callback(lambda done: tell(self._came_back, done, said, self.thread_id))

    def _came_back(self, future: "Future[Any]", said: str, asked_in: str | None) -> None:
        """Open the thread that was begun; words that were not taken stand in the field again."""
        if not self._studio.has_project:
            return
        if future.cancelled() or future.exception() is not None:
            if self.thread_id == asked_in and not self.answer.toPlainText():
                self.answer.setPlainText(said)
        elif asked_in is None and self.thread_id is None:
            for made in future.result().created:
                self.made.emit(made)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the card."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
