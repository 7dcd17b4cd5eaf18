"""UI tests: the theme applied once, warnings of Qt are failures, nothing keeps running after a test."""

import gc
import logging
import os
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QThreadPool, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.actions.workspace import Workspace
from maxbooster_desktop.settings.store import Settings
from maxbooster_desktop.ui.theme.style import apply_theme
from maxbooster_desktop.ui.widgets import accessible

sys.path.insert(0, os.fspath(Path(__file__).resolve().parents[1]))

#: What Qt says offscreen whatever we do: the platform has no window manager.
_EXPECTED = ("This plugin does not support",)


@pytest.fixture(scope="session")
def themed(qapp):
    apply_theme(qapp)
    accessible.install()
    return qapp


@pytest.fixture(autouse=True)
def quiet(request, themed, caplog):
    """Fail on Qt warnings, on logged warnings, on windows, timers and workers left behind."""
    said = []
    previous = qInstallMessageHandler(
        lambda kind, _context, text: (
            said.append(text) if kind != QtMsgType.QtDebugMsg and not text.startswith(_EXPECTED) else None
        )
    )
    with caplog.at_level(logging.WARNING):
        yield
    windows = QApplication.topLevelWidgets()
    for window in windows:
        window.close()
    running = [timer for window in windows for timer in window.findChildren(QTimer) if timer.isActive()]
    until(lambda: QThreadPool.globalInstance().activeThreadCount() == 0)
    names = [timer.parent() for timer in running if not timer.isSingleShot()]
    for window in filter(isValid, windows):  # closing and waiting may have been the end of some
        window.deleteLater()
    settle()
    qInstallMessageHandler(previous)
    assert names == []
    assert said == []
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def settle():
    """Deliver everything that is queued, deletions included."""
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


def until(holds, seconds=20.0):
    """Run the event loop, leaving the interpreter to workers, until `holds()`; fail after `seconds`."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        QCoreApplication.processEvents()
        time.sleep(0.003)


@pytest.fixture
def wait_until():
    return until


@pytest.fixture
def window(tmp_path, monkeypatch):
    """A window without a project, on settings, folders and an engine of its own."""
    from factories.numpy_renderer import numpy_renderer
    from factories.still_devices import StillDevices
    from factories.still_engine import StillEngine

    from maxbooster_desktop.ui.shell.main_window import MainWindow

    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "config").mkdir()
    studio = Studio(StillEngine())
    made = MainWindow(Workspace(studio, Settings(tmp_path / "config"), numpy_renderer), StillDevices())
    made.resize(1_600, 900)
    made.show()
    settle()
    yield made
    made.close()


@pytest.fixture
def studio_window(window, tmp_path):
    """A window with a real project made from the beat template."""
    window.create_project(str(tmp_path / "Night Drive"), "beat")
    until(lambda: window.page is not None)
    settle()
    return window


@pytest.fixture
def live(studio_window):
    """A window whose project is shared; its room is played by the test."""
    from factories.played_company import PlayedLive

    company = studio_window.studio.company
    company._live, company._project = PlayedLive(), studio_window.studio.project
    company._was_quiet = True
    company.calling._project = company._project
    yield company._live
    company._live = None
    company.changed.emit()
