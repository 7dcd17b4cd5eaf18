"""Erasing somebody: nothing they left is found anywhere, what others need stays, and a backup brings nobody back."""

import logging
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from cloud import app
from cloud.compliance.erasing import ErasureIncompleteError, _require_nothing_left, erase_again
from cloud.compliance.tombstones import Tombstones, TombstonesError
from cloud.foundation.audit.verifying import verify
from cloud.foundation.clock import SystemClock
from cloud.foundation.migrations.upgrading import upgrade
from cloud.ops import backup, maintenance
from cloud.ops.drain import Drain
from sync.document.authorship import ROOT
from sync.document.register_document import RegisterDocument
from tests.integration.cloud.compliance.plants import PLANTS, Traces
from tests.integration.cloud.conftest import fresh_database
from tests.integration.cloud.identity.people import City

_NOT_OURS = ("urllib3.connectionpool", "uvicorn.access")


@pytest.fixture
def city(start_city: Callable[..., City]) -> City:
    return start_city(trusted_proxies=frozenset({"127.0.0.0/8"}))


def _erase(city: City, traces: Traces, run_kind: Callable[[str], None]) -> None:
    assert traces.person.send("POST", "/v1/account/deletion").status_code == 200
    city.run_jobs()
    city.advance(days=14)
    run_kind("identity.erase")
    city.advance(days=1, minutes=1)
    city.execute("UPDATE job SET run_at = now() WHERE kind = 'compliance.clear'")
    city.run_jobs()
    for kind in ("blobs.collect", "blobs.forget", "compliance.keep", "ops.forget"):
        run_kind(kind)


