"""The lanes: a painted widget that shows the scene and hands the pointer to the tool. Knows no verb itself."""

from PySide6.QtCore import QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.project.document.state import ClipId
from maxbooster_desktop.ui.arranger.backing import Backing
from maxbooster_desktop.ui.arranger.desk import Desk
from maxbooster_desktop.ui.arranger.dropping import Drop, dropped_audio, ghosts_of, place_of
from maxbooster_desktop.ui.arranger.hits import CURSORS, HINTS, Hit, Zone
from maxbooster_desktop.ui.arranger.lane_painter import LanePainter
from maxbooster_desktop.ui.arranger.pointer_tool import PointerTool
from maxbooster_desktop.ui.arranger.pointing import keys_of, pointer_of
from maxbooster_desktop.ui.arranger.rename_field import RenameField


class Canvas(QWidget):
    """Lanes with clips. Signals: status hints, panning by pixels, a context menu, dropped audio."""

    hint = Signal(str)
    panned = Signal(QPointF)
    menu_wanted = Signal(object, QPoint)
    dropped = Signal(object)

    def __init__(self, desk: Desk, painter: LanePainter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk, self.lanes = desk, painter
        self.tool = PointerTool(desk)
        self.backing = Backing(self, painter.paint)
        self._hot = Hit(Zone.NOTHING)
        self._pan_from: QPointF | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Timeline"))

    def hit_test(self, x: float, y: float) -> Hit:
        """Return what a point of the lanes means."""
        return self.desk.scene.hit_test(x, y)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the kept picture, then what floats above it."""
        painter = QPainter(self)
        if self.backing.is_held:
            self.backing.copy_to(painter, event.region())
            painter.end()
            return
        self.lanes.begin_frame(self.devicePixelRatioF())
        self.backing.copy_to(painter, event.region())
        self.lanes.paint_pinned_names(painter, event.rect())
        self.lanes.end_frame()
        if self.desk.band is not None or self.lanes.ghosts:
            self.lanes.paint_overlays(painter)
        painter.end()

    def update_clip(self, clip_id: str) -> None:
        """Repaint one clip."""
        rect = self.desk.scene.rect_of(clip_id)
        if rect is not None and rect.right > 0 and rect.x < self.width():
            left, right = max(-4.0, rect.x), min(self.width() + 4.0, rect.right)
            self.backing.invalidate(QRect(int(left) - 1, int(rect.y), int(right - left) + 3, int(rect.height) + 1))

    def begin_rename(self, clip_id: ClipId) -> None:
        """Let a clip's name be typed in place."""
        clip, rect = self.desk.scene.state.clips.get(clip_id), self.desk.scene.rect_of(clip_id)
        if clip is None or rect is None:
            return
        box = QRect(round(max(0.0, rect.x)), round(rect.y), max(120, min(240, round(rect.width))), 24)
        field = RenameField(self, box, clip.name, lambda text: self.desk.commit("clips.rename_clip", clip_id, text))
        field.setAccessibleName(self.tr("Clip name"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press with the tool, or begin to pan with the middle button."""
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pan_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton:
            self.tool.press(pointer_of(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a drag; without a button only cursor and hint change."""
        if self._pan_from is not None:
            self.panned.emit(event.position() - self._pan_from)
            self._pan_from = event.position()
        elif self.tool.is_pressed:
            had_gesture = self.tool.gesture is not None
            self.tool.move(pointer_of(event))
            if not had_gesture and self.tool.gesture is not None:
                self.hint.emit(self.tool.gesture.hint)
        else:
            self._hover(self.desk.scene.hit_test(event.position().x(), event.position().y()))

    def _hover(self, hit: Hit) -> None:
        if hit.entity != self._hot.entity:
            for clip in (self._hot.entity, hit.entity):
                if clip is not None:
                    self.update_clip(clip)
            self.lanes.hot_clip = hit.entity
        if hit.zone is not self._hot.zone:
            self.setCursor(Qt.CursorShape[CURSORS.get(hit.zone, "ArrowCursor")])
            self.hint.emit(HINTS[hit.zone])
        self._hot = hit

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Finish a drag or a click."""
        if event.button() == Qt.MouseButton.MiddleButton and self._pan_from is not None:
            self._pan_from = None
            self.unsetCursor()
        elif event.button() == Qt.MouseButton.LeftButton:
            had_gesture = self.tool.gesture is not None
            self.tool.release(pointer_of(event))
            if had_gesture:
                self._hot = Hit(Zone.NOTHING)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Hand a double click to the tool."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.tool.double_click(pointer_of(event))

    def leaveEvent(self, event: object) -> None:
        """Forget what was under the pointer."""
        if not self.tool.is_pressed:
            self._hover(Hit(Zone.NOTHING))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives a drag up."""
        if event.key() != Qt.Key.Key_Escape or not self.tool.cancel():
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Select what is under the pointer and ask for its menu."""
        hit = self.desk.scene.hit_test(event.pos().x(), event.pos().y())
        selection = self.desk.studio.selection
        if hit.entity is not None and hit.entity not in selection.clips:
            selection.set_clips((ClipId(hit.entity),))
        elif hit.zone in {Zone.TAKE, Zone.TAKE_LANE}:
            self.tool.choose_piece(hit, event.pos().x())
        self.menu_wanted.emit(hit, event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept audio files and sounds from the browser."""
        if dropped_audio(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the drop would land."""
        drop = self._drop(event)
        self.lanes.ghosts = ghosts_of(self.desk.scene, drop)
        self.update()
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Take the ghost away."""
        self._clear_ghosts()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand the drop on."""
        drop = self._drop(event)
        self._clear_ghosts()
        event.acceptProposedAction()
        self.dropped.emit(drop)

    def _drop(self, event: QDropEvent) -> Drop:
        keys = keys_of(event.modifiers())
        track, tick = place_of(self.desk, event.position().x(), event.position().y(), keys)
        return Drop(tuple(dropped_audio(event.mimeData())), track, tick)

    def _clear_ghosts(self) -> None:
        if self.lanes.ghosts:
            self.lanes.ghosts = []
            self.update()
