"""The channel strip of the selected track, opened from a slot: EQ with its curve, compressor, input, inserts.

Every control is generated from the declared parameters; nothing here names a range. The panel is built when it is
first shown, and follows the selection while it is open.
"""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from dsp.strips.parameters import BANDS, BY_NAME
from maxbooster_desktop.project.document.state import Insert, Track, TrackId
from maxbooster_desktop.ui.mixer.band_handles import EqBandHandle
from maxbooster_desktop.ui.mixer.curves import ReductionMeter, ResponseCurve, TransferCurve, value_of
from maxbooster_desktop.ui.mixer.declared import Declared
from maxbooster_desktop.ui.mixer.desk import Desk
from maxbooster_desktop.ui.mixer.inserts import declaration, title
from maxbooster_desktop.ui.mixer.panel_controls import Bound, Find, labelled
from maxbooster_desktop.ui.mixer.parts import Control, Part
from maxbooster_desktop.ui.mixer.settings import Setting, insert_of
from maxbooster_desktop.ui.widgets.buttons import IconButton, ToggleButton
from maxbooster_desktop.ui.widgets.panels import PanelHeader, filled, hair_line, label
from maxbooster_desktop.ui.widgets.value_control import Scale

PANEL_WIDTH = 420
_COMPRESSOR = tuple(name for name in BY_NAME if name.startswith("comp_") and name != "comp_on")
_INPUT = ("trim_db", "is_inverted", "order")
#: Plug-ins have hundreds of parameters, and each row is a control of its own.
_MOST_ROWS = 48


