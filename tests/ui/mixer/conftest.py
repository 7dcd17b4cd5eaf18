"""A real project, a studio and a mixer on it; the engine's place is taken by one that remembers and gives readings."""

from dataclasses import dataclass, field

import pytest
from factories.still_engine import StillTransport
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.engine.readings import ChannelMeter, MasterMeter, Meters
from maxbooster_desktop.project.document.state import MASTER
from maxbooster_desktop.project.edits import channel, tracks
from maxbooster_desktop.project.store.opening import create_project
from maxbooster_desktop.ui.mixer.parts import Part
from maxbooster_desktop.ui.mixer.view import MixerView

LEFT = Qt.MouseButton.LeftButton
NO_KEYS = Qt.KeyboardModifier.NoModifier


@dataclass
class Engine:
    """Where the sound would be: remembers what it was told, and gives the readings that a test puts in."""

    touches: list = field(default_factory=list)
    listened: set = field(default_factory=set)
    channels: dict = field(default_factory=dict)
    master: MasterMeter = field(default_factory=MasterMeter)
    sample_rate: int = 48_000
    transport: StillTransport = field(default_factory=StillTransport)
    hosted: tuple = ()
    reloads: int = 0

    def plugins(self):
        """Host none, or those that a test puts in."""
        return self.hosted

    def reload_plugins(self):
        """Remember."""
        self.reloads += 1

    def let_go_of_midi(self, port=None):
        """Hold nothing."""

    def touch(self, track, parameter, value):
        """Remember a touch."""
        self.touches.append((track, parameter, value))

    def set_pfl(self, track, is_on):
        """Remember who is listened to."""
        (self.listened.add if is_on else self.listened.discard)(track)

    def meters(self):
        """Give the readings put in."""
        return Meters(self.channels, self.master)


def reading(left, right=None, *, is_clipped=False, gain_reduction_db=0.0):
    """Return one channel's reading as the engine gives it."""
    right = left if right is None else right
    return ChannelMeter((left, right), (left - 3, right - 3), gain_reduction_db, is_clipped)


class Paints(QObject):
    """Every region that a widget repaints."""

    def __init__(self, widget):
        super().__init__(widget)
        self.regions = []
        widget.installEventFilter(self)

    def eventFilter(self, _watched, event):
        """Keep what is repainted."""
        if event.type() == QEvent.Type.Paint:
            self.regions.append(event.region())
        return False


class Bench:
    """The mixer with shorthands: Drums with a send to Reverb and a compressor, Keys, Reverb, and the master."""

    def __init__(self, qtbot, project):
        self.qtbot, self.project, self.engine = qtbot, project, Engine()
        self.studio = Studio(self.engine)
        self.drums, self.keys = (self._add("audio", name) for name in ("Drums", "Keys"))
        self.reverb = self._add("bus", "Reverb")
        project.do(channel.set_gain, self.drums, -6.5)
        project.do(channel.set_pan, self.keys, -0.2)
        project.do(channel.set_strip, self.drums, {"comp_on": 1.0})
        project.do(channel.add_send, self.drums, self.reverb, "post", -12.0)
        project.do(channel.add_insert, MASTER, "dynamics.true_peak_limiter")
        self.studio.attach(project, None)
        self.view = MixerView(self.studio)
        qtbot.addWidget(self.view)
        self.view.resize(900, 252)
        self.view.show()
        qtbot.waitExposed(self.view)
        self.canvas, self.scene = self.view.canvas, self.view.scene

    def _add(self, kind, name):
        return next(iter(self.project.do(tracks.add_track, kind, name).created))

    def track(self, track):
        """Return a track of the newest state."""
        return self.studio.state.tracks[track]

    def send(self):
        """Return the send of Drums."""
        return self.track(self.drums).sends[0]

    def steps(self):
        """Return the names of the steps that are done."""
        return [step.name for step in self.project.history() if not step.is_undone]

    def settle(self):
        """Let edits come back."""
        self.view.desk.flush()
        self.qtbot.waitUntil(
            lambda: not self.view.desk._pending and self.scene.state is self.studio.state, timeout=10_000
        )

    def spot(self, track, part=Part.STRIP, entity=""):
        """Return the middle of a part."""
        rect = self.scene.rect_of(track, part, entity)
        return QPoint(rect.x + rect.width // 2, rect.y + rect.height // 2)

    def cap(self, track):
        """Return the middle of a fader's cap."""
        rect = self.scene.strip(track).cap(self.track(track).gain_db)
        return QPoint(rect.x + rect.width // 2, rect.y + rect.height // 2)

    def click(self, track, part, keys=NO_KEYS, entity=""):
        """Click on a part."""
        QTest.mouseClick(self.canvas, LEFT, keys, self.spot(track, part, entity))

    def wait_for(self, condition):
        """Wait until a condition holds."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=10_000)

    def move(self, where, keys=NO_KEYS, buttons=LEFT):
        """Move the pointer with keys held (QTest.mouseMove cannot)."""
        place = QPointF(where)
        event = QMouseEvent(
            QEvent.Type.MouseMove, place, self.canvas.mapToGlobal(place), Qt.MouseButton.NoButton, buttons, keys
        )
        QApplication.sendEvent(self.canvas, event)

    def drag(self, start, by, keys=NO_KEYS, *, release=True):
        """Press at a point, move in steps, release."""
        QTest.mousePress(self.canvas, LEFT, keys, start)
        for part in (0.3, 0.6, 1.0):
            self.move(start + QPoint(round(by.x() * part), round(by.y() * part)), keys)
        if release:
            QTest.mouseRelease(self.canvas, LEFT, keys, start + by)
            self.settle()

    def wheel(self, where, notches, keys=NO_KEYS):
        """Turn the wheel at a point."""
        place = QPointF(where)
        event = QWheelEvent(
            place, self.canvas.mapToGlobal(place), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, keys,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(self.canvas, event)


@pytest.fixture
def bench(qtbot, tmp_path):
    with create_project(tmp_path / "Song") as project:
        found = Bench(qtbot, project)
        yield found
        found.view.close_project()
        found.studio.detach()
