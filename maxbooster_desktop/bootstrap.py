"""The composition root of the window: the only module that builds everything and connects it.

The engine (and with it the kernels' compiler) is loaded by a worker once the window shows.
"""

import importlib
import logging
import os
import sys
import tempfile
import threading
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from maxbooster_desktop.actions.company import Company
from maxbooster_desktop.actions.deferred_engine import DeferredEngine
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.actions.workspace import Workspace
from maxbooster_desktop.engine.devices.choice import HostInfo
from maxbooster_desktop.foundation.paths import config_folder, logs_folder, projects_folder
from maxbooster_desktop.foundation.window_log import NAME as LOG_NAME
from maxbooster_desktop.foundation.window_log import begin_log, end_log
from maxbooster_desktop.settings.declared import LOCAL_CLOUD
from maxbooster_desktop.settings.store import Settings
from maxbooster_desktop.ui.qtbridge.preparation import Preparation
from maxbooster_desktop.ui.settings.audio_settings import chosen_device
from maxbooster_desktop.ui.shell.main_window import MainWindow
from maxbooster_desktop.ui.theme.style import apply_theme
from maxbooster_desktop.ui.widgets import accessible

_log = logging.getLogger(__name__)
#: A Python thread that waits for the interpreter gets it within this time even while the window paints.
_SWITCH_INTERVAL_S = 0.0005


class DeferredDevices:
    """The list of sound devices; the driver is loaded when it is first asked."""

    def list(self) -> Sequence[HostInfo]:
        """Look for systems and devices."""
        portaudio = importlib.import_module("maxbooster_desktop.engine.devices.portaudio")
        found: Sequence[HostInfo] = portaudio.AudioDevices().list()
        return found


def make_demo(tell: Callable[[float, str], None]) -> Path:
    """Return the demo song's project folder, made at the first time; `tell` gets what is done and what is being done.

    It is made beside its place and moved there whole, so that giving up half-way leaves nothing.
    """
    folder = projects_folder() / "Demo song"
    if os.path.isdir(folder):
        return folder
    arrangement = importlib.import_module("maxbooster_desktop.demosong.arrangement")
    with tempfile.TemporaryDirectory(prefix=".demo-", dir=folder.parent, ignore_cleanup_errors=True) as making:
        made = Path(making) / folder.name
        arrangement.build_demo_song(made, lambda what, done: tell(done, what)).close()
        os.replace(made, folder)
    return folder


def make_application(arguments: Sequence[str]) -> QApplication:
    """Return the application with the theme, accessibility and error hooks in place."""
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    application = QApplication(list(arguments))
    application.setApplicationName("Max Booster")
    application.setDesktopFileName("maxbooster")
    apply_theme(application)
    accessible.install()
    return application


def make_account(settings: Settings) -> Any:
    """Return this computer's account at the cloud that the settings name, or at the one on this machine."""
    account = importlib.import_module("maxbooster_desktop.cloudlink.account")
    return account.Account(settings.get("cloud.address") or LOCAL_CLOUD, config_folder())


def make_window() -> MainWindow:
    """Return a window with everything behind it, not shown yet."""
    settings = Settings(config_folder())
    engine = DeferredEngine(chosen_device(settings))
    studio = Studio(cast("Any", engine), Company(lambda: make_account(settings), settings))
    return MainWindow(Workspace(studio, settings), DeferredDevices(), make_demo)


def first_project(window: MainWindow) -> str | None:
    """Return the project worked on last; None before there was any."""
    recent = window.workspace.settings.get("projects.recent")
    return str(recent[0]) if recent else None


def run_window(project: Path | None, arguments: Sequence[str] = ("maxbooster",), *, link: str = "") -> int:
    """Show the window, with `project`, else the last one, else the demo song; returns the process's exit code.

    A `link` (an invitation, or a place in a shared project) is followed once the window has settled.

    The sound is prepared and the project opened while the window is there already.
    """
    log = begin_log()
    application = make_application(arguments)
    window = make_window()
    _install_hooks(window)
    window.show()
    engine = cast("DeferredEngine", window.studio.engine)
    preparation = Preparation(engine.load, window)
    wanted = str(project) if project is not None else first_project(window)
    if wanted is None:
        window.prepare_sound(preparation, engine.adopt)
        window.open_demo()
    else:
        # Seen first, heard a moment later: both at once would keep each other waiting.
        window.settled.connect(lambda: window.prepare_sound(preparation, engine.adopt))
        window.open_project(wanted)
    if link:
        window.settled.connect(lambda: window.links.follow(link), Qt.ConnectionType.SingleShotConnection)
    window.settled.connect(window.workspace.midi.start, Qt.ConnectionType.SingleShotConnection)
    code = int(application.exec())
    window.workspace.midi.close()
    if preparation.is_running:
        # The compiler cannot be stopped; everything of the person's is stored and closed by now.
        logging.shutdown()
        os._exit(code)
    window.studio.company.close()
    engine.close()
    end_log(log)
    return code


def _install_hooks(window: MainWindow) -> None:
    """Send what nobody caught to the log and to the person, instead of losing it."""

    def tell(kind: type[BaseException], error: BaseException, trace: types.TracebackType | None) -> None:
        _log.error("Unexpected error", exc_info=(kind, error, trace))
        place = logs_folder() / LOG_NAME
        window.studio.notify(
            f"Something unexpected happened ({error}). Your work is saved; the details are in {place}."
        )

    def tell_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            tell(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def tell_qt(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        _log.log(logging.WARNING if kind != QtMsgType.QtDebugMsg else logging.DEBUG, "Qt: %s", text)

    sys.excepthook = tell
    threading.excepthook = tell_thread
    qInstallMessageHandler(tell_qt)
