"""Identity's jobs: what follows a registration or a wish for a new password, sending mail, forgetting what is old."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from cloud.foundation.encryption import Keyring
from cloud.foundation.job_kinds import JobKind
from cloud.foundation.job_run import JobRun
from cloud.foundation.runtime import Runtime
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import (
    address_store,
    erasing,
    grant_store,
    key_store,
    mails,
    passkey_store,
    session_store,
    staff_store,
    store,
    throttle,
    workspace_store,
)
from cloud.identity.operations.delete_account import erase_account
from cloud.identity.operations.register import register as register_account
from cloud.identity.operations.request_reset import mail_reset
from cloud.identity.ports import Mailer

REGISTER = "identity.register"
RESET = "identity.reset"


def register(runtime: Runtime, mailer: Mailer) -> None:
    """Register the jobs."""
    keyring = runtime.keyring

    def send(run: JobRun, payload: Mapping[str, Any]) -> None:
        values = runtime.units.run(run.call, lambda work: mails.unsealed(work, keyring, run.id, payload))
        run.outside("send", lambda key: mailer.send(mails.mail_of(values), key))

    def forget(run: JobRun, _payload: Mapping[str, Any]) -> None:
        run.step("tokens", store.forget_old)
        run.step("sessions", session_store.forget_old)
        run.step("attempts", throttle.forget_old)
        run.step("keys", key_store.forget_old)
        run.step("grants", grant_store.forget_old)
        run.step("addresses", address_store.forget_old)
        run.step("roles", staff_store.forget_old)
        run.step("challenges", passkey_store.forget_old)
        run.step("invitations", workspace_store.forget_old)

    def erase_due(run: JobRun, _payload: Mapping[str, Any]) -> None:
        erase, failed = partial(erase_account, keyring=keyring, erasers=runtime.erasers), []
        for account_id in runtime.units.run(run.call, store.accounts_to_erase):
            try:
                run.step(account_id, partial(erase, account_id=account_id))
            except Exception as error:  # noqa: BLE001 - raised below: one account that cannot go keeps no other here
                failed.append(error)
        if failed:
            raise ExceptionGroup(f"{len(failed)} accounts could not be erased", failed)

    runtime.erasers.register(lambda connection, account_id: erasing.erase(connection, keyring, account_id))
    kinds = runtime.kinds
    kinds.register(JobKind("identity.erase", erase_due), every=timedelta(hours=1), removes=True)
    kinds.register(JobKind(REGISTER, lambda run, payload: _step(run, payload, keyring, register_account)))
    kinds.register(JobKind(RESET, lambda run, payload: _step(run, payload, keyring, mail_reset)))
    kinds.register(JobKind(mails.SEND, send))
    kinds.register(JobKind("identity.forget", forget), every=timedelta(hours=6), removes=True)


def _step(run: JobRun, payload: Mapping[str, Any], keyring: Keyring, operation: Any) -> None:
    def once(work: UnitOfWork) -> None:
        operation(work, keyring, **mails.unsealed(work, keyring, run.id, payload))

    run.step("all", once)
