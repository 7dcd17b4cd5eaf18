"""The thread that owns the replicas of some rooms: what it is asked, in order, and what it answers.

A replica belongs to one thread. It is this one, and not the event loop's, because applying a large update or loading a
room takes long, and sockets and presence shall not wait for it; and because the commit waits for the disk. While it
does, updates gather; the next transaction (`batch.py`) takes all of them: nothing waits on purpose. Whoever asks gets
the answer on the event loop, in the order of the questions, after the commit.

Always holds: what is answered as taken is in the log; a room whose commit failed, or that another process owns now, is
dropped, and everybody in it is told to come again.
"""

import asyncio
import itertools
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from cloud.foundation.unit_of_work import UnitOfWork, Units
from cloud.rooms import lease_store, log_store, measures
from cloud.rooms.batch import CALL, LATER, Batch
from cloud.rooms.contracts import Elsewhere, Logged, Stored
from cloud.rooms.limits import RoomLimits
from cloud.rooms.live_room import LiveRoom, Push
from cloud.rooms.questions import Close, Difference, Open, Opened, Present, Presented, RoomLost, Since, Task
from cloud.rooms.spoiling import Spoiling
from cloud.rooms.turns import Turns
from cloud.rooms.window import Window
from sync.document.errors import RefusedUpdateError

_log = structlog.get_logger("maxbooster.cloud.rooms")
#: The log is read in pieces of so many rows and bytes.
SINCE_ROWS, SINCE_BYTES = 200, 4 << 20


