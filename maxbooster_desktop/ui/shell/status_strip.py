"""The line at the bottom: what a gesture here would do at the left; rate, block, latency and dropouts at the right."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from maxbooster_desktop.settings.store import Settings
from maxbooster_desktop.ui.theme.fonts import mono_font
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.buttons import ToggleButton
from maxbooster_desktop.ui.widgets.panels import dressed, filled, label
from maxbooster_desktop.ui.widgets.plain_text import tip


def device_text(sample_rate: int, block_frames: int, latency_ms: float = 0.0) -> str:
    """Write rate, block and latency: "48 kHz · 128 samples · 5.8 ms"; without a device that of one block."""
    rate = f"{sample_rate / 1_000:g} kHz"
    return f"{rate}  ·  {block_frames} samples  ·  {latency_ms or block_frames * 1_000 / sample_rate:.1f} ms"


def dropouts_text(late_blocks: int, dropouts: int) -> str:
    """Write how often the sound was interrupted: "Dropouts 0", or "Late blocks 3 · Dropouts 1"."""
    text = f"Dropouts {dropouts}"
    return f"Late blocks {late_blocks}  ·  {text}" if late_blocks else text


class _Hint(QLabel):
    """A line that ends in an ellipsis where there is no room for all of it; its tip has the rest."""

    def __init__(self) -> None:
        super().__init__()
        dressed(self, "text.2", "hint")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, hint: str) -> None:
        """Show another hint."""
        self.setText(hint)
        self._tell_rest()

    def shown(self) -> str:
        """Return what is to be seen of it."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what there is room for."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.shown())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There is more room, or less."""
        super().resizeEvent(event)
        self._tell_rest()

    def _tell_rest(self) -> None:
        self.setToolTip("" if self.shown() == self.text() else tip(self.text()))


class StatusStrip(QWidget):
    """The status bar of the window.

    Signals:
        attention_asked(), sync_asked(): somebody wants the list behind the entry.
    """

    attention_asked = Signal()
    sync_asked = Signal()

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings = settings
        filled(self, "bg.app")
        self.setFixedHeight(theme().metric("status_height"))
        self._hint = _Hint()
        self._progress = label("", "text.1", "hint")
        self._progress.setAccessibleName("Progress")
        self._attention = ToggleButton("", "Show what needs attention", self, height=18, is_checkable=False)
        self._attention.clicked.connect(self.attention_asked)
        self._attention.hide()
        self._problem = label("", "warn", "hint")
        self._problem.setAccessibleName("Problem")
        self._cloud = ToggleButton("", "Cloud", self, height=18, is_checkable=False)
        self._cloud.clicked.connect(self.sync_asked)
        self._cloud.hide()
        self._device, self._dropouts = QLabel(), QLabel()
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(16)
        row.addWidget(self._hint, 1)
        for each in (self._progress, self._attention, self._problem, self._device, self._dropouts, self._cloud):
            row.addWidget(each, 0, Qt.AlignmentFlag.AlignRight)
        for each in (self._device, self._dropouts):
            each.setFont(mono_font("hint"))
            palette = each.palette()
            palette.setColor(each.foregroundRole(), theme().colour("text.2"))
            each.setPalette(palette)
        self._latency_ms = 0.0
        self.show_device()
        self.show_dropouts(0, 0)

    def show_hint(self, hint: str) -> None:
        """Show what can be done with what is under the pointer."""
        if hint != self._hint.text():
            self._hint.say(hint)

    def hint(self) -> str:
        """Return the hint shown."""
        return self._hint.text()

    def show_progress(self, sentence: str) -> None:
        """Show what is being prepared, or nothing."""
        self._say(self._progress, sentence)

    def progress(self) -> str:
        """Return what is said to be in preparation."""
        return self._progress.text()

    def show_device(self) -> None:
        """Show rate and block from the settings, and the latency that the device reports."""
        rate, block = self._settings.get("audio.sample_rate"), self._settings.get("audio.block_frames")
        self._say(self._device, device_text(rate, block, self._latency_ms))

    def show_latency(self, latency_ms: float) -> None:
        """Show what the open device reports; 0 without one."""
        if latency_ms != self._latency_ms:
            self._latency_ms = latency_ms
            self.show_device()

    def show_dropouts(self, late_blocks: int, dropouts: int) -> None:
        """Show how many blocks came late, and how often sound was not decoded when its time came."""
        self._say(self._dropouts, dropouts_text(late_blocks, dropouts))

    def show_cloud(self, sentence: str, reason: str) -> None:
        """Show how everything stands with the cloud, nothing while the cloud has no part in anything."""
        self._show_entry(self._cloud, sentence)
        self._cloud.setToolTip(tip(reason or "Show what waits for the cloud"))

    def cloud(self) -> str:
        """Return what is said of the cloud."""
        return self._cloud.text()

    def show_problem(self, sentence: str) -> None:
        """Show why nothing can be heard, or nothing."""
        self._say(self._problem, sentence)
        self._problem.setToolTip(tip(sentence))

    def show_attention(self, text: str) -> None:
        """Show how much needs attention; nothing for ""."""
        self._show_entry(self._attention, text)

    def attention(self) -> str:
        """Return what the entry says."""
        return self._attention.text()

    def _show_entry(self, entry: ToggleButton, text: str) -> None:
        if text != entry.text():
            entry.setText(text)
            entry.setAccessibleName(text)
            entry.updateGeometry()
            entry.setVisible(bool(text))
            self._row.activate()

    def _say(self, where: QLabel, text: str) -> None:
        """Change a text and make room for it at once: a paint may come before the next turn of the event loop."""
        if text != where.text():
            where.setText(text)
            self._row.activate()

    def problem(self) -> str:
        """Return the problem shown."""
        return self._problem.text()
