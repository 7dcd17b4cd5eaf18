"""One colour per person, from the theme's palette: neighbours in the list are far apart on the wheel."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from maxbooster_desktop.cloudlink.people import colour_of, initials_of
from maxbooster_desktop.ui.theme.fonts import ui_font
from maxbooster_desktop.ui.theme.tokens import theme

#: Indices of the palette, by the number that everybody computes for an account.
_OF_PERSON = (5, 9, 1, 7, 3, 0, 6, 10)


def person_colour(number: int) -> QColor:
    """Return a person's colour."""
    return theme().track_colour(_OF_PERSON[number % len(_OF_PERSON)])


def account_colour(account: str) -> QColor:
    """Return the colour of whoever has an account, here or not."""
    return person_colour(colour_of(account))


def paint_person(painter: QPainter, disc: QRectF, name: str, colour: QColor) -> None:
    """Paint a disc with the initials of a name."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(disc)
    painter.setPen(theme().colour("text.on_state"))
    painter.setFont(ui_font("hint", 600))
    painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, initials_of(name))