class Keeper:
    """See the module."""

    def __init__(self, units: Units, owner: str, limits: RoomLimits, number: int) -> None:
        self._units, self._owner = units, owner
        self._limits = limits
        self._turns, self._spoiling = Turns(), Spoiling(limits)
        self._rooms: dict[str, LiveRoom] = {}
        self._thread = threading.Thread(target=self._run, name=f"rooms {number}", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start; answers go to `loop`."""
        self._loop = loop
        self._thread.start()

    def stop(self) -> None:
        """Do what was asked for so far, let every room go, end the thread."""
        self._turns.end()
        self._thread.join()

    def ask(self, project_id: str, work: Any, answer: Callable[[Any], None]) -> None:
        """Have something done."""
        self._turns.ask(Task(project_id, work, answer))

    def _run(self) -> None:
        while not self._turns.is_last:
            tasks = self._turns.begin()
            answers: list[tuple[Callable[[Any], None], Any]] = []
            for is_push, some in itertools.groupby(tasks, key=lambda task: isinstance(task.work, Push)):
                (self._commit if is_push else self._answer)(list(some), answers)
            self._hand_over(answers)
            self._squash_all({task.project_id for task in tasks})
        self._let_all_go()

    def _answer(self, tasks: list[Task], answers: list[tuple[Callable[[Any], None], Any]]) -> None:
        for task in tasks:
            if self._turns.is_over(task.project_id):
                self._turns.leave(task)
                continue
            with self._turns.counted(task.project_id):
                answers.append((task.answer, self._done(task)))

    def _hand_over(self, answers: list[tuple[Callable[[Any], None], Any]]) -> None:
        assert self._loop is not None
        if answers:
            self._loop.call_soon_threadsafe(_deliver, answers)

    def _done(self, task: Task) -> Any:
        try:
            if isinstance(task.work, Open):
                return self._open(task.project_id, task.work)
            room = self._rooms.get(task.project_id)
            return RoomLost() if room is None else self._with(room, task.work)
        except SQLAlchemyError as error:
            return self._drop(task.project_id, type(error).__name__)
        except Exception:  # noqa: BLE001 - a defect with one room must not end the thread, and all rooms with it
            _log.exception("a room failed", project=task.project_id)
            return self._drop(task.project_id, "defect")

    def _open(self, project_id: str, wish: Open) -> Opened | Elsewhere:
        if project_id in self._rooms:
            return Opened(self._rooms[project_id].lease.epoch)

        def read(work: UnitOfWork) -> Elsewhere | Stored:
            lease = lease_store.claim(work, project_id, self._owner, wish.address, without=wish.without)
            if isinstance(lease, Elsewhere):
                return lease
            start_seq, start = log_store.snapshot(work, lease, lease.head_seq)
            kept_seq = log_store.kept_seq(work, lease)
            return Stored(lease, kept_seq, start_seq, start, log_store.rows(work, lease, start_seq))

        found = self._units.run(CALL, read)
        if isinstance(found, Elsewhere):
            return found
        self._rooms[project_id] = LiveRoom(found)
        measures.rooms_open.inc()
        return Opened(found.lease.epoch)

    def _with(self, room: LiveRoom, wish: Any) -> Any:
        if isinstance(wish, Difference):
            try:
                return room.replica.difference(wish.state)
            except RefusedUpdateError:
                return None
        if isinstance(wish, Present):
            return Presented(room.lease.epoch, room.head_seq, room.kept_seq, room.replica.state())
        if isinstance(wish, Since):
            return self._units.run(CALL, lambda work: _logged(work, room, wish.seq))
        assert isinstance(wish, Close)
        self._let_go(room)
        return None

    def _squash(self, room: LiveRoom) -> None:
        """Keep a snapshot, so that the room opens fast; the log stays, as old updates are judged by it."""
        if not room.is_due(self._limits.squash_rows, self._limits.window_bytes):
            return
        is_large = room.window.is_larger(self._limits.window_rows, self._limits.window_bytes)
        has_early = room.replica.has_early  # what came too early is in no snapshot
        if has_early and not is_large:
            return
        seq, data = room.head_seq, room.replica.encode()
        if not has_early and not self._units.run(
            CALL, lambda work: log_store.add_snapshot(work, room.lease, seq, data)
        ):
            return
        room.squashed()
        if is_large:
            room.reach_from(Window(seq, data))  # what is older is read when somebody comes who asks for it

    def _commit(self, tasks: list[Task], answers: list[tuple[Callable[[Any], None], Any]]) -> None:
        started = time.perf_counter()
        batch = Batch(self._rooms, tasks, self._turns, self._spoiling)
        lost = batch.commit(self._units)
        for project_id, why in lost.items():
            self._drop(project_id, why)
        for task, taken in itertools.zip_longest(tasks, batch.taken):
            if taken is LATER and task.project_id not in lost:
                self._turns.leave(task)
            else:
                answers.append((task.answer, RoomLost() if task.project_id in lost or taken is None else taken))
        measures.commit_seconds.observe(time.perf_counter() - started)

    def _squash_all(self, project_ids: set[str]) -> None:
        for project_id in project_ids & set(self._rooms):
            try:
                self._squash(self._rooms[project_id])
            except Exception as error:  # noqa: BLE001 - a snapshot saves time alone: the room goes on from its log, as others do
                is_defect = not isinstance(error, SQLAlchemyError)
                _log.warning(
                    "no snapshot was made", project=project_id, reason=type(error).__name__, exc_info=is_defect
                )
                self._rooms[project_id].squashed()  # not with every update

    def _drop(self, project_id: str, why: str) -> RoomLost:
        room = self._rooms.pop(project_id, None)
        if room is not None:
            room.close()
            measures.rooms_open.dec()
            _log.warning("a room was lost", project=project_id, reason=why)
        return RoomLost()

    def _let_go(self, room: LiveRoom) -> None:
        del self._rooms[room.lease.project_id]
        fresh = room.compacted(self._limits.compact_bytes)
        room.close()
        measures.rooms_open.dec()
        if fresh is not None:
            is_ours = self._units.run(CALL, lambda work: log_store.begin_epoch(work, room.lease, fresh))
            _log.info("compacted", project=room.lease.project_id, epoch=room.lease.epoch + 1, is_ours=is_ours)
        self._units.run(CALL, lambda work: lease_store.release(work, room.lease))

    def _let_all_go(self) -> None:
        for room in list(self._rooms.values()):
            try:
                self._let_go(room)
            except Exception as error:  # noqa: BLE001 - the lease ends by itself; the others are let go all the same
                is_defect = not isinstance(error, SQLAlchemyError)
                _log.info(
                    "a room was not released",
                    project=room.lease.project_id,
                    reason=type(error).__name__,
                    exc_info=is_defect,
                )


def _logged(work: UnitOfWork, room: LiveRoom, after: int) -> Logged:
    room.kept_seq = log_store.kept_seq(work, room.lease)  # what nobody could need is forgotten while it is open, too
    rows = log_store.piece(work, room.lease, after, SINCE_ROWS, SINCE_BYTES)
    is_more = bool(rows) and rows[-1].seq < room.head_seq
    return Logged(rows, is_more, has_gap=after < room.kept_seq)


def _deliver(answers: list[tuple[Callable[[Any], None], Any]]) -> None:
    for answer, value in answers:
        try:
            answer(value)
        except Exception:  # noqa: BLE001 - whoever waits for the next answers, in other rooms too, must get them
            _log.exception("an answer of a keeper's was not taken")
