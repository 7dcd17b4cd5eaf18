"""The browser's tree: places and folders that load when opened, sound files with their lengths, dragged as sounds."""

import importlib
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QModelIndex, QObject, Qt, QUrl
from PySide6.QtGui import QStandardItem, QStandardItemModel

from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.ui.browser.places import Entry, Place, listing
from maxbooster_desktop.ui.qtbridge.tasks import Progress, Task
from maxbooster_desktop.ui.theme.icons import icon
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.widgets.plain_text import tip

AUDIO_MIME = "application/x-maxbooster-audio"
#: What a row stands for: the path of a file or folder, or "asset:<id>".
SOUND_ROLE = int(Qt.ItemDataRole.UserRole) + 1
IS_FOLDER_ROLE = SOUND_ROLE + 1
_IS_LOADED_ROLE = SOUND_ROLE + 2


def length_of(path: Path) -> float | None:
    """Return a sound file's length in seconds by its header, None when it cannot be read."""
    probe = importlib.import_module("maxbooster_desktop.project.exchange.probe")
    try:
        return float(probe.probe_audio(path).duration_s)
    except MaxBoosterError:
        return None


def sound_mime(sounds: Sequence[str]) -> QMimeData:
    """Return dragged data: one sound a line, and the files as URLs for other programs."""
    data = QMimeData()
    data.setData(AUDIO_MIME, "\n".join(sounds).encode())
    data.setUrls([QUrl.fromLocalFile(sound) for sound in sounds if not sound.startswith("asset:")])
    return data


def row_of(name: str, sound: str, length: str, icon_name: str, *, is_folder: bool) -> list[QStandardItem]:
    """Return the two items of a row: name and length."""
    title, time = QStandardItem(icon(icon_name, "text.3"), name), QStandardItem(f"{length}  ")
    time.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    time.setForeground(theme().colour("text.3"))
    for item in (title, time):
        item.setEditable(False)
        item.setData(sound, SOUND_ROLE)
        item.setData(is_folder, IS_FOLDER_ROLE)
        item.setDragEnabled(not is_folder)
    title.setToolTip(tip(sound))
    return [title, time]


class SoundModel(QStandardItemModel):
    """Rows that can be dragged out as sounds."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(0, 2, parent)

    def sounds(self, indexes: Sequence[QModelIndex]) -> list[str]:
        """Return the sounds of some rows, each once, without folders."""
        wanted = [index.data(SOUND_ROLE) for index in indexes if not index.data(IS_FOLDER_ROLE)]
        return list(dict.fromkeys(str(sound) for sound in wanted if sound))

    def mimeTypes(self) -> list[str]:
        """Return what is dragged."""
        return [AUDIO_MIME, "text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the dragged sounds."""
        return sound_mime(self.sounds(indexes))


class FolderModel(SoundModel):
    """Places and, below them, folders and sound files; a folder is read in a worker when it is opened."""

    def show_places(self, places: Sequence[Place]) -> None:
        """Start over with these places."""
        self.removeRows(0, self.rowCount())
        for place in places:
            self.appendRow(self._folder_row(place.name, place.path, place.icon))

    def load(self, index: QModelIndex) -> None:
        """Read the folder of a row, once."""
        item = self.itemFromIndex(index.siblingAtColumn(0))
        if item is None or not item.data(IS_FOLDER_ROLE) or item.data(_IS_LOADED_ROLE):
            return
        item.setData(True, _IS_LOADED_ROLE)
        task = _FolderTask(Path(item.data(SOUND_ROLE)), item, self)
        task.start()

    def fill(self, item: QStandardItem, entries: Sequence[tuple[Entry, str]]) -> None:
        """Put a folder's contents below its row."""
        item.removeRows(0, item.rowCount())
        for entry, length in entries:
            if entry.is_folder:
                item.appendRow(self._folder_row(entry.name, entry.path, "folder"))
            else:
                item.appendRow(row_of(entry.name, str(entry.path), length, "audio-waveform", is_folder=False))
        if not entries:
            empty = row_of("No sound files here", "", "", "info", is_folder=True)
            for each in empty:
                each.setEnabled(False)
            item.appendRow(empty)

    def refuse(self, item: QStandardItem, sentence: str) -> None:
        """Say below a row why its folder cannot be read."""
        item.removeRows(0, item.rowCount())
        refused = row_of(sentence, "", "", "circle-alert", is_folder=True)
        for each in refused:
            each.setEnabled(False)
        item.appendRow(refused)

    def _folder_row(self, name: str, path: Path, icon_name: str) -> list[QStandardItem]:
        row = row_of(name, str(path), "", icon_name, is_folder=True)
        row[0].appendRow(row_of("Loading…", "", "", "folder", is_folder=True))
        return row


class _FolderTask(QObject):
    """Reads one folder and hands it to its model; remembers the row meanwhile."""

    def __init__(self, folder: Path, item: QStandardItem, model: FolderModel) -> None:
        super().__init__(model)
        self._item, self._model, self._folder = item, model, folder

    def start(self) -> None:
        folder = self._folder

        def work(progress: Progress) -> list[tuple[Entry, str]]:
            return with_lengths(listing(folder), progress)

        task = Task(work, self)
        task.done.connect(self._done)
        task.failed.connect(self._failed)
        task.start()

    def _done(self, entries: list[tuple[Entry, str]]) -> None:
        self._model.fill(self._item, entries)
        self.deleteLater()

    def _failed(self, sentence: str) -> None:
        self._model.refuse(self._item, sentence)
        self.deleteLater()


def with_lengths(entries: Sequence[Entry], progress: Progress) -> list[tuple[Entry, str]]:
    """Return entries with their lengths as text: "0:07", or a question mark for what cannot be read."""
    result = []
    for entry in entries:
        progress.check()
        seconds = None if entry.is_folder else length_of(entry.path)
        text = "" if entry.is_folder else "?" if seconds is None else duration_text(seconds)
        result.append((entry, text))
    return result


def duration_text(seconds: float) -> str:
    """Write a length as "0:07" or "1:02:03"."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3_600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
