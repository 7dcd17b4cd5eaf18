"""What a window without a project shows: recent projects, templates for a new one, and the demo song."""

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from maxbooster_desktop.actions.templates import TEMPLATES
from maxbooster_desktop.ui.theme.fonts import ui_font
from maxbooster_desktop.ui.theme.icons import icon, icon_pixmap
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.panels import filled, label, primary_button
from maxbooster_desktop.ui.widgets.plain_text import tip

_SHOWN_RECENT = 6
_COLUMNS = 3


class Card(QAbstractButton):
    """A picture, a title and a line of text; a click chooses it."""

    def __init__(self, icon_name: str, title: str, text: str, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon_name, self._text, self.key = icon_name, text, key
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.setToolTip(tip(text))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return 260 x 92: a title and three lines."""
        return QSize(260, 92)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme().colour("bg.hover" if self.underMouse() else "bg.raised"))
        has_focus = self.hasFocus()
        painter.setPen(QPen(theme().colour("focus" if has_focus else "line.hair"), 2.0 if has_focus else 1.0))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        picture = icon_pixmap(self._icon_name, 20, theme().colour("accent"), self.devicePixelRatioF())
        painter.drawPixmap(16, 16, picture)
        painter.setFont(ui_font("form", 600))
        painter.setPen(theme().colour("text.1"))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        box = self.rect().adjusted(48, 12, -12, -8)
        title = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, left, title)
        painter.setFont(ui_font("base"))
        painter.setPen(theme().colour("text.2"))
        painter.drawText(box.adjusted(0, 20, 0, 0), int(left) | int(Qt.TextFlag.TextWordWrap), self._text)

    def enterEvent(self, event: object) -> None:
        """Light up under the pointer."""
        self.update()

    def leaveEvent(self, event: object) -> None:
        """Go back to rest."""
        self.update()


def _card_grid() -> QGridLayout:
    """Return an empty grid whose columns are equally wide, however few cards there are."""
    grid = QGridLayout()
    grid.setSpacing(12)
    for column in range(_COLUMNS):
        grid.setColumnStretch(column, 1)
    return grid


class StartPage(QWidget):
    """The first thing people see.

    Signals:
        template_chosen(id), project_chosen(folder), demo_asked(), open_asked().
    """

    template_chosen = Signal(str)
    project_chosen = Signal(str)
    demo_asked = Signal()
    open_asked = Signal()

    def __init__(self, parent: QWidget, *, has_demo: bool) -> None:
        super().__init__(parent)
        filled(self, "bg.panel")
        page = QWidget(self)
        page.setMaximumWidth(860)
        self._column = QVBoxLayout(page)
        self._column.setSpacing(12)
        self._column.addWidget(label("Max Booster", "text.1", "clock", 600))
        self._column.addWidget(label("Start something new, or go on where you stopped.", "text.2", "form"))
        self._problem = label("", "danger", "form")
        self._problem.setWordWrap(True)
        self._problem.hide()
        self._column.addWidget(self._problem)
        self._busy = label("", "accent", "form", 500)
        self._busy.setAccessibleName("Progress")
        self._busy.hide()
        self._column.addWidget(self._busy)
        self._column.addSpacing(12)
        self._column.addWidget(label("New project", "text.1", "form", 600))
        self._column.addLayout(self._templates())
        self._column.addSpacing(16)
        self._column.addWidget(label("Recent projects", "text.1", "form", 600))
        self._recent = _card_grid()
        self._none_yet = label("None yet. Projects that you open appear here.", "text.3")
        self._column.addLayout(self._recent)
        self._column.addWidget(self._none_yet)
        self._column.addSpacing(16)
        self._column.addLayout(self._buttons(has_demo=has_demo))
        outer = QHBoxLayout(self)
        outer.addStretch(1)
        middle = QVBoxLayout()
        middle.addStretch(1)
        middle.addWidget(page)
        middle.addStretch(2)
        outer.addLayout(middle, 20)
        outer.addStretch(1)

    def show_recent(self, folders: list[Path]) -> None:
        """Show the projects opened last."""
        while self._recent.count():
            item = self._recent.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for index, folder in enumerate(folders[:_SHOWN_RECENT]):
            card = Card("audio-lines", folder.name, str(folder.parent), str(folder), self)
            card.clicked.connect(self._open_recent)
            self._recent.addWidget(card, index // _COLUMNS, index % _COLUMNS)
        self._none_yet.setVisible(not folders)

    def show_problem(self, sentence: str) -> None:
        """Say why a project could not be opened, or nothing."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def problem(self) -> str:
        """Return what is said about the project that could not be opened."""
        return self._problem.text()

    def show_busy(self, sentence: str) -> None:
        """Say what is being opened, or nothing; it opens by itself, and something else may be chosen instead."""
        self._busy.setText(sentence)
        self._busy.setVisible(bool(sentence))

    def busy(self) -> str:
        """Return what is said to be opening."""
        return self._busy.text()

    def _templates(self) -> QGridLayout:
        grid = _card_grid()
        for index, template in enumerate(TEMPLATES):
            card = Card(template.icon, template.title, template.description, template.id, self)
            card.clicked.connect(self._choose_template)
            grid.addWidget(card, index // _COLUMNS, index % _COLUMNS)
        return grid

    def _buttons(self, *, has_demo: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        if has_demo:
            demo = primary_button("Open the demo song", self)
            demo.setIcon(icon("play", "text.on_accent"))
            demo.clicked.connect(self.demo_asked)
            row.addWidget(demo)
        opens = QPushButton("Open a project…", self)
        opens.clicked.connect(self.open_asked)
        row.addWidget(opens)
        row.addStretch(1)
        return row

    def _choose_template(self) -> None:
        card = self.sender()
        if isinstance(card, Card):
            self.template_chosen.emit(card.key)

    def _open_recent(self) -> None:
        card = self.sender()
        if isinstance(card, Card):
            self.project_chosen.emit(card.key)
