"""How often somebody may ask: token buckets in PostgreSQL, so that all API processes count together.

A bucket holds `quota` tokens and fills evenly over `window_s`; a request takes one. It is counted in a transaction of
its own, before the request's, and is not given back when the request fails. Headers after
draft-ietf-httpapi-ratelimit-headers; the table is not logged: after a crash everybody starts with a full bucket.
"""

import math
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from cloud.foundation.calls import Call
from cloud.foundation.problems import QUOTA_EXCEEDED, ProblemError
from cloud.foundation.tables import rate_limit
from cloud.foundation.unit_of_work import UnitOfWork, Units

_TAKE = sa.text("""
    INSERT INTO rate_limit AS held (policy, subject, tokens, granted, at)
    VALUES (:policy, :subject, CAST(:quota AS double precision) - 1, true, clock_timestamp())
    ON CONFLICT (policy, subject) DO UPDATE SET (tokens, granted, at) = (
        SELECT filled - CASE WHEN filled >= 1 THEN 1 ELSE 0 END, filled >= 1, clock_timestamp()
          FROM (SELECT LEAST(CAST(:quota AS double precision), held.tokens
                + GREATEST(0, EXTRACT(EPOCH FROM clock_timestamp() - held.at)) * :quota / :window_s) AS filled) AS now)
    RETURNING tokens, granted
""")


@dataclass(frozen=True, slots=True)
class Limit:
    """A policy: so many requests in so many seconds."""

    name: str
    quota: int
    window_s: int

    @property
    def header(self) -> str:
        """Return the policy as RateLimit-Policy has it."""
        return f'"{self.name}";q={self.quota};w={self.window_s}'


@dataclass(frozen=True, slots=True)
class Spent:
    """What is left after a request."""

    limit: Limit
    tokens: float
    is_granted: bool

    def headers(self) -> dict[str, str]:
        """Return the reply's headers: what is left, and the seconds until all of it is there again."""
        missing = self.limit.quota - self.tokens
        reset_s = math.ceil(missing * self.limit.window_s / self.limit.quota)
        left = f'"{self.limit.name}";r={math.floor(self.tokens)};t={reset_s}'
        return {"RateLimit-Policy": self.limit.header, "RateLimit": left}

    def retry_after_s(self) -> int:
        """Return the seconds until one more request is let through."""
        return max(1, math.ceil((1 - self.tokens) * self.limit.window_s / self.limit.quota))


class QuotaExceededError(ProblemError):
    """Somebody asked too often."""

    problem = QUOTA_EXCEEDED


def spend(units: Units, call: Call, limit: Limit, subject: str) -> Spent:
    """Count one request of `subject`; raises QuotaExceededError when there was no token left."""
    spent = units.run(call, lambda work: _take(work, limit, subject))
    if not spent.is_granted:
        wait_s = spent.retry_after_s()
        raise QuotaExceededError(
            f"More than {limit.quota} requests in {limit.window_s} s: wait {wait_s} s.",
            headers={"Retry-After": str(wait_s), **spent.headers()},
            more={"violated-policies": [limit.name]},
        )
    return spent


def forget_idle(work: UnitOfWork) -> int:
    """Remove buckets that have been full for a day; return how many."""
    idle = sa.delete(rate_limit).where(rate_limit.c.at < work.clock.now() - timedelta(days=1))
    return len(work.connection.execute(idle.returning(rate_limit.c.subject)).all())


def _take(work: UnitOfWork, limit: Limit, subject: str) -> Spent:
    # Nobody waits for the disk: PostgreSQL does not flush for what changed only a table that is not logged.
    values = {"policy": limit.name, "subject": subject, "quota": limit.quota, "window_s": limit.window_s}
    tokens, is_granted = work.connection.execute(_TAKE, values).one()
    return Spent(limit, tokens, is_granted)
