"""Keeps the arranger in step with the project: what a new state, a selection or a drag asks to be repainted.

Runs on the window's thread; the studio's callbacks arrive through queued signals. Only rows, headers and markers
that differ from the state shown before are repainted.
"""

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QRect, QTimer, Signal
from PySide6.QtGui import QRegion

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import ClipId, ProjectState, TrackId
from maxbooster_desktop.ui.arranger.canvas import Canvas
from maxbooster_desktop.ui.arranger.clip_painter import ClipPainter
from maxbooster_desktop.ui.arranger.desk import Desk
from maxbooster_desktop.ui.arranger.empty_state import ADD_TRACK, IMPORT, EmptyState
from maxbooster_desktop.ui.arranger.following import Following
from maxbooster_desktop.ui.arranger.geometry import MAX_ROW_HEIGHT, MIN_ROW_HEIGHT, Row, TimeAxis
from maxbooster_desktop.ui.arranger.header_column import HeaderColumn
from maxbooster_desktop.ui.arranger.ruler import Ruler
from maxbooster_desktop.ui.arranger.scene import EMPTY_STATE, NO_PREVIEW, Scene
from maxbooster_desktop.ui.arranger.silence import NO_AUDIO
from maxbooster_desktop.ui.arranger.viewport import Viewport
from maxbooster_desktop.ui.arranger.waveforms import Waveforms
from maxbooster_desktop.ui.qtbridge.studio_relay import StudioRelay

if TYPE_CHECKING:
    from collections.abc import Callable

_HEIGHT_STEP = 1.2
_HEIGHT_SETTLES_MS = 350

#: More than any picture is wide.
_FARTHEST_PX = 1 << 20


class Parts(Protocol):
    """What an arranger is made of, as far as keeping it in step needs."""

    studio: Studio
    scene: Scene
    desk: Desk
    clips: ClipPainter
    canvas: Canvas
    headers: HeaderColumn
    ruler: Ruler
    viewport: Viewport
    following: Following
    empty: EmptyState
    missing_assets: frozenset[str]
    arriving_assets: frozenset[str]

    def show_place(self, tick: int) -> None:
        """Scroll so that a moment can be seen."""

    def ruler_lanes_changed(self) -> None:
        """Give the ruler the lanes that are wanted now."""


