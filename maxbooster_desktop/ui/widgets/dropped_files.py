"""The files in dragged data. All of them count: what cannot be imported is refused with its reason, not overlooked."""

from PySide6.QtCore import QMimeData


def local_files(data: QMimeData) -> list[str]:
    """Return the paths of the files of this computer in dragged data."""
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
