"""The time ruler and the lanes below it: a painted widget that begins drags and renames markers.

The comments lane is a widget of its own at its foot.
"""

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.project.document.state import MarkerId
from maxbooster_desktop.ui.arranger.backing import Backing
from maxbooster_desktop.ui.arranger.comments_lane import CommentsLane
from maxbooster_desktop.ui.arranger.desk import Desk, Gesture, Pointer
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.hits import CURSORS, HINTS, Hit, Zone
from maxbooster_desktop.ui.arranger.pointing import pointer_of
from maxbooster_desktop.ui.arranger.rename_field import RenameField
from maxbooster_desktop.ui.arranger.ruler_layout import MARKER_HEIGHT, RULER_HEIGHT, RulerLayout
from maxbooster_desktop.ui.arranger.ruler_painter import RulerPainter
from maxbooster_desktop.ui.arranger.texts import Texts
from maxbooster_desktop.ui.arranger.time_gestures import DragLoop, DragMarker, DrawLoop, ScrubOrZoom, seek_to


class Ruler(QWidget):
    """Ruler and lanes. Signals: `axis_wanted` asks for another zoom or scroll; `fit_wanted` to show selection or all.

    `height_changed` tells how high the ruler with its own lanes is, and the comments lane below them.
    """

    hint = Signal(str)
    axis_wanted = Signal(object)
    fit_wanted = Signal()
    menu_wanted = Signal(object, QPoint)
    height_changed = Signal(int, int)

    def __init__(self, desk: Desk, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.places = RulerLayout(desk, texts)
        self._painter = RulerPainter(desk, texts, self.places)
        self.backing = Backing(self, lambda painter, dirty: self._painter.paint(painter, dirty, self.rect()))
        self._gesture: Gesture | None = None
        self._hot = Zone.NOTHING
        self.comments = CommentsLane(desk, texts, self)
        self.comments.hint.connect(self.hint)
        self._lanes = (self.places.height, 0)
        self.setFixedHeight(self.places.height)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(self.tr("Ruler and markers"))

    def fit_lanes(self) -> None:
        """Be as high as the lanes that the project needs."""
        self.comments.show_state()
        lanes = (self.places.height, self.comments.wanted_height)
        if lanes != self._lanes:
            self._lanes = lanes
            self.setFixedHeight(sum(lanes))
            self.height_changed.emit(*lanes)
            self.invalidate()
        self._place_comments()

    def _place_comments(self) -> None:
        self.comments.setGeometry(0, self.places.height, self.width(), self.comments.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the comments lane at the foot."""
        self._place_comments()

    def rect_of(self, entity_id: str) -> Rect | None:
        """Return the rectangle of a marker, of a zone of the ruler, or of a comment's pin, or None."""
        pin = self.comments.rect_of(entity_id)
        if pin is not None:
            return pin._replace(y=pin.y + self.places.height)
        return self.places.rect_of(entity_id)

    def hit_test(self, x: float, y: float) -> Hit:
        """Return what a point means."""
        if not self.comments.isHidden() and y >= self.places.height:
            return self.comments.hit_test(x, y - self.places.height)
        return self.places.hit_test(x, y)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the kept picture."""
        painter = QPainter(self)
        self.backing.copy_to(painter, event.region())
        painter.end()

    def invalidate(self) -> None:
        """Have everything painted anew."""
        self.backing.invalidate()
        self.comments.update()

    def shift(self, dx: int) -> None:
        """Follow the lanes sideways."""
        self.backing.scroll(dx, 0)
        self.comments.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin the drag of what is under the pointer."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        pointer = pointer_of(event)
        self._gesture = self._begin(self.hit_test(pointer.x, pointer.y), pointer)
        if self._gesture is not None:
            self.hint.emit(self._gesture.hint)

    def _begin(self, hit: Hit, pointer: Pointer) -> Gesture | None:
        if hit.zone is Zone.RULER:
            return ScrubOrZoom(self._desk, pointer, self.axis_wanted.emit)
        is_loop = hit.zone in {Zone.LOOP, Zone.LOOP_START, Zone.LOOP_END}
        if hit.zone is Zone.LOOP_LANE or (is_loop and pointer.keys.shift):
            return DrawLoop(self._desk, self, pointer)
        if is_loop:
            return DragLoop(self._desk, self, hit.zone, pointer)
        if hit.zone is Zone.MARKER:
            marker = next(each for each in self._desk.scene.state.markers if each.id == hit.entity)
            return DragMarker(self._desk, self, marker, pointer)
        if hit.zone is Zone.TEMPO_CHANGE:
            self._go_to_hit(hit, pointer)
        return None

    def _go_to_hit(self, hit: Hit, pointer: Pointer) -> None:
        """Move the playhead to the marker or change that was hit, else to the pointer: verbs act at the playhead."""
        if hit.zone is Zone.TEMPO_CHANGE and hit.entity is not None:
            self._desk.studio.engine.seek(int(hit.entity))
        elif hit.zone is Zone.MARKER:
            ticks = [marker.tick for marker in self._desk.scene.state.markers if marker.id == hit.entity]
            self._desk.studio.engine.seek(ticks[0])
        else:
            seek_to(self._desk, pointer)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a drag, or show what a drag would do."""
        pointer = pointer_of(event)
        if self._gesture is not None:
            self._gesture.move(pointer)
            return
        zone = self.hit_test(pointer.x, pointer.y).zone
        if zone is not self._hot:
            self._hot = zone
            self.setCursor(Qt.CursorShape[CURSORS.get(zone, "ArrowCursor")])
            self.hint.emit(HINTS[zone])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Finish a drag."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None and event.button() == Qt.MouseButton.LeftButton:
            gesture.release(pointer_of(event))
            self._hot = Zone.NOTHING

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit the view, add a marker or rename one."""
        pointer = pointer_of(event)
        hit = self.hit_test(pointer.x, pointer.y)
        if hit.zone in {Zone.RULER, Zone.LOOP_LANE}:
            self.fit_wanted.emit()
        elif hit.zone is Zone.MARKER and hit.entity is not None:
            self.begin_rename(MarkerId(hit.entity))
        elif hit.zone in {Zone.TEMPO_LANE, Zone.TEMPO_CHANGE}:
            self._go_to_hit(hit, pointer)
            REGISTRY["tempo.edit"].run(self._desk.studio)
        elif hit.zone is Zone.MARKER_LANE:
            tick = self._desk.snapper(pointer.keys).snap(self._desk.scene.axis.tick_at(pointer.x))
            number = len(self._desk.scene.state.markers) + 1
            name = self.tr("Marker {}").format(number)
            self._desk.studio.do_and_name("markers.add_marker", tick, name, number % 12)

    def begin_rename(self, marker: MarkerId) -> None:
        """Let a marker's name be typed in place."""
        box = self.rect_of(marker)
        name = next((each.name for each in self._desk.scene.state.markers if each.id == marker), "")
        if box is None:
            return
        rect = QRect(round(box.x), RULER_HEIGHT, max(110, round(box.width)), MARKER_HEIGHT)
        field = RenameField(self, rect, name, lambda text: self._desk.commit("markers.rename_marker", marker, text))
        field.setAccessibleName(self.tr("Marker name"))

    def cancel_gesture(self) -> bool:
        """Give a drag in progress up; return whether there was one."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()
        return gesture is not None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what is under the pointer; its verbs act on the marker or change that was pointed at."""
        hit = self.hit_test(event.pos().x(), event.pos().y())
        if hit.entity is not None and hit.zone is not Zone.COMMENT:
            self._go_to_hit(hit, Pointer(event.pos().x(), event.pos().y()))
        self.menu_wanted.emit(hit, event.globalPos())
