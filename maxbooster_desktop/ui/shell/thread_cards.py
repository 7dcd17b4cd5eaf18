"""The card of comments over the arranger of one window: at most one, below its pin, wherever the view goes."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import CommentId
from maxbooster_desktop.ui.shell.studio_page import StudioPage
from maxbooster_desktop.ui.together.thread_card import Place, ThreadCard

_GAP_PX = 4


class ThreadCards(QObject):
    """Opens, moves and closes the card; `page` returns the studio's page, None without a project."""

    def __init__(self, studio: Studio, page: Callable[[], StudioPage | None], window: QObject) -> None:
        super().__init__(window)
        self._studio, self._page = studio, page
        self.card: ThreadCard | None = None

    def attach(self, page: StudioPage) -> None:
        """Serve a page that was just built."""
        lane = page.arranger.ruler.comments
        lane.opened.connect(self.show)
        lane.wanted.connect(lambda tick: self.begin(Place(tick)))
        page.arranger.viewport.moved.connect(self.move)
        page.arranger.ruler.height_changed.connect(self.move)

    def show(self, thread: str) -> None:
        """Open a thread at its place."""
        card = self._made()
        if card is not None:
            self._studio.open_thread = CommentId(thread)
            card.show_thread(thread)
            self.move()

    def begin(self, place: Place) -> None:
        """Let a comment be written at a place."""
        card = self._made()
        page = self._page()
        if card is not None and page is not None:
            self._studio.open_thread = None
            page.arranger.show_place(place.tick, [] if place.track is None else [place.track])
            card.begin(place)
            self.move()

    def close(self) -> None:
        """Take the card away and give the keyboard back to the lane, or to the arranger."""
        card, self.card = self.card, None
        page = self._page()
        thread, self._studio.open_thread = self._studio.open_thread, None
        if card is None:
            return
        had_focus = card.isAncestorOf(card.window().focusWidget() or card)
        card.hide()
        card.deleteLater()
        if page is not None and had_focus:
            lane = page.arranger.ruler.comments
            lane.choose(thread) if thread and lane.rect_of(thread) else page.arranger.canvas.setFocus()
            lane.update()

    def look(self) -> None:
        """Show what is said by now."""
        if self.card is None:
            return
        if not self._studio.has_project:
            self.close()
        else:
            self.card.refresh()
            self.move()

    def move(self, *_moved: object) -> None:
        """Put the card below its pin, inside the arranger."""
        page = self._page()
        if self.card is None or page is None:
            return
        arranger = page.arranger
        lane = arranger.ruler.comments
        spot = lane.spot_of(self.card.thread_id or "", self.card.place.tick)
        foot = arranger.ruler.mapTo(arranger, QPoint(0, arranger.ruler.height()))
        left = max(foot.x() + _GAP_PX, min(arranger.width() - self.card.width() - _GAP_PX, foot.x() + spot.x()))
        self.card.move(left, foot.y() + _GAP_PX)
        lane.update()

    def _made(self) -> ThreadCard | None:
        page = self._page()
        if page is None:
            return None
        if self.card is None:
            self.card = ThreadCard(self._studio, page.arranger)
            self.card.closed.connect(self.close)
            self.card.made.connect(self._now_a_thread)
        return self.card

    def _now_a_thread(self, comment: str) -> None:
        self._studio.open_thread = CommentId(comment)
        self.move()
