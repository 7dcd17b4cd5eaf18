"""How often somebody may try to sign in: counters in PostgreSQL, so that all API processes count together.

An attempt is counted as failed before anything is verified, and taken back when it succeeds: a hundred at one moment
are a hundred. An account is never locked for good, and a device that its owner has used before has a counter of its
own, so that nobody keeps the owner out. Whether an address has an account changes nothing here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.errors import TooManyAttemptsError
from cloud.identity.tables import attempt_counter

_KEPT = timedelta(days=2)
_HOUR = "%Y-%m-%dT%H"
_HOURS = 24


@dataclass(frozen=True, slots=True)
class Rule:
    """So many failures in a window; from then on each one costs twice the time of the one before, or the window's rest.

    Attributes:
        does_double: waits 2, 4, 8 ... seconds up to the window instead of until its end.
    """

    kind: str
    failures: int
    window: timedelta
    does_double: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What sign-in is held to; `alarm_floor` failures an hour raise no alarm, however quiet the day was."""

    account: Rule = Rule("account", 5, timedelta(minutes=15), does_double=True)
    minute: Rule = Rule("network-minute", 20, timedelta(minutes=1))
    day: Rule = Rule("network-day", 100, timedelta(days=1))
    code: Rule = Rule("code", 5, timedelta(minutes=15))
    mails: int = 5
    mails_asked_for: int = 50
    alarm_floor: int = 100
    alarm_factor: int = 5


@dataclass(frozen=True, slots=True)
class Attempt:
    """One counted attempt: which counters it stands in."""

    counters: Sequence[tuple[Rule, str]]


def begin(work: UnitOfWork, counters: Sequence[tuple[Rule, str]]) -> Attempt:
    """Count an attempt; raises TooManyAttemptsError, which counts nothing."""
    attempt = Attempt(sorted(counters, key=lambda counter: (counter[0].kind, counter[1])))
    for rule, subject in attempt.counters:
        _count(work, rule, subject)
    return attempt


def succeed(work: UnitOfWork, attempt: Attempt) -> None:
    """Take an attempt back: whoever succeeds starts afresh, a network gets back the one attempt."""
    for rule, subject in attempt.counters:
        ours = _is(rule.kind, subject)
        if rule.kind in ("account", "code"):
            work.connection.execute(sa.delete(attempt_counter).where(ours))
        else:
            fewer = sa.func.greatest(0, attempt_counter.c.failures - 1)
            work.connection.execute(sa.update(attempt_counter).where(ours).values(failures=fewer))


def forget(work: UnitOfWork, masked_email: str, account_id: str) -> int:
    """Forget what was counted against an account, its devices and its codes; return how many counters there were."""
    ours = sa.or_(
        attempt_counter.c.subject == masked_email, attempt_counter.c.subject.contains(account_id, autoescape=True)
    )
    gone = sa.delete(attempt_counter).where(ours).returning(attempt_counter.c.kind)
    return len(work.connection.execute(gone).all())


def note_failure(work: UnitOfWork) -> None:
    """Count a failure of the whole cloud in this hour."""
    now = work.clock.now()
    put = insert(attempt_counter).values(
        kind="everybody", subject=now.strftime(_HOUR), failures=1, since=now, last_at=now
    )
    more = {"failures": attempt_counter.c.failures + 1, "last_at": now}
    keys = [attempt_counter.c.kind, attempt_counter.c.subject]
    work.connection.execute(put.on_conflict_do_update(index_elements=keys, set_=more))


def is_alarming(work: UnitOfWork, limits: Limits) -> bool:
    """Return whether sign-ins fail far more often in this hour than in the median one of the last day."""
    now = work.clock.now()
    hours = [(now - timedelta(hours=number)).strftime(_HOUR) for number in range(_HOURS + 1)]
    query = sa.select(attempt_counter.c.subject, attempt_counter.c.failures)
    rows = work.connection.execute(
        query.where(attempt_counter.c.kind == "everybody", attempt_counter.c.subject.in_(hours))
    )
    found = {row.subject: row.failures for row in rows}
    usual = median(found.get(hour, 0) for hour in hours[1:])
    return bool(found.get(hours[0], 0) > max(limits.alarm_floor, limits.alarm_factor * usual))


def forget_old(work: UnitOfWork) -> int:
    """Remove counters of days that are over; return how many."""
    old = sa.delete(attempt_counter).where(attempt_counter.c.last_at < work.clock.now() - _KEPT)
    return len(work.connection.execute(old.returning(attempt_counter.c.subject)).all())


def wait_of(rule: Rule, failures: int, since: datetime, last_at: datetime, now: datetime) -> timedelta:
    """Return how long the next attempt has to wait."""
    if failures < rule.failures:
        return timedelta(0)
    if rule.does_double:
        doubled = timedelta(seconds=2 ** min(failures - rule.failures + 1, 20))
        return last_at + min(doubled, rule.window) - now
    return since + rule.window - now


def _count(work: UnitOfWork, rule: Rule, subject: str) -> None:
    now = work.clock.now()
    first = {"kind": rule.kind, "subject": subject, "failures": 0, "since": now, "last_at": now}
    keys = [attempt_counter.c.kind, attempt_counter.c.subject]
    # Made or locked by one statement: between two, somebody who succeeds may take the counter away.
    put = insert(attempt_counter).values(first)
    kept = put.on_conflict_do_update(index_elements=keys, set_={"failures": attempt_counter.c.failures})
    row = work.connection.execute(kept.returning(attempt_counter)).one()
    # Doubling is over for good when nothing happened for a window after the longest wait.
    is_doubling = rule.does_double and row.failures >= rule.failures
    ends = (row.last_at + 2 * rule.window) if is_doubling else (row.since + rule.window)
    # What was noted by a clock that has been put right since keeps nobody out until that time comes.
    is_counted = now < ends and row.last_at <= now + rule.window
    failures, since = (row.failures, row.since) if is_counted else (0, now)
    wait = wait_of(rule, failures, since, row.last_at, now)
    if wait > timedelta(0):
        seconds = max(1, -(-wait // timedelta(seconds=1)))
        raise TooManyAttemptsError(
            f"Too many attempts: wait {seconds} s, then try again.", headers={"Retry-After": str(seconds)}
        )
    values = {"failures": failures + 1, "since": since, "last_at": now}
    work.connection.execute(sa.update(attempt_counter).where(_is(rule.kind, subject)).values(values))


def _is(kind: str, subject: str) -> "sa.ColumnElement[bool]":
    return sa.and_(attempt_counter.c.kind == kind, attempt_counter.c.subject == subject)
