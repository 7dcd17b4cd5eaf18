"""What becomes of an event: a message for everybody who listens, its attempts, its replay.

A delivery is a row and, while it waits, a job. What comes while nobody listens (the endpoint is paused or disabled) is
kept as missed, so that it can be replayed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cloud.foundation.encryption import Keyring
from cloud.foundation.problems import ConflictError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import mails, workspace_store
from cloud.identity.workspaces import allowed
from cloud.webhooks import delivery_store, endpoint_store, rules
from cloud.webhooks.contracts import Delivery, Endpoint, Parcel, ReplayWish

DELIVER = "webhooks.deliver"
_LOOK_AFTER = ("owner", "admin")


@dataclass(frozen=True, slots=True)
class Sent:
    """Which round of which delivery a job works on."""

    delivery_id: str
    round: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt: a status, or why there is none; perhaps the pause that the receiver asks for."""

    status: int | None
    error: str | None
    retry_after_s: float | None

    @property
    def is_delivered(self) -> bool:
        """Return whether the receiver took the message; a redirect is none of ours to follow."""
        return self.status is not None and self.status // 100 == 2

    @property
    def asked_for(self) -> timedelta | None:
        """Return the pause that the receiver wants."""
        return None if self.retry_after_s is None else timedelta(seconds=self.retry_after_s)


def fan_out(work: UnitOfWork, happened: Mapping[str, Any]) -> int:
    """Make a message for each endpoint that wants an event; return how many."""
    told = {"type": happened["type"], "timestamp": happened["at"], "data": happened["data"]}
    body = json.dumps(told, separators=(",", ":"))
    endpoints = endpoint_store.interested(work, happened["audience"], happened["type"])
    for endpoint in endpoints:
        state = "waiting" if endpoint.state == "active" else "missed"
        _begin(work, delivery_store.add(work, endpoint.id, happened["type"], body, state=state))
    return len(endpoints)


def parcel(work: UnitOfWork, keyring: Keyring, sent: Sent) -> Parcel | None:
    """Return what is to be sent; None when there is nothing to send any more."""
    found = delivery_store.to_send(work, sent.delivery_id, sent.round)
    endpoint = endpoint_store.by_id(work, found[0].endpoint_id) if found else None
    if found is None or endpoint is None:
        return None
    if endpoint.state != "active":
        delivery_store.change(work, sent.delivery_id, state="missed", ended_at=work.clock.now())
        return None
    keys = endpoint_store.secrets_of(work, keyring, endpoint)
    return Parcel(endpoint.url, found[1], tuple(keys), endpoint.quiet_until)


def note_outcome(work: UnitOfWork, keyring: Keyring, sent: Sent, outcome: Outcome, *, is_last: bool) -> bool:
    """Note what came of an attempt, on the delivery and on its endpoint; return whether it was the last one."""
    found = delivery_store.to_send(work, sent.delivery_id, sent.round)
    endpoint = endpoint_store.by_id(work, found[0].endpoint_id, is_locked=True) if found else None
    if found is None or endpoint is None:
        return True
    has_ended = is_last or outcome.is_delivered or outcome.status == rules.GONE
    state = "delivered" if outcome.is_delivered else "failed" if has_ended else "waiting"
    ended_at = work.clock.now() if has_ended else None
    about = {"last_status": outcome.status, "last_error": outcome.error, "attempts": found[0].attempts + 1}
    delivery_store.change(work, sent.delivery_id, state=state, ended_at=ended_at, **about)
    _note_on_endpoint(work, keyring, endpoint, outcome, is_last=is_last)
    return has_ended


def replay(work: UnitOfWork, workspace_id: str, endpoint_id: str, delivery_id: str) -> Delivery:
    """Send a message again under its own id; raises NotFoundError (404), ConflictError (409: waits; not active)."""
    endpoint, policy = _replayable(work, workspace_id, endpoint_id)
    found = delivery_store.one(work, endpoint.id, delivery_id)
    if found.state == "waiting":
        raise ConflictError("This message waits for its next attempt already.")
    _audit_replay(work, endpoint, policy, {"delivery": delivery_id})
    return _begin_again(work, found)


