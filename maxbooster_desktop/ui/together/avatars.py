"""Who is here: a round button for each person in the transport, which follows them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.person_colour import paint_person, person_colour
from maxbooster_desktop.ui.widgets.plain_text import tip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from maxbooster_desktop.cloudlink.people import Person

_SIDE = 26
_MOST_SHOWN = 6


class Avatar(QAbstractButton):
    """One person."""

    def __init__(self, person: "Person", parent: QWidget, *, is_followed: bool) -> None:
        super().__init__(parent)
        self.person, self._is_followed = person, is_followed
        doing = f" {person.doing}" if person.doing else ""
        verb = "click to go on alone" if is_followed else "click to follow"
        name = f"{person.name}, {person.role}{doing}; {verb}"
        self.setAccessibleName(name)
        self.setToolTip(tip(name))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return a small square."""
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a disc with the initials; a ring around who is followed or has the focus."""
        painter = QPainter(self)
        disc = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        paint_person(painter, disc, self.person.name, person_colour(self.person.colour))
        if self._is_followed or self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme().colour("focus" if self.hasFocus() else "text.1"), 2.0))
            painter.drawEllipse(disc.adjusted(-1, -1, 1, 1))
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press with Return; leave Space to the transport."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            event.ignore()


class Avatars(QWidget):
    """The row; `chosen(client)` is emitted for a click."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("People in this project")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self._shown: tuple[object, ...] = ()
        self.hide()

    def show_people(self, people: "Sequence[Person]", followed: int | None) -> None:
        """Show who is here."""
        key = tuple((one.client, one.name, one.role, one.doing, one.client == followed) for one in people)
        if key == self._shown:
            return
        self._shown = key
        while (item := self._row.takeAt(0)) is not None:
            former = item.widget()
            if former is not None:
                former.hide()
                former.deleteLater()
        for person in people[:_MOST_SHOWN]:
            avatar = Avatar(person, self, is_followed=person.client == followed)
            avatar.clicked.connect(lambda _=False, client=person.client: self.chosen.emit(client))
            self._row.addWidget(avatar)
        self.setVisible(bool(people))
        self.updateGeometry()

    def people(self) -> "list[Person]":
        """Return who is shown."""
        return [avatar.person for avatar in self.findChildren(Avatar) if not avatar.isHidden()]
