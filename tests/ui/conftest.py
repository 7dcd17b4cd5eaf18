"""UI tests: the theme applied once, warnings of Qt are failures, nothing keeps running after a test."""

import gc
import logging

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QThreadPool, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from maxbooster_desktop.ui.theme.style import apply_theme
from maxbooster_desktop.ui.widgets import accessible

#: What Qt says offscreen whatever we do.
_EXPECTED = ("This plugin does not support", "QFont::setPixelSize")


@pytest.fixture(scope="session")
def themed(qapp):
    apply_theme(qapp)
    accessible.install()
    return qapp


@pytest.fixture(autouse=True)
def quiet(request, themed, caplog):
    """Fail on Qt warnings, on logged warnings, on windows and workers left behind."""
    said = []
    previous = qInstallMessageHandler(
        lambda kind, _context, text: (
            said.append(text) if kind != QtMsgType.QtDebugMsg and not text.startswith(_EXPECTED) else None
        )
    )
    with caplog.at_level(logging.WARNING):
        yield
    qInstallMessageHandler(previous)
    assert QThreadPool.globalInstance().waitForDone(5_000)
    for window in QApplication.topLevelWidgets():
        window.hide()
        window.deleteLater()
    settle()
    assert said == []
    if "expects_log" not in request.keywords:
        assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []


def settle() -> None:
    """Deliver everything that is queued, deletions included."""
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
