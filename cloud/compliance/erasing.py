"""Erasing a person, around what the domains do: addresses are noted first, what is left goes by the register last.

All of it is one transaction (see cloud/foundation/erasure.py). What is outside the database follows as a job: the note
that survives a restore, archives, mail that was kept here; and a check that no row names the account any more.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from cloud.compliance.personal import REGISTER, Personal
from cloud.compliance.ports import KeptMail, Objects
from cloud.compliance.tables import erasure, personal_export
from cloud.compliance.tombstones import Tombstones
from cloud.foundation.calls import system_call
from cloud.foundation.encryption import Keyring, Place, Vault
from cloud.foundation.errors import CloudError
from cloud.foundation.ids import new_id
from cloud.foundation.job_run import JobRun
from cloud.foundation.jobs import Jobs
from cloud.foundation.runtime import Runtime
from cloud.foundation.tables import data_key, job, metadata
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.address_tables import email_change, email_undo
from cloud.identity.tables import account

CLEAR = "compliance.clear"
_SUBJECT = "compliance:erasures"
#: The last mail to somebody is written when they are erased already.
_LAST_MAIL = timedelta(days=1)


class ErasureIncompleteError(CloudError):
    """Something still names an account that was erased: a table whose domain has no eraser."""


class Eraser:
    """What compliance does when a person is erased; `first` before every domain, `last` after all of them."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def first(self, connection: sa.Connection, account_id: str) -> None:
        """Stop what waits for the person, and note what has to be removed outside the database."""
        addresses = _addresses(connection, account_id)
        _stop_jobs(connection, account_id, addresses)
        archives = sa.select(personal_export.c.object).where(personal_export.c.account_id == account_id)
        objects = [found for found in connection.execute(archives).scalars() if found]
        values = {"account": account_id, "addresses": addresses, "objects": objects}
        job_id = new_id("job")
        sealed = Vault(connection, self._keyring).seal(_SUBJECT, _place(job_id), json.dumps(values).encode())
        Jobs(connection).enqueue(CLEAR, {"sealed": base64.b64encode(sealed).decode()}, id=job_id)

    def last(self, connection: sa.Connection, account_id: str) -> None:
        """Remove, or give another name to, every row that still names the account."""
        stand_in = _stand_in(connection, account_id)
        for entry, table, theirs in _rows_of(account_id):
            if entry.erased == "removed":
                connection.execute(sa.delete(table).where(theirs))
            elif entry.erased == "stand-in":
                texts = {name: "" for name in entry.columns if isinstance(table.c[name].type, sa.Text)}
                connection.execute(sa.update(table).where(theirs).values({entry.owner: stand_in, **texts}))


def clear(
    run: JobRun, payload: Mapping[str, Any], *, runtime: Runtime, objects: Objects, mail: KeptMail | None
) -> None:
    """Remove what is outside the database and check what is inside; raises ErasureIncompleteError."""
    values = run.units.run(run.call, lambda work: _unsealed(work, runtime.keyring, run.id, payload))
    account_id, now = values["account"], runtime.units.clock.now
    run.outside("note", lambda _key: Tombstones(runtime.settings.data).append(account_id, now()))
    run.outside("archives", lambda _key: _remove_all(objects, values["objects"]))
    run.step("check", lambda work: _require_nothing_left(work.connection, account_id))
    run.sleep("last mail", _LAST_MAIL)
    run.outside("mail", lambda _key: mail.forget(values["addresses"]) if mail else 0)
    empty = sa.update(job).where(job.c.id == run.id).values(payload={})
    run.step("forget", lambda work: work.connection.execute(empty).rowcount)


def erase_again(runtime: Runtime) -> int:
    """Erase whoever was erased and is here again, as after a restore; return how many."""
    noted = Tombstones(runtime.settings.data).read()
    call = system_call("erase again")

    def erase(work: UnitOfWork) -> int:
        back = list(work.connection.execute(sa.select(account.c.id).where(account.c.id.in_(noted))).scalars())
        for account_id in back:
            runtime.erasers.erase(work.connection, account_id)
            work.audit.write("account.erased_again", f"account:{account_id}")
        return len(back)

    return runtime.units.run(call, erase) if noted else 0


def _addresses(connection: sa.Connection, account_id: str) -> list[str]:
    parts = [sa.select(account.c.email).where(account.c.id == account_id)]
    parts += [sa.select(table.c.email).where(table.c.account_id == account_id) for table in (email_change, email_undo)]
    return sorted(connection.execute(sa.union(*parts)).scalars())


def _stop_jobs(connection: sa.Connection, account_id: str, addresses: Iterable[str]) -> None:
    """End what waits under the person's key, which nobody can open any more, and cut what failures said of them."""
    key_id = sa.select(data_key.c.id).where(data_key.c.subject == account_id).scalar_subquery()
    text = sa.func.encode(sa.func.decode(job.c.payload["sealed"].astext, "base64"), "escape")
    theirs = (job.c.payload.has_key("sealed"), sa.func.strpos(text, key_id) > 0)
    over = {"payload": {}, "state": sa.case((job.c.state.in_(("done", "cancelled")), job.c.state), else_="cancelled")}
    ended = {"ended_at": sa.func.coalesce(job.c.ended_at, sa.func.now()), "version": job.c.version + 1}
    connection.execute(sa.update(job).where(*theirs).values(**over, **ended))
    for address in addresses:
        told = sa.update(job).where(job.c.error.contains(address, autoescape=True))
        connection.execute(told.values(error=sa.func.replace(job.c.error, address, "(removed)")))


def _stand_in(connection: sa.Connection, account_id: str) -> str:
    """Return the name that takes an account's place; the same one when it is erased again."""
    values = {"account_id": account_id, "stand_in": new_id("gone"), "erased_at": sa.func.now()}
    connection.execute(insert(erasure).values(values).on_conflict_do_nothing())
    found = sa.select(erasure.c.stand_in).where(erasure.c.account_id == account_id)
    return str(connection.execute(found).scalar_one())


def _rows_of(account_id: str) -> Iterable[tuple[Personal, sa.Table, "sa.ColumnElement[bool]"]]:
    for entry in REGISTER:
        if entry.owner is not None:
            table = metadata.tables[entry.table]
            yield entry, table, table.c[entry.owner] == f"{entry.prefix}{account_id}"


def _require_nothing_left(connection: sa.Connection, account_id: str) -> int:
    left = [
        f"{entry.table}.{entry.owner}"
        for entry, table, theirs in _rows_of(account_id)
        if entry.erased != "kept" and connection.execute(sa.select(sa.exists().where(theirs))).scalar()
    ]
    if left:
        raise ErasureIncompleteError(f"{', '.join(left)} still name an erased account: write an eraser for them.")
    return 0


def _remove_all(objects: Objects, names: Iterable[str]) -> None:
    for name in names:
        objects.delete(name)


def _unsealed(work: UnitOfWork, keyring: Keyring, job_id: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    sealed = base64.b64decode(payload["sealed"])
    values: dict[str, Any] = json.loads(Vault(work.connection, keyring).unseal(_place(job_id), sealed))
    return values


def _place(job_id: str) -> Place:
    return Place("job", "payload", job_id)
