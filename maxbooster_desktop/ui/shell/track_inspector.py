"""The inspector's lower part: the first selected track's name, colour, gain, pan, delay, input, output, sends."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QMenu, QPushButton, QVBoxLayout, QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import (
    CLIP_HOSTS,
    MASTER,
    Monitoring,
    ProjectState,
    Send,
    Track,
    TrackInput,
)
from maxbooster_desktop.project.edits.signal_flow import may_feed
from maxbooster_desktop.ui.shell.form_rows import FormRows
from maxbooster_desktop.ui.shell.midi_output_field import MidiOutputField
from maxbooster_desktop.ui.widgets.channel_scales import DELAY, GAIN, PAN
from maxbooster_desktop.ui.widgets.colour_swatch import ColourSwatch
from maxbooster_desktop.ui.widgets.panels import PanelHeader, label
from maxbooster_desktop.ui.widgets.text_field import TextField
from maxbooster_desktop.ui.widgets.value_field import ValueField

#: What is chosen, and its name in the document; "auto" is heard where the armed track is not played.
_MONITORING: tuple[tuple[str, Monitoring], ...] = (("Auto", "auto"), ("Always", "on"), ("Never", "off"))


class SendField(ValueField):
    """The level of one send."""

    def __init__(self, studio: Studio, track: Track, send: Send, target: str) -> None:
        super().__init__(GAIN, f"Send to {target}")
        self._studio, self._track_id, self._send_id = studio, track.id, send.id
        self.set_value(send.gain_db)
        self.committed.connect(self._commit)

    def _commit(self, gain_db: float) -> None:
        self._studio.do("channel.change_send", self._track_id, self._send_id, gain_db=round(gain_db, 2))


def possible_targets(track: Track, state: ProjectState) -> list[Track]:
    """Return the buses and groups a track may be routed or sent to: neither itself nor what feeds it."""
    ends = (state.tracks[each] for each in state.track_order if state.tracks[each].kind in ("bus", "group"))
    return [end for end in ends if may_feed(state, track.id, end.id)]


def input_choices(count: int, own: TrackInput | None) -> list[tuple[str, TrackInput | None]]:
    """Return what a track may record of `count` inputs, by name: the first ones, pairs, single ones, and its own."""
    pairs = [TrackInput(first, 2) for first in range(0, count - 1, 2)]
    sources = [*pairs, *(TrackInput(first, 1) for first in range(count))]
    if own is not None and own not in sources:
        sources.append(own)
    named = [(" and ".join(str(at + 1) for at in range(each[0], sum(each))), each) for each in sources]
    return [("Default", None), *named]


class TrackInspector(QWidget):
    """Fields of one track."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._track: Track | None = None
        self._shown_sends: tuple[object, ...] = ()
        self.header = PanelHeader("Track", self)
        self.name = TextField("Track name", is_mono=False)
        self.colour = ColourSwatch("Track colour")
        self.gain = ValueField(GAIN, "Track gain")
        self.pan = ValueField(PAN, "Track pan")
        self.delay = ValueField(DELAY, "Track delay")
        self.output = QComboBox()
        self.output.setAccessibleName("Track output")
        self.input = QComboBox()
        self.input.setAccessibleName("Track input")
        self.midi_output = MidiOutputField(studio)
        self.monitoring = QComboBox()
        self.monitoring.setAccessibleName("Track monitoring")
        self.monitoring.addItems([title for title, _ in _MONITORING])
        self.frozen = QPushButton("Unfreeze")
        self._inputs: list[tuple[str, TrackInput | None]] = []
        self._rows = FormRows(self)
        fields: dict[str, QWidget] = {
            "Name": self.name,
            "Colour": self.colour,
            "Gain": self.gain,
            "Pan": self.pan,
            "Delay": self.delay,
            "Input": self.input,
            "Monitor": self.monitoring,
            "Output": self.output,
            "MIDI to": self.midi_output,
        }
        for title, field in fields.items():
            self._rows.add(title, field)
        self.freezing = label("", "text.2")
        self.freezing.setWordWrap(True)
        self._rows.add_wide(self.freezing)
        self._rows.add_wide(self.frozen)
        self._sends = FormRows(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for part in (self.header, self._rows, self._sends):
            self._column.addWidget(part)
        self._connect()

    def show_track(self, track: Track, state: ProjectState) -> None:
        """Show a track."""
        self._track = track
        self.header.set_title(f"Track — {track.name}")
        self.name.set_text(track.name)
        self.colour.set_index(track.colour)
        self.gain.set_value(track.gain_db)
        self.pan.set_value(track.pan)
        self.delay.set_value(track.delay_ms)
        for field in (self.colour, self.delay, self.output):
            self._rows.show_row(field, is_shown=track.id != MASTER)
        for field in (self.input, self.monitoring):
            self._rows.show_row(field, is_shown=track.kind == "audio")
        self._rows.show_row(self.midi_output, is_shown=track.kind in CLIP_HOSTS["midi"])
        self.midi_output.show_track(track)
        self.monitoring.setCurrentIndex([mode for _, mode in _MONITORING].index(track.monitoring))
        self._show_freezing(track)
        self._show_inputs(track)
        self._show_outputs(track, state)
        self._show_sends(track, state)

    def _connect(self) -> None:
        self.name.committed.connect(self._rename)
        self.colour.chosen.connect(self._recolour)
        self.gain.committed.connect(self._set_gain)
        self.gain.moved.connect(self._touch_gain)
        self.pan.committed.connect(self._set_pan)
        self.delay.committed.connect(self._set_delay)
        self.output.activated.connect(self._route)
        self.input.activated.connect(self._choose_input)
        self.monitoring.activated.connect(self._choose_monitoring)
        self.frozen.clicked.connect(self._unfreeze)

    def _show_freezing(self, track: Track) -> None:
        """Say that a track is frozen, by whom, and whether it still is what was frozen."""
        for part in (self.freezing, self.frozen):
            part.setVisible(track.frozen is not None)
        if track.frozen is not None:
            by = f" by {track.frozen.name}" if track.frozen.name else ""
            stale = ". It has changed since: freeze it again, or unfreeze it" if self._studio.is_stale(track) else ""
            self.freezing.setText(f"Frozen{by}{stale}.")

    def _unfreeze(self) -> None:
        if self._track is not None:
            self._studio.do("freezing.unfreeze_tracks", [self._track.id])

    def _show_inputs(self, track: Track) -> None:
        """Offer the inputs that are open, two before any is, and the one the track has."""
        wanted = input_choices(max(2, self._studio.engine.inputs), track.input)
        with QSignalBlocker(self.input):
            if self._inputs != wanted:
                self._inputs = wanted
                self.input.clear()
                self.input.addItems([title for title, _ in wanted])
            self.input.setCurrentIndex([source for _, source in wanted].index(track.input))

    def _show_outputs(self, track: Track, state: ProjectState) -> None:
        wanted: list[tuple[str, str | None]] = [("Default", None), ("Master", MASTER)]
        wanted += [(target.name, target.id) for target in possible_targets(track, state)]
        shown = [(self.output.itemText(row), self.output.itemData(row)) for row in range(self.output.count())]
        with QSignalBlocker(self.output):
            if shown != wanted:
                self.output.clear()
                for title, target in wanted:
                    self.output.addItem(title, target)
            self.output.setCurrentIndex(max(0, self.output.findData(track.output)) if track.output else 0)

    def _show_sends(self, track: Track, state: ProjectState) -> None:
        wanted = (track.id, track.sends, tuple(each.name for each in possible_targets(track, state)))
        if wanted == self._shown_sends:
            return
        self._shown_sends = wanted
        rows = FormRows()
        for send in track.sends:
            target = state.tracks[send.target].name if send.target in state.tracks else "a missing bus"
            rows.add(f"Send: {target}", SendField(self._studio, track, send, target))
        if track.id != MASTER and possible_targets(track, state):
            add = QPushButton("Add send")
            add.clicked.connect(self._offer_sends)
            rows.add_wide(add)
        had_focus = self._sends.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        self._column.replaceWidget(self._sends, rows)
        fields = rows.findChildren(ValueField)
        if had_focus and fields:
            # The keyboard goes on with the send just made, not somewhere else in the window.
            fields[-1].setFocus()
        self._sends.hide()
        self._sends.deleteLater()
        self._sends = rows

    def _offer_sends(self) -> None:
        if self._track is None:
            return
        menu = QMenu(self)
        for target in possible_targets(self._track, self._studio.state):
            entry = QAction(target.name, menu)
            entry.setData(target.id)
            menu.addAction(entry)
        menu.triggered.connect(self._add_send)
        menu.popup(self._sends.mapToGlobal(self._sends.rect().bottomLeft()))

    def _add_send(self, entry: QAction) -> None:
        if self._track is not None:
            self._studio.do("channel.add_send", self._track.id, entry.data())

    def _rename(self, name: str) -> None:
        if self._track is not None:
            self._studio.do("tracks.rename_track", self._track.id, name)

    def _recolour(self, index: int) -> None:
        if self._track is not None:
            self._studio.do("tracks.recolour_track", self._track.id, index)

    def _set_gain(self, gain_db: float) -> None:
        if self._track is not None:
            self._studio.do("channel.set_gain", self._track.id, round(gain_db, 2))

    def _touch_gain(self, gain_db: float) -> None:
        if self._track is not None:
            self._studio.engine.touch(self._track.id, "gain_db", gain_db)

    def _set_pan(self, pan: float) -> None:
        if self._track is not None:
            self._studio.do("channel.set_pan", self._track.id, round(pan, 3))

    def _set_delay(self, delay_ms: float) -> None:
        if self._track is not None:
            self._studio.do("channel.set_delay", self._track.id, round(delay_ms, 2))

    def _choose_input(self, row: int) -> None:
        if self._track is not None:
            self._studio.do("channel.set_input", [self._track.id], self._inputs[row][1])

    def _choose_monitoring(self, row: int) -> None:
        if self._track is not None:
            self._studio.do("channel.set_monitoring", [self._track.id], _MONITORING[row][1])

    def _route(self, _row: int) -> None:
        if self._track is not None:
            self._studio.do("channel.route_track", self._track.id, self.output.currentData())
