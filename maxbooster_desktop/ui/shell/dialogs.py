"""Opens what actions name: every dialog of the window, and the file choosers for opening and importing."""

import functools
import importlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QMainWindow, QMessageBox

from maxbooster_desktop.actions.bouncing import DEEDS, Deed, order_of
from maxbooster_desktop.actions.instruments import PATCHES
from maxbooster_desktop.actions.ports import AudioDevices
from maxbooster_desktop.actions.versions import Side
from maxbooster_desktop.actions.workspace import Workspace
from maxbooster_desktop.foundation.paths import projects_folder
from maxbooster_desktop.foundation.version import VERSION
from maxbooster_desktop.ui.browser.places import SUFFIXES, places
from maxbooster_desktop.ui.qtbridge.tasks import Task
from maxbooster_desktop.ui.settings.audio_settings import AudioSettingsDialog
from maxbooster_desktop.ui.settings.midi_settings import MidiSettingsDialog
from maxbooster_desktop.ui.shell.attention_dialog import AttentionDialog
from maxbooster_desktop.ui.shell.bounce_dialog import BounceDialog
from maxbooster_desktop.ui.shell.palette import Palette
from maxbooster_desktop.ui.shell.place_dialogs import BranchDialog, NewProjectDialog, SaveCopyDialog
from maxbooster_desktop.ui.shell.shortcut_sheet import ShortcutSheet
from maxbooster_desktop.ui.shell.tempo_dialog import TempoDialog
from maxbooster_desktop.ui.shell.versions_dialog import VersionsDialog
from maxbooster_desktop.ui.together.asking import AskingDialog
from maxbooster_desktop.ui.together.comments_dialog import CommentsDialog
from maxbooster_desktop.ui.together.sync_dialog import SyncDialog

if TYPE_CHECKING:
    from collections.abc import Callable

_OF_PROJECT = "isOfProject"
_LICENCES = (
    "Max Booster is free software under the GNU General Public License, version 3 or later.\n\n"
    "It ships with Inter and JetBrains Mono (SIL Open Font License 1.1), Lucide icons (ISC), and uses Qt and PySide6 "
    "(LGPL 3), NumPy, Numba and SoundFile (BSD), SQLAlchemy and Yrs (MIT), libsoxr (LGPL 2.1), PortAudio "
    "and RtMidi (MIT). Plug-ins are hosted by minihost (GNU General Public License, version 3 or later)."
)


