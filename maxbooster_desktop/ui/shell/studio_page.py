"""The studio: transport on top, browser, arrangement over the bottom panel, inspector; panels collapse.

It lives as long as its project is open. Arranger and mixer are imported here, when the first project opens.
"""

import importlib
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.settings.store import Settings
from maxbooster_desktop.ui.browser.view import BrowserView
from maxbooster_desktop.ui.shell.action_bridge import ActionBridge
from maxbooster_desktop.ui.shell.bottom_panel import BottomPanel
from maxbooster_desktop.ui.shell.drawers import Drawers
from maxbooster_desktop.ui.shell.history_panel import HistoryPanel
from maxbooster_desktop.ui.shell.inspector import Inspector
from maxbooster_desktop.ui.shell.rail import Rail
from maxbooster_desktop.ui.shell.transport_bar import TransportBar
from maxbooster_desktop.ui.widgets.panels import hair_line

_LEAST_CENTRE_PX = 480
_INSPECTOR_DRAWER_BELOW_PX = 1_280
_BROWSER_DRAWER_BELOW_PX = 1_120


def load_screens() -> None:
    """Import the arranger and the mixer; call it in a worker, so that opening a project does not hold the window up."""
    for module in ("arranger.view", "mixer.view"):
        importlib.import_module(f"maxbooster_desktop.ui.{module}")


def load_view(module: str, name: str, studio: Studio) -> Any:
    """Make a screen's view, importing its module now when nobody has."""
    return getattr(importlib.import_module(f"maxbooster_desktop.ui.{module}"), name)(studio)