class Syncing(QObject):
    """Listens to the studio on behalf of one view."""

    edit_done = Signal(object)
    asset_ready = Signal(str)

    def __init__(self, view: Parts, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self.waveforms = self._new_waveforms()
        self._stop_pool: Callable[[], None] = lambda: None
        self._clips: tuple[ClipId, ...] = ()
        self._previewed: set[TrackId] = set()
        self._armed: frozenset[TrackId] = frozenset()
        self._tracks: tuple[TrackId, ...] = ()
        self._range: tuple[int, int] | None = None
        self._heights = QTimer(self)
        self._heights.setSingleShot(True)
        self._heights.setInterval(_HEIGHT_SETTLES_MS)
        self._heights.timeout.connect(self._commit_heights)
        self._relay = StudioRelay(view.studio, self)
        self._relay.changed.connect(self.show_state)
        self._relay.opened.connect(self.use_project)
        self._relay.selected.connect(self._selection_changed)
        self._relay.naming.connect(self._name_made)
        self._relay.options.connect(view.ruler_lanes_changed)
        self._relay.options.connect(self._open_takes)
        self._relay.options.connect(self._show_pass)
        self._relay.company.connect(view.ruler_lanes_changed)
        self.edit_done.connect(self._edit_came_back)
        self.asset_ready.connect(self._asset_came)

    def stop(self) -> None:
        """Stop listening and drawing."""
        self._relay.stop()
        self._stop_pool()
        self._heights.stop()
        self.waveforms.close()

    def _new_waveforms(self) -> Waveforms:
        waveforms = Waveforms(self._view.studio.pool or NO_AUDIO, lambda: self._view.scene.state)
        waveforms.arrived.connect(self._repaint_region)
        waveforms.rested.connect(self._repaint_lanes)
        return waveforms

    def _repaint_region(self, region: QRegion) -> None:
        self._view.canvas.backing.invalidate_region(region)

    def _repaint_lanes(self) -> None:
        self._view.canvas.backing.invalidate()

    def use_project(self) -> None:
        """Show the project that was attached, or nothing."""
        view = self._view
        self.waveforms.close()
        self._stop_pool()
        self.waveforms = view.clips.waveforms = self._new_waveforms()
        subscribe = getattr(view.studio.pool, "subscribe", None)
        self._stop_pool = (subscribe(self.asset_ready.emit) if subscribe else None) or (lambda: None)
        view.scene.folded.clear()
        view.scene.preview = NO_PREVIEW
        view.scene.scroll_y = 0
        view.viewport.forget()
        view.clips.audio_changed()
        self._look_for_missing()
        self._show(view.studio.state if view.studio.has_project else EMPTY_STATE)
        self.repaint_all()

    def show_state(self) -> None:
        """Show the latest state, repainting what differs."""
        studio = self._view.studio
        if studio.has_project and studio.state is not self._view.scene.state:
            self._show(studio.state)

    def _show(self, state: ProjectState) -> None:
        view = self._view
        scene, before = view.scene, view.scene.state
        shown = {row.track: scene.index.of(row.track) for row in scene.visible_rows()}
        if not self._heights.isActive():
            scene.heights.clear()
        view.desk.settle()
        has_moved = scene.show(state)
        view.studio.selection.prune(state)
        view.empty.offer(IMPORT if state.track_order else ADD_TRACK)
        self._show_empty(state)
        view.viewport.update_bars()
        view.ruler.fit_lanes()
        view.following.place()
        if has_moved or state.tempo_map != before.tempo_map or state.assets != before.assets:
            self.repaint_all()
            return
        for row in scene.visible_rows():
            if scene.index.of(row.track) is not shown.get(row.track):
                self._repaint_row(row)
            elif row.lanes and state.takes is not before.takes:
                self._repaint_row(row)
                view.headers.update_track(row.track)
            if state.tracks[row.track] != before.tracks.get(row.track):
                self._repaint_track(row, state, before)
        if state.markers != before.markers or state.meta != before.meta:
            view.ruler.invalidate()

    def _repaint_track(self, row: Row, state: ProjectState, before: ProjectState) -> None:
        old, new = before.tracks.get(row.track), state.tracks[row.track]
        self._view.headers.update_track(row.track)
        if old is None or old.colour != new.colour:
            self._repaint_row(row)
        if old is None or old.is_soloed != new.is_soloed:
            self._view.headers.backing.invalidate()

    def _repaint_row(self, row: Row) -> None:
        canvas = self._view.canvas
        canvas.backing.invalidate(QRect(0, row.top - self._view.scene.scroll_y, canvas.width(), row.end - row.top))

    def repaint_all(self) -> None:
        """Repaint every part."""
        self._view.canvas.backing.invalidate()
        self._view.headers.backing.invalidate()
        self._view.ruler.invalidate()

    def rows_changed(self) -> None:
        """Lay the rows out again after folding or resizing."""
        self._view.scene.layout()
        self._view.viewport.update_bars()
        self.repaint_all()

    def _show_empty(self, state: ProjectState) -> None:
        studio, is_silent = self._view.studio, not (state.clips or state.comps)
        self._view.empty.show_if(is_wanted=is_silent and studio.has_project and not studio.takes.is_recording)

    def _show_pass(self) -> None:
        """Show which tracks are armed, and that a pass runs."""
        if self._view.studio.has_project:
            self._show_empty(self._view.studio.state)
        before, self._armed = self._armed, self._view.studio.takes.armed
        for track in before ^ self._armed:
            self._view.headers.update_track(track)

    def _open_takes(self) -> None:
        """Show the lanes of takes that are wanted now."""
        if self._view.scene.opened != self._view.studio.open_takes:
            self._view.scene.opened = self._view.studio.open_takes
            self.rows_changed()

    def view_moved(self, before: TimeAxis, scroll_y: int) -> None:
        """Repaint after scrolling (by shifting what is painted) or zooming."""
        scene, backing = self._view.scene, self._view.canvas.backing
        self._view.following.place()
        # Beyond this nothing that was shown is left, and Qt's points hold no more than a C int.
        moved = round(before.scroll_px) - round(scene.axis.scroll_px)
        dx, dy = max(-_FARTHEST_PX, min(_FARTHEST_PX, moved)), scroll_y - scene.scroll_y
        if before.px_per_tick == scene.axis.px_per_tick:
            self.waveforms.view_scrolled(dx, dy, QRect(0, 0, scene.width, scene.height))
            backing.scroll(dx, dy)
        else:
            self.waveforms.view_zoomed()
            backing.invalidate()
        if dy:
            self._view.headers.backing.scroll(0, dy)
        if before.px_per_tick != scene.axis.px_per_tick:
            self._view.ruler.invalidate()
        elif dx:
            self._view.ruler.shift(dx)

    def preview_changed(self) -> None:
        """Repaint what a drag changes: the rows of the previewed clips, before and after."""
        scene, canvas = self._view.scene, self._view.canvas
        tracks = {clip.track for clip in scene.preview.clips.values()}
        tracks |= {scene.state.clips[clip].track for clip in scene.preview.hidden if clip in scene.state.clips}
        for track in tracks | self._previewed:
            row = scene.rows.by_track.get(track)
            if row is not None:
                self._repaint_row(row)
        self._previewed = tracks
        canvas.update()

    def _selection_changed(self) -> None:
        view, selection = self._view, self._view.studio.selection
        for clip in set(self._clips).symmetric_difference(selection.clips):
            view.canvas.update_clip(clip)
        for track in set(self._tracks).symmetric_difference(selection.tracks):
            view.headers.update_track(track)
        if selection.time_range != self._range:
            view.canvas.backing.invalidate()
        self._clips, self._tracks, self._range = selection.clips, selection.tracks, selection.time_range

    def _edit_came_back(self, _future: object) -> None:
        """Show what an edit of ours made; the preview goes even when the edit changed nothing or failed."""
        self.show_state()
        self._view.desk.settle()
        self._view.scene.heights.clear()
        if self._view.scene.layout():
            self.repaint_all()

    def _name_made(self, made: str) -> None:
        """Let the name of a new marker be typed where it stands."""
        self.show_state()
        marker = next((each for each in self._view.scene.state.markers if each.id == made), None)
        if marker is not None:
            self._view.show_place(marker.tick)
            self._view.ruler.begin_rename(marker.id)

    def _asset_came(self, asset: str) -> None:
        self.waveforms.asset_arrived(asset)
        self._view.clips.audio_changed()
        self._look_for_missing()
        self._view.canvas.backing.invalidate()

    def _look_for_missing(self) -> None:
        missing, arriving = (getattr(self._view.studio.pool, name, ()) for name in ("missing", "arriving"))
        self._view.missing_assets = frozenset(asset.id for asset in missing)
        self._view.arriving_assets = frozenset(asset.id for asset in arriving)

    def grow_row(self, y: float, direction: int) -> None:
        """Make the row under `y` higher or lower, as one undo step when the wheel comes to rest."""
        scene = self._view.scene
        row = scene.row_at(y)
        if row is not None:
            height = round(row.height * _HEIGHT_STEP**direction)
            scene.heights[row.track] = max(MIN_ROW_HEIGHT, min(MAX_ROW_HEIGHT, height))
            self._heights.start()
            self.rows_changed()

    def _commit_heights(self) -> None:
        scene = self._view.scene
        for track, height in tuple(scene.heights.items()):
            if track in scene.state.tracks and scene.state.tracks[track].height != height:
                self._view.desk.commit("tracks.set_track_height", track, height)
