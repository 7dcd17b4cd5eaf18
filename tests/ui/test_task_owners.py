"""Owners of tasks that die while their workers tell what they do."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThreadPool

from maxbooster_desktop.ui.qtbridge.tasks import Task

_TASKS = 400


def _work(progress):
    for step in range(50):
        progress.tell(step / 50, "on the way")


def test_owners_die_while_workers_tell(qtbot, wait_until):
    told = []
    for number in range(_TASKS):
        owner = QObject()
        task = Task(_work, owner)
        task.progressed.connect(lambda fraction, _what: told.append(fraction))
        task.start()
        if number % 4 == 0:
            QCoreApplication.processEvents()
        if number % 2:
            owner.deleteLater()
        else:
            task.cancel()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    wait_until(lambda: QThreadPool.globalInstance().activeThreadCount() == 0)