def test_nothing_is_found_of_somebody_who_was_erased(
    city: City, run_kind: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    traces = Traces.left(city)
    assert traces.in_database() == set(PLANTS) - {"sound"}
    assert traces.in_files() >= {"e-mail", "address to be", "sound"}
    maintenance.anchor_now(city.api.runtime)
    _erase(city, traces, run_kind)
    assert traces.in_database() == set()
    assert traces.in_files() <= {"address to be"}  # a wish that was forgotten after an hour, and its mail after a month
    city.advance(days=30)
    run_kind("compliance.keep")
    assert traces.in_files() == set()
    # The server's line for each request is switched off where the cloud is served.
    said = [record.getMessage() + str(record.__dict__) for record in caplog.records if record.name not in _NOT_OURS]
    assert len(said) > 20
    assert traces.found_in("".join(said).encode()) == set()
    with city.api.runtime.database.connection() as connection:
        assert verify(connection, maintenance.anchor_file(city.api.runtime).read()) == []
    assert city.rows("SELECT state FROM job WHERE kind = 'compliance.clear'") == [("done",)]
    assert len(city.audited("account.erased")) == 1


def test_what_is_shared_stays_with_those_who_are_left(city: City, run_kind: Callable[[str], None]) -> None:
    traces = Traces.left(city)
    _erase(city, traces, run_kind)
    traces.friend.sign_in()
    (project,) = traces.friend.send("GET", "/v1/projects").json()["items"]
    assert (project["id"], project["name"], project["role"]) == (traces.shared, "Our song", "owner")
    assert traces.friend.send("GET", f"/v1/projects/{traces.alone}").status_code == 404
    ((epoch, head, data),) = city.rows(
        "SELECT room.epoch, head_seq, data FROM room JOIN room_snapshot USING (project_id, epoch)"
    )
    document = RegisterDocument()
    document.load(bytes(data))
    comments = dict(document.items(ROOT))
    assert (epoch, head, city.rows("SELECT count(*) FROM room_update")) == (2, 0, [(0,)])
    assert comments["c1.c"] == ("", "A former member", 960, None, None, "(removed)")
    assert comments["c2.c"][5] == "as loud as you like"
    assert (comments["c1.done"], comments["c2.re"], "c3.c" in comments) == (False, "c1", False)
    assert dict(document.items("clips")) == {"a.p": 1}
    ((stand_in,),) = city.rows("SELECT stand_in FROM erasure")
    assert city.rows("SELECT root, lost_account, won_account, won_device FROM room_overwritten") == [
        ("clips", "friend", stand_in, "")
    ]
    assert city.rows("SELECT created_by FROM project_invitation") == [(stand_in,)]


def test_a_document_without_words_of_theirs_keeps_its_history(city: City, run_kind: Callable[[str], None]) -> None:
    traces = Traces.left(city)
    city.execute("DELETE FROM room_update WHERE seq <> 2")
    city.execute("UPDATE room_update SET seq = 1")
    city.execute("UPDATE room SET head_seq = 1")
    _erase(city, traces, run_kind)
    ((stand_in,),) = city.rows("SELECT stand_in FROM erasure")
    assert city.rows("SELECT epoch, account_id, device FROM room_update") == [(1, stand_in, "")]


def test_what_names_somebody_still_fails_the_check(city: City) -> None:
    member = city.member()
    account_id = member.account().json()["id"]
    with (
        city.api.runtime.database.connection() as connection,
        pytest.raises(ErasureIncompleteError, match=r"account\.id"),
    ):
        _require_nothing_left(connection, account_id)


def test_a_backup_brings_nobody_back(city: City, run_kind: Callable[[str], None], tmp_path: Path, postgres) -> None:
    traces, kept = Traces.left(city), tmp_path / "backup"
    backup.back_up(city.database.owner, kept)
    _erase(city, traces, run_kind)
    settings = city.api.runtime.settings
    with fresh_database(postgres) as empty:
        backup.restore(empty.owner, kept)
        upgrade(empty.owner, empty.app)
        before = Traces(_Elsewhere(empty, city.api), traces.person, traces.friend)
        assert "e-mail" in before.in_database()
        runtime, _ = app.build(settings, empty.app, Drain())
        try:
            assert erase_again(runtime) == 1
            assert erase_again(runtime) == 0
        finally:
            runtime.database.close()
        assert before.in_database() <= {"sound"}


class _Elsewhere:
    """Another database, as far as traces look at it."""

    def __init__(self, database, api) -> None:
        self.database, self.api = database, api


def test_tombstones_outlive_a_torn_line_and_refuse_foreign_ones(tmp_path: Path) -> None:
    noted = Tombstones(tmp_path / "data")
    assert noted.read() == []
    for name in ("acc_1", "acc_2", "acc_1"):
        noted.append(name, SystemClock().now())
    file = tmp_path / "data" / "erasures.jsonl"
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text(file.read_text(encoding="utf-8") + '{"account": "acc', encoding="utf-8")
    assert noted.read() == ["acc_1", "acc_2"]
    noted.append("acc_3", SystemClock().now())
    assert noted.read() == ["acc_1", "acc_2", "acc_3"], "what comes after a torn line counts"
    file.write_text("[1]\n", encoding="utf-8")
    with pytest.raises(TombstonesError, match="mend it"):
        noted.read()


def test_an_erasure_that_cannot_be_finished_changes_nothing(city: City, run_kind, expected_log) -> None:
    expected_log("job failed")
    traces = Traces.left(city)
    traces.person.send("POST", "/v1/account/deletion")
    city.run_jobs()
    before = traces.in_database()

    def fail(_connection: object, _account_id: str) -> None:
        raise LookupError("a domain cannot")

    city.api.runtime.erasers.register(fail)
    city.advance(days=14)
    run_kind("identity.erase")
    assert traces.in_database() == before


def test_one_that_cannot_be_erased_keeps_no_other_here(city: City, run_kind, expected_log) -> None:
    expected_log("job failed")
    people = [city.member(name) for name in ("one", "two", "three")]
    for person in people:
        assert person.send("POST", "/v1/account/deletion").status_code == 200
    city.run_jobs()
    asked: list[str] = []

    def fail_the_first(_connection: object, account_id: str) -> None:
        asked.append(account_id)
        if account_id == asked[0]:
            raise LookupError("a domain cannot")

    city.api.runtime.erasers.register(fail_the_first)
    city.advance(days=14)
    run_kind("identity.erase")
    assert len(set(asked)) == 3
    with psycopg.connect(city.database.superuser) as connection:
        states = dict(connection.execute("SELECT id, state FROM account").fetchall())
    assert [account for account in asked if account in states] == [asked[0]], states
