"""What happened in each minute and which alerts fire, written and read inside one unit of work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from cloud.foundation.tally import Counts
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.ops.objectives import PERIOD, Objective
from cloud.ops.tables import objective_alert, objective_count


@dataclass(frozen=True, slots=True)
class AlertState:
    """An alert of an objective as it was judged last.

    Attributes:
        fired_at: the last time; None when it never did.
        cleared_at: None while it fires.
    """

    objective: str
    long_s: int
    severity: str
    long_burn: float
    short_burn: float
    fired_at: datetime | None
    cleared_at: datetime | None

    @property
    def is_firing(self) -> bool:
        """Return whether somebody has to look now."""
        return self.fired_at is not None and self.cleared_at is None


_STATE = [objective_alert.c[field.name] for field in fields(AlertState)]


def record(work: UnitOfWork, counts: Counts) -> None:
    """Add what a process has counted to the present minute, whichever processes do the same."""
    minute = work.clock.now().replace(second=0, microsecond=0)
    for objective, (bad, total) in sorted(counts.items()):  # in one order, so that no two wait for each other
        own = {"objective": objective, "minute": minute, "bad": bad, "total": total}
        put = insert(objective_count).values(own)
        more = {name: objective_count.c[name] + put.excluded[name] for name in ("bad", "total")}
        keys = [objective_count.c.objective, objective_count.c.minute]
        work.connection.execute(put.on_conflict_do_update(index_elements=keys, set_=more))


def counts_of(work: UnitOfWork, objective: Objective) -> Callable[[timedelta], tuple[int, int]]:
    """Return a function that says how many events of the last so-much time were bad, and how many there were."""

    def counted(window: timedelta) -> tuple[int, int]:
        now = work.clock.now()  # what is later was counted by a clock that has been put right since
        since = sa.and_(objective_count.c.minute > now - window, objective_count.c.minute <= now)
        sums = [sa.func.coalesce(sa.func.sum(objective_count.c[name]), 0) for name in ("bad", "total")]
        row = work.connection.execute(
            sa.select(*sums).where(objective_count.c.objective == objective.name, since)
        ).one()
        return int(row[0]), int(row[1])

    return counted


def states(work: UnitOfWork) -> dict[tuple[str, int], AlertState]:
    """Return every alert as it was judged last, by objective and long window."""
    rows = work.connection.execute(sa.select(*_STATE)).mappings()
    return {(row["objective"], row["long_s"]): AlertState(**row) for row in rows}


def keep(work: UnitOfWork, judged: Sequence[AlertState]) -> None:
    """Keep how alerts were judged."""
    for state in judged:
        values: dict[str, Any] = {field.name: getattr(state, field.name) for field in fields(AlertState)}
        keys = [objective_alert.c.objective, objective_alert.c.long_s]
        put = insert(objective_alert).values(values).on_conflict_do_update(index_elements=keys, set_=values)
        work.connection.execute(put)


def forget_old(work: UnitOfWork) -> int:
    """Remove what no objective looks back at, older or of a day to come; return how many minutes."""
    now = work.clock.now()
    kept = objective_count.c.minute.between(now - PERIOD, now + timedelta(days=1))
    old = sa.delete(objective_count).where(~kept)
    return len(work.connection.execute(old.returning(objective_count.c.minute)).all())
