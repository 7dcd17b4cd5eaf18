"""Texts that Qt would take for markup: tool-tips guess, and names of people and files may be anything.

A name with an <img> in it would make Qt open what it names, on this computer or on another one.
"""

import html

from PySide6.QtGui import Qt


def tip(text: str) -> str:
    """Return a tool-tip that is read as `text`, whatever is in it."""
    return html.escape(text) if Qt.mightBeRichText(text) else text
