"""A task that is asked to stop says when it has: not before its worker is through, and with what it had made."""

import threading
from typing import Any

import pytest
from PySide6.QtCore import QObject

from maxbooster_desktop.ui.qtbridge.tasks import Progress, Task


@pytest.mark.parametrize("is_too_late", [False, True])
def test_stopped_comes_after_the_work_has_ended(qtbot: Any, *, is_too_late: bool) -> None:
    has_begun, may_end, owner = threading.Event(), threading.Event(), QObject()
    heard: list[object] = []

    def work(progress: Progress) -> str:
        has_begun.set()
        may_end.wait(10.0)
        if not is_too_late:
            progress.check()
        return "written"

    task = Task(work, owner)
    task.done.connect(heard.append)
    task.failed.connect(heard.append)
    task.stopped.connect(heard.append)
    task.start()
    assert has_begun.wait(10.0)
    task.stop()
    qtbot.wait(50)
    assert not heard
    may_end.set()
    qtbot.waitUntil(lambda: bool(heard))
    qtbot.wait(20)
    assert heard == ["written" if is_too_late else None]
