"""The jobs of webhooks: who is told of an event, the attempts at one message, forgetting what is old.

A message is tried by the schedule of Standard Webhooks; between attempts its job is a row that waits. Of one endpoint
at most one message is on its way at a time, and at least one thread of the worker is left for everything else,
however slow the receivers are.
"""

import threading
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from cloud.foundation.events import TOPIC
from cloud.foundation.fetcher import Fetcher, FetchError
from cloud.foundation.job_kinds import JobKind
from cloud.foundation.job_run import JobRun, Suspended
from cloud.foundation.runtime import Runtime
from cloud.webhooks import delivery_store, rules
from cloud.webhooks.contracts import Parcel
from cloud.webhooks.operations import send
from cloud.webhooks.operations.send import Outcome, Sent

FAN_OUT = "webhooks.fan_out"
_OTHERS_FIRST = timedelta(seconds=1)


def register(runtime: Runtime, fetcher: Fetcher) -> None:
    """Register the jobs."""
    postman = _Postman(runtime, fetcher)
    runtime.kinds.register(JobKind(FAN_OUT, _fan_out))
    runtime.kinds.register(JobKind(send.DELIVER, postman.deliver))
    runtime.kinds.register(JobKind("webhooks.forget", _forget), every=timedelta(hours=6), removes=True)
    runtime.subscriptions[TOPIC] = (*runtime.subscriptions.get(TOPIC, ()), FAN_OUT)


def _fan_out(run: JobRun, payload: Mapping[str, Any]) -> None:
    run.step("all", lambda work: send.fan_out(work, payload))


def _forget(run: JobRun, _payload: Mapping[str, Any]) -> None:
    run.step("deliveries", delivery_store.forget_old)


class _Postman:
    """Brings messages to where they are wanted."""

    def __init__(self, runtime: Runtime, fetcher: Fetcher) -> None:
        self._units, self._keyring, self._fetcher = runtime.units, runtime.keyring, fetcher
        self._threads = threading.BoundedSemaphore(max(1, runtime.settings.worker_threads - 1))

    def deliver(self, run: JobRun, payload: Mapping[str, Any]) -> None:
        """Try one message until it is taken, nobody wants it any more, or the schedule ends."""
        sent, asked_for = Sent(payload["delivery"], payload["round"]), None
        for attempt in range(len(rules.SCHEDULE)):
            run.sleep(f"pause {attempt}", rules.pause_before(attempt, asked_for))
            outcome = self._attempt(run, sent, attempt)
            if outcome is None or self._has_ended(run, sent, attempt, outcome):
                return
            asked_for = outcome.asked_for

    def _attempt(self, run: JobRun, sent: Sent, attempt: int) -> Outcome | None:
        """Return what came of an attempt, now or when it was made; None when there was nothing to send."""

        def post() -> dict[str, Any] | None:
            found = run.units.run(run.call, lambda work: send.parcel(work, self._keyring, sent))
            if found is None:
                return None
            now = run.units.clock.now()
            if found.quiet_until is not None and now < found.quiet_until:
                raise Suspended(found.quiet_until)
            return asdict(self._post(sent.delivery_id, found))

        if not self._threads.acquire(blocking=False):
            raise Suspended(run.units.clock.now() + _OTHERS_FIRST)
        try:
            kept = run.outside(f"attempt {attempt}", lambda _key: post())
        finally:
            self._threads.release()
        return None if kept is None else Outcome(**kept)

    def _has_ended(self, run: JobRun, sent: Sent, attempt: int, outcome: Outcome) -> bool:
        is_last = attempt == len(rules.SCHEDULE) - 1
        keyring = self._keyring
        return bool(
            run.step(
                f"outcome {attempt}", lambda work: send.note_outcome(work, keyring, sent, outcome, is_last=is_last)
            )
        )

    def _post(self, message_id: str, parcel: Parcel) -> Outcome:
        now = self._units.clock.now()
        timestamp = int(now.timestamp())
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": rules.signature(parcel.secrets, message_id, timestamp, parcel.body),
        }
        try:
            reply = self._fetcher.fetch(parcel.url, method="POST", data=parcel.body.encode(), headers=headers)
        except FetchError as error:
            return Outcome(None, str(error), None)
        pause = rules.retry_after(reply.headers.get("retry-after"), now)
        return Outcome(reply.status, None, None if pause is None else pause.total_seconds())
