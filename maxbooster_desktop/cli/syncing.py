"""`maxbooster sync status|now`: which drafts wait for the cloud, and which for their owner.

The cloud's address is the setting `cloud.address`; without one it is the cloud on this machine. It is asked as who is
signed in on this computer (in the studio: Together, Account), or with the token in MAXBOOSTER_TOKEN.
"""

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from typing import Any

from maxbooster_desktop.cloudlink.account import Account
from maxbooster_desktop.cloudlink.errors import CloudTroubleError
from maxbooster_desktop.foundation import paths
from maxbooster_desktop.foundation.errors import MaxBoosterError
from maxbooster_desktop.project.versions.words import counted
from maxbooster_desktop.settings.declared import LOCAL_CLOUD
from maxbooster_desktop.settings.store import Settings
from sync.client.drafts import HttpTransport
from sync.credentials.errors import CredentialError
from sync.outbox.attention import AttentionItem
from sync.outbox.errors import OutboxError
from sync.outbox.outbox import Outbox, Queue
from sync.outbox.pacing import Pacing
from sync.outbox.ports import SystemClock
from sync.outbox.syncing import Condition, Syncer, run_until_quiet
from sync.outbox.tables import DRAFTS, FILE_NAME
from sync.storage.database import open_database
from sync.storage.errors import StorageError

_TOKEN = "MAXBOOSTER_TOKEN"  # noqa: S105 - the name of a variable


class SyncError(MaxBoosterError):
    """Drafts cannot be brought to the cloud."""


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Say what waits, after one round when that is asked for."""
    try:
        if arguments.what == "now":
            return _now(arguments.patience)
        path = paths.data_folder() / FILE_NAME
        if not path.is_file():
            return _report(Queue(), [])
        with closing(Outbox(open_database(path, DRAFTS))) as outbox:
            return _report(outbox.queue(), outbox.needs_attention())
    except (OutboxError, StorageError, CredentialError) as error:
        raise SyncError(str(error)) from error


def lines(report: dict[str, Any]) -> Iterator[str]:
    """One line for the whole, then one for each change that needs attention."""
    if report["condition"] is not None:
        is_done = not report["waiting"]
        yield report["reason"] or ("Everything is in the cloud." if is_done else "The cloud takes what waits later.")
    waiting, number = report["waiting"], len(report["needs_attention"])
    waits, needs = ("waits" if waiting == 1 else "wait"), ("needs" if number == 1 else "need")
    yield f"{counted(waiting, 'change')} {waits} for the cloud, {number} {needs} attention."
    for item in report["needs_attention"]:
        about = ", ".join(item["asks"]) or item["field"]
        yield f"  {item['kind']} {item['draft_id']}: {item['reason']}{f' ({about})' if about else ''}"
    skew_s = report["clock_skew_s"]
    if skew_s is not None:
        behind = "behind" if skew_s > 0 else "ahead of"
        yield f"This computer's clock is {abs(skew_s) / 60:.0f} minutes {behind} the cloud's: set it."


def _now(patience_s: float) -> dict[str, Any]:
    address = Settings(paths.config_folder()).get("cloud.address") or LOCAL_CLOUD
    clock, given = SystemClock(), os.environ.get(_TOKEN)
    try:
        account = Account(address, paths.config_folder())
    except CloudTroubleError as error:
        raise SyncError(f"{error} Set cloud.address in the settings to one.") from error
    proof = (lambda: given,) if given else (account.token, account.renew)
    transport = HttpTransport(address, *proof)
    with (
        closing(account),
        closing(transport),
        closing(Outbox(open_database(paths.data_folder() / FILE_NAME, DRAFTS), clock)) as outbox,
    ):
        syncer = Syncer(outbox, transport, clock, Pacing(clock.monotonic_s))
        standing = run_until_quiet(syncer, time.sleep, patience_s)
        report = _report(outbox.queue(), outbox.needs_attention())
    report |= {"condition": str(standing.condition), "reason": standing.reason}
    report["clock_skew_s"] = round(syncer.clock_skew_s) if syncer.is_skewed else None
    is_done = standing.condition is Condition.ONLINE and not report["waiting"]
    return report if is_done else report | {"exit_code": 2}


def _report(queue: Queue, items: list[AttentionItem]) -> dict[str, Any]:
    needs_attention = [asdict(item) | {"decisions": item.decisions} for item in items]
    waiting = {"waiting": queue.waiting + queue.sent, "needs_attention": needs_attention}
    return {"condition": None, "reason": "", **waiting, "clock_skew_s": None}
