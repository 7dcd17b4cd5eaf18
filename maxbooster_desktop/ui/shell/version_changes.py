"""What is different between two sides: counts with bars, and for each track its lines of words."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from maxbooster_desktop.ui.theme.fonts import mono_font, ui_font
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.panels import label

if TYPE_CHECKING:
    from maxbooster_desktop.project.versions.comparing import Comparison, Counted, TrackChanges

_ROW, _NUMBER, _BAR = 22, 48, 120
_MOST_ROWS = 7
_KINDS = {"added": "new", "deleted": "deleted", "changed": ""}


class CountBars(QWidget):
    """A number, what became of so many things, and a bar as long as it is much."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Counted, ...] = ()

    def show_counts(self, counts: "tuple[Counted, ...]") -> None:
        """Show other counts, the first so many."""
        self._rows = counts[:_MOST_ROWS]
        self.setAccessibleName("; ".join(row.text for row in counts) or "Nothing is different")
        self.setFixedHeight(_ROW * len(self._rows))
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the rows."""
        return QSize(320, _ROW * len(self._rows))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a line for each."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        most = max((row.count for row in self._rows), default=1)
        bars = self.width() - _BAR
        for at, row in enumerate(self._rows):
            top, middle = float(at * _ROW), Qt.AlignmentFlag.AlignVCenter
            painter.setPen(theme().colour("text.1"))
            painter.setFont(mono_font("base"))
            painter.drawText(QRectF(0, top, _NUMBER - 12, _ROW), middle | Qt.AlignmentFlag.AlignRight, str(row.count))
            painter.setPen(theme().colour("text.2"))
            painter.setFont(ui_font("base"))
            words = row.text.partition(" ")[2]
            painter.drawText(QRectF(_NUMBER, top, bars - _NUMBER - 8, _ROW), middle, words)
            painter.setPen(Qt.PenStyle.NoPen)
            for role, width in (("bg.input", float(_BAR)), ("accent", max(4.0, _BAR * row.count / most))):
                painter.setBrush(theme().colour(role))
                painter.drawRoundedRect(QRectF(bars, top + _ROW / 2 - 3, width, 6), 3, 3)
        painter.end()


class VersionChanges(QWidget):
    """Shows a comparison; `chosen()` is emitted when another track is."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = label("", "text.1", "form", 600)
        self.bars = CountBars()
        self.tracks = QTreeWidget()
        self.tracks.setHeaderHidden(True)
        self.tracks.setAccessibleName("What became of each track")
        self.tracks.setWordWrap(True)
        self.tracks.currentItemChanged.connect(self.chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.title)
        column.addWidget(self.bars)
        column.addWidget(self.tracks, 1)
        self.clear("")

    def clear(self, saying: str) -> None:
        """Show nothing but a sentence."""
        self.title.setText(saying)
        self.bars.show_counts(())
        self.tracks.clear()

    def show_comparison(self, title: str, found: "Comparison") -> None:
        """Show what is different."""
        self.clear(title)
        self.bars.show_counts(found.counts)
        for changes in found.tracks:
            self.tracks.addTopLevelItem(_item(changes))
        self.tracks.expandAll()
        if not found.tracks:
            self.tracks.addTopLevelItem(QTreeWidgetItem(["Nothing is different."]))
        self.tracks.setCurrentIndex(self.tracks.model().index(0, 0))

    def lines(self) -> list[str]:
        """Return what the tree says, tracks and lines in order."""
        found = []
        for at in range(self.tracks.topLevelItemCount()):
            item: Any = self.tracks.topLevelItem(at)
            found.append(item.text(0))
            found += [item.child(row).text(0) for row in range(item.childCount())]
        return found

    def track(self) -> Any:
        """Return the id of the track whose line is chosen, None for the song and for nothing."""
        item = self.tracks.currentItem()
        if item is None:
            return None
        return (item.parent() or item).data(0, Qt.ItemDataRole.UserRole)


def _item(changes: "TrackChanges") -> QTreeWidgetItem:
    about = _KINDS[changes.kind]
    item = QTreeWidgetItem([f"{changes.name}  ·  {about}" if about else changes.name])
    item.setData(0, Qt.ItemDataRole.UserRole, changes.track)
    item.setFont(0, ui_font("base", 600))
    item.setForeground(0, theme().colour("text.1"))
    for line in changes.lines:
        item.addChild(QTreeWidgetItem([line]))
    return item
