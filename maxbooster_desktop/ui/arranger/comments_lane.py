"""The comments lane at the foot of the ruler: a pin for each thread, to click or to reach with the arrow keys.

It shows once anything was said or the project is shared. What opens a thread is whoever listens to `opened`.
"""

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.actions.threads import Thread, place_text, track_text
from maxbooster_desktop.project.document.state import ProjectState
from maxbooster_desktop.ui.arranger.comments_layout import COMMENTS_HEIGHT, CommentsLayout, Pin
from maxbooster_desktop.ui.arranger.desk import Desk
from maxbooster_desktop.ui.arranger.geometry import Rect, pixel_of
from maxbooster_desktop.ui.arranger.hits import CURSORS, HINTS, Hit, Zone
from maxbooster_desktop.ui.arranger.pointing import pointer_of
from maxbooster_desktop.ui.arranger.texts import Texts
from maxbooster_desktop.ui.theme.fonts import ui_font
from maxbooster_desktop.ui.theme.icons import icon_pixmap
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.person_colour import account_colour
from maxbooster_desktop.ui.widgets.plain_text import tip

_GLYPH_PX = 11
_BEYOND_PX = 8.0
_STEPS: dict[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


def thread_name(state: ProjectState, thread: Thread) -> str:
    """Return what a pin is called: "Comment at 9.1, Lead vox, Mara Lind: The s is sharp., 2 answers"."""
    first, count = thread.first, len(thread.answers)
    answers = [f"{count} answer{'s' if count > 1 else ''}"] if count else []
    words = [f"Comment at {place_text(state, first)}", track_text(state, first.track)]
    return ", ".join([*words, f"{first.author}: {first.text}", *answers, *(["done"] if first.is_done else [])])


class CommentsLane(QWidget):
    """The lane. `opened(comment id)`, `wanted(tick)` for a new comment, `seen(tick)` to scroll there, `hint(text)`."""

    opened = Signal(str)
    wanted = Signal(int)
    seen = Signal(int)
    hint = Signal(str)

    def __init__(self, desk: Desk, texts: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self.desk, self._texts = desk, texts
        self.places = CommentsLayout(desk)
        self._chosen: str | None = None
        self._hot = Zone.NOTHING
        self.setFixedHeight(COMMENTS_HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Comments"))
        self.hide()

    @property
    def wanted_height(self) -> int:
        """How much room the lane needs now."""
        return COMMENTS_HEIGHT if self.places.is_wanted else 0

    def show_state(self) -> None:
        """Show the comments as they are now."""
        if self.places.refresh():
            self.update()
        if self.places.is_wanted == self.isHidden():
            self.setVisible(self.places.is_wanted)

    def rect_of(self, comment_id: str) -> Rect | None:
        """Return the rectangle of the pin that shows a comment, or None."""
        pin = self.places.pin_of(comment_id)
        return None if pin is None else pin.whole

    def hit_test(self, x: float, y: float) -> Hit:
        """Return what a point means."""
        return self.places.hit_test(x, y)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pins, the chosen one with a ring."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("bg.panel"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme().colour("line.hair"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for pin in self.places.pins():
            end = pin.whole.right if pin.bar is None else pin.bar.right
            if end >= -_BEYOND_PX and pin.disc.x <= self.width() + _BEYOND_PX:
                self._paint_pin(painter, pin)
        painter.end()

    def _paint_pin(self, painter: QPainter, pin: Pin) -> None:
        first = pin.thread.first
        colour = theme().colour("line.control") if first.is_done else account_colour(first.account)
        if pin.bar is not None:
            self._paint_bar(painter, pin.bar, colour)
        if pin.whole.right < -_BEYOND_PX:  # only its bar is in sight
            return
        disc = QRectF(pixel_of(pin.disc.x) + 0.5, pin.disc.y + 0.5, pin.disc.width - 1, pin.disc.height - 1)
        is_lit = first.id == self._chosen and self.hasFocus()
        is_open = first.id == self.desk.studio.open_thread
        ring = "focus" if is_lit else "text.1"
        painter.setPen(QPen(theme().colour(ring), 2.0) if is_lit or is_open else Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(disc)
        ink = theme().colour("text.on_state")
        picture = icon_pixmap("check" if first.is_done else "message-square", _GLYPH_PX, ink, self.devicePixelRatioF())
        painter.drawPixmap(pixel_of(pin.disc.x + (pin.disc.width - _GLYPH_PX) / 2), 5, picture)
        if pin.number:
            painter.setPen(theme().colour("text.1"))
            self._texts.draw(painter, pin.disc.right + 3, 14.0, pin.number, font=ui_font("hint", 500), width=12)

    def _paint_bar(self, painter: QPainter, bar: Rect, colour: QColor) -> None:
        left, right = max(-_BEYOND_PX, bar.x), min(self.width() + _BEYOND_PX, bar.right)
        if right <= left:
            return
        fill = QColor(colour)
        fill.setAlphaF(0.55)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(QRectF(left, bar.y, right - left, bar.height), 3, 3)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the thread under the pointer."""
        hit = self.hit_test(event.position().x(), event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and hit.entity is not None:
            self._choose(hit.entity)
            self.opened.emit(hit.entity)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for a new comment at an empty place."""
        pointer = pointer_of(event)
        if self.hit_test(pointer.x, pointer.y).zone is Zone.COMMENT_LANE:
            self.wanted.emit(self.desk.snapper(pointer.keys).snap(self.desk.scene.axis.tick_at(pointer.x)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what a click would do, and what was said."""
        hit = self.hit_test(event.position().x(), event.position().y())
        pin = self.places.pin_of(hit.entity) if hit.entity is not None else None
        self.setToolTip("" if pin is None else tip(thread_name(self.desk.scene.state, pin.thread)))
        if hit.zone is not self._hot:
            self._hot = hit.zone
            self.setCursor(Qt.CursorShape[CURSORS.get(hit.zone, "ArrowCursor")])
            self.hint.emit(HINTS[hit.zone])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End choose a pin, Return opens its thread."""
        ids = [str(thread.id) for thread in self.places.threads]
        key = event.key()
        if not ids:
            super().keyPressEvent(event)
        elif key in _STEPS:
            at = ids.index(self._chosen) + _STEPS[key] if self._chosen in ids else 0
            self._choose(ids[max(0, min(len(ids) - 1, at))])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._choose(ids[0 if key == Qt.Key.Key_Home else -1])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._chosen in ids:
            self.opened.emit(self._chosen)
        else:
            super().keyPressEvent(event)

    def choose(self, comment_id: str) -> None:
        """Let the arrow keys begin from a pin, and give the lane the keyboard."""
        self._chosen = comment_id
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.update()

    def _choose(self, comment_id: str) -> None:
        self._chosen = comment_id
        thread = next(each for each in self.places.threads if each.id == comment_id)
        self.setAccessibleDescription(thread_name(self.desk.scene.state, thread))
        self.seen.emit(thread.first.tick)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show which pin is chosen."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        self.update()

    def spot_of(self, comment_id: str, tick: int) -> QPoint:
        """Return the point below a comment's pin, or below a tick where there is none yet."""
        pin = self.places.pin_of(comment_id)
        x = self.desk.scene.axis.x_of(tick) if pin is None else pin.disc.x
        return QPoint(round(max(-1e6, min(1e6, x))), self.height())
