"""One colour per person, from the theme's palette: neighbours in the list are far apart on the wheel."""

from PySide6.QtGui import QColor

from maxbooster_desktop.ui.theme.tokens import theme

#: Indices of the palette, by the number that everybody computes for an account.
_OF_PERSON = (5, 9, 1, 7, 3, 0, 6, 10)


def person_colour(number: int) -> QColor:
    """Return a person's colour."""
    return theme().track_colour(_OF_PERSON[number % len(_OF_PERSON)])
