"""The column of track headers: paints them, and turns clicks and drags on them into edits."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from maxbooster_desktop.project.document.state import TrackId
from maxbooster_desktop.ui.arranger.backing import Backing
from maxbooster_desktop.ui.arranger.desk import Desk, Gesture, Pointer
from maxbooster_desktop.ui.arranger.geometry import Rect, Row
from maxbooster_desktop.ui.arranger.header_gestures import Reorder, Resize, Volume
from maxbooster_desktop.ui.arranger.header_layout import HEADER_WIDTH, HeaderLayout, layout_header
from maxbooster_desktop.ui.arranger.header_painter import HeaderLook, HeaderPainter, Levels
from maxbooster_desktop.ui.arranger.hits import CURSORS, HINTS, Hit, Zone
from maxbooster_desktop.ui.arranger.others_tracks import Mark
from maxbooster_desktop.ui.arranger.pointing import keys_of, pointer_of
from maxbooster_desktop.ui.arranger.rename_field import RenameField
from maxbooster_desktop.ui.arranger.take_lanes import lanes_of
from maxbooster_desktop.ui.arranger.texts import Texts
from maxbooster_desktop.ui.theme.tokens import theme

_DRAG_FROM_PX = 4
_SILENT = Levels()


class HeaderColumn(QWidget):
    """Headers beside the lanes, scrolled with them. `rows_changed` asks for a new layout; `hint` is a status text."""

    hint = Signal(str)
    rows_changed = Signal()
    clip_lamp_clicked = Signal(str)
    menu_wanted = Signal(object, QPoint)

    def __init__(self, desk: Desk, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk, self._painter = desk, HeaderPainter(texts)
        self.backing = Backing(self, self._paint_part)
        self._levels: Mapping[TrackId, Levels] = {}
        self.marks: Mapping[TrackId, tuple[Mark, ...]] = {}
        self._gesture: Gesture | None = None
        self._press: tuple[QPoint, Hit] | None = None
        self._hot = Zone.NOTHING
        self.insert_y: float | None = None
        self.dragged_gains: dict[TrackId, float] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFixedWidth(HEADER_WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(self.tr("Track headers"))

    def layout_of(self, row: Row) -> HeaderLayout:
        """Return where the parts of a row's header are."""
        return layout_header(row, self.desk.scene.scroll_y, self.width())

    def rect_of(self, track: str) -> Rect | None:
        """Return the rectangle of a track's header, or None while it is folded away."""
        row = self.desk.scene.rows.by_track.get(TrackId(track))
        return self.layout_of(row).whole if row else None

    def hit_test(self, x: float, y: float) -> Hit:
        """Return what a point in the column means."""
        row = self.desk.scene.row_at(y)
        if row is None:
            return Hit(Zone.BELOW_TRACKS)
        is_header = y + self.desk.scene.scroll_y < row.bottom
        return Hit(self.layout_of(row).hit(x, y) if is_header else Zone.HEADER, row.track, row.track)

    def show_levels(self, levels: Mapping[TrackId, Levels]) -> None:
        """Show new meter levels, repainting only the meters that moved."""
        before, self._levels = self._levels, levels
        for row in self.desk.scene.visible_rows():
            if before.get(row.track, _SILENT) != levels.get(row.track, _SILENT):
                self.backing.invalidate(_qrect(self.layout_of(row).meter))

    def show_marks(self, marks: Mapping[TrackId, tuple[Mark, ...]]) -> None:
        """Show who works on which track, repainting only the headers that differ."""
        before, self.marks = self.marks, marks
        for track in before.keys() | marks.keys():
            if before.get(track) != marks.get(track):
                self.update_track(track)

    def update_track(self, track: TrackId) -> None:
        """Repaint one header."""
        row = self.desk.scene.rows.by_track.get(track)
        if row is not None:
            whole = _qrect(self.layout_of(row).whole)
            self.backing.invalidate(whole.adjusted(0, 0, 0, row.end - row.bottom))

    def begin_rename(self, track: TrackId) -> None:
        """Let a track's name be typed in place."""
        row = self.desk.scene.rows.by_track.get(track)
        if row is None:
            return
        name = self.desk.scene.state.tracks[track].name
        box = _qrect(self.layout_of(row).name).adjusted(-4, 0, 4, 0)
        field = RenameField(self, box, name, lambda text: self.desk.commit("tracks.rename_track", track, text))
        field.setAccessibleName(self.tr("Track name"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the kept picture, then the line where dragged tracks would go."""
        painter = QPainter(self)
        self.backing.copy_to(painter, event.region())
        if self.insert_y is not None:
            painter.fillRect(0, round(self.insert_y) - 1, self.width(), 2, theme().colour("accent"))
        painter.end()

    def _paint_part(self, painter: QPainter, dirty: QRect) -> None:
        scene = self.desk.scene
        rows = scene.rows.between(dirty.top() + scene.scroll_y, dirty.bottom() + 1 + scene.scroll_y)
        selected = set(self.desk.studio.selection.tracks)
        tracks = scene.state.tracks
        has_solo = any(tracks[row.track].is_soloed for row in scene.rows.rows)
        for row in rows:
            track = tracks[row.track]
            look = HeaderLook(
                track,
                row.number,
                self._levels.get(row.track, _SILENT),
                row.track in selected,
                row.track in scene.folded,
                track.is_muted or (has_solo and not track.is_soloed and not track.is_solo_safe),
                self.dragged_gains.get(row.track, track.gain_db),
                self.marks.get(row.track, ()),
                row.track in self.desk.studio.takes.armed,
                track.frozen is None or not self.desk.studio.is_stale(track),
            )
            self._painter.paint(painter, self.layout_of(row), look)
            for lane in lanes_of(scene, row):
                is_heard = any(part.take == lane.take.id for part in scene.state.comps.get(row.track, ()))
                self._painter.paint_take(painter, lane.rect, self.width(), lane.take.name, is_heard=is_heard)
        below = scene.rows.height - scene.scroll_y
        if below <= dirty.bottom():
            painter.fillRect(0, below, self.width(), self.height() - below, theme().colour("bg.panel"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Switch, begin a drag, or select."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        pointer = pointer_of(event)
        hit = self.hit_test(pointer.x, pointer.y)
        self._press = (event.position().toPoint(), hit)
        if hit.entity is None:
            self.desk.studio.selection.set_tracks(())
            return
        self._press_on(hit.zone, TrackId(hit.entity), pointer)

    def _press_on(self, zone: Zone, track: TrackId, pointer: Pointer) -> None:
        state = self.desk.scene.state.tracks[track]
        act: Mapping[Zone, Callable[[], None]] = {
            Zone.HEADER_ARM: lambda: self._toggle_armed(track),
            Zone.HEADER_MUTE: lambda: self.desk.commit("channel.set_mute", (track,), not state.is_muted),
            Zone.HEADER_SOLO: lambda: self.desk.commit("channel.set_solo", (track,), not state.is_soloed),
            Zone.HEADER_FOLD: lambda: self._toggle_fold(track),
            Zone.HEADER_METER: lambda: self.clip_lamp_clicked.emit(track),
        }
        if zone in act:
            act[zone]()
        elif zone is Zone.HEADER_VOLUME:
            self._gesture = Volume(self.desk, self, track, pointer)
        elif zone is Zone.HEADER_RESIZE:
            self._gesture = Resize(self.desk, track, pointer, self.rows_changed.emit)
        else:
            self._select(track, pointer)

    def _toggle_armed(self, track: TrackId) -> None:
        takes = self.desk.studio.takes
        takes.arm(track, is_armed=track not in takes.armed)

    def _select(self, track: TrackId, pointer: Pointer) -> None:
        selection = self.desk.studio.selection
        if pointer.keys.ctrl:
            selection.toggle_track(track)
        elif pointer.keys.shift and selection.tracks:
            rows = self.desk.scene.rows
            first, last = (rows.by_track[each].index for each in (selection.tracks[0], track))
            step = 1 if last >= first else -1
            selection.set_tracks(rows.rows[index].track for index in range(first, last + step, step))
        elif track not in selection.tracks:
            selection.set_tracks((track,))

    def _toggle_fold(self, track: TrackId) -> None:
        self.desk.scene.folded ^= {track}
        self.rows_changed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a drag, or show what a drag would do."""
        pointer = pointer_of(event)
        if self._gesture is None and self._press is not None and event.buttons() & Qt.MouseButton.LeftButton:
            start, hit = self._press
            can_drag = hit.entity is not None and hit.zone in {Zone.HEADER, Zone.HEADER_NAME}
            if can_drag and abs(event.position().y() - start.y()) >= _DRAG_FROM_PX:
                self._gesture = Reorder(self.desk, self, TrackId(str(hit.entity)))
        if self._gesture is not None:
            self._gesture.move(pointer)
            return
        zone = self.hit_test(pointer.x, pointer.y).zone
        if zone is not self._hot:
            self._hot = zone
            self.setCursor(Qt.CursorShape[CURSORS.get(zone, "ArrowCursor")])
            self.hint.emit(HINTS[zone])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Finish a drag or a click."""
        gesture, self._gesture = self._gesture, None
        press, self._press = self._press, None
        if gesture is not None:
            gesture.release(pointer_of(event))
        elif press is not None and press[1].zone in {Zone.HEADER, Zone.HEADER_NAME}:
            keys = keys_of(event.modifiers())
            if not keys.ctrl and not keys.shift and press[1].entity is not None:
                self.desk.studio.selection.set_tracks((TrackId(press[1].entity),))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Rename a track, or set its volume to 0 dB."""
        hit = self.hit_test(event.position().x(), event.position().y())
        if hit.entity is None:
            return
        if hit.zone is Zone.HEADER_NAME:
            self.begin_rename(TrackId(hit.entity))
        elif hit.zone is Zone.HEADER_VOLUME:
            self._gesture = None
            self.dragged_gains.clear()
            self.desk.commit("channel.set_gain", TrackId(hit.entity), 0.0)
        else:
            self.mousePressEvent(event)

    def cancel_gesture(self) -> bool:
        """Give a drag in progress up; return whether there was one."""
        gesture, self._gesture, self._press = self._gesture, None, None
        if gesture is not None:
            gesture.cancel()
        return gesture is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives a drag up."""
        if event.key() != Qt.Key.Key_Escape or not self.cancel_gesture():
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Select what is under the pointer and ask for its menu."""
        hit = self.hit_test(event.pos().x(), event.pos().y())
        if hit.entity is not None and TrackId(hit.entity) not in self.desk.studio.selection.tracks:
            self.desk.studio.selection.set_tracks((TrackId(hit.entity),))
        self.menu_wanted.emit(hit, event.globalPos())


def _qrect(rect: Rect) -> QRect:
    return QRect(round(rect.x), round(rect.y), round(rect.width), round(rect.height))