class StudioPage(QWidget):
    """Everything that shows one open project. `panels_changed` tells that a panel became a drawer, or came back."""

    panels_changed = Signal()

    def __init__(self, studio: Studio, settings: Settings, bridge: ActionBridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings, self._studio = settings, studio
        self.transport = TransportBar(studio, bridge, self)

    def build(self) -> Iterator[None]:
        """Make the rest piece by piece; nothing else may be asked of the page before the end."""
        studio = self._studio
        yield
        self.browser = BrowserView(studio, self)
        self.browser.setMinimumWidth(180)
        self.browser.setMaximumWidth(420)
        yield
        self.inspector = Inspector(studio, self)
        self.inspector.setMinimumWidth(220)
        self.inspector.setMaximumWidth(400)
        yield
        self.arranger: Any = load_view("arranger.view", "ArrangerView", studio)
        yield
        self.mixer: Any = load_view("mixer.view", "MixerView", studio)
        yield
        self.history = HistoryPanel(studio, self)
        self.bottom = BottomPanel({"mixer": ("Mixer", self.mixer), "history": ("Undo history", self.history)}, self)
        self.bottom.setMinimumHeight(160)
        yield
        yield from self._join()
        self._lay_out()
        self._restore()

    def _join(self) -> Iterator[None]:
        """Put the parts into splitters, which has their styles worked out anew."""
        self._centre = QSplitter(Qt.Orientation.Vertical, self)
        self._centre.setChildrenCollapsible(False)
        self._centre.addWidget(self.arranger)
        self._centre.addWidget(self.bottom)
        self._centre.setStretchFactor(0, 1)
        yield
        self._across = QSplitter(Qt.Orientation.Horizontal, self)
        self._across.setChildrenCollapsible(False)
        for part in (self.browser, self._centre, self.inspector):
            self._across.addWidget(part)
        self._drawers = Drawers(self._across)
        self._across.setStretchFactor(1, 1)
        yield
        self._centre.setMinimumWidth(_LEAST_CENTRE_PX)
        self._drawers.add(self.inspector, limit_px=_INSPECTOR_DRAWER_BELOW_PX, is_at_right=True)
        self._drawers.add(self.browser, limit_px=_BROWSER_DRAWER_BELOW_PX, is_at_right=False)

    def regions(self) -> tuple[QWidget, ...]:
        """Return the parts that F6 goes through and that can be seen, in reading order."""
        parts = (self.transport.play, self.browser.search, self.arranger.canvas, self.bottom_focus(), self.inspector)
        return tuple(part for part in parts if part.isVisible())

    def is_within(self, widget: QWidget | None, region: QWidget) -> bool:
        """Return whether `widget` lies in the part of the page that `region` is, or lies in."""
        wholes = (self.transport, self.browser, self.arranger, self.bottom, self.inspector)
        whole = next(part for part in wholes if part is region or part.isAncestorOf(region))
        return widget is not None and (whole is widget or whole.isAncestorOf(widget))

    def bottom_focus(self) -> QWidget:
        """Return what takes the keyboard in the bottom panel: the mixer's strips, or the history's list."""
        return self.mixer.canvas if self.bottom.current == "mixer" else self.history.list

    def show_panel(self, name: str, *, is_shown: bool) -> None:
        """Show or hide browser, inspector, mixer or history."""
        if name in ("browser", "inspector"):
            getattr(self, name).setVisible(is_shown)
            self._drawers.place()
            self._show_drawer_buttons()
        elif is_shown:
            self.bottom.show_page(name)
            self.bottom.show()
        else:
            self.bottom.hide()
        self._remember_panels()

    def is_panel_shown(self, name: str) -> bool:
        """Return whether a panel can be seen."""
        if name in ("browser", "inspector"):
            return not getattr(self, name).isHidden()
        return not self.bottom.isHidden() and self.bottom.current == name

    def remember(self) -> None:
        """Keep the panels' sizes for the next time."""
        for setting_id, size in (
            ("window.browser_width", self._width_of(self.browser)),
            ("window.inspector_width", self._width_of(self.inspector)),
            ("window.bottom_height", self._centre.sizes()[1]),
        ):
            if size > 0:
                self._settings.remember(setting_id, size)

    def _width_of(self, panel: QWidget) -> int:
        return 0 if self._drawers.is_drawer(panel) else self._across.sizes()[self._across.indexOf(panel)]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make drawers of the side panels that have no room, and give them their places back."""
        super().resizeEvent(event)
        if not hasattr(self, "_drawers"):
            return
        if self._drawers.fit(self.width()):
            self._across.setSizes(self._wanted_widths())
            self.panels_changed.emit()
        self._show_drawer_buttons()

    def _wanted_widths(self) -> list[int]:
        get, drawers = self._settings.get, self._drawers
        left = [] if drawers.is_drawer(self.browser) else [get("window.browser_width")]
        right = [] if drawers.is_drawer(self.inspector) else [get("window.inspector_width")]
        return [*left, self.width() - sum(left) - sum(right), *right]

    def _show_drawer_buttons(self) -> None:
        for button, panel in ((self.transport.browser, self.browser), (self.transport.inspector, self.inspector)):
            button.setVisible(self._drawers.is_drawer(panel))
            button.setChecked(not panel.isHidden())
        # Both buttons take the room of the load and of the name, which the window's title shows as well.
        self.transport.set_narrow(self._drawers.is_drawer(self.browser))

    def close_project(self) -> None:
        """Let the views stop listening before the project goes."""
        self.browser.stop_preview()
        for view in (self.arranger, self.mixer):
            view.close_project()

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.transport)
        right.addWidget(hair_line(self))
        right.addWidget(self._across, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(Rail(self))
        row.addWidget(hair_line(self, is_vertical=True))
        row.addLayout(right, 1)

    def _restore(self) -> None:
        get = self._settings.get
        self._across.setSizes([get("window.browser_width"), 1_000, get("window.inspector_width")])
        self._centre.setSizes([1_000, get("window.bottom_height")])
        shown = get("window.panels")
        self.browser.setVisible("browser" in shown)
        self.inspector.setVisible("inspector" in shown)
        self.bottom.setVisible("mixer" in shown or "history" in shown)
        if "history" in shown:
            self.bottom.show_page("history")

    def _remember_panels(self) -> None:
        sides = [name for name in ("browser", "inspector") if self._drawers.is_wanted(getattr(self, name))]
        below = [name for name in ("mixer", "history") if self.is_panel_shown(name)]
        self._settings.remember("window.panels", [*sides, *below])
