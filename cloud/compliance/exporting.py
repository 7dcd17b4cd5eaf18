"""A copy of all that is kept about one person: a zip of JSON, one file a table, and a page that explains them.

What is in it is what the register says (cloud/compliance/personal.py), secrets excepted, and what they said in the
documents of rooms. The archive is sealed with the person's own key until they fetch it: without it, it is nothing.
"""

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from blake3 import blake3

from cloud.blobs.room_documents import RoomDocuments
from cloud.compliance import periods, store
from cloud.compliance.personal import REGISTER, Personal
from cloud.compliance.ports import Objects
from cloud.foundation.encryption import Keyring, Place, Vault
from cloud.foundation.job_run import JobRun
from cloud.foundation.pages import rendered
from cloud.foundation.tables import metadata
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import mails
from cloud.identity import store as accounts
from cloud.rooms.erasing import rooms_with
from sync.document.authorship import comments_of
from sync.document.errors import RefusedUpdateError
from sync.document.register_document import RegisterDocument

_COMMENTS = Personal("comments", None, "contract", "account", "removed", ("said",), (), ("project_id", "comment"))


def make(run: JobRun, payload: Mapping[str, Any], *, keyring: Keyring, objects: Objects) -> None:
    """Make a copy, keep it sealed, and tell its owner; nothing happens for somebody who is gone meanwhile."""
    export_id, account_id = payload["export"], payload["account"]
    kept = run.outside("store", lambda _key: _stored(run, keyring, objects, export_id, account_id))
    if kept is not None:
        run.step("tell", lambda work: _tell(work, keyring, payload, *kept))


def archive_of(work: UnitOfWork, account_id: str) -> bytes:
    """Return the archive of one person."""
    parts = [(entry, _rows(work, entry, account_id)) for entry in REGISTER if entry.owner and _is_shown(entry)]
    parts.append((_COMMENTS, list(_comments(work, account_id))))
    found = [(entry, rows) for entry, rows in parts if rows]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        values = {"parts": [_described(entry, rows) for entry, rows in found], "at": work.clock.now()}
        archive.writestr("index.html", rendered("cloud.compliance", "copy.html", values))
        for entry, rows in found:
            text = json.dumps(rows, indent=1, ensure_ascii=False, default=_plain)
            archive.writestr(f"{_file(entry)}", text)
    return file.getvalue()


def opened(work: UnitOfWork, keyring: Keyring, export_id: str, sealed: bytes) -> bytes:
    """Return an archive as its owner fetches it; raises SealBrokenError."""
    return Vault(work.connection, keyring).unseal(_place(export_id), sealed)


def _stored(run: JobRun, keyring: Keyring, objects: Objects, export_id: str, account_id: str) -> list[Any] | None:
    def read(work: UnitOfWork) -> bytes | None:
        if not store.is_being_made(work, account_id):
            return None
        return Vault(work.connection, keyring).seal(account_id, _place(export_id), archive_of(work, account_id))

    sealed = run.units.run(run.call, read)
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


def _rows(work: UnitOfWork, entry: Personal, account_id: str) -> list[dict[str, Any]]:
    table = metadata.tables[entry.table]
    columns = [table.c[name] for name in dict.fromkeys((*entry.columns, *entry.shown))]
    assert entry.owner is not None
    theirs = table.c[entry.owner] == f"{entry.prefix}{account_id}"
    return [dict(row) for row in work.connection.execute(sa.select(*columns).where(theirs)).mappings()]


def _comments(work: UnitOfWork, account_id: str) -> Iterator[dict[str, Any]]:
    """Yield what somebody said in rooms, every version that is still there."""
    for project_id in sorted(work.connection.execute(rooms_with(account_id)).scalars()):
        seen: dict[str, Any] = {}
        for updates in RoomDocuments().updates_of(work, project_id) or ():
            document = RegisterDocument()
            try:
                for update in updates:
                    document.load(update)
            except RefusedUpdateError:
                continue  # written by no client of ours: nobody can read it
            seen |= comments_of(document, account_id)
        yield from ({"project_id": project_id, "comment": name, "said": said} for name, said in seen.items())


def _described(entry: Personal, rows: list[dict[str, Any]]) -> dict[str, Any]:
    kept = periods.period(entry.kept)
    lasts = f"{kept.lasts.days} days after {kept.since}" if kept.lasts else kept.since
    return {"file": _file(entry), "rows": rows[:20], "count": len(rows), "basis": entry.basis, "kept": lasts}


def _file(entry: Personal) -> str:
    role = entry.owner if entry.owner in ("lost_account", "won_account", "created_by") else None
    return f"{entry.table}{f'.{role}' if role else ''}.json"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _place(export_id: str) -> Place:
    return Place("personal_export", "object", export_id)
