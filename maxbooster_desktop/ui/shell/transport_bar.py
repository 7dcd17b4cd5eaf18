"""The transport: to start, stop, play, loop; clock, tempo, signature, key; click and grid; name, export, load.

It shows nothing about saving while everything is durable, and names the reason when it is not.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QWidget

from maxbooster_desktop.actions.snap import CHOICES
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import ProjectState
from maxbooster_desktop.ui.shell.action_bridge import ActionBridge
from maxbooster_desktop.ui.shell.clock_box import ClockBox
from maxbooster_desktop.ui.theme.fonts import mono_font
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.together.avatars import Avatars
from maxbooster_desktop.ui.widgets.buttons import IconButton, ToggleButton
from maxbooster_desktop.ui.widgets.panels import filled, label, primary_button
from maxbooster_desktop.ui.widgets.plain_text import tip
from maxbooster_desktop.ui.widgets.text_field import TextField

_WAYS_TO_RECORD = ("transport.count_in", "transport.punch", "track.arm", "track.monitor", "transport.keep_played")


class TransportBar(QWidget):
    """The bar on top of the studio."""

    def __init__(self, studio: Studio, bridge: ActionBridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        filled(self, "bg.panel")
        self.setFixedHeight(theme().metric("transport_height"))
        self.browser = self._button(bridge, "view.browser")
        self.inspector = self._button(bridge, "view.inspector")
        for drawer in (self.browser, self.inspector):
            drawer.setCheckable(True)
            drawer.hide()
        self.to_start = self._button(bridge, "transport.to_start")
        self.stop = self._button(bridge, "transport.stop")
        self.play = self._button(bridge, "transport.play")
        self.play.setCheckable(True)
        self.record = self._button(bridge, "transport.record", lit_role="danger")
        self.record.setCheckable(True)
        self.how_to_record = IconButton("chevron-down", "How to record", self, side=20)
        self.how_to_record.clicked.connect(lambda: self._offer_ways(bridge))
        self.loop = self._button(bridge, "transport.loop")
        self.loop.setCheckable(True)
        self.clock = ClockBox(studio, self)
        self.click = ToggleButton("Click", "Click (K)", self, height=28)
        self.click.clicked.connect(bridge["transport.metronome"].trigger)
        self.snap = ToggleButton(
            "Snap", "Grid that edits snap to (Ctrl+4)", self, height=28, is_checkable=False, has_menu=True
        )
        self.snap.clicked.connect(self._offer_grids)
        self.name = TextField("Project name", self, is_mono=False, size="form", is_flat=True)
        self.name.committed.connect(self._rename)
        self.durability = label("", "warn")
        self.durability.setAccessibleName("Not saved yet")
        self.avatars = Avatars(self)
        self.avatars.chosen.connect(self._follow)
        self.export = primary_button("Export", self)
        self.export.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.export.clicked.connect(bridge["project.export"].trigger)
        self.load = QLabel("CPU 0%")
        self.load.setFont(mono_font("hint"))
        self.load.setMinimumWidth(60)
        self._lay_out()

    def show_state(self, state: ProjectState) -> None:
        """Show what the project says: name, loop, tempo, signature, key, durability."""
        self.name.set_text(state.meta.name)
        self.loop.setChecked(state.meta.loop_enabled)
        self.clock.show_state(state)
        has_sound = bool(state.clips or state.comps)
        self.export.setEnabled(has_sound)
        self.export.setToolTip("" if has_sound else "The project is empty; import audio first.")
        self.show_durability()

    def show_options(self) -> None:
        """Show click, grid and whether a pass is recorded."""
        snap = self._studio.snap
        self.click.setChecked(self._studio.is_metronome_on)
        self.record.setChecked(self._studio.takes.is_recording)
        self.snap.setText(f"Snap {snap.division if snap.is_on else 'off'}")
        self.snap.updateGeometry()
        self.snap.update()

    def show_durability(self) -> None:
        """Show nothing while all is on disk, otherwise the reason."""
        durability = self._studio.project.durability
        reason = self._studio.project.read_only_reason or durability.reason
        text = reason or ("" if durability.is_durable else "Saving…")
        if text != self.durability.text():
            self.durability.setText(text)
            self.durability.setToolTip(tip(text))

    def set_narrow(self, is_narrow: bool) -> None:
        """Leave out what a narrow window has no room for: the load and the name."""
        self.load.setVisible(not is_narrow)
        self.name.setVisible(not is_narrow)

    def show_load(self, load: float) -> None:
        """Show the callback's load, 0 to 1."""
        text = f"CPU {round(load * 100)}%"
        if text != self.load.text():
            self.load.setText(text)

    def frame(self) -> bool:
        """Show where playback stands; returns whether it rolls."""
        transport = self._studio.engine.transport
        is_playing = transport.is_playing
        if self.play.isChecked() != is_playing:
            self.play.setChecked(is_playing)
        self.clock.show_position(self._studio.playhead_tick)
        return is_playing

    def _button(self, bridge: ActionBridge, action_id: str, *, lit_role: str = "accent.fill") -> IconButton:
        action = bridge[action_id].declared
        keys = f" ({action.shortcut})" if action.shortcut else ""
        button = IconButton(action.icon, f"{action.title}{keys}", self, side=32, lit_role=lit_role)
        button.clicked.connect(bridge[action_id].trigger)
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(4)
        record = (self.record, self.how_to_record)
        for button in (self.browser, self.to_start, self.stop, self.play, *record, self.loop):
            row.addWidget(button)
        row.addSpacing(12)
        row.addWidget(self.clock)
        row.addSpacing(12)
        row.addWidget(self.click)
        row.addWidget(self.snap)
        row.addStretch(1)
        row.addWidget(self.durability)
        row.addWidget(self.name)
        row.addWidget(self.avatars)
        row.addSpacing(8)
        row.addWidget(self.export)
        row.addSpacing(8)
        row.addWidget(self.load)
        row.addWidget(self.inspector)
        self.durability.setMaximumWidth(420)
        self.durability.setFrameShape(QFrame.Shape.NoFrame)

    def show_company(self) -> None:
        """Show who else is here."""
        followed = self._studio.company.followed
        self.avatars.show_people(self._studio.company.people, None if followed is None else followed.client)

    def _follow(self, client: int) -> None:
        followed = self._studio.company.followed
        self._studio.company.follow(None if followed is not None and followed.client == client else client)

    def _rename(self, name: str) -> None:
        self._studio.do("meta.rename_project", name)

    def _offer_ways(self, bridge: ActionBridge) -> None:
        """Offer what decides how a pass is recorded."""
        bridge.refresh()
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([bridge[action_id] for action_id in _WAYS_TO_RECORD])
        menu.popup(self.how_to_record.mapToGlobal(self.how_to_record.rect().bottomLeft()))

    def _offer_grids(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for choice in ("Off", *CHOICES):
            entry = QAction(choice, menu)
            entry.setCheckable(True)
            entry.setChecked(choice == (self._studio.snap.division if self._studio.snap.is_on else "Off"))
            menu.addAction(entry)
        menu.triggered.connect(self._choose_grid)
        menu.popup(self.snap.mapToGlobal(self.snap.rect().bottomLeft()))

    def _choose_grid(self, entry: QAction) -> None:
        if entry.text() == "Off":
            self._studio.snap.set_on(False)
        else:
            self._studio.snap.choose(entry.text())