def replay_range(work: UnitOfWork, workspace_id: str, endpoint_id: str, wish: ReplayWish) -> int:
    """Send again what was not delivered in a range of time, oldest first; return how many. Raises as `replay`."""
    endpoint, policy = _replayable(work, workspace_id, endpoint_id)
    found = delivery_store.in_range(work, endpoint.id, wish)
    for one in found:
        _begin_again(work, one)
    _audit_replay(work, endpoint, policy, {"count": len(found)})
    return len(found)


def _replayable(work: UnitOfWork, workspace_id: str, endpoint_id: str) -> tuple[Endpoint, str]:
    _, policy = allowed(work, workspace_id, "webhook.change")
    endpoint = endpoint_store.one(work, workspace_id, endpoint_id, is_locked=True)
    if endpoint.state != "active":
        raise ConflictError(f"This webhook is {endpoint.state}: set its state to active first.")
    return endpoint, policy


def _audit_replay(work: UnitOfWork, endpoint: Endpoint, policy: str, what: Mapping[str, Any]) -> None:
    work.audit.write(
        "webhook.replayed", f"webhook:{endpoint.id}", after=what, policy=policy, chain=endpoint.workspace_id
    )


def _begin_again(work: UnitOfWork, found: Delivery) -> Delivery:
    again = replace(found, state="waiting", round=found.round + 1, ended_at=None)
    delivery_store.change(work, found.id, state=again.state, round=again.round, ended_at=None)
    _begin(work, again)
    return again


def _begin(work: UnitOfWork, delivery: Delivery) -> None:
    if delivery.state != "waiting":
        return
    payload = {"delivery": delivery.id, "round": delivery.round}
    job_id, partition = f"webhook:{delivery.id}:{delivery.round}", f"webhook:{delivery.endpoint_id}"
    work.jobs.enqueue(DELIVER, payload, id=job_id, partition=partition)


def _note_on_endpoint(
    work: UnitOfWork, keyring: Keyring, endpoint: Endpoint, outcome: Outcome, *, is_last: bool
) -> None:
    now = work.clock.now()
    if outcome.is_delivered:
        endpoint_store.change(work, endpoint.id, is_new_version=False, failing_since=None, quiet_until=None)
        return
    since = endpoint.failing_since or now
    quiet = _quiet_until(outcome, now)
    endpoint_store.change(work, endpoint.id, is_new_version=False, failing_since=since, quiet_until=quiet)
    if endpoint.state != "active":
        return
    if outcome.status == rules.GONE:
        _disable(work, keyring, endpoint, "gone")
    elif is_last and now - since >= rules.LONG_FAILURE:
        _disable(work, keyring, endpoint, "failing")


def _quiet_until(outcome: Outcome, now: datetime) -> datetime | None:
    if outcome.status not in rules.OVERLOADED:
        return None
    return now + (outcome.asked_for or rules.USUAL_PAUSE)


def _disable(work: UnitOfWork, keyring: Keyring, endpoint: Endpoint, why: str) -> None:
    endpoint_store.change(work, endpoint.id, state="disabled", disabled_why=why)
    name, after = f"webhook:{endpoint.id}", {"why": why}
    work.audit.write("webhook.disabled", name, after=after, chain=endpoint.workspace_id)
    for member in workspace_store.members(work, endpoint.workspace_id):
        if member.role in _LOOK_AFTER:
            mails.send_to(work, keyring, member.email, _mail(endpoint, why), subject=member.account_id)


def _mail(endpoint: Endpoint, why: str) -> tuple[str, str]:
    reason = "answers that it is gone (410)" if why == "gone" else "has taken no message for three days"
    text = (
        f"The webhook {endpoint.id} ({endpoint.description or 'without a description'}) {reason}, so nothing is sent "
        "to it any more. What happens meanwhile is kept for 30 days: mend the receiver, set the webhook to active, "
        "and replay what it missed."
    )
    return "A webhook was disabled", f"{text}\n\nMax Booster\n"