class Dialogs(QObject):
    """The dialogs of one window.

    Signals:
        folder_chosen(folder), files_chosen(list of paths), samples_chosen(list of paths), patch_chosen(id),
        scan_asked() for plug-ins,
        new_asked(folder, template id), copy_asked(folder),
        branch_asked(folder, side), audio_applied(), sync_changed(), action_picked(id),
        joined(folder, link that was followed).
    """

    folder_chosen = Signal(str)
    files_chosen = Signal(list)
    samples_chosen = Signal(list)
    patch_chosen = Signal(str)
    scan_asked = Signal()
    new_asked = Signal(str, str)
    copy_asked = Signal(str)
    branch_asked = Signal(str, object)
    audio_applied = Signal()
    sync_changed = Signal()
    action_picked = Signal(str)
    joined = Signal(str, str)

    def __init__(self, workspace: Workspace, devices: AudioDevices, window: QMainWindow) -> None:
        super().__init__(window)
        self._workspace, self._devices, self._window = workspace, devices, window
        self._openers: dict[str, Callable[[], None]] = {
            "new": self.new_project,
            "open": self._open,
            "import": self._import,
            "load_samples": self._load_samples,
            "load_sample_folder": self._load_folder,
            "export": self._export,
            "audio": self._audio,
            "midi": self._midi,
            "scan_plugins": self.scan_asked.emit,
            "shortcuts": self._shortcuts,
            "palette": self._palette,
            "tempo": self._tempo,
            "versions": self._versions,
            "save_copy": self._save_copy,
            "attention": self._show_attention,
            "account": self._account,
            "share": self._share,
            "join": self.join,
            "merge_report": self._merge_report,
            "sync": self._sync,
            "comments": self._comments,
            "about": self._show_about,
        }
        self._openers |= {f"patch.{patch}": functools.partial(self.patch_chosen.emit, patch) for patch in PATCHES}
        self._openers |= {deed: functools.partial(self._bounce, deed) for deed in DEEDS}

    def names(self) -> tuple[str, ...]:
        """Return the dialogs that can be opened."""
        return tuple(self._openers)

    def open(self, name: str) -> None:
        """Open a dialog; raises KeyError for one that does not exist."""
        self._openers[name]()

    def new_project(self, template_id: str = "empty") -> None:
        """Ask for the name and place of a new project."""
        dialog = NewProjectDialog(projects_folder(), template_id, self._window)
        dialog.asked.connect(self.new_asked)
        dialog.open()

    def _open(self) -> None:
        folder = QFileDialog.getExistingDirectory(self._window, "Open a project folder", str(projects_folder()))
        if folder:
            self.folder_chosen.emit(folder)

    def _import(self) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        chooser = QFileDialog(
            self._window, "Import audio", str(self._import_folder()), f"Sound files ({patterns});;All files (*)"
        )
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.setFileMode(QFileDialog.FileMode.ExistingFiles)
        chooser.filesSelected.connect(self._take_files)
        chooser.open()

    def _take_files(self, files: list[str]) -> None:
        self._workspace.settings.remember("import.folder", str(Path(files[0]).parent))
        self.files_chosen.emit(files)

    def _load_samples(self) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in (*SUFFIXES, ".sfz", ".sf2"))
        chooser = QFileDialog(
            self._window, "Load samples", str(self._import_folder()), f"Samples ({patterns});;All files (*)"
        )
        chooser.setFileMode(QFileDialog.FileMode.ExistingFiles)
        self._choose_samples(chooser)

    def _load_folder(self) -> None:
        chooser = QFileDialog(self._window, "Load a folder of samples", str(self._import_folder()))
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        self._choose_samples(chooser)

    def _choose_samples(self, chooser: QFileDialog) -> None:
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.filesSelected.connect(self._take_samples)
        chooser.open()

    def _take_samples(self, files: list[str]) -> None:
        self._workspace.settings.remember("import.folder", str(Path(files[0]).parent))
        self.samples_chosen.emit(files)

    def _import_folder(self) -> Path:
        """Return the folder of the last import, else the first of music and home that exists."""
        kept = self._workspace.settings.get("import.folder")
        if kept and os.path.isdir(kept):
            return Path(kept)
        return next((place.path for place in places(None)), Path.home())

    def _export(self) -> None:
        # The dialog knows the render settings, which need not be loaded before somebody renders.
        from maxbooster_desktop.ui.shell.render_dialog import RenderDialog  # noqa: PLC0415 - see above

        self._of_project(RenderDialog(self._workspace, self._window)).open()

    def _bounce(self, deed: Deed) -> None:
        dialog = BounceDialog(self._workspace, order_of(self._workspace.studio, deed), self._window)
        self._of_project(dialog).open()
        dialog.start()

    def _audio(self) -> None:
        studio = self._workspace.studio
        dialog = AudioSettingsDialog(self._workspace.settings, studio.engine, self._devices, self._window)
        dialog.applied.connect(self.audio_applied)
        dialog.open()

    def _midi(self) -> None:
        MidiSettingsDialog(self._workspace.midi, self._window).open()

    def _shortcuts(self) -> None:
        ShortcutSheet(self._window).show()

    def _palette(self) -> None:
        palette = Palette(self._workspace.studio, self._window)
        palette.picked.connect(self.action_picked)
        palette.show()

    def _tempo(self) -> None:
        self._of_project(TempoDialog(self._workspace.studio, self._window)).open()

    def _versions(self) -> None:
        dialog = VersionsDialog(self._workspace.studio, self._window)
        dialog.branch_asked.connect(self._ask_branch)
        dialog.open_asked.connect(self.folder_chosen)
        self._of_project(dialog).open()

    def _ask_branch(self, side: Side) -> None:
        name = self._workspace.studio.state.meta.name
        dialog = BranchDialog(side, projects_folder(), f"{name} branch", self._window)
        dialog.asked.connect(lambda folder: self.branch_asked.emit(folder, side))
        self._of_project(dialog).open()

    def list_versions_anew(self) -> None:
        """Show a branch that was just made in the list of versions, if that is open."""
        for dialog in self._window.findChildren(VersionsDialog):
            dialog.refresh()

    def _save_copy(self) -> None:
        project = self._workspace.studio.project
        dialog = SaveCopyDialog(projects_folder(), project.folder.name, self._window)
        dialog.asked.connect(self.copy_asked)
        self._of_project(dialog).open()

    def _show_attention(self) -> None:
        dialog = AttentionDialog(self._workspace.studio, self._window)
        dialog.asked.connect(self.action_picked)
        self._of_project(dialog).show()

    # Dialogs of the cloud load its libraries: not before somebody asks for one.

    def _account(self) -> None:
        module = importlib.import_module("maxbooster_desktop.ui.together.account_dialog")
        module.AccountDialog(self._workspace, self._window).open()

    def _share(self) -> None:
        module = importlib.import_module("maxbooster_desktop.ui.together.share_dialog")
        self._of_project(module.ShareDialog(self._workspace, self._window)).open()

    def join(self, link: str = "") -> None:
        """Ask for a link into a shared project, or show the one that was followed."""
        module = importlib.import_module("maxbooster_desktop.ui.together.join_dialog")
        dialog = module.JoinDialog(self._workspace, projects_folder(), link, self._window)
        dialog.joined.connect(self.joined)
        dialog.open()

    def _comments(self) -> None:
        self._of_project(CommentsDialog(self._workspace.studio, self._window)).show()

    def _merge_report(self) -> None:
        module = importlib.import_module("maxbooster_desktop.ui.together.merge_report")
        self._of_project(module.MergeReport(self._workspace.studio, self._window)).open()

    def _sync(self) -> None:
        workspace = self._workspace
        dialog = SyncDialog(workspace.studio, workspace.settings, self.sync_changed.emit, self._window)
        dialog.asked.connect(self._leave_for)
        dialog.open()

    def _leave_for(self, action_id: str) -> None:
        """Close the dialog that leads elsewhere, and go there."""
        for sync in self._window.findChildren(SyncDialog):
            sync.accept()
        self.action_picked.emit(action_id)

    def leave_project(self) -> None:
        """Take away what is about the project that is being closed."""
        for dialog in self._window.findChildren(QDialog):
            if dialog.property(_OF_PROJECT):
                dialog.reject()
                # An answer that is on its way would look for the project.
                for task in dialog.findChildren(Task):
                    task.cancel()

    def _of_project(self, dialog: QDialog) -> QDialog:
        """Note that a dialog is about the open project, and return it."""
        dialog.setProperty(_OF_PROJECT, True)
        return dialog

    def look(self) -> None:
        """Bring what stays open beside the work up to date."""
        for asking in self._window.findChildren(AskingDialog):
            asking.refresh()
        for attention in self._window.findChildren(AttentionDialog):
            attention.refresh()
        for comments in self._window.findChildren(CommentsDialog):
            comments.refresh()

    def _show_about(self) -> None:
        box = QMessageBox(QMessageBox.Icon.NoIcon, "About Max Booster", f"Max Booster {VERSION}")
        box.setParent(self._window, box.windowFlags())
        box.setInformativeText(_LICENCES)
        box.open()
