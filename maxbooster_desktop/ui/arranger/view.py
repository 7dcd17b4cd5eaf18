"""The arranger: ruler, track headers and lanes around one scene, kept in step with the studio."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QGridLayout, QScrollBar, QWidget

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import Clip, TrackId
from maxbooster_desktop.ui.arranger import accessibility
from maxbooster_desktop.ui.arranger.canvas import Canvas
from maxbooster_desktop.ui.arranger.clip_names import ARRIVING, MISSING
from maxbooster_desktop.ui.arranger.clip_painter import ClipPainter
from maxbooster_desktop.ui.arranger.corner import Corner
from maxbooster_desktop.ui.arranger.desk import Desk
from maxbooster_desktop.ui.arranger.dropping import Drop, add_on_new_track
from maxbooster_desktop.ui.arranger.empty_state import EmptyState
from maxbooster_desktop.ui.arranger.first_pictures import FirstPictures
from maxbooster_desktop.ui.arranger.following import Following
from maxbooster_desktop.ui.arranger.geometry import Rect
from maxbooster_desktop.ui.arranger.header_column import HeaderColumn
from maxbooster_desktop.ui.arranger.hits import Hit, Zone
from maxbooster_desktop.ui.arranger.lane_painter import LanePainter
from maxbooster_desktop.ui.arranger.live_takes import LiveTakes
from maxbooster_desktop.ui.arranger.menus import build_menu
from maxbooster_desktop.ui.arranger.others import Others
from maxbooster_desktop.ui.arranger.playhead import Playhead
from maxbooster_desktop.ui.arranger.ruler import Ruler
from maxbooster_desktop.ui.arranger.scene import EMPTY_STATE, Scene
from maxbooster_desktop.ui.arranger.syncing import Syncing
from maxbooster_desktop.ui.arranger.texts import Texts
from maxbooster_desktop.ui.arranger.viewport import Viewport

#: The share of the width in which a moment counts as seen.
_IN_SIGHT = 0.97


class ArrangerView(QWidget):
    """Shows and edits the arrangement of the open project.

    Signals:
        hint_changed(text): what a drag under the pointer would do, for the status bar.
        files_dropped(drop): sound files to import onto a track, or onto new tracks (`Drop.files`).
    """

    hint_changed = Signal(str)
    files_dropped = Signal(object)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        accessibility.install()
        self.studio = studio
        self.scene = Scene(EMPTY_STATE)
        self.missing_assets: frozenset[str] = frozenset()
        self.arriving_assets: frozenset[str] = frozenset()
        self.texts = Texts()
        self.sync = Syncing(self, self)
        self.desk = Desk(self.scene, studio, self.sync.preview_changed, self.sync.edit_done.emit)
        self._build()
        self._connect()
        self.sync.use_project()

    def _build(self) -> None:
        self.clips = ClipPainter(self.sync.waveforms, self.texts, self._lack)
        self.canvas = Canvas(self.desk, LanePainter(self.desk, self.clips), self)
        self.headers = HeaderColumn(self.desk, self.texts, self)
        self.ruler = Ruler(self.desk, self.texts, self)
        self.corner = Corner(self.texts, self)
        self._down = QScrollBar(Qt.Orientation.Vertical, self)
        self._across = QScrollBar(Qt.Orientation.Horizontal, self)
        self.viewport = Viewport(self.scene, self.studio, self._across, self._down)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        places = ((self.corner, 0, 0), (self.ruler, 0, 1), (self.headers, 1, 0), (self.canvas, 1, 1))
        for widget, row, column in (*places, (self._down, 1, 2), (self._across, 2, 1)):
            grid.addWidget(widget, row, column)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(1, 1)
        self.live_takes = LiveTakes(self.studio, self.scene, self.canvas)
        self.playhead = Playhead(self.canvas, self.ruler)
        self.empty = EmptyState(self.canvas)
        # The lanes come last: once they are drawn, everything is.
        FirstPictures(self, (self.ruler.backing, self.headers.backing, self.canvas.backing))
        moving = (self.playhead, self.live_takes, self.headers)
        self.following = Following(self, self.studio, self.viewport, moving)
        self.others = Others(self.studio, self.scene, self.viewport, (self.canvas, self.ruler, self.headers))
        for part in (self.canvas, self.headers, self.ruler):
            part.installEventFilter(self)

    def _connect(self) -> None:
        for part in (self.canvas, self.headers, self.ruler):
            part.hint.connect(self.hint_changed)
            part.menu_wanted.connect(self.show_menu)
        self.headers.rows_changed.connect(self.sync.rows_changed)
        self.headers.clip_lamp_clicked.connect(self.following.clear_clip)
        self.canvas.panned.connect(self.viewport.pan)
        self.canvas.dropped.connect(self.take)
        self.ruler.axis_wanted.connect(self.viewport.set_axis)
        self.ruler.height_changed.connect(self.corner.grow)
        self.ruler.comments.seen.connect(lambda tick: self.viewport.show_tick(tick, _IN_SIGHT))
        self.ruler.fit_wanted.connect(self.zoom_to_selection)
        self.viewport.moved.connect(self.sync.view_moved)
        self.viewport.row_height_wanted.connect(self.sync.grow_row)
        self.empty.pressed.connect(lambda action: REGISTRY[action].run(self.studio))

    def close_project(self) -> None:
        """Stop drawing and listening; call before the view goes."""
        self.following.stop()
        self.others.stop()
        self.sync.stop()

    def is_missing(self, clip: Clip) -> bool:
        """Return whether a clip's audio cannot be had."""
        return clip.kind == "audio" and (
            clip.asset is None or clip.asset in self.missing_assets or clip.asset not in self.scene.state.assets
        )

    def _lack(self, clip: Clip) -> str:
        """Return what its header says of a clip's audio; nothing when it is there."""
        if self.is_missing(clip):
            return MISSING
        return ARRIVING if clip.asset in self.arriving_assets else ""

    def rect_of(self, entity_id: str) -> Rect | None:
        """Return a clip's or track's rectangle in the lanes, a marker's or pin's in the ruler, or None."""
        return self.scene.rect_of(entity_id) or self.ruler.rect_of(entity_id)

    def hit_test(self, pos: QPoint) -> Hit:
        """Return what a point of this view means."""
        for part in (self.headers, self.ruler, self.canvas):
            if part.geometry().contains(pos):
                local = part.mapFrom(self, pos)
                return part.hit_test(local.x(), local.y())
        return Hit(Zone.NOTHING)

    def visible_range(self) -> tuple[int, int]:
        """Return the first and last visible tick."""
        return self.scene.visible_range()

    # The window's view verbs (`actions.ports.StudioView`).

    def zoom_to_selection(self) -> None:
        """Show the selected clips or time across the whole width; everything when nothing is selected."""
        selection, state = self.studio.selection, self.scene.state
        clips = [state.clips[clip] for clip in selection.clips if clip in state.clips]
        if clips:
            self.viewport.fit(min(c.start_tick for c in clips), max(state.clip_end_tick(c) for c in clips))
        elif selection.time_range is not None:
            self.viewport.fit(*selection.time_range)
        else:
            self.zoom_fit()

    def zoom_back(self) -> None:
        """Return to the view before the last zoom."""
        self.viewport.back()

    def zoom(self, factor: float) -> None:
        """Zoom around the playhead, or around the middle while it is out of sight."""
        x = self.scene.axis.x_of(self.studio.playhead_tick)
        self.viewport.zoom(factor, x if 0 <= x <= self.scene.width else self.scene.width / 2)

    def zoom_fit(self) -> None:
        """Show the whole song."""
        bar = self.scene.state.tempo_map.signature_at(0).bar_ticks
        self.viewport.fit(0, max(self.scene.state.end_tick(), 4 * bar))

    def show_place(self, tick: int, tracks: Iterable[TrackId] = ()) -> None:
        """Scroll so that a moment, and these tracks, can be seen; the zoom stays."""
        self.sync.show_state()
        by_track = self.scene.rows.by_track
        self.viewport.show_rows([by_track[track] for track in tracks if track in by_track])
        self.viewport.show_tick(tick, _IN_SIGHT)
        self.following.place()

    def ruler_lanes_changed(self) -> None:
        """Give the ruler the lanes that are wanted now."""
        self.ruler.fit_lanes()
        self.others.place()

    def rename(self) -> None:
        """Let the name of the selected clip, else of the selected track, be typed."""
        selection = self.studio.selection
        if selection.clips:
            self.canvas.begin_rename(selection.clips[0])
        elif selection.tracks:
            self.headers.begin_rename(selection.tracks[0])

    def show_menu(self, hit: Hit, where: QPoint) -> None:
        """Open the context menu of a zone."""
        menu = build_menu(self.studio, hit.zone, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    def take(self, drop: Drop) -> None:
        """Put sounds of the project where they were dropped; `files_dropped` asks for the import of files."""
        for asset in drop.assets:
            if drop.track is not None:
                self.desk.commit("clips.add_audio_clip", drop.track, asset, drop.tick)
            else:
                self.desk.commit(add_on_new_track, asset, drop.tick)
        if drop.files:
            self.files_dropped.emit(drop)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the lanes; scroll and zoom with the wheel or two fingers over any part."""
        if isinstance(event, QWheelEvent):
            local = self.canvas.mapFromGlobal(event.globalPosition())
            self.viewport.wheel(event, max(0.0, local.x()), local.y())
            return True
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.viewport.pinch(event.value(), max(0.0, self.canvas.mapFromGlobal(event.globalPosition()).x()))
            return True
        if watched is self.canvas and event.type() == QEvent.Type.Resize:
            self.scene.width, self.scene.height = self.canvas.width(), self.canvas.height()
            self.playhead.resize()
            self.following.place()
            self.others.place()
            self.empty.place()
            self.viewport.update_bars()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives up a drag in any part; Enter goes to the start."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            REGISTRY["transport.to_start"].run(self.studio)
            return
        is_escape = event.key() == Qt.Key.Key_Escape
        if not (is_escape and (self.headers.cancel_gesture() or self.ruler.cancel_gesture())):
            super().keyPressEvent(event)
