"""One request or one step of a job: one transaction on one connection, kept or undone as a whole.

Always holds: nobody opens a second unit inside one (asserted), so that as many threads as connections never wait for
each other; nobody but this module commits. A unit that lost a race for a lock (serialisation failure, deadlock) is
run again from its beginning: operations have no effect outside the database; what must happen outside goes through
the outbox or a job.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from cloud.foundation.audit.writing import Audit
from cloud.foundation.calls import Call
from cloud.foundation.clock import Clock, SystemClock
from cloud.foundation.database import Database, DatabaseFullError
from cloud.foundation.jobs import Jobs
from cloud.foundation.messages import Outbox
from cloud.foundation.metrics import connections_in_use

T = TypeVar("T")
_ATTEMPTS = 4
_LOST_RACE = {"40001", "40P01"}
_open_unit: ContextVar[bool] = ContextVar("open_unit", default=False)


class NestedUnitError(AssertionError):
    """Code inside a unit of work tried to open another: a defect, as it takes a second connection."""


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """What operations work with; domains add stores made from `connection`."""

    call: Call
    connection: sa.Connection
    clock: Clock
    audit: Audit
    outbox: Outbox
    jobs: Jobs


class Units:
    """Opens units of work on one database."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self.clock = clock or SystemClock()

    def run(self, call: Call, operation: Callable[[UnitOfWork], T]) -> T:
        """Run `operation` in a transaction and return its result when that is durable."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._opened(call) as work:
                    return operation(work)
            except DBAPIError as error:
                if attempt == _ATTEMPTS or getattr(error.orig, "sqlstate", None) not in _LOST_RACE:
                    raise
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def _opened(self, call: Call) -> Iterator[UnitOfWork]:
        if _open_unit.get():
            raise NestedUnitError("a unit of work is open here already: pass it on instead of opening another")
        if self._database.is_full:
            raise DatabaseFullError
        token = _open_unit.set(True)
        try:
            with self._database.engine.begin() as connection, connections_in_use.track_inprogress():
                audit = Audit(connection, call, self.clock)
                yield UnitOfWork(call, connection, self.clock, audit, Outbox(connection), Jobs(connection))
                audit.flush()
        finally:
            _open_unit.reset(token)
