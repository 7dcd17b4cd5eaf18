"""The documents of rooms are read one row at a time, each as it was; copies of somebody's data a few rows at a time."""

import io
import json
import random
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable

import pytest
import sqlalchemy as sa

from cloud.blobs.jobs import names_in
from cloud.blobs.room_documents import RoomDocuments
from cloud.compliance.exporting import _rows, archive_of
from cloud.compliance.personal import REGISTER
from cloud.foundation.unit_of_work import UnitOfWork, Units
from cloud.rooms.tables import room_snapshot, room_update
from sync.document.blobs import blobs_named
from sync.document.register_document import RegisterDocument
from tests.integration.cloud.blobs.uploads import Studio
from tests.integration.cloud.projects.bands import CALL

_ROOM = ("project_id", "epoch", "seq", "data")
_LARGE = 200_000


class _Counted(Units):
    """Units of work that are counted."""

    count = 0

    def run(self, *wish):
        self.count += 1
        return super().run(*wish)


def _sound(document: RegisterDocument, hash_: str) -> bytes:
    """Let the one asset of a document name another file; return the update."""
    return document.write({("assets", "one.a"): (48_000, 2, 9, "PCM_24", hash_, "wav")}, "me:1").update


def _keep(studio: Studio, table: sa.Table, rows: Iterable[tuple[object, ...]]) -> None:
    own = {"fence": 1, "account_id": "acc", "device": "d", "base_seq": 0} if table is room_update else {}
    values = [dict(zip(_ROOM, row, strict=True)) | own for row in rows]
    studio.band.city.api.runtime.units.run(CALL, lambda work: work.connection.execute(sa.insert(table), values))


def _seen(studio: Studio, project: str, look: Callable[[RegisterDocument | None], object]) -> list[object]:
    def read(work: UnitOfWork) -> list[object]:
        return [look(document) for document in RoomDocuments().states_of(work, project)]

    return studio.band.city.api.runtime.units.run(CALL, read)


def _names(document: RegisterDocument | None) -> str | None:
    return None if document is None else "".join(blobs_named(document))


def test_every_snapshot_and_the_newest_document_are_seen_in_their_order(studio: Studio) -> None:
    project, other = studio.band.project(), studio.band.project()
    document, kept, log = RegisterDocument(), [], []
    for seq, hash_ in enumerate("abcdef", start=1):
        log.append((project, 1, seq, _sound(document, hash_)))
        if seq in (2, 4):
            kept.append((project, 1, seq, document.encode()))
    unsquashed = _sound(RegisterDocument(), "g")
    _keep(studio, room_update, [*log, (project, 2, 1, unsquashed), (other, 1, 1, b"no update")])
    _keep(studio, room_snapshot, kept)
    assert _seen(studio, project, _names) == ["b", "d", "f", "g"]
    assert _seen(studio, other, _names) == [None]
    assert _seen(studio, "prj_none", _names) == []


def test_what_is_unknown_or_cannot_be_read_needs_everything() -> None:
    document = RegisterDocument()
    assert names_in([document]) == frozenset()
    assert names_in([document, None]) is None
    assert names_in([]) is None


def test_a_room_of_many_large_snapshots_is_never_in_memory_at_once(studio: Studio) -> None:
    project, document = studio.band.project(), RegisterDocument()
    for seq in range(1, 31):
        noise = random.Random(seq).randbytes(_LARGE)
        document.write({("plug", "eq.st"): (f"hash{seq}", noise, "1")}, "me:1")
        _keep(studio, room_snapshot, [(project, 1, seq, document.encode())])
    tracemalloc.start()
    try:
        names = _seen(studio, project, _names)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert names == [f"hash{seq}" for seq in range(1, 31)]
    assert peak < 8 * _LARGE, "30 of them are there"


@pytest.mark.parametrize("what", ["rooms", "tables"])
def test_rows_come_through_a_cursor_of_the_database(studio: Studio, what: str) -> None:
    project = studio.band.project()
    _keep(studio, room_update, [(project, epoch, 1, _sound(RegisterDocument(), "a")) for epoch in (1, 2)])
    open_cursors = sa.text("SELECT count(*) FROM pg_cursors")
    (audit,) = [entry for entry in REGISTER if entry.table == "audit_entry"]

    def read(work: UnitOfWork) -> list[int]:
        rooms, found = RoomDocuments().states_of(work, project), []
        rows = rooms if what == "rooms" else _rows(work, audit, studio.band.ids["owner"])
        for go_on in (lambda: next(rows), rows.close):
            go_on()
            found.append(int(work.connection.execute(open_cursors).scalar_one()))
        return found

    assert studio.band.city.api.runtime.units.run(CALL, read) == [1, 0]


def test_a_copy_of_a_long_list_is_written_as_it_is_read_a_table_a_transaction(studio: Studio) -> None:
    studio.band.project(), studio.band.project()
    account, rows = studio.band.ids["owner"], 6_000
    studio.band.city.execute(
        "INSERT INTO audit_entry (chain, seq, at, actor, action, resource, prev_hash, hash)"
        " SELECT 'long', n, now(), %(who)s, 'something.happened', repeat('x', 200) || n, '', ''"
        " FROM generate_series(1, %(rows)s) AS n",
        who=f"user:{account}",
        rows=rows,
    )
    runtime = studio.band.city.api.runtime
    units = _Counted(runtime.database)
    archive_of(units, CALL, account)  # what is imported and compiled once
    units.count = 0
    tracemalloc.start()
    try:
        copy = archive_of(units, CALL, account)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        entries = json.loads(archive.read("audit_entry.json"))
        assert len(entries) >= rows
        assert f"{len(entries)} rows" in archive.read("index.html").decode()
    assert peak < 2_000_000, "the rows are 6 MB"
    assert units.count > 30, "one unit is a long one"
