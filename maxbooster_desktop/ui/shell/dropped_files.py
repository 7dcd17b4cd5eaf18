"""Which files in dragged data can be imported."""

from PySide6.QtCore import QMimeData

from maxbooster_desktop.ui.browser.places import is_sound


def sound_files(data: QMimeData) -> list[str]:
    """Return the paths of the sound files in dragged data."""
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile() and is_sound(url.toLocalFile())]
