"""The one thread that owns a project's document and writes its database.

Work is queued from any thread and done in order. An edit's future resolves when the edit is on disk; edits that wait
at the same time share one commit. Work that fails resolves its own future and disturbs nothing else. While the disk
refuses, what was edited waits in memory, is tried again every second and before each new edit, and new edits are
refused with the reason.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from maxbooster_desktop.project.document.project_document import ProjectDocument
from maxbooster_desktop.project.store.durability import DURABLE
from maxbooster_desktop.project.store.thread_session import Session

T = TypeVar("T")
_LOG = logging.getLogger(__name__)
# A commit takes about a millisecond: edits keep joining it for this long, so that the first never waits much longer.
_GATHER_S = 0.01
_RETRY_S = 1.0
_REST_AFTER_S = 1.0


class EditFuture(Future[T], Generic[T]):
    """Resolves when the edit is durable; `projected` is set as soon as the state shows it (or it failed)."""

    def __init__(self) -> None:
        super().__init__()
        self.projected = threading.Event()


class _Job:
    """One piece of work: `needs_store` for edits, which wait for a commit; questions do not."""

    def __init__(self, call: Callable[[ProjectDocument], Any], *, needs_store: bool) -> None:
        self.call = call
        self.needs_store = needs_store
        self.future: EditFuture[Any] = EditFuture()


class _Stop(_Job):
    """Ends the thread; with `is_forced` even if something could not be stored."""

    def __init__(self, *, is_forced: bool) -> None:
        super().__init__(lambda _: None, needs_store=False)
        self.is_forced = is_forced


class DocumentThread:
    """Runs a `Session`; `opened` resolves when the project can be shown.

    What only edits need is loaded after that: when somebody asks for something, after `rest_s` at the latest, so that
    whoever shows the project is not held up.
    """

    def __init__(self, name: str, session: Session, rest_s: float = 0.0) -> None:
        self.opened: Future[None] = Future()
        self.durability = DURABLE
        self._session: Session = session
        self._queue: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._first: _Job | None = None
        self._rest_s = rest_s
        self._unstored: list[tuple[EditFuture[Any], Any]] = []
        self._thread = threading.Thread(target=self._run, name=f"document {name}", daemon=True)
        self._gate = threading.Lock()
        self._is_stopped = False
        self._has_rested = False

    def start(self) -> None:
        """Start opening."""
        self._thread.start()

    def submit(self, call: Callable[[ProjectDocument], T], *, needs_store: bool = True) -> EditFuture[T] | None:
        """Queue work; None when the thread has ended."""
        job = _Job(call, needs_store=needs_store)
        return job.future if self._enqueue(job) else None

    def ask(self, call: Callable[[ProjectDocument], T]) -> T | None:
        """Return what `call` finds in the document, after everything queued before; None when the thread has ended."""
        if threading.current_thread() is self._thread:
            return call(self._session.document)
        future = self.submit(call, needs_store=False)
        return None if future is None else future.result()

    def stop(self, *, is_forced: bool) -> None:
        """Finish what is queued, store it, close the session and wait for the thread.

        Raises:
            StorageFullError: something could not be stored; the thread goes on unless `is_forced`.
        """
        job = _Stop(is_forced=is_forced)
        if self._enqueue(job):
            try:
                job.future.result()
            finally:
                if self._is_stopped:
                    self._thread.join()

    def _enqueue(self, job: _Job) -> bool:
        # Nothing may enter the queue behind the last look into it: its future would never resolve.
        with self._gate:
            if self._is_stopped:
                return False
            self._queue.put(job)
            return True

    def _run(self) -> None:
        try:
            self._session.begin()
        except BaseException as error:  # noqa: BLE001 - it is raised again where the project is being opened
            self._end(error)
            self.opened.set_exception(error)
            return
        self.opened.set_result(None)
        try:
            if self._rest_s:
                self._first = self._next(self._rest_s)
            self._session.complete()
            self._serve()
        except BaseException as error:  # noqa: BLE001 - nobody waits for it here: it is logged, and fails what waits
            _LOG.exception("The document thread ended early")
            self._end(error)

    def _serve(self) -> None:
        while True:
            job = self._next(self._patience_s())
            if job is None and self.durability.is_durable:
                self._rest()
                continue
            until = time.monotonic() + _GATHER_S
            while job is not None:
                if isinstance(job, _Stop):
                    if self._try_stop(job):
                        return
                else:
                    self._perform(job)
                job = self._next(0) if time.monotonic() < until else None
            self._store()

    def _rest(self) -> None:
        self._has_rested = True
        # Looks once more where the project lies: tidying must not touch what came there since.
        self._store()
        if self.durability.is_durable:
            self._session.rest()

    def _patience_s(self) -> float | None:
        if not self.durability.is_durable:
            return _RETRY_S
        return None if self._has_rested else _REST_AFTER_S

    def _next(self, patience_s: float | None) -> _Job | None:
        if self._first is not None:
            job, self._first = self._first, None
            return job
        try:
            return self._queue.get(timeout=patience_s) if patience_s != 0 else self._queue.get_nowait()
        except queue.Empty:
            return None

    def _perform(self, job: _Job) -> None:
        future = job.future
        if not future.set_running_or_notify_cancel():
            future.projected.set()
            return
        try:
            if job.needs_store:
                self._require_storage()
            result = job.call(self._session.document)
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for the future
            self._show(job, None)
            future.projected.set()
            future.set_exception(error)
            return
        self._show(job, result)
        future.projected.set()
        if job.needs_store:
            self._unstored.append((future, result))
        else:
            future.set_result(result)

    def _require_storage(self) -> None:
        """Take no more edits while some cannot be stored."""
        if not self.durability.is_durable:
            self._store()
        if not self.durability.is_durable:
            raise self._session.refusal()

    def _show(self, job: _Job, result: object) -> None:
        # Also after work that failed: what it did before may stand.
        if job.needs_store:
            self._has_rested = False
            self._session.publish(result)

    def _store(self) -> None:
        self.durability = self._session.store()
        if self.durability.is_durable:
            stored, self._unstored = self._unstored, []
            for future, result in stored:
                future.set_result(result)

    def _try_stop(self, job: _Stop) -> bool:
        """Close unless something would be lost; return whether the thread ends."""
        with self._gate:
            self._is_stopped = True
        while (late := self._next(0)) is not None:
            if isinstance(late, _Stop):
                late.future.set_result(None)
            else:
                self._perform(late)
        self._store()
        if self.durability.is_durable:
            self._session.finish()
        elif job.is_forced:
            self._end(self._session.refusal())
        else:
            with self._gate:
                self._is_stopped = False
            job.future.set_exception(self._session.refusal())
            return False
        job.future.set_result(None)
        return True

    def _end(self, error: BaseException) -> None:
        """Let go of the session and fail all that waits."""
        with self._gate:
            self._is_stopped = True
        self._session.give_up()
        waiting = [future for future, _ in self._unstored]
        while (job := self._next(0)) is not None:
            waiting.append(job.future)
        self._unstored = []
        for future in waiting:
            future.projected.set()
            future.set_exception(error)
