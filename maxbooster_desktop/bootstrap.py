"""The composition root of the window: the only module that builds everything and connects it.

The engine (and with it the kernels' compiler) is loaded when a project opens, not before the window shows.
"""

import importlib
import logging
import sys
import threading
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.actions.workspace import Workspace
from maxbooster_desktop.engine.devices.choice import DeviceChoice, HostInfo
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.foundation.paths import config_folder, projects_folder
from maxbooster_desktop.settings.store import Settings
from maxbooster_desktop.ui.settings.audio_settings import chosen_device
from maxbooster_desktop.ui.shell.main_window import MainWindow
from maxbooster_desktop.ui.theme.style import apply_theme
from maxbooster_desktop.ui.widgets import accessible

_log = logging.getLogger(__name__)
#: A Python thread that waits for the interpreter gets it within this time even while the window paints.
_SWITCH_INTERVAL_S = 0.0005


class DeferredEngine:
    """The engine, made when it is first asked for anything; opening the device then is part of making it."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._made, self._lock = settings, cast("Any", None), threading.Lock()
        self._refusal = ""

    @property
    def is_made(self) -> bool:
        """Whether the engine was loaded."""
        return self._made is not None

    @property
    def device_problem(self) -> str:
        """Why nothing can be heard, or empty."""
        return str(self.__getattr__("device_problem")) or self._refusal

    def open_device(self, settings: DeviceChoice) -> None:
        """Play through these devices from now on; raises a MaxBoosterError when they cannot be opened."""
        self.__getattr__("open_device")(settings)
        self._refusal = ""

    def __getattr__(self, name: str) -> Any:
        """Pass everything on to the engine."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
        return getattr(self._made, name)

    def _make(self) -> Any:
        session = importlib.import_module("maxbooster_desktop.engine.session")
        choice = chosen_device(self._settings)
        engine = session.EngineSession(sample_rate=choice.sample_rate, block_frames=choice.block_frames)
        try:
            engine.open_device(choice)
        except MaxBoosterError as error:
            self._refusal = str(error)
        return engine


class DeferredDevices:
    """The list of sound devices; the driver is loaded when it is first asked."""

    def list(self) -> Sequence[HostInfo]:
        """Look for systems and devices."""
        portaudio = importlib.import_module("maxbooster_desktop.engine.devices.portaudio")
        found: Sequence[HostInfo] = portaudio.AudioDevices().list()
        return found


def make_demo(_folder: Path) -> Path:
    """Return the demo song's project folder, made at the first time."""
    folder = projects_folder() / "Demo song"
    if not folder.is_dir():
        importlib.import_module("maxbooster_desktop.demosong.arrangement").build_demo_song(folder).close()
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


def make_window() -> MainWindow:
    """Return a window with everything behind it, not shown yet."""
    settings = Settings(config_folder())
    engine = DeferredEngine(settings)
    studio = Studio(cast("Any", engine))
    return MainWindow(Workspace(studio, settings), DeferredDevices(), make_demo)


def run_window(project: Path | None, arguments: Sequence[str] = ("maxbooster",)) -> int:
    """Show the window, with `project` opened when there is one; returns the process's exit code."""
    application = make_application(arguments)
    window = make_window()
    _install_hooks(window)
    window.show()
    if project is not None:
        window.open_project(str(project))
    return int(application.exec())


def _install_hooks(window: MainWindow) -> None:
    """Send what nobody caught to the log and to the person, instead of losing it."""

    def tell(kind: type[BaseException], error: BaseException, trace: types.TracebackType | None) -> None:
        _log.error("Unexpected error", exc_info=(kind, error, trace))
        window.studio.notify(f"Something unexpected happened ({error}). Your work is saved.")

    def tell_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            tell(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def tell_qt(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        _log.log(logging.WARNING if kind != QtMsgType.QtDebugMsg else logging.DEBUG, "Qt: %s", text)

    sys.excepthook = tell
    threading.excepthook = tell_thread
    qInstallMessageHandler(tell_qt)