class StripPanel(QWidget):
    """Signals: closed() when the person shut it."""

    closed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.track: TrackId | None = None
        self.bound: dict[str, Bound] = {}
        self.inserts: dict[str, list[Bound]] = {}
        self._switches: dict[str, ToggleButton] = {}
        self._sections: dict[str, QWidget] = {}
        self._is_built = False
        self.setFixedWidth(PANEL_WIDTH)
        self.setAccessibleName(self.tr("Channel strip"))
        filled(self, "bg.panel")

    # Building, at the first show.

    def _build(self) -> None:
        self._is_built = True
        self.header = PanelHeader("", self)
        close = IconButton("x", self.tr("Close the strip panel"), self, side=24)
        close.clicked.connect(self._close)
        self.header.add(close)
        self.response = ResponseCurve(self.tr("EQ response"))
        self.transfer = TransferCurve(self.tr("Compressor curve"))
        self.reduction = ReductionMeter(self.tr("Gain reduction"))
        body = QWidget()
        self._body = QVBoxLayout(body)
        self._body.setContentsMargins(16, 0, 16, 12)
        self._body.setSpacing(12)
        for key, section in (("eq", self._eq()), ("comp", self._comp()), ("input", self._input())):
            self._sections[key] = section
            self._body.addWidget(section)
        self._insert_box = QVBoxLayout()
        self._body.addLayout(self._insert_box)
        self._body.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(body)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._scroll, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(hair_line(self, is_vertical=True))
        row.addLayout(column, 1)

    def _make(self, name: str) -> QWidget:
        self.bound[name] = Bound(self._desk, BY_NAME[name], self._strip_setting, "")
        return self.bound[name].widget

    def _eq(self) -> QWidget:
        section, column = _section()
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._make("eq_on"))
        row.addStretch(1)
        for name in ("hp", "lp"):
            row.addWidget(self._make(f"{name}_on"))
            row.addWidget(self._make(f"{name}_hz"))
        column.addLayout(row)
        column.addWidget(self.response)
        grid = QGridLayout()
        grid.setSpacing(6)
        for band in range(1, BANDS + 1):
            grid.addWidget(label(f"Band {band}", "text.2", "hint"), band, 0)
            for at, part in enumerate(("kind", "hz", "gain_db", "q"), start=1):
                grid.addWidget(self._make(f"band{band}_{part}"), band, at)
        for at, text in enumerate(("Shape", "Frequency", "Gain", "Q"), start=1):
            grid.addWidget(label(text, "text.3", "scale"), 0, at)
            grid.setColumnStretch(at, 1)
        column.addLayout(grid)
        self.handles = [
            EqBandHandle(self.response, band, self._desk, lambda name: self.bound[name].setting)
            for band in range(1, BANDS + 1)
        ]
        return section

    def _comp(self) -> QWidget:
        section, column = _section()
        switch = QHBoxLayout()
        switch.addWidget(self._make("comp_on"))
        switch.addStretch(1)
        column.addLayout(switch)
        row, fields = QHBoxLayout(), QVBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.transfer, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.reduction, 0, Qt.AlignmentFlag.AlignTop)
        fields.setSpacing(4)
        for name in _COMPRESSOR:
            fields.addWidget(labelled(BY_NAME[name].title, self._make(name)))
        row.addLayout(fields, 1)
        column.addLayout(row)
        return section

    def _input(self) -> QWidget:
        section, column = _section()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(labelled(BY_NAME["trim_db"].title, self._make("trim_db")))
        for name in _INPUT[1:]:
            row.addWidget(self._make(name))
        row.addStretch(1)
        column.addLayout(row)
        return section

    # Values.

    def _found(self) -> Track | None:
        return self._desk.scene.state.tracks.get(self.track) if self.track is not None else None

    def _strip_setting(self, parameter: Declared, scale: Scale) -> Setting | None:
        track = self._found()
        if track is None:
            return None
        value = value_of(track.strip, parameter.name)
        return Setting(track.id, f"strip.{parameter.name}", parameter.title, scale, value, "channel.set_strip")

    def _finder(self, insert_id: str) -> Find:
        return lambda parameter, scale: self._insert_setting(insert_id, parameter, scale)

    def _insert_setting(self, insert_id: str, parameter: Declared, scale: Scale) -> Setting | None:
        track = self._found()
        insert = insert_of(track, insert_id) if track is not None else None
        if track is None or insert is None:
            return None
        value, address = (
            float(insert.values.get(parameter.name, parameter.default)),
            f"insert.{insert_id}.{parameter.name}",
        )
        return Setting(track.id, address, parameter.title, scale, value, "channel.set_insert", (insert.id,))

    def shown_strip(self) -> Mapping[str, float]:
        """Return the strip's values as shown: the document's, and what is held above them."""
        track = self._found()
        if track is None:
            return {}
        return {name: self._desk.shown(track.id, f"strip.{name}", value_of(track.strip, name)) for name in BY_NAME}

    def show_track(self, track: TrackId) -> None:
        """Show another track's strip."""
        self.track = track
        self.refresh()

    def refresh(self) -> None:
        """Show the state's and the desk's values; nothing happens while the panel is closed."""
        track = self._found()
        if not self._is_built or self.isHidden():
            return
        if track is None:
            self._close()
            return
        self.header.set_title(f"Strip: {track.name}")
        self._show_inserts(track)
        strip = self.shown_strip()
        self.response.rate = float(self._desk.studio.engine.sample_rate)
        self.response.show_strip(strip)
        self.transfer.show_strip(strip)
        for bound in (*self.bound.values(), *(each for made in self.inserts.values() for each in made)):
            bound.refresh()
        for insert in track.inserts:
            self._switches[insert.id].setChecked(insert.enabled)

    def show_reduction(self, reduction_db: float) -> None:
        """Show how far the compressor turns down, in dB."""
        if self._is_built:
            self.reduction.show_reduction(reduction_db)

    def show_section(self, part: Part, entity: str = "") -> None:
        """Scroll to the controls of a slot."""
        key = entity if part is Part.INSERT else "eq" if part is Part.EQ else "comp"
        # How far there is to scroll is known when the controls that were just made have been laid out.
        QTimer.singleShot(0, self, lambda: self._reveal(key))

    def _reveal(self, key: str) -> None:
        section = self._sections.get(key)
        if section is not None:
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
            self._scroll.verticalScrollBar().setValue(section.y())

    def _show_inserts(self, track: Track) -> None:
        wanted = [insert.id for insert in track.inserts]
        if wanted == list(self._switches):
            return
        for gone in list(self._switches):
            section = self._sections.pop(gone)
            self._insert_box.removeWidget(section)
            section.hide()
            section.deleteLater()
            del self._switches[gone], self.inserts[gone]
        for insert in track.inserts:
            section = self._insert_section(track.id, insert)
            self._sections[insert.id] = section
            self._insert_box.addWidget(section)

    def _insert_section(self, track: TrackId, insert: Insert) -> QWidget:
        section, column = _section()
        switch = ToggleButton(title(insert.device), title(insert.device), height=22)
        switch.clicked.connect(lambda: self._desk.toggle(Control(Part.INSERT, track, insert.id)))
        self._switches[insert.id] = switch
        column.addWidget(switch, 0, Qt.AlignmentFlag.AlignLeft)
        device, self.inserts[insert.id] = declaration(insert.device), []
        if device is None:
            column.addWidget(label("This device is not installed; its values are kept.", "text.3", "hint"))
            return section
        rows = QGridLayout()  # one edge for all names and one for all fields
        shown = device.parameters[:_MOST_ROWS]
        for place, parameter in enumerate(shown):
            bound = Bound(self._desk, parameter, self._finder(insert.id), title(insert.device))
            self.inserts[insert.id].append(bound)
            rows.addWidget(label(parameter.title, "text.2", "hint"), place, 0)
            rows.addWidget(bound.widget, place, 1)
        rows.setColumnStretch(1, 1)
        column.addLayout(rows)
        if len(shown) < len(device.parameters):
            column.addWidget(
                label(f"{len(device.parameters) - len(shown)} more parameters are not shown here.", "text.3", "hint")
            )
        return section

    def _close(self) -> None:
        self.hide()
        self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Build at the first show, and show the newest values."""
        if not self._is_built:
            self._build()
        self.refresh()
        super().showEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the panel."""
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)


def _section() -> tuple[QWidget, QVBoxLayout]:
    section = QWidget()
    column = QVBoxLayout(section)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    return section, column
