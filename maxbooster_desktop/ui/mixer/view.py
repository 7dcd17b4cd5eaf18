"""The mixer: strips with true meters, the master fixed at the right, and the strip panel beside them."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QScrollBar, QVBoxLayout, QWidget

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.engine.readings import Meters
from maxbooster_desktop.project.document.state import ProjectState, TrackId
from maxbooster_desktop.ui.mixer import accessibility
from maxbooster_desktop.ui.mixer.canvas import Canvas
from maxbooster_desktop.ui.mixer.desk import Desk
from maxbooster_desktop.ui.mixer.geometry import PITCH, Rect
from maxbooster_desktop.ui.mixer.levels import MixerLevels, gain_reduction_db
from maxbooster_desktop.ui.mixer.menus import MenuMaker
from maxbooster_desktop.ui.mixer.metering import Metering
from maxbooster_desktop.ui.mixer.parts import NOTHING, Control, Part
from maxbooster_desktop.ui.mixer.scene import EMPTY_STATE, Scene
from maxbooster_desktop.ui.mixer.strip_panel import StripPanel
from maxbooster_desktop.ui.qtbridge.studio_relay import StudioRelay
from maxbooster_desktop.ui.widgets.panels import EmptyState, filled


class MixerView(QWidget):
    """Shows and edits the channels of the open project.

    Signals:
        hint_changed(text): what the pointer would do, for the status bar.
    """

    hint_changed = Signal(str)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        accessibility.install()
        self.studio = studio
        self.scene = Scene()
        self.levels = MixerLevels()
        self.desk = Desk(studio, self.scene, self)
        self._selected: tuple[TrackId, ...] = ()
        self._build()
        self.metering = Metering(self.canvas, studio, self._show_reduction)
        self._menus = MenuMaker(
            self.desk, self, self.open_slot, self.canvas.edit_value, lambda control: self.canvas.rename(control.track)
        )
        self._connect()
        self.use_project()

    def _build(self) -> None:
        filled(self, "bg.panel")
        self.canvas = Canvas(self.desk, self.levels, self)
        self.panel = StripPanel(self.desk, self)
        self.panel.hide()
        self.empty = EmptyState("sliders-vertical", "No tracks to mix yet.", "New audio track", self.canvas)
        self._across = QScrollBar(Qt.Orientation.Horizontal, self)
        self._across.setSingleStep(PITCH)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.canvas, 1)
        left.addWidget(self._across)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.panel)
        self.canvas.installEventFilter(self)
        self.setFocusProxy(self.canvas)

    def _connect(self) -> None:
        self.relay = StudioRelay(self.studio, self)
        self.relay.changed.connect(self.show_state)
        self.relay.opened.connect(self.use_project)
        self.relay.selected.connect(self._show_selection)
        self.desk.touched.connect(self._show_touch)
        self.desk.came_back.connect(self._edit_came_back)
        self.canvas.hint.connect(self.hint_changed)
        self.canvas.slot_opened.connect(self.open_slot)
        self.canvas.menu_wanted.connect(self.show_menu)
        self.canvas.scrolled.connect(self._update_bar)
        self._across.valueChanged.connect(self.canvas.scroll_to)
        self.panel.closed.connect(self.canvas.setFocus)
        self.empty.asked.connect(lambda: REGISTRY["track.add_audio"].run(self.studio))

    def close_project(self) -> None:
        """Stop listening and reading meters; call before the view goes."""
        self.desk.flush()
        self.metering.stop()
        self.relay.stop()
        self.desk.forget()

    # The query API.

    def rect_of(self, track: str, part: Part = Part.STRIP, entity: str = "") -> Rect | None:
        """Return the rectangle of a part of a strip in the canvas; None when it is not laid out."""
        return self.scene.rect_of(track, part, entity)

    def hit_test(self, pos: QPoint) -> Control:
        """Return what a point of this view means."""
        local = self.canvas.mapFrom(self, pos)
        return self.scene.hit_test(local.x(), local.y()) if self.canvas.rect().contains(local) else NOTHING

    def visible_range(self) -> tuple[int, int]:
        """Return the index of the first visible strip and of the one behind the last."""
        return self.scene.visible_range()

    # Keeping in step with the studio.

    def use_project(self) -> None:
        """Show the project that was attached, or nothing."""
        self.desk.forget()
        self.levels.keep_only(())
        self.canvas.pointing.focus = NOTHING
        self.scene.scroll_x = 0
        self._show(self.studio.state if self.studio.has_project else EMPTY_STATE)
        self.canvas.update()

    def show_state(self) -> None:
        """Show the latest state, repainting the strips that differ."""
        if self.studio.has_project and self.studio.state is not self.scene.state:
            self._show(self.studio.state)

    def _show(self, state: ProjectState) -> None:
        before = self.scene.state
        has_moved = self.scene.show(state)
        self.levels.keep_only(self.scene.all_tracks())
        focus = self.canvas.pointing.focus
        if focus not in self.scene.controls(focus.track):
            self.canvas.pointing.focus = Control(Part.FADER, focus.track) if focus.track in state.tracks else NOTHING
        self.empty.setVisible(not self.scene.tracks and self.studio.has_project)
        self._update_bar()
        if has_moved or _solo_or_names_differ(before, state):
            self.canvas.update()
        else:
            for track in self.scene.visible_tracks():
                if state.tracks[track] is not before.tracks.get(track):
                    self.canvas.update_strip(track)
        self.panel.refresh()

    def _edit_came_back(self, _future: object) -> None:
        self.show_state()

    def _show_touch(self, track: str) -> None:
        if track:
            self.canvas.update_strip(track)
        else:
            self.canvas.update()
        self.panel.refresh()

    def _show_selection(self) -> None:
        selected = self.studio.selection.tracks
        for track in set(self._selected).symmetric_difference(selected):
            self.canvas.update_strip(track)
        is_new = selected[:1] != self._selected[:1]
        self._selected = selected
        if selected and is_new and selected[0] in self.scene.state.tracks:
            if self.canvas.pointing.focus.track not in selected:
                self.canvas.pointing.focus = Control(Part.FADER, selected[0])
            self.canvas.reveal(selected[0])
            self.panel.show_track(selected[0])

    def _show_reduction(self, meters: Meters) -> None:
        if self.panel.isVisible() and self.panel.track is not None:
            self.panel.show_reduction(gain_reduction_db(meters, self.panel.track))

    # Panel and menus.

    def open_slot(self, control: Control) -> None:
        """Show the controls of a strip's EQ, compressor or insert in the strip panel."""
        self.panel.show_track(control.track)
        self.panel.show()
        self.panel.show_section(control.part, control.entity)
        self.canvas.reveal(control.track)

    def show_menu(self, control: Control, where: QPoint) -> None:
        """Open the menu of a control."""
        menu = self._menus.build(control)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    def build_menu(self, control: Control) -> QMenu:
        """Return the menu of a control without opening it."""
        return self._menus.build(control)

    def _update_bar(self) -> None:
        scene = self.scene
        highest = max(0, scene.content_width - scene.lane_width)
        self._across.blockSignals(True)
        self._across.setRange(0, highest)
        self._across.setPageStep(max(1, scene.lane_width))
        self._across.setValue(scene.scroll_x)
        self._across.blockSignals(False)
        self._across.setVisible(highest > 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the canvas; the strip that the panel shows stays in sight."""
        if watched is self.canvas and event.type() == QEvent.Type.Resize:
            self.scene.width, self.scene.height = self.canvas.width(), self.canvas.height()
            self.scene.layout()
            self.empty.setGeometry(0, 0, max(200, self.scene.lane_width), self.canvas.height())
            self._update_bar()
            if not self.panel.isHidden() and self.panel.track is not None:
                self.canvas.reveal(self.panel.track)
            self.canvas.update()
        return False


def _solo_or_names_differ(before: ProjectState, after: ProjectState) -> bool:
    """Return whether something changed that other strips show too: a solo, a mute, or the name of a send's target."""
    return any(
        before.tracks.get(track.id) is not track
        and (old := before.tracks.get(track.id)) is not None
        and (old.is_soloed, old.is_muted, old.is_solo_safe, old.name)
        != (track.is_soloed, track.is_muted, track.is_solo_safe, track.name)
        for track in after.tracks.values()
    )
