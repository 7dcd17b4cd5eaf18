"""How long everything of a person is kept: one table, the only place where a period is promised.

`account` lasts as long as the account; what has no period is kept for good, with the reason. The jobs that keep these
promises belong to the domains whose rows they are; `compliance.keep` does what is nobody else's.
"""

from dataclasses import dataclass
from datetime import timedelta

COPY_LASTS = timedelta(days=7)
MAIL_KEPT = timedelta(days=30)
PAYLOADS_KEPT = timedelta(days=1)
DEAD_JOBS_KEPT = timedelta(days=180)
OVERWRITTEN_KEPT = timedelta(days=365)
REJECTED_KEPT = timedelta(days=365)
DELETED_PROJECTS_KEPT = timedelta(days=30)
KEEP = "compliance.keep"


@dataclass(frozen=True, slots=True)
class Period:
    """A promise.

    Attributes:
        lasts: after what `since` says; None: for good, or as long as the account.
        job: the kind of recurring job that keeps it.
    """

    name: str
    lasts: timedelta | None
    since: str
    job: str | None = None


def _days(name: str, days: float, since: str, job: str) -> Period:
    return Period(name, timedelta(days=days), since, job)


PERIODS: tuple[Period, ...] = (
    Period("account", None, "the account is there; two weeks after its owner asked, it is erased", "identity.erase"),
    _days("unconfirmed accounts", 7, "nobody confirmed the address", "identity.forget"),
    _days("address changes", 7, "the change", "identity.forget"),
    _days("mailed codes", 2, "it was mailed", "identity.forget"),
    _days("sessions", 90, "it began", "identity.forget"),
    _days("known devices", 180, "it was used last", "identity.forget"),
    _days("attempts", 2, "the last one", "identity.forget"),
    _days("keys", 30, "it was over, a year after it was made at the latest", "identity.forget"),
    _days("desktop codes", 1, "it was over", "identity.forget"),
    _days("role requests", 1, "it was asked for", "identity.forget"),
    _days("job requests", 1, "it was asked for", "ops.forget"),
    _days("invitations", 7, "it was sent", "identity.forget"),
    _days("project invitations", 30, "it was over", "projects.forget"),
    _days("tickets", 1, "it was made", "projects.forget"),
    _days("history", 30, "a later snapshot holds it", "rooms.forget"),
    _days("uploads", 7, "it began", "blobs.forget"),
    _days("replies", 30, "the request", "ops.forget"),
    _days("rates", 1, "the last request", "ops.forget"),
    _days("jobs", 30, "it ended", "ops.forget"),
    _days("webhook messages", 30, "it was made, or 37 if its last attempt never came", "webhooks.forget"),
    _days("messages", 30, "it was handed on", "ops.forget"),
    Period("copies", COPY_LASTS, "it was ready", KEEP),
    Period("job payloads", PAYLOADS_KEPT, "the job ended", KEEP),
    Period("dead jobs", DEAD_JOBS_KEPT, "it gave up", KEEP),
    Period("overwritten", OVERWRITTEN_KEPT, "it was overwritten", KEEP),
    Period("rejected drafts", REJECTED_KEPT, "it came", KEEP),
    Period("deleted projects", DELETED_PROJECTS_KEPT, "it was deleted", KEEP),
    Period("mail kept here", MAIL_KEPT, "it was written, where no mail server is set", KEEP),
    Period("audit", None, "for good: it proves what was done, names accounts by ids alone, and these lead to nobody"),
    Period("erasures", None, "for good: a backup must not bring back who was erased"),
)


def period(name: str) -> Period:
    """Return the period with a name."""
    return next(one for one in PERIODS if one.name == name)
