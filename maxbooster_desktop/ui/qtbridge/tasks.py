"""Work off the UI thread: one worker pool, answers as queued signals, cancel, progress, errors as sentences.

A task belongs to a QObject; when that dies, the task is cancelled and its answer dropped. `Latest` drops answers
that a newer request has overtaken.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from maxbooster_desktop.foundation.errors import MaxBoosterError

_log = logging.getLogger(__name__)


class CancelledError(MaxBoosterError):
    """The person cancelled; nothing is shown."""


class Progress:
    """What the work gets: tell how far it is, and learn whether it should stop."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._listener: Callable[[float, str], None] = lambda _fraction, _what: None

    def listen(self, listener: Callable[[float, str], None]) -> None:
        """Send reports to `listener`, from the worker's thread."""
        self._listener = listener

    def tell(self, fraction: float, what: str = "") -> None:
        """Report a fraction from 0 to 1; raises CancelledError when the person cancelled."""
        self.check()
        self._listener(fraction, what)

    def check(self) -> None:
        """Raise CancelledError when the person cancelled."""
        if self._cancelled.is_set():
            raise CancelledError("Cancelled.")

    def cancel(self) -> None:
        """Ask the work to stop at its next report."""
        self._cancelled.set()

    @property
    def event(self) -> threading.Event:
        """The flag itself, for work that wants one."""
        return self._cancelled

    @property
    def is_cancelled(self) -> bool:
        """Whether the person cancelled."""
        return self._cancelled.is_set()


class _Answers(QObject):
    """Lives on the UI thread; the worker emits, Qt queues."""

    done = Signal(object)
    failed = Signal(str)
    progressed = Signal(float, str)
    ended = Signal(object)


class _Worker(QRunnable):
    def __init__(self, work: Callable[[Progress], Any], progress: Progress, answers: _Answers) -> None:
        super().__init__()
        self._work, self._progress, self._answers = work, progress, answers

    def run(self) -> None:
        """Do the work and send the answer, unless the owner died meanwhile."""
        result = None
        try:
            result = self._work(self._progress)
            self._send(self._answers.done, result)
        except CancelledError:
            _log.debug("A task stopped because it was cancelled")
        except MaxBoosterError as error:
            self._send(self._answers.failed, str(error))
        except Exception as error:  # noqa: BLE001 - whatever a worker raises must reach the person, not the void
            _log.exception("A task failed unexpectedly")
            self._send(self._answers.failed, f"That did not work ({error}). Try again; nothing was changed.")
        if self._progress.is_cancelled:
            self._emit(self._answers.ended, result)

    def _send(self, signal: Any, *args: Any) -> None:
        if not self._progress.is_cancelled:
            self._emit(signal, *args)

    def _emit(self, signal: Any, *args: Any) -> None:
        try:
            signal.emit(*args)
        except RuntimeError:
            _log.debug("A task's owner was gone before its answer came")


class Task(QObject):
    """One piece of work. Connect `done`, `failed`, `progressed`; `cancel` drops the answer, `stop` says when it ended.

    `stopped` brings None, or what the work had made when it was too late to stop.
    """

    done = Signal(object)
    failed = Signal(str)
    progressed = Signal(float, str)
    stopped = Signal(object)

    def __init__(self, work: Callable[[Progress], Any], owner: QObject) -> None:
        super().__init__(owner)
        self._progress = Progress()
        self._has_ended = False
        self._answers = _Answers(self)
        self._answers.done.connect(self._finish)
        self._answers.failed.connect(self._fail)
        self._answers.ended.connect(self._end)
        self._answers.progressed.connect(self.progressed)
        self._progress.listen(self._answers.progressed.emit)
        self._worker = _Worker(work, self._progress, self._answers)
        self.destroyed.connect(self._progress.cancel)

    def start(self) -> "Task":
        """Queue the work and return this task."""
        QThreadPool.globalInstance().start(self._worker)
        return self

    def cancel(self) -> None:
        """Ask the work to stop; neither `done` nor `failed` comes any more."""
        self._progress.cancel()
        self.deleteLater()

    def stop(self) -> None:
        """Ask the work to stop; `stopped` comes once it has, in place of `done` and `failed`."""
        self._progress.cancel()

    def _finish(self, result: object) -> None:
        if self._progress.is_cancelled:
            self._end(result)
        else:
            self.done.emit(result)
            self.deleteLater()

    def _fail(self, sentence: str) -> None:
        if self._progress.is_cancelled:
            self._end(None)
        else:
            self.failed.emit(sentence)
            self.deleteLater()

    def _end(self, result: object) -> None:
        if not self._has_ended:
            self._has_ended = True
            self.stopped.emit(result)
            self.deleteLater()


class Latest(QObject):
    """Keeps one running task: a new request cancels the one before it."""

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        self._cancel: Callable[[], None] = lambda: None

    def start(
        self, work: Callable[[Progress], Any], done: Callable[[Any], None], failed: Callable[[str], None]
    ) -> None:
        """Cancel what runs and start `work`; `done` and `failed` should be methods of a living QObject."""
        self._cancel()
        task = Task(work, self)
        task.done.connect(done)
        task.failed.connect(failed)
        self._cancel = task._progress.cancel  # noqa: SLF001 - the same module
        task.start()

    def cancel(self) -> None:
        """Drop what runs."""
        self._cancel()
