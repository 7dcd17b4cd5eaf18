"""Updates of some rooms that are committed together, in one transaction.

Each is applied to its replica once, even when the transaction is tried again. What the database does not take of one
room, or a defect with it, is no reason to lose the others: each room is written by itself then.
"""

from contextlib import closing
from enum import Enum
from functools import partial

import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from cloud.foundation.calls import system_call
from cloud.foundation.unit_of_work import UnitOfWork, Units
from cloud.rooms import log_store, measures, membership, overwritten_store
from cloud.rooms.live_room import LiveRoom, Taken
from cloud.rooms.questions import Task
from cloud.rooms.spoiling import Spoiling
from cloud.rooms.turns import Turns
from cloud.rooms.window import Window
from sync.document.replica import Replica

_log = structlog.get_logger("maxbooster.cloud.rooms")
CALL = system_call("rooms")


class Later(Enum):
    """What became of an update whose room has had its time in this turn: nothing yet."""

    LATER = "later"


LATER = Later.LATER
_TOO_MANY_SPOILT = "too many of your updates were none: wait some minutes"


class Batch:
    """See the module."""

    def __init__(self, rooms: dict[str, LiveRoom], tasks: list[Task], turns: Turns, spoiling: Spoiling) -> None:
        self._rooms, self._tasks = rooms, tasks
        self._turns, self._spoiling = turns, spoiling
        self.taken: list[Taken | Later | None] = []
        self._failed: dict[str, str] = {}

    def commit(self, units: Units) -> dict[str, str]:
        """Make the updates durable; return which rooms were lost, and why."""
        return self._committed(units, {task.project_id for task in self._tasks})

    def _committed(self, units: Units, project_ids: set[str]) -> dict[str, str]:
        """Have updates of some rooms made durable; what the database does not take of one is tried again by itself."""
        try:
            return units.run(CALL, lambda work: self._write(work, project_ids))
        except SQLAlchemyError as error:
            why = type(error).__name__
            if not _is_about_data(error):
                return dict.fromkeys(project_ids, why)
        except Exception:  # noqa: BLE001 - one room of the batch may have a defect; it alone is dropped, below
            _log.exception("updates could not be written", projects=sorted(project_ids))
            why = "defect"
        if len(project_ids) == 1:
            return dict.fromkeys(project_ids, why)
        alone = [self._committed(units, {project_id}) for project_id in project_ids]
        return {project_id: why for lost in alone for project_id, why in lost.items()}

    def _write(self, work: UnitOfWork, project_ids: set[str]) -> dict[str, str]:
        """Apply the updates and append those of some rooms; return the rooms that are lost, and why."""
        if not self.taken:
            self._take(work)
        lost = {project_id: why for project_id, why in self._failed.items() if project_id in project_ids}
        for project_id in project_ids - set(lost):
            taken = [
                one
                for task, one in zip(self._tasks, self.taken, strict=True)
                if task.project_id == project_id and isinstance(one, Taken) and one.row is not None
            ]
            if taken and not self._append(work, project_id, taken):
                lost[project_id] = "another process owns it"
        return lost

    def _take(self, work: UnitOfWork) -> None:
        roles = membership.roles(work, {task.project_id for task in self._tasks})
        self.taken = [self._taken(work, task, roles) for task in self._tasks]

    def _taken(self, work: UnitOfWork, task: Task, roles: membership.Roles) -> Taken | Later | None:
        """Apply one update; None when its room is lost, by it or by one before it."""
        room, push = self._rooms.get(task.project_id), task.work
        if room is None or task.project_id in self._failed:
            return None
        if self._turns.is_over(task.project_id):
            return LATER
        if self._spoiling.is_exceeded(push.account_id):
            return Taken(malformed=_TOO_MANY_SPOILT)
        try:
            role = roles.of(task.project_id, push.account_id, push.at_most)
            with self._turns.counted(task.project_id):
                return self._counted(push.account_id, room.take(push, role, partial(_earlier, work, room)))
        except SQLAlchemyError as error:
            self._failed[task.project_id] = type(error).__name__
        except Exception:  # noqa: BLE001 - a defect with one room's update must not cost the others theirs
            _log.exception("an update could not be taken", project=task.project_id)
            self._failed[task.project_id] = "defect"
        return None

    def _counted(self, account_id: str, taken: Taken) -> Taken:
        if taken.is_spoilt:
            self._spoiling.count(account_id)
        return taken

    def _append(self, work: UnitOfWork, project_id: str, taken: list[Taken]) -> bool:
        lease = self._rooms[project_id].lease
        rows = [one.row for one in taken if one.row is not None]
        if not log_store.append(work, lease, rows):
            return False
        overwritten_store.add(work, lease, [loss for one in taken for loss in one.losses])
        measures.updates.inc(len(rows))
        return True


def _is_about_data(error: SQLAlchemyError) -> bool:
    """Return whether the database, or the way to it, refused what was to be written."""
    is_of_statement = isinstance(error, StatementError) and not isinstance(error, DBAPIError)
    return is_of_statement or isinstance(error, DataError | IntegrityError)


def _earlier(work: UnitOfWork, room: LiveRoom, seq: int) -> Window:
    """Return a window that begins at or before a seq, as far back as snapshots and log are kept; note how far.

    In a savepoint: where the database gives up reading it, the updates of other rooms are still written.
    """
    with work.connection.begin_nested():
        room.kept_seq = log_store.kept_seq(work, room.lease)
        start_seq, start = log_store.snapshot(work, room.lease, max(seq, room.kept_seq))
        rows = log_store.rows(work, room.lease, start_seq)
    window = Window(start_seq, start)
    with closing(Replica(start)) as replica:
        window.replay(rows, replica)
    window.follow(room.window)
    return window
