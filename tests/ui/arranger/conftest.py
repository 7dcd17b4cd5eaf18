"""A real project, a studio and an arranger on it, with audio that is computed instead of decoded."""

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import Asset, AssetId
from maxbooster_desktop.project.edits import assets, clips, tracks
from maxbooster_desktop.project.store.opening import create_project
from maxbooster_desktop.ui.arranger.synthetic import RATE, SyntheticPool
from maxbooster_desktop.ui.arranger.view import ArrangerView

BAR = 3840


@dataclass
class Engine:
    """Where a sound device would be: remembers seeks and touches."""

    is_playing: bool = False
    position_tick: float = 0.0
    seeks: list = field(default_factory=list)
    touches: list = field(default_factory=list)

    @property
    def transport(self):
        """Return where it plays: here."""
        return self

    def seek(self, tick):
        """Go to a tick and remember it."""
        self.seeks.append(tick)
        self.position_tick = tick

    def let_go_of_midi(self, port=None):
        """Hold nothing."""

    def touch(self, track, parameter, value):
        """Remember a value in mid-drag."""
        self.touches.append((track, parameter, value))


class Bench:
    """The arranger with shorthands: 0.05 px a tick, so a bar is 192 px; tracks a, b, c, clips one and two."""

    def __init__(self, qtbot, project):
        self.qtbot, self.project = qtbot, project
        self.engine = Engine()
        self.studio = Studio(self.engine)
        self.a, self.b, self.c = (self._track(name) for name in ("Drums", "Keys", "Vox"))
        self.asset = AssetId("sound")
        project.do(assets.register_asset, Asset(self.asset, "Sound", RATE, 2, 60 * RATE, "PCM_24", "", "wav"))
        self.one = self._clip(self.a, 2 * BAR, "One")
        self.two = self._clip(self.b, 6 * BAR, "Two")
        self.studio.attach(project, SyntheticPool())
        self.view = ArrangerView(self.studio)
        qtbot.addWidget(self.view)
        self.view.resize(1600, 700)
        self.view.show()
        qtbot.waitExposed(self.view)
        self.view.viewport.set_axis(type(self.view.scene.axis)(0.05, 0.0))
        self.settle()

    def _track(self, name):
        return next(iter(self.project.do(tracks.add_track, "audio", name).created))

    def _clip(self, track, tick, name):
        change = self.project.do(
            clips.add_audio_clip, track, self.asset, tick, source_offset=RATE, length_frames=4 * RATE, name=name
        )
        return next(iter(change.created))

    def settle(self):
        """Let edits come back and tiles be drawn."""
        self.qtbot.waitUntil(
            lambda: self.view.desk.pending is None and self.view.sync.waveforms.is_settled, timeout=20000
        )
        self.qtbot.waitUntil(lambda: self.view.scene.state is self.studio.state)

    def clip(self, clip_id):
        """Return a clip of the project."""
        return self.studio.state.clips[clip_id]

    def steps(self):
        """Return the names of the undo steps."""
        return [step.name for step in self.project.history() if not step.is_undone]

    def spot(self, clip_id, x="middle", y=7):
        """Return a point in a clip: from the left, from the right when negative, or its middle; y from its top."""
        rect = self.view.scene.rect_of(clip_id)
        if x == "middle":
            x = rect.width / 2
        return QPoint(round(rect.x + x if x >= 0 else rect.right + x), round(rect.y + y))

    def drag(self, start, by, keys=Qt.KeyboardModifier.NoModifier, *, on=None, release=True):
        """Press at a point, move in steps, release."""
        widget = on or self.view.canvas
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, keys, start)
        for part in (0.3, 0.6, 1.0):
            where = start + QPoint(round(by.x() * part), round(by.y() * part))
            self.move(where, keys, on=widget, buttons=Qt.MouseButton.LeftButton)
        if release:
            QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, keys, start + by)
            self.settle()

    def move(self, where, keys=Qt.KeyboardModifier.NoModifier, *, on=None, buttons=Qt.MouseButton.NoButton):
        """Move the pointer with keys held (QTest.mouseMove cannot)."""
        from PySide6.QtCore import QPointF
        from PySide6.QtGui import QMouseEvent
        from PySide6.QtWidgets import QApplication

        widget = on or self.view.canvas
        place = QPointF(where)
        event = QMouseEvent(
            QEvent.Type.MouseMove, place, widget.mapToGlobal(place), Qt.MouseButton.NoButton, buttons, keys
        )
        QApplication.sendEvent(widget, event)


@pytest.fixture
def bench(qtbot, tmp_path):
    with create_project(tmp_path / "Song") as project:
        found = Bench(qtbot, project)
        yield found
        found.view.close_project()
        found.studio.detach()
