"""A copy of all that is kept about one person: a zip of JSON, one file a table, and a page that explains them.

What is in it is what the register says (cloud/compliance/personal.py), secrets excepted, and what they said in the
documents of rooms. The archive is sealed with the person's own key until they fetch it: without it, it is nothing, and
so it is never in a file before.

Each table is one statement and each room is one, in a transaction of its own, read through a cursor of the database a
few rows at a time: no list is in memory as rows, the packed archive is, and nothing waits for a copy. So a file of the
copy is as of one moment, and two files are of moments that follow each other: what changes meanwhile may be in one and
not in the other.
"""

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from blake3 import blake3

from cloud.blobs.room_documents import RoomDocuments
from cloud.compliance import periods, store
from cloud.compliance.personal import REGISTER, Personal
from cloud.compliance.ports import Objects
from cloud.foundation.calls import Call
from cloud.foundation.encryption import Keyring, Place, Vault
from cloud.foundation.job_run import JobRun
from cloud.foundation.pages import rendered
from cloud.foundation.tables import metadata
from cloud.foundation.unit_of_work import UnitOfWork, Units
from cloud.identity import mails
from cloud.identity import store as accounts
from cloud.rooms.erasing import rooms_with
from sync.document.authorship import comments_of

_A_FEW = {"stream_results": True, "yield_per": 100}
#: Of the rows of a file, on the page.
_MOST_SHOWN = 20
_COMMENTS = Personal("comments", None, "contract", "account", "removed", ("said",), (), ("project_id", "comment"))


def make(run: JobRun, payload: Mapping[str, Any], *, keyring: Keyring, objects: Objects) -> None:
    """Make a copy, keep it sealed, and tell its owner; nothing happens for somebody who is gone meanwhile."""
    export_id, account_id = payload["export"], payload["account"]
    kept = run.outside("store", lambda _key: _stored(run, keyring, objects, export_id, account_id))
    if kept is not None:
        run.step("tell", lambda work: _tell(work, keyring, payload, *kept))


def archive_of(units: Units, call: Call, account_id: str) -> bytes:
    """Return the archive of one person."""
    file, now = io.BytesIO(), units.clock.now()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        shown = [entry for entry in REGISTER if entry.owner and _is_shown(entry)]
        copies = [_copied(archive, entry, units, call, account_id) for entry in shown]
        copies.append(_written(archive, _COMMENTS, _comments(units, call, account_id), now))
        values = {"parts": [copy for copy in copies if copy is not None], "at": now}
        archive.writestr("index.html", rendered("cloud.compliance", "copy.html", values))
    return file.getvalue()


def opened(work: UnitOfWork, keyring: Keyring, export_id: str, sealed: bytes) -> bytes:
    """Return an archive as its owner fetches it; raises SealBrokenError."""
    return Vault(work.connection, keyring).unseal(_place(export_id), sealed)


def _stored(run: JobRun, keyring: Keyring, objects: Objects, export_id: str, account_id: str) -> list[Any] | None:
    def is_wanted(work: UnitOfWork) -> bool:
        return store.is_being_made(work, account_id)

    def seal(work: UnitOfWork) -> bytes | None:
        vault = Vault(work.connection, keyring)
        return vault.seal(account_id, _place(export_id), archive) if is_wanted(work) else None

    archive = archive_of(run.units, run.call, account_id) if run.units.run(run.call, is_wanted) else b""
    sealed = run.units.run(run.call, seal)
    if sealed is None:
        return None
    name = blake3(f"personal_export:{export_id}".encode()).hexdigest()  # the same one when we are killed and come again
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(sealed)
        objects.put(name, file)
    return [name, len(sealed)]


def _tell(work: UnitOfWork, keyring: Keyring, payload: Mapping[str, Any], name: str, size: int) -> bool:
    export_id, account_id, address = payload["export"], payload["account"], payload["address"]
    if not store.make_ready(work, export_id, name, size=size, lasts=periods.COPY_LASTS):
        return False
    owner = accounts.account_by_id(work, account_id)
    where = f" at {address}/account/data" if address else ", on the page of your account"
    text = f"The copy of your data that you asked for can be fetched for seven days{where}.\n\nMax Booster\n"
    mails.send(work, keyring, owner, ("Your data is ready", text))
    work.audit.write("export.ready", f"account:{account_id}", after={"export": export_id, "size": size})
    return True


def _is_shown(entry: Personal) -> bool:
    return bool(entry.columns or entry.shown)


def _copied(
    archive: zipfile.ZipFile, entry: Personal, units: Units, call: Call, account_id: str
) -> dict[str, Any] | None:
    """Write what a table has of somebody; the unit only reads, so that nothing ever makes it begin again."""
    return units.run(call, lambda work: _written(archive, entry, _rows(work, entry, account_id), units.clock.now()))


def _rows(work: UnitOfWork, entry: Personal, account_id: str) -> Iterator[dict[str, Any]]:
    table = metadata.tables[entry.table]
    columns = [table.c[name] for name in dict.fromkeys((*entry.columns, *entry.shown))]
    assert entry.owner is not None
    theirs = sa.select(*columns).where(table.c[entry.owner] == f"{entry.prefix}{account_id}")
    with work.connection.execute(theirs, execution_options=_A_FEW) as found:
        yield from (dict(row) for row in found.mappings())


def _comments(units: Units, call: Call, account_id: str) -> Iterator[dict[str, Any]]:
    """Yield what somebody said in rooms, every comment that any version still has."""
    rooms = units.run(call, lambda work: work.connection.execute(rooms_with(account_id)).scalars().all())
    for project_id in sorted(rooms):
        said = units.run(call, partial(_said_in, project_id=project_id, account_id=account_id))
        yield from ({"project_id": project_id, "comment": name, "said": text} for name, text in said.items())


def _said_in(work: UnitOfWork, project_id: str, account_id: str) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for document in RoomDocuments().states_of(work, project_id):
        if document is not None:  # else nobody can read it
            said |= comments_of(document, account_id)
    return said


def _written(
    archive: zipfile.ZipFile, entry: Personal, rows: Iterator[dict[str, Any]], now: datetime
) -> dict[str, Any] | None:
    """Write rows into a file as they come; return how the page describes it, None when there are none."""
    first = next(rows, None)
    if first is None:
        return None
    shown, count = [first], 1
    about = zipfile.ZipInfo(_file(entry), now.timetuple()[:6])
    about.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(about, "w") as file:
        file.write(b"[\n" + _json(first))
        for row in rows:
            file.write(b",\n" + _json(row))
            count += 1
            if count <= _MOST_SHOWN:
                shown.append(row)
        file.write(b"\n]\n")
    return _described(entry, shown, count)


def _json(row: dict[str, Any]) -> bytes:
    return json.dumps(row, indent=1, ensure_ascii=False, default=_plain).encode()


def _described(entry: Personal, rows: list[dict[str, Any]], count: int) -> dict[str, Any]:
    kept = periods.period(entry.kept)
    lasts = f"{kept.lasts.days} days after {kept.since}" if kept.lasts else kept.since
    return {"file": _file(entry), "rows": rows, "count": count, "basis": entry.basis, "kept": lasts}


def _file(entry: Personal) -> str:
    role = entry.owner if entry.owner in ("lost_account", "won_account", "created_by") else None
    return f"{entry.table}{f'.{role}' if role else ''}.json"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _place(export_id: str) -> Place:
    return Place("personal_export", "object", export_id)
