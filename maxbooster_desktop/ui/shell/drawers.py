"""Side panels in a narrow window: each leaves the splitter and lies over the arrangement when it is asked for.

A panel becomes a drawer, closed, when the page gets narrower than its limit, and takes its old place and state when
there is room again.
"""

from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QSplitter, QWidget


@dataclass
class _Side:
    """One panel: below which page width it is a drawer, at which end, and how it was before."""

    panel: QWidget
    limit_px: int
    is_at_right: bool
    is_drawer: bool = False
    was_shown: bool = True
    width_px: int = 0


class Drawers:
    """The drawers laid over a page's `splitter`."""

    def __init__(self, splitter: QSplitter) -> None:
        self._splitter = splitter
        self._sides: list[_Side] = []

    def add(self, panel: QWidget, *, limit_px: int, is_at_right: bool) -> None:
        """Make the first or last panel of the splitter a drawer while the page is narrower than `limit_px`."""
        self._sides.append(_Side(panel, limit_px, is_at_right))

    def is_drawer(self, panel: QWidget) -> bool:
        """Return whether a panel is a drawer now."""
        return any(side.is_drawer for side in self._sides if side.panel is panel)

    def is_wanted(self, panel: QWidget) -> bool:
        """Return whether a panel is shown where there is room for it."""
        return next(
            (side.was_shown if side.is_drawer else not panel.isHidden() for side in self._sides if side.panel is panel),
            False,
        )

    def fit(self, width_px: int) -> bool:
        """Make drawers of what has no room in a page of this width, or the reverse; return whether any changed."""
        changed = [side for side in self._sides if side.is_drawer != (width_px < side.limit_px)]
        for side in changed:
            (self._put_back if side.is_drawer else self._take_out)(side)
        self.place()
        return bool(changed)

    def place(self) -> None:
        """Lay the drawers over the edges of the splitter."""
        area = self._splitter.geometry()
        for side in self._sides:
            if side.is_drawer:
                left = area.right() + 1 - side.width_px if side.is_at_right else area.left()
                side.panel.setGeometry(QRect(left, area.top(), side.width_px, area.height()))
                side.panel.raise_()

    def _take_out(self, side: _Side) -> None:
        side.was_shown = not side.panel.isHidden()
        side.width_px = max(side.panel.minimumWidth(), side.panel.width())
        side.is_drawer = True
        side.panel.hide()
        side.panel.setParent(self._splitter.parentWidget())

    def _put_back(self, side: _Side) -> None:
        side.is_drawer = False
        self._splitter.insertWidget(self._splitter.count() if side.is_at_right else 0, side.panel)
        side.panel.setVisible(side.was_shown)
