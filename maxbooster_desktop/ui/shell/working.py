"""The work that a window gives to workers: what runs now is said in the status bar, with how far it is."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from maxbooster_desktop.ui.qtbridge.tasks import Progress, Task
from maxbooster_desktop.ui.shell.status_strip import StatusStrip


class Working(QObject):
    """The newest work is the one that is told of; `failed(sentence)` is emitted for any that fails."""

    failed = Signal(str)

    def __init__(self, status: StatusStrip, hint: Callable[[], str], window: QObject) -> None:
        """`hint` returns what the status bar says when nothing runs."""
        super().__init__(window)
        self._status, self._hint = status, hint
        self._task: Task | None = None
        self._saying = ""

    @property
    def is_busy(self) -> bool:
        """Whether something runs."""
        return self._task is not None

    def begin(self, work: Callable[[Progress], Any], done: Callable[[Any], None], saying: str) -> Task:
        """Run `work` in a worker and give its result to `done`; the status bar says `saying` meanwhile."""
        self._saying = saying
        self._status.show_hint(saying)
        task = Task(work, self)
        task.done.connect(self._over)
        task.failed.connect(self._over)
        task.done.connect(done)
        task.failed.connect(self.failed)
        task.progressed.connect(self._show_progress)
        self._task = task.start()
        return task

    def cancel(self) -> None:
        """Stop what runs; nobody hears of it any more."""
        if self._task is not None:
            self._task.cancel()

    def _over(self) -> None:
        self._task = None
        self._status.show_hint(self._hint())

    def _show_progress(self, fraction: float, what: str) -> None:
        if self.sender() is self._task:
            saying = f"{self._saying}  {round(fraction * 100)} %"
            self._status.show_hint(f"{saying}  ·  {what}" if what else saying)
