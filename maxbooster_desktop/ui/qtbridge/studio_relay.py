"""The studio's callbacks, which come on any thread, as Qt signals on the UI thread."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from maxbooster_desktop.actions.studio import Studio

if TYPE_CHECKING:
    from collections.abc import Callable


class StudioRelay(QObject):
    """One a window. Signals arrive queued when emitted off the UI thread.

    Signals:
        changed(change, state): an edit was projected.
        noticed(sentence): something to tell the person.
        opened(): a project was attached or detached.
        selected(): the selection changed.
        naming(id): what was just made waits for its name.
        options(): snap, following or the click changed.
        company(): the account, the standing with the cloud or the others changed.
    """

    changed = Signal(object, object)
    noticed = Signal(str)
    opened = Signal()
    selected = Signal()
    naming = Signal(str)
    options = Signal()
    company = Signal()

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._stops: list[Callable[[], None]] = [
            studio.project_changed.subscribe(self._change),
            studio.notices.subscribe(self.noticed.emit),
            studio.project_opened.subscribe(self.opened.emit),
            studio.selection.subscribe(self.selected.emit),
            studio.naming.subscribe(self.naming.emit),
            studio.snap.subscribe(self.options.emit),
            studio.options_changed.subscribe(self.options.emit),
            studio.company.changed.subscribe(self.company.emit),
        ]

    def stop(self) -> None:
        """Hear nothing more; call before the window goes."""
        for stop in self._stops:
            stop()
        self._stops.clear()

    def _change(self, change: Any, state: Any) -> None:
        self.changed.emit(change, state)
