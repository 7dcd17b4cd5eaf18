"""Audio settings: sound system, devices, channels, rate and block, the click; a test tone to check them with.

Nothing is kept until Apply opened the devices. Devices are looked for in a worker, since some drivers take seconds.
"""

import importlib
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from maxbooster_desktop.actions.ports import AudioDevices, EnginePort
from maxbooster_desktop.engine.devices.choice import DeviceChoice, DeviceInfo, HostInfo
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.settings.declared import BLOCK_SIZES, SAMPLE_RATES
from maxbooster_desktop.settings.round_trips import keep_round_trip
from maxbooster_desktop.settings.store import Settings
from maxbooster_desktop.ui.qtbridge.tasks import Progress, Task
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets import decibel_scale
from maxbooster_desktop.ui.widgets.panels import label, primary_button
from maxbooster_desktop.ui.widgets.value_control import Scale
from maxbooster_desktop.ui.widgets.value_field import ValueField

_DEFAULT = "System default"
_TONE_HZ, _TONE_S, _TONE_DB = 440.0, 1.0, -18.0
CLICK_LEVEL = Scale(-60.0, 6.0, -6.0, 0.5, 3.0, decibel_scale.format_db, decibel_scale.parse_db)
CLICK_ACCENT = Scale(0.0, 12.0, 4.0, 0.5, 3.0, decibel_scale.format_db, decibel_scale.parse_db)


def chosen_device(settings: Settings) -> DeviceChoice:
    """Return the devices that the settings name."""
    return DeviceChoice(
        settings.get("audio.host_api"),
        settings.get("audio.output_device"),
        settings.get("audio.input_device"),
        # Behind the master's two channels come those of the click, so that the device is opened with them.
        (*settings.get("audio.output_channels"), *settings.get("audio.click_channels")),
        tuple(settings.get("audio.input_channels")),
        settings.get("audio.sample_rate"),
        settings.get("audio.block_frames"),
    )


def test_tone(sample_rate: int) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    """Return a second of 440 Hz at -18 dBFS with 10 ms ramps, float32 [channels, frames]."""
    frames = round(_TONE_S * sample_rate)
    time = np.arange(frames) / sample_rate
    ramp = np.minimum(1.0, np.minimum(time, time[::-1]) / 0.010)
    tone = 10.0 ** (_TONE_DB / 20.0) * np.sin(2.0 * np.pi * _TONE_HZ * time) * ramp
    return np.stack((tone, tone)).astype(np.float32)


