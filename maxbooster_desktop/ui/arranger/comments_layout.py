"""Where the pins of comments are on their lane, and what a point of it means. No Qt.

A pin is a disc whose left edge stands at the comment's tick; behind it stands how much was said when it was more than
one thing, and then a bar to the end of the range. Pins of one tick stand beside each other.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from maxbooster_desktop.actions.threads import Thread, threads_of
from maxbooster_desktop.ui.arranger.desk import Desk
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.hits import Hit, Zone

if TYPE_CHECKING:
    from maxbooster_desktop.project.document.state import Comment

COMMENTS_HEIGHT = 20
PIN_PX = 18
_COUNT_PX = 14
_BAR_PX = 6
_STEP_PX = PIN_PX + 2


class Pin(NamedTuple):
    """A thread on the lane; `number` is how much was said, "" for one comment, `bar` None for a moment."""

    thread: Thread
    disc: Rect
    number: str
    bar: Rect | None

    @property
    def whole(self) -> Rect:
        """Return what a click may hit: the disc with its count."""
        return Rect(self.disc.x, 0, self.disc.width + (_COUNT_PX if self.number else 0), COMMENTS_HEIGHT)


class CommentsLayout:
    """The threads that show, and their pins."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: tuple[tuple[Comment, ...], bool] = ((), False)
        self.threads: tuple[Thread, ...] = ()

    def refresh(self) -> bool:
        """Take the comments as they are now; return whether anything differs."""
        known = (self._desk.scene.state.comments, self._desk.studio.shows_done)
        if known == self._known:
            return False
        self._known = known
        self.threads = threads_of(known[0], with_done=known[1])
        return True

    @property
    def is_wanted(self) -> bool:
        """Whether there is anything to show, or somebody to talk to."""
        return bool(self.threads) or self._desk.studio.company.is_shared

    def pins(self) -> Iterator[Pin]:
        """Yield the pins in order of place."""
        axis, tick, beside = self._desk.scene.axis, -1, 0
        for thread in self.threads:
            beside = beside + 1 if thread.first.tick == tick else 0
            tick = thread.first.tick
            x = axis.x_of(tick)
            disc = Rect(x + beside * _STEP_PX, (COMMENTS_HEIGHT - PIN_PX) / 2, PIN_PX, PIN_PX)
            count = str(len(thread.said)) if thread.answers else ""
            yield Pin(thread, disc, count, self._bar(thread, disc.right + (_COUNT_PX if count else 0) + 2))

    def _bar(self, thread: Thread, left: float) -> Rect | None:
        end = thread.first.end_tick
        if end is None:
            return None
        right = self._desk.scene.axis.x_of(end)
        return Rect(left, (COMMENTS_HEIGHT - _BAR_PX) / 2, right - left, _BAR_PX) if right > left else None

    def pin_of(self, comment_id: str) -> Pin | None:
        """Return the pin of a thread, by any comment in it."""
        return next((pin for pin in self.pins() if any(one.id == comment_id for one in pin.thread.said)), None)

    def hit_test(self, x: float, y: float) -> Hit:
        """Return what a point of the lane means."""
        for pin in reversed(list(self.pins())):
            if pin.whole.contains(x, y):
                return Hit(Zone.COMMENT, pin.thread.id)
        return Hit(Zone.COMMENT_LANE)
