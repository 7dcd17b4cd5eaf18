"""The panel below the arrangement: tabs of what exists (mixer, undo history)."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from maxbooster_desktop.ui.widgets.panels import filled
from maxbooster_desktop.ui.widgets.tab_bar import TabBar


class BottomPanel(QWidget):
    """Named pages under a tab bar; `chosen(name)` is emitted when another one is shown."""

    chosen = Signal(str)

    def __init__(self, pages: dict[str, tuple[str, QWidget]], parent: QWidget) -> None:
        super().__init__(parent)
        filled(self, "bg.panel")
        self._names = tuple(pages)
        self.tabs = TabBar(tuple(title for title, _ in pages.values()), "Bottom panel", self)
        self._stack = QStackedWidget()
        for _, page in pages.values():
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        self.tabs.chosen.connect(self._turn)

    @property
    def current(self) -> str:
        """The name of the page shown."""
        return self._names[self.tabs.current]

    def show_page(self, name: str) -> None:
        """Show a page; raises ValueError for one that does not exist."""
        self.tabs.choose(self._names.index(name))

    def show_content(self, *, is_shown: bool) -> None:
        """Show the chosen page, or only the tabs above it."""
        self._stack.setVisible(is_shown)

    def _turn(self, index: int) -> None:
        self._stack.setCurrentIndex(index)
        self.chosen.emit(self._names[index])