class AudioSettingsDialog(QDialog):
    """Chooses how sound leaves and enters. `applied` is emitted once the devices are open."""

    applied = Signal()

    def __init__(self, settings: Settings, engine: EnginePort, devices: AudioDevices, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings, self._engine, self._devices = settings, engine, devices
        self._hosts: Sequence[HostInfo] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Audio settings")
        names = ("Sound system", "Output device", "Output channels", "Input device", "Input channels", "Sample rate")
        self.fields = {name: QComboBox() for name in (*names, "Block size", "Click channels")}
        self.click_level = ValueField(CLICK_LEVEL, "Click level")
        self.click_accent = ValueField(CLICK_ACCENT, "Click accent")
        self.click_level.set_value(settings.get("transport.metronome_gain_db"))
        self.click_accent.set_value(settings.get("transport.metronome_accent_db"))
        self.message = label("Looking for devices…")
        self.message.setWordWrap(True)
        self.tone, self.look, self.apply = QPushButton("Test tone"), QPushButton("Look again"), primary_button("Apply")
        self.leave, self.measure = QPushButton("Close"), QPushButton("Measure latency")
        self.measure.setToolTip("Plays a burst of noise and looks for it at the inputs; connect an output to an input")
        self._lay_out()
        for button in (self.tone, self.measure, self.look, self.leave):
            button.setAutoDefault(False)
        self.apply.setDefault(True)
        self._fill_fixed()
        self._connect()
        self.find_devices()

    def find_devices(self) -> None:
        """Look for devices in a worker."""
        devices = self._devices
        self.message.setText("Looking for devices…")

        def work(_progress: Progress) -> Sequence[HostInfo]:
            return devices.list()

        task = Task(work, self)
        task.done.connect(self.show_hosts)
        task.failed.connect(self.message.setText)
        task.start()

    def show_hosts(self, hosts: Sequence[HostInfo]) -> None:
        """Offer the system's own choice and the systems found."""
        self._hosts = hosts
        box = self.fields["Sound system"]
        with QSignalBlocker(box):
            box.clear()
            box.addItem(_DEFAULT, "")
            for host in hosts:
                box.addItem(host.name, host.name)
            box.setCurrentIndex(max(0, box.findData(self._settings.get("audio.host_api"))))
        self._show_devices()
        outputs = [device for host in hosts for device in host.devices if device.outputs]
        self.message.setText(
            self._engine.device_problem
            if outputs
            else "No device that plays was found. Connect one and look again; everything but listening works without."
        )
        self.tone.setEnabled(bool(outputs))

    def choice(self) -> DeviceChoice:
        """Return what the fields say."""
        data = {name: box.currentData() for name, box in self.fields.items()}
        return DeviceChoice(
            data["Sound system"] or "",
            data["Output device"] or "",
            data["Input device"] or "",
            (*(data["Output channels"] or (1, 2)), *(data["Click channels"] or ())),
            data["Input channels"] or (),
            data["Sample rate"],
            data["Block size"],
        )

    def submit(self) -> None:
        """Open the devices; keep the choice when that worked. The click's level is kept in any case."""
        choice, remember = self.choice(), self._settings.remember
        unkept = remember("transport.metronome_gain_db", self.click_level.value)
        unkept = remember("transport.metronome_accent_db", self.click_accent.value) or unkept
        try:
            self._engine.open_device(choice)
            for setting_id, value in (
                ("audio.host_api", choice.host_api),
                ("audio.output_device", choice.output_device),
                ("audio.input_device", choice.input_device),
                ("audio.output_channels", list(self.fields["Output channels"].currentData() or (1, 2))),
                ("audio.click_channels", list(self.fields["Click channels"].currentData() or ())),
                ("audio.input_channels", list(choice.input_channels)),
                ("audio.sample_rate", choice.sample_rate),
                ("audio.block_frames", choice.block_frames),
            ):
                unkept = remember(setting_id, value) or unkept
        except MaxBoosterError as error:
            self.message.setText(str(error))
            self.applied.emit()
            return
        self.message.setText(self._engine.device_problem or unkept or "The devices are open.")
        self.applied.emit()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        rows: dict[str, QWidget] = {**self.fields, "Click level": self.click_level, "Click accent": self.click_accent}
        for row, (name, box) in enumerate(rows.items()):
            title = label(name)
            title.setBuddy(box)
            box.setAccessibleName(name)
            box.setMinimumHeight(theme().metric("control_form"))
            grid.addWidget(title, row, 0)
            grid.addWidget(box, row, 1)
        body, buttons = QHBoxLayout(), QHBoxLayout()
        body.addLayout(grid, 1)
        buttons.addWidget(self.tone)
        buttons.addWidget(self.measure)
        buttons.addWidget(self.look)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.apply)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addLayout(body)
        column.addWidget(self.message)
        column.addLayout(buttons)
        self.setMinimumWidth(600)

    def _fill_fixed(self) -> None:
        for name, values, unit in (("Sample rate", SAMPLE_RATES, "Hz"), ("Block size", BLOCK_SIZES, "samples")):
            for value in values:
                self.fields[name].addItem(f"{value} {unit}", value)
        for name, setting_id in (("Sample rate", "audio.sample_rate"), ("Block size", "audio.block_frames")):
            self.fields[name].setCurrentIndex(self.fields[name].findData(self._settings.get(setting_id)))

    def _connect(self) -> None:
        self.fields["Sound system"].currentIndexChanged.connect(self._show_devices)
        self.fields["Output device"].currentIndexChanged.connect(self._show_channels)
        self.fields["Input device"].currentIndexChanged.connect(self._show_channels)
        self.look.clicked.connect(self.find_devices)
        self.apply.clicked.connect(self.submit)
        self.leave.clicked.connect(self.reject)
        self.tone.clicked.connect(self._play_tone)
        self.measure.clicked.connect(self.measure_latency)

    def _host(self) -> HostInfo | None:
        name = self.fields["Sound system"].currentData()
        return next((host for host in self._hosts if host.name == name), None)

    def _devices_found(self) -> dict[str, DeviceInfo]:
        """Return the devices of the chosen system by name, of all systems while none is chosen."""
        host = self._host()
        found: dict[str, DeviceInfo] = {}
        for each in self._hosts if host is None else (host,):
            for device in each.devices:
                found.setdefault(device.name, device)
        return found

    def _show_devices(self) -> None:
        for field, setting_id in (("Output device", "audio.output_device"), ("Input device", "audio.input_device")):
            box = self.fields[field]
            with QSignalBlocker(box):
                box.clear()
                box.addItem(_DEFAULT, "")
                for device in self._devices_found().values():
                    if device.outputs if field == "Output device" else device.inputs:
                        box.addItem(device.name, device.name)
                box.setCurrentIndex(max(0, box.findData(self._settings.get(setting_id))))
        self._show_channels()

    def _show_channels(self) -> None:
        outputs, inputs = self._channels_of("Output device"), self._channels_of("Input device")
        for field, count, setting_id in (
            ("Output channels", outputs, "audio.output_channels"),
            ("Input channels", inputs, "audio.input_channels"),
            ("Click channels", outputs, "audio.click_channels"),
        ):
            box = self.fields[field]
            box.clear()
            if field == "Click channels":
                box.addItem("With the master", ())
            for first in range(1, max(1, count), 2):
                box.addItem(f"{first} and {first + 1}", (first, first + 1))
            if count == 1 and field != "Click channels":
                box.addItem("1", (1,))
            kept = tuple(self._settings.get(setting_id))
            rows = [row for row in range(box.count()) if tuple(box.itemData(row)) == kept]
            box.setCurrentIndex(rows[0] if rows else 0)

    def _channels_of(self, field: str) -> int:
        """Return how many channels the chosen device has; 2 while it is not known."""
        host = self._host()
        default = "default_output" if field == "Output device" else "default_input"
        name = self.fields[field].currentData() or (getattr(host, default) if host is not None else "")
        found = self._devices_found().get(name)
        return _channels(found, field) if found is not None else 2

    def _play_tone(self) -> None:
        self.submit()
        self._engine.preview(test_tone(self._engine.sample_rate))

    def measure_latency(self) -> None:
        """Open the devices, measure how long sound takes out and in again, and keep that for these devices."""
        self.submit()
        engine, sample_rate = self._engine, self._engine.sample_rate

        def work(_progress: Progress) -> int:
            engine.open_input()
            frames: int = importlib.import_module("maxbooster_desktop.engine.record.calibration").measure_round_trip(
                engine
            )
            return frames

        def show(frames: int) -> None:
            unkept = keep_round_trip(self._settings, frames)
            self.message.setText(
                unkept
                or f"Sound comes back after {frames} frames ({frames * 1_000 / sample_rate:.1f} ms); "
                "recordings with these devices are put that much earlier."
            )

        self.message.setText("Listening for the test sound…")
        task = Task(work, self)
        task.done.connect(show)
        task.failed.connect(self.message.setText)
        task.start()

    def done(self, result: int) -> None:
        """Stop the tone before closing."""
        self._engine.preview(None)
        super().done(result)


def _channels(device: DeviceInfo, field: str) -> int:
    return device.outputs if field == "Output device" else device.inputs
