"""The browser: files of this computer and sounds of the project; search, listen, drag into the arrangement."""

import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.document.state import AssetId, ProjectState
from maxbooster_desktop.ui.browser.places import Entry, found_below, places
from maxbooster_desktop.ui.browser.preview import preview_samples
from maxbooster_desktop.ui.browser.sound_tree import (
    IS_FOLDER_ROLE,
    SOUND_ROLE,
    FolderModel,
    SoundModel,
    duration_text,
    row_of,
    with_lengths,
)
from maxbooster_desktop.ui.qtbridge.tasks import Latest, Progress
from maxbooster_desktop.ui.widgets.buttons import IconButton
from maxbooster_desktop.ui.widgets.panels import EmptyState, filled, label
from maxbooster_desktop.ui.widgets.tab_bar import TabBar

_SEARCH_WAITS_MS = 250
_NOTHING_CHOSEN = "Enter: import"
_NONE_FOUND = "No sound file with that name was found."
_LENGTH_PX = 56


class BrowserView(QWidget):
    """Two tabs, a search field and a row to listen.

    Arrows choose, and play what they come to while listening is on; Return or a double-click imports what is chosen.
    `import_asked(sounds)` is emitted with paths of files and project sounds ("asset:<id>").
    """

    import_asked = Signal(list)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        filled(self, "bg.panel")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search sounds")
        self.search.setAccessibleName("Search sounds")
        self.search.setClearButtonEnabled(True)
        self.tabs = TabBar(("Files", "Project sounds"), "Where to look", self)
        self.files, self.found, self.sounds = FolderModel(self), SoundModel(self), SoundModel(self)
        self.file_tree, self.found_list = _tree(self.files, "Files"), _tree(self.found, "Sounds found")
        self.sound_list = _tree(self.sounds, "Project sounds")
        self.no_sounds = EmptyState("audio-waveform", "This project has no sounds yet. Import some, or drag them in.")
        self.none_found = EmptyState("search", _NONE_FOUND)
        self._pages = QStackedWidget()
        for page in (self.file_tree, self.found_list, self.sound_list, self.no_sounds, self.none_found):
            self._pages.addWidget(page)
        self.listen = IconButton("play", "Listen to the chosen sound", self, side=24)
        self.listen.setCheckable(True)
        self.chosen = label(_NOTHING_CHOSEN, "text.3", "hint")
        self._latest_search, self._latest_preview = Latest(self), Latest(self)
        self._search_timer = QTimer(self, singleShot=True, interval=_SEARCH_WAITS_MS)
        self._shown_assets: tuple[AssetId, ...] = ()
        self._lay_out()
        self._connect()
        self.show_project(None)

    def show_project(self, state: ProjectState | None) -> None:
        """Show the project's sounds, and its folder among the places."""
        wanted = tuple(state.assets) if state is not None else ()
        is_first = self.files.rowCount() == 0
        if state is None or wanted != self._shown_assets or is_first:
            self._shown_assets = wanted
            self._show_sounds(state)
        self._show_page()

    def open_places(self) -> None:
        """Offer the places anew, when a project was opened or closed."""
        folder = self._studio.project.folder if self._studio.has_project else None
        self.files.show_places(places(folder))

    def preview(self, sound: str) -> None:
        """Play a file or a project's sound ("asset:<id>") beside the song."""
        studio = self._studio

        def work(_progress: Progress) -> Any:
            if sound.startswith("asset:"):
                return studio.pool.samples(AssetId(sound.removeprefix("asset:")))
            return preview_samples(Path(sound), studio.engine.sample_rate)

        self._latest_preview.start(work, self._play, self._refuse)

    def stop_preview(self) -> None:
        """Stop listening."""
        self._latest_preview.cancel()
        if self.listen.isChecked():
            self.listen.setChecked(False)
            self._studio.engine.preview(None)

    def _lay_out(self) -> None:
        top, bottom = QVBoxLayout(), QHBoxLayout()
        top.setContentsMargins(8, 8, 8, 4)
        top.addWidget(self.search)
        bottom.setContentsMargins(8, 4, 8, 4)
        bottom.addWidget(self.listen)
        bottom.addWidget(self.chosen, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.tabs)
        column.addWidget(self._pages, 1)
        column.addLayout(bottom)

    def _connect(self) -> None:
        self.tabs.chosen.connect(self._show_page)
        self.search.textChanged.connect(self._search_later)
        self._search_timer.timeout.connect(self._start_search)
        self.file_tree.expanded.connect(self.files.load)
        for tree in (self.file_tree, self.found_list, self.sound_list):
            tree.activated.connect(self._activate)
            tree.clicked.connect(self._choose)
            tree.selectionModel().currentChanged.connect(self._walk)
        self.search.returnPressed.connect(self._enter_list)
        self.listen.clicked.connect(self._toggle_listening)

    def _show_page(self, _tab: int = 0) -> None:
        is_searching = bool(self.search.text().strip())
        if self.tabs.current == 1:
            page: QWidget = self.sound_list if self.sounds.rowCount() else self.no_sounds
        elif is_searching:
            page = self.found_list if self.found.rowCount() else self.none_found
        else:
            page = self.file_tree
        self._pages.setCurrentWidget(page)

    def _show_sounds(self, state: ProjectState | None) -> None:
        self.sounds.removeRows(0, self.sounds.rowCount())
        needle = self.search.text().strip().casefold()
        for asset in sorted(state.assets.values(), key=lambda each: each.name.casefold()) if state else ():
            if needle in asset.name.casefold():
                length = duration_text(asset.duration_s)
                self.sounds.appendRow(
                    row_of(asset.name, f"asset:{asset.id}", length, "audio-waveform", is_folder=False)
                )

    def _search_later(self, _typed: str) -> None:
        self._search_timer.start()

    def _start_search(self) -> None:
        typed = self.search.text().strip()
        self._show_sounds(self._studio.state if self._studio.has_project else None)
        self._latest_search.cancel()
        self.found.removeRows(0, self.found.rowCount())
        self._show_page()
        if not typed:
            return
        folders = self._folders_to_search()
        self.none_found.say("Looking…")

        def work(progress: Progress) -> list[tuple[Entry, str]]:
            return with_lengths(found_below(folders, typed, progress.check), progress)

        self._latest_search.start(work, self._show_found, self._refuse)

    def _folders_to_search(self) -> list[Path]:
        """Return the folder that is chosen, or that of the file that is; all places while nothing is."""
        chosen = [index.data(SOUND_ROLE) for index in self.file_tree.selectionModel().selectedRows()]
        if not any(chosen):
            return [Path(str(self.files.index(row, 0).data(SOUND_ROLE))) for row in range(self.files.rowCount())]
        paths = [Path(str(sound)) for sound in chosen if sound]
        return [path if os.path.isdir(path) else path.parent for path in paths]

    def _show_found(self, entries: list[tuple[Entry, str]]) -> None:
        for entry, length in entries:
            self.found.appendRow(row_of(entry.name, str(entry.path), length, "audio-waveform", is_folder=False))
        self.none_found.say(_NONE_FOUND)
        self._show_page()

    def _choose(self, index: QModelIndex) -> None:
        is_folder = bool(index.data(IS_FOLDER_ROLE))
        self.chosen.setText(_NOTHING_CHOSEN if is_folder else str(index.siblingAtColumn(0).data()))
        if self.listen.isChecked() and not is_folder:
            self.preview(str(index.data(SOUND_ROLE)))

    def _walk(self, index: QModelIndex) -> None:
        """Follow the arrows; a press of the mouse chooses when it is let go."""
        if index.isValid() and QApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self._choose(index)

    def _enter_list(self) -> None:
        """Go from the search field to what it found."""
        tree = self._pages.currentWidget()
        if isinstance(tree, QTreeView):
            tree.setFocus(Qt.FocusReason.TabFocusReason)
            if not tree.currentIndex().isValid():
                tree.setCurrentIndex(tree.model().index(0, 0))

    def _activate(self, index: QModelIndex) -> None:
        """Open or close a folder; ask for the import of a sound, and of all that are selected with it."""
        tree = self._pages.currentWidget()
        first = index.siblingAtColumn(0)
        if not isinstance(tree, QTreeView) or not index.isValid():
            return
        if index.data(IS_FOLDER_ROLE):
            # A double-click has opened it already.
            if QApplication.mouseButtons() == Qt.MouseButton.NoButton:
                tree.setExpanded(first, not tree.isExpanded(first))
            return
        chosen = tree.selectionModel().selectedRows()
        model = tree.model()
        if isinstance(model, SoundModel):
            self.import_asked.emit(model.sounds(chosen if first in chosen else [first]))

    def _toggle_listening(self, is_on: bool) -> None:
        tree = self._pages.currentWidget()
        index = tree.currentIndex() if isinstance(tree, QTreeView) else QModelIndex()
        if is_on and index.isValid() and not index.data(IS_FOLDER_ROLE):
            self._choose(index)
        elif not is_on:
            self._latest_preview.cancel()
            self._studio.engine.preview(None)

    def _play(self, samples: Any) -> None:
        if samples is None:
            self._refuse("This sound is still being read; try again in a moment.")
        else:
            self._studio.engine.preview(samples)

    def _refuse(self, sentence: str) -> None:
        self.listen.setChecked(False)
        self._studio.notify(sentence)


def _tree(model: SoundModel, name: str) -> QTreeView:
    tree = QTreeView()
    tree.setModel(model)
    tree.setAccessibleName(name)
    tree.setHeaderHidden(True)
    tree.setIndentation(14)
    tree.setUniformRowHeights(True)
    tree.setDragEnabled(True)
    tree.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
    tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    header = tree.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
    header.setMinimumSectionSize(20)
    header.resizeSection(1, _LENGTH_PX)
    return tree
