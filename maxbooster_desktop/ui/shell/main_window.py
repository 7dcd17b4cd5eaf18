"""The window: start page or studio, menus and keys from the actions, messages, files dropped, layout remembered.

It is the `StudioView` that actions speak to. Everything slow (open, create, import) runs in workers; edits come
back as signals. Closing asks nothing while every edit is on disk; if one is not, it says why and asks.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QMessageBox, QStackedWidget, QVBoxLayout, QWidget

from maxbooster_desktop.actions.ports import AudioDevices
from maxbooster_desktop.actions.workspace import Opened, Workspace
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.document.state import CommentId, TrackId
from maxbooster_desktop.ui.arranger.dropping import Drop
from maxbooster_desktop.ui.qtbridge.frame_timer import FrameTimer
from maxbooster_desktop.ui.qtbridge.preparation import Preparation
from maxbooster_desktop.ui.qtbridge.studio_relay import StudioRelay
from maxbooster_desktop.ui.shell.action_bridge import ActionBridge
from maxbooster_desktop.ui.shell.company_watch import CompanyWatch
from maxbooster_desktop.ui.shell.copying import Copying
from maxbooster_desktop.ui.shell.dialogs import Dialogs
from maxbooster_desktop.ui.shell.engine_watch import EngineWatch
from maxbooster_desktop.ui.shell.importing import Importing
from maxbooster_desktop.ui.shell.links import Links
from maxbooster_desktop.ui.shell.menus import build_menus
from maxbooster_desktop.ui.shell.midi_learning import MidiLearning
from maxbooster_desktop.ui.shell.opening import MakeDemo, Opening, let_go
from maxbooster_desktop.ui.shell.plugin_scanning import PluginScanning
from maxbooster_desktop.ui.shell.sampling import Sampling
from maxbooster_desktop.ui.shell.start_page import StartPage
from maxbooster_desktop.ui.shell.status_strip import StatusStrip
from maxbooster_desktop.ui.shell.studio_page import StudioPage
from maxbooster_desktop.ui.shell.sync_watch import SyncWatch
from maxbooster_desktop.ui.shell.thread_cards import ThreadCards
from maxbooster_desktop.ui.shell.typed_keys import TypedKeys
from maxbooster_desktop.ui.shell.working import Working
from maxbooster_desktop.ui.theme.tokens import theme
from maxbooster_desktop.ui.together.thread_card import Place
from maxbooster_desktop.ui.widgets.dropped_files import local_files
from maxbooster_desktop.ui.widgets.panels import filled
from maxbooster_desktop.ui.widgets.toast import Toasts

_LEAST_WIDTH, _LEAST_HEIGHT = 1_000, 600
_BUILT = object()
_BREATH_MS = 5
_HINT = "Space: play  ·  Ctrl+K: find a command  ·  ?: all keys"


class MainWindow(QMainWindow):
    """One window with at most one project. `settled` is emitted when a project was opened or could not be."""

    settled = Signal()

    def __init__(
        self,
        workspace: Workspace,
        devices: AudioDevices,
        make_demo: MakeDemo | None = None,
    ) -> None:
        super().__init__()
        self.workspace, self.studio, self._settings = workspace, workspace.studio, workspace.settings
        self.setWindowTitle("Max Booster")
        self.setMinimumSize(_LEAST_WIDTH, _LEAST_HEIGHT)
        self.setAcceptDrops(True)
        self.bridge = ActionBridge(self.studio, self)
        self.menus = build_menus(self.menuBar(), self.bridge)
        self.status = StatusStrip(self._settings, self)
        self.working = Working(self.status, lambda: _HINT if self.page else "", self)
        self._importing = Importing(workspace, self.working.begin, self)
        self._sampling = Sampling(workspace, self.working.begin, self)
        self._plugin_scanning = PluginScanning(workspace, self.working.begin, self)
        self._copying = Copying(self.studio, self.working.begin, self._go_on_with, self)
        self._opening = Opening(workspace, self.working.begin, self._adopt, make_demo, self)
        self.dialogs = Dialogs(workspace, devices, self)
        self.frames = FrameTimer(self)
        self.relay = StudioRelay(self.studio, self)
        self.start_page = StartPage(self, has_demo=make_demo is not None)
        self.page: StudioPage | None = None
        self.engine_watch = EngineWatch(workspace, self.status, lambda: self.page, self)
        self.sync_watch = SyncWatch(workspace, self)
        self.typed_keys = TypedKeys(self.studio.typed_notes, self)
        self.midi_learning = MidiLearning(workspace, lambda: self.page.mixer.desk if self.page else None, self)
        self.company_watch = CompanyWatch(self.studio, self.status, lambda: self.page, self)
        self.threads = ThreadCards(self.studio, lambda: self.page, self)
        self.links = Links(workspace, self.dialogs, self.working.begin, self.open_project, self)
        self._building: Iterator[None] = iter(())
        self._lay_out()
        self.toasts = Toasts(self, theme().metric("status_height"))
        self._connect()
        self.studio.ui = self
        self._restore_geometry()
        self.start_page.show_recent(self._settings.recent_projects())
        self.bridge.refresh()

    # What actions ask of the window (StudioView).

    def zoom_to_selection(self) -> None:
        """Show the selection across the arranger."""
        self._arranger().zoom_to_selection()

    def zoom_back(self) -> None:
        """Return to the view before the last zoom."""
        self._arranger().zoom_back()

    def zoom(self, factor: float) -> None:
        """Zoom in time."""
        self._arranger().zoom(factor)

    def zoom_fit(self) -> None:
        """Show the whole song."""
        self._arranger().zoom_fit()

    def show_place(self, tick: int, tracks: Iterable[TrackId] = ()) -> None:
        """Scroll so that a moment, and these tracks, can be seen."""
        if self.page is not None:
            self.page.arranger.show_place(tick, tracks)

    def show_thread(self, thread: CommentId) -> None:
        """Open a thread of comments at its place."""
        self.threads.show(thread)

    def write_comment(self, tick: int, end_tick: int | None, track: TrackId | None) -> None:
        """Let a comment be written at a place."""
        self.threads.begin(Place(tick, end_tick, track))

    def copy_text(self, text: str) -> None:
        """Put a text on the clipboard."""
        QGuiApplication.clipboard().setText(text)

    def rename(self) -> None:
        """Let the selected clip's or track's name be typed."""
        self._arranger().rename()

    def show_panel(self, name: str, is_shown: bool) -> None:
        """Show or hide a panel."""
        if self.page is not None:
            self.page.show_panel(name, is_shown=is_shown)

    def is_panel_shown(self, name: str) -> bool:
        """Return whether a panel can be seen."""
        return self.page is not None and self.page.is_panel_shown(name)

    def go_to_region(self, step: int) -> None:
        """Give the keyboard to the next or previous region."""
        if self.page is None:
            return
        regions = self.page.regions()
        focused = self.focusWidget()
        here = [at for at, part in enumerate(regions) if self.page.is_within(focused, part)]
        at = (here[0] + step) % len(regions) if here else 0
        regions[at].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def open_dialog(self, name: str) -> None:
        """Open a dialog, or close the project or the window."""
        if name == "quit":
            self.close()
        elif name == "close":
            self.close_project()
        else:
            self.dialogs.open(name)

    # Projects.

    def open_project(self, folder: str) -> None:
        """Open a project folder in a worker; the one that is open stays as it is."""
        self._opening.open(folder)

    def create_project(self, folder: str, template_id: str) -> None:
        """Make a project from a template in a worker."""
        self._opening.create(folder, template_id)

    def open_demo(self) -> None:
        """Make the demo song, once, and open it; while it is being made, go on with that."""
        self._opening.open_demo()

    def prepare_sound(self, preparation: Preparation, adopt: Callable[[Any], None]) -> None:
        """Load the engine while the window works; `adopt` takes it over on this thread. Once started it goes on."""
        self.engine_watch.prepare(preparation, adopt)

    def close_project(self, *, may_lose: bool = False) -> bool:
        """Close the project and show the start page; False when edits are not on disk, which the person is asked."""
        reason = self.workspace.unstored_reason()
        if reason and not may_lose:
            self._ask_to_lose(reason)
            return False
        self.dialogs.leave_project()
        try:
            if self.page is not None:
                self.page.remember()
                self.page.close_project()
                self._drop_page()
            self.workspace.close(discard_unstored=bool(reason))
        except MaxBoosterError as error:
            self.studio.notify(str(error))
        self.start_page.show_problem("")
        self.start_page.show_recent(self._settings.recent_projects())
        self.setWindowTitle("Max Booster")
        self.status.show_hint("")
        self.bridge.refresh()
        return True

    def _ask_to_lose(self, reason: str) -> None:
        """Say why closing would lose edits; closing goes on only when the person says so."""
        box = QMessageBox(QMessageBox.Icon.Warning, "Not everything is saved", reason, parent=self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText("Closing now loses the last edits.")
        box.addButton("Keep open", QMessageBox.ButtonRole.RejectRole)
        box.addButton("Save a copy…", QMessageBox.ButtonRole.ActionRole).clicked.connect(self._ask_copy)
        lose = box.addButton("Close and lose them", QMessageBox.ButtonRole.DestructiveRole)
        lose.clicked.connect(self._lose_and_close)
        box.open()

    def _lose_and_close(self) -> None:
        self.close_project(may_lose=True)

    def _go_on_with(self, folder: str) -> None:
        """Leave the project that cannot be stored for its copy."""
        self.close_project(may_lose=True)
        self.open_project(folder)

    def import_files(self, files: list[str], tick: int | None = None, track: TrackId | None = None) -> None:
        """Import files in a worker, at the playhead unless told where."""
        self._importing.begin(files, tick, track)

    # Inside.

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        self._stack.addWidget(self.start_page)
        central = filled(QWidget(), "bg.app")
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self.status)
        self.setCentralWidget(central)

    def _connect(self) -> None:
        self.working.failed.connect(self._tell_failure)
        self.relay.changed.connect(self._show_change)
        self.relay.noticed.connect(self.toasts.show)
        self.relay.selected.connect(self._show_selection)
        self.relay.options.connect(self._show_options)
        self.relay.company.connect(self._show_company)
        self.dialogs.folder_chosen.connect(self.open_project)
        self.dialogs.files_chosen.connect(self.import_files)
        self.dialogs.samples_chosen.connect(self._sampling.begin)
        self.dialogs.patch_chosen.connect(self._sampling.begin_patch)
        self.dialogs.scan_asked.connect(self._plugin_scanning.begin)
        self.dialogs.new_asked.connect(self.create_project)
        self.dialogs.copy_asked.connect(self._copying.begin)
        self.dialogs.branch_asked.connect(self._copying.branch)
        self._copying.branched.connect(self.dialogs.list_versions_anew)
        self.dialogs.audio_applied.connect(self.engine_watch.take_devices)
        self.dialogs.action_picked.connect(self._run_action)
        self.settled.connect(self.links.arrive)
        self.start_page.template_chosen.connect(self.dialogs.new_project)
        self.start_page.project_chosen.connect(self.open_project)
        self._opening.told.connect(self.start_page.show_busy)
        self.start_page.demo_asked.connect(self.open_demo)
        self.start_page.open_asked.connect(self._ask_open)
        self.engine_watch.looked.connect(self.frames.wake)
        self.engine_watch.looked.connect(self.dialogs.look)
        self.engine_watch.looked.connect(self.threads.look)
        self.engine_watch.looked.connect(self.company_watch.look_at_reports)
        self.status.attention_asked.connect(self._show_attention)
        self.status.sync_asked.connect(self._show_sync)
        self.settled.connect(self.sync_watch.begin)
        self.dialogs.sync_changed.connect(self.sync_watch.apply)
        self.frames.listen(self._frame)

    def _tell_failure(self, sentence: str) -> None:
        if self.page is None:
            self.start_page.show_problem(sentence)
        self.studio.notify(sentence)
        self.settled.emit()

    def _adopt(self, opened: Opened) -> None:
        if self.page is not None and not self.close_project():
            let_go(opened)
            return
        self.workspace.adopt(opened)
        self._building = self._build_page(opened)
        self._build_on()

    def _build_page(self, opened: Opened) -> Iterator[None]:
        """Build the studio's page in pieces, so that the window answers between them."""
        # A child of where it will be shown from the start: all its styles would be worked out anew there.
        page = StudioPage(self.studio, self._settings, self.bridge, self._stack)
        page.hide()
        yield
        for _ in page.build():
            yield
        page.arranger.hint_changed.connect(self._show_hint)
        page.mixer.hint_changed.connect(self._show_hint)
        page.arranger.files_dropped.connect(self._take_drop)
        page.bottom.chosen.connect(self._panels_changed)
        page.panels_changed.connect(self._panels_changed)
        page.browser.import_asked.connect(self._take_sounds)
        page.browser.open_places()
        page.transport.show_state(self.studio.state)
        page.browser.show_project(self.studio.state)
        yield
        page.bottom.show_content(is_shown=False)
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        yield
        # The mixer's first picture costs as much as the arranger's: not both in one paint.
        page.bottom.show_content(is_shown=True)
        yield
        self.page = page
        self.threads.attach(page)
        self._show_all()
        page.arranger.setFocus()
        self.status.show_hint(_HINT)
        for sentence in (opened.project.recovery, opened.recovered, *self._settings.problems):
            if sentence:
                self.studio.notify(sentence)
        self._settings.problems.clear()
        self.engine_watch.start()
        self.company_watch.begin()
        self.frames.wake()
        self.settled.emit()

    def _build_on(self) -> None:
        """Build the next piece; the rest is dropped when the project was closed meanwhile."""
        if not self.studio.has_project:
            self._building = iter(())
        elif next(self._building, _BUILT) is not _BUILT:
            QTimer.singleShot(_BREATH_MS, self, self._build_on)

    def _drop_page(self) -> None:
        self.threads.close()
        page, self.page = self.page, None
        self.engine_watch.stop()
        if page is not None:
            self._stack.setCurrentWidget(self.start_page)
            self._stack.removeWidget(page)
            page.hide()
            page.deleteLater()

    def _show_all(self) -> None:
        if self.page is None or not self.studio.has_project:
            return
        state = self.studio.state
        self.setWindowTitle(f"{state.meta.name} - Max Booster")
        self.page.transport.show_state(state)
        self.page.transport.show_options()
        self.page.browser.show_project(state)
        self.page.inspector.refresh()
        self.page.history.refresh()
        self.bridge.refresh()
        self.engine_watch.look()

    def _show_change(self, _change: Any, _state: Any) -> None:
        if self.studio.has_project:
            self.studio.selection.prune(self.studio.state)
            self.company_watch.look_at_tracks()
        self._show_all()
        self.frames.wake()

    def _show_selection(self) -> None:
        if self.page is not None:
            self.page.inspector.refresh()
        self.bridge.refresh()

    def _show_options(self) -> None:
        if self.page is not None:
            self.page.transport.show_options()
        self.bridge.refresh()

    def _show_company(self) -> None:
        self.company_watch.look()
        self.bridge.refresh()

    def _show_hint(self, hint: str) -> None:
        self.status.show_hint(hint or _HINT)

    def _frame(self, _elapsed_s: float) -> bool:
        return self.page is not None and self.studio.has_project and self.page.transport.frame()

    def _run_action(self, action_id: str) -> None:
        self.bridge[action_id].run()

    def _panels_changed(self, _name: str = "") -> None:
        self.bridge.refresh()

    def _ask_open(self) -> None:
        self.dialogs.open("open")

    def _ask_copy(self) -> None:
        self.dialogs.open("save_copy")

    def _show_attention(self) -> None:
        self.dialogs.open("attention")

    def _show_sync(self) -> None:
        self.dialogs.open("sync")

    def _arranger(self) -> Any:
        if self.page is None:
            raise MaxBoosterError("No project is open; open or create one first.")
        return self.page.arranger

    def _take_drop(self, drop: Any) -> None:
        self.import_files([str(file) for file in drop.files], drop.tick, drop.track)

    def _take_sounds(self, sounds: list[str]) -> None:
        """Put what was chosen in the browser onto new tracks at the playhead."""
        if self.page is not None:
            self.page.arranger.take(Drop(tuple(sounds), None, self.studio.playhead_tick))

    def _restore_geometry(self) -> None:
        kept = self._settings.get("window.geometry")
        if not (kept and self.restoreGeometry(QByteArray.fromBase64(kept.encode()))):
            self.resize(QSize(1_600, 900).boundedTo(self.screen().availableSize()))

    # Qt's events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import dropped files; without a project, say that one must be open."""
        files = local_files(event.mimeData())
        event.acceptProposedAction()
        if self.studio.has_project:
            self.import_files(files)
        else:
            self.studio.notify("Open or create a project first, then drop the files again.")

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to look at the engine."""
        if self.page is not None:
            self.engine_watch.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody looks."""
        self.engine_watch.stop()
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close the project and remember the layout."""
        self._settings.remember("window.geometry", bytes(self.saveGeometry().toBase64().data()).decode())
        if not self.close_project():
            event.ignore()
            return
        self.working.cancel()
        self.relay.stop()
        self.midi_learning.stop()
        self.toasts.clear()
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        """Keep enablement right when the window comes to the front."""
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.bridge.refresh()
        super().changeEvent(event)
