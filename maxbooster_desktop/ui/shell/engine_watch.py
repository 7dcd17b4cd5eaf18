"""The engine as the window sees it: loaded while the window works, then looked at twice a second.

What is seen goes to the transport (load, durability) and to the status strip (late blocks, latency, device problems,
how much needs attention).
Nothing is looked at while no project is open or nobody sees the window.
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from maxbooster_desktop.actions.attention import matters
from maxbooster_desktop.actions.workspace import Workspace
from maxbooster_desktop.ui.qtbridge.preparation import Preparation
from maxbooster_desktop.ui.shell.attention_dialog import count_text
from maxbooster_desktop.ui.shell.status_strip import StatusStrip
from maxbooster_desktop.ui.shell.studio_page import StudioPage

_EVERY_MS = 500


class EngineWatch(QObject):
    """Shows the engine's state in `status` and on the page that `page` returns; `looked` is emitted after each look."""

    looked = Signal()

    def __init__(
        self, workspace: Workspace, status: StatusStrip, page: Callable[[], StudioPage | None], window: QObject
    ) -> None:
        super().__init__(window)
        self._workspace, self._studio, self._status, self._page = workspace, workspace.studio, status, page
        self._adopt_engine: Callable[[Any], None] = lambda _engine: None
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def prepare(self, preparation: Preparation, adopt: Callable[[Any], None]) -> None:
        """Load the engine while the window works; `adopt` takes it over on this thread. Once started it goes on."""
        if preparation.is_started:
            return
        self._adopt_engine = adopt
        preparation.told.connect(self._status.show_progress)
        preparation.failed.connect(self._failed)
        preparation.done.connect(self._ready)
        preparation.start()

    def start(self) -> None:
        """Look regularly from now on."""
        self._timer.start()

    def stop(self) -> None:
        """Rest."""
        self._timer.stop()

    def look(self) -> None:
        """Show how the engine does now."""
        page = self._page()
        if page is None or not self._studio.has_project:
            return
        self._workspace.look_at_inputs()
        engine = self._studio.engine
        load, late, dropouts = engine.stats
        page.transport.show_load(load)
        page.transport.show_durability()
        self._status.show_dropouts(late, dropouts)
        self._status.show_latency(engine.latency_ms)
        problem = "" if self._status.progress() else engine.device_problem
        if not problem and self._status.problem():
            self._workspace.route_click()
        self._status.show_problem(problem)
        self._status.show_attention(count_text(len(matters(self._studio))))
        self.looked.emit()

    def take_devices(self) -> None:
        """Go on with the devices that were chosen in the settings."""
        self._status.show_device()
        self._workspace.apply_click()
        self._follow()

    def _ready(self, engine: Any) -> None:
        self._adopt_engine(engine)
        self._status.show_progress("")
        self._follow()

    def _failed(self, sentence: str) -> None:
        self._status.show_progress("")
        self._studio.notify(sentence)

    def _follow(self) -> None:
        self._workspace.route_click()
        self._workspace.follow_engine()
        self.look()
