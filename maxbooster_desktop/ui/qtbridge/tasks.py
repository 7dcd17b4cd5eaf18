"""Work off the UI thread: one worker pool, answers as queued signals, cancel, progress, errors as sentences.

A task belongs to a QObject; when that dies, the task is cancelled and its answer dropped. `Latest` drops answers
that a newer request has overtaken.
"""

import functools
import logging
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal
from shiboken6 import isValid

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


class _Post(QObject):
    """Brings what workers tell to the UI thread.

    One for the whole program, which outlives every worker: an object of one task could die with its owner in the
    middle of a worker's `emit`, which no lock of Qt's guards.
    """

    came = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.came.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def _deliver(self, letter: "_Letter") -> None:
        if isValid(letter.task):
            letter.open(*letter.contents)


@functools.cache
def _post() -> _Post:
    return _Post()


def poster(owner: QObject) -> Callable[..., None]:
    """Return a function that any thread may call with (call, *arguments): it runs on this thread, while `owner` lives.

    Ask for it on the UI thread.
    """
    post = _post()

    def send(call: Callable[..., None], *arguments: Any) -> None:
        post.came.emit(_Letter(owner, call, arguments))

    return send


class _Letter(NamedTuple):
    task: QObject
    open: Callable[..., None]
    contents: tuple[Any, ...]


class _Worker(QRunnable):
    def __init__(self, work: Callable[[Progress], Any], progress: Progress, task: "Task") -> None:
        super().__init__()
        self._work, self._progress, self._task, self._post = work, progress, task, _post()
        progress.listen(functools.partial(self._tell, task.report))

    def run(self) -> None:
        """Do the work and send the answer, unless the person cancelled meanwhile."""
        result = None
        try:
            result = self._work(self._progress)
            self._tell(self._task.finish, result)
        except CancelledError:
            _log.debug("A task stopped because it was cancelled")
        except MaxBoosterError as error:
            self._tell(self._task.fail, str(error))
        except Exception as error:  # noqa: BLE001 - whatever a worker raises must reach the person, not the void
            _log.exception("A task failed unexpectedly")
            self._tell(self._task.fail, f"That did not work ({error}). Try again; nothing was changed.")
        if self._progress.is_cancelled:
            self._post.came.emit(_Letter(self._task, self._task.end, (result,)))

    def _tell(self, opened: Callable[..., None], *contents: Any) -> None:
        if not self._progress.is_cancelled:
            self._post.came.emit(_Letter(self._task, opened, contents))


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
        self._worker = _Worker(work, self._progress, self)
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

    def report(self, fraction: float, what: str) -> None:
        """Take how far the work is, on the UI thread."""
        self.progressed.emit(fraction, what)

    def finish(self, result: object) -> None:
        """Take the work's result, on the UI thread."""
        if self._progress.is_cancelled:
            self.end(result)
        else:
            self.done.emit(result)
            self.deleteLater()

    def fail(self, sentence: str) -> None:
        """Take why the work failed, on the UI thread."""
        if self._progress.is_cancelled:
            self.end(None)
        else:
            self.failed.emit(sentence)
            self.deleteLater()

    def end(self, result: object) -> None:
        """Take that cancelled work has ended, on the UI thread."""
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
