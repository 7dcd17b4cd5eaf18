"""Drafts over real HTTP: each operation once, in order, answered for good; the feed; single drafts; what is refused."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest

from cloud.drafts.operations.apply_operations import apply_operations
from cloud.drafts.ports import BusyError
from cloud.drafts.ports import Desk as ServerDesk
from cloud.drafts.rules import DeclaredRules, declared_rules
from cloud.drafts.store import PostgresDrafts
from cloud.foundation.calls import system_call
from cloud.foundation.clock import FixedClock, SystemClock
from cloud.foundation.job_worker import Worker
from cloud.foundation.unit_of_work import UnitOfWork
from sync.protocol import kinds
from sync.protocol.kinds import SCHEMA_VERSION
from sync.protocol.operations import Batch, Operation
from tests.integration.cloud.conftest import TestDatabase
from tests.integration.cloud.drafts.conftest import Desk, release


@pytest.fixture
def client(desk: Desk) -> str:
    """Return a registered client of the owner's."""
    assert desk.register("owner", "cli").json()["last_seq"] == 0
    return "cli"


def test_operations_are_done_once_and_their_answers_are_kept(desk: Desk, client: str) -> None:
    first = {**release(title="One", newer={"a": [1]}), "op_id": "first", "seq": 1}
    second = {**release(base_version=1, title="Two"), "op_id": "second", "seq": 2}
    assert [answer["version"] for answer in desk.answers("owner", client, first, second)] == [1, 2]
    again = desk.answers("owner", client, first, second, {**release(base_version=2, title="Three"), "seq": 3})
    assert [(answer["outcome"], answer["is_duplicate"]) for answer in again] == [
        ("applied", True),
        ("applied", True),
        ("applied", False),
    ]
    draft = desk.send("owner", "GET", "/v1/drafts/release/rel1").json()
    assert (draft["version"], draft["values"]) == (3, {"title": "Three", "newer": {"a": [1]}})


def test_a_gap_and_a_foreign_number_are_refused_and_nothing_is_done(desk: Desk, client: str) -> None:
    desk.answers("owner", client, {**release(title="One"), "seq": 1})
    for operations in ([{**release("rel2"), "seq": 3}], [{**release("rel2"), "seq": 1}]):
        reply = desk.push("owner", client, *operations)
        assert (reply.status_code, reply.json()["last_seq"]) == (409, 1)
        assert reply.json()["type"].endswith("sync-sequence-broken")
    mixed = desk.push("owner", client, {**release("rel2"), "seq": 2}, {**release("rel3"), "seq": 4})
    assert mixed.status_code == 409
    assert [draft["id"] for draft in desk.changes("owner")["drafts"]] == ["rel1"]


def test_an_operation_is_known_under_a_new_number_and_from_another_client(desk: Desk, client: str) -> None:
    operation = {**release(title="One"), "op_id": "known"}
    desk.answers("owner", client, operation)
    (again,) = desk.answers("owner", client, operation)
    desk.register("owner", "restored")
    (elsewhere,) = desk.answers("owner", "restored", operation)
    assert [(one["is_duplicate"], one["version"]) for one in (again, elsewhere)] == [(True, 1), (True, 1)]
    (after,) = desk.answers("owner", client, release(base_version=1, title="Two"))
    assert after["version"] == 2


def test_whoever_comes_late_is_told_what_the_draft_is(desk: Desk, client: str) -> None:
    desk.answers("owner", client, release(title="One", price={"amount": 1, "currency": "EUR"}))
    late = {**release(title="Late"), "op_id": "late"}
    (conflict,) = desk.answers("owner", client, late)
    assert (conflict["outcome"], conflict["current"]["version"]) == ("conflict", 1)
    assert conflict["guarded"] == ["price", "splits"]
    desk.answers("owner", client, release(base_version=1, title="Two"))
    (again,) = desk.answers("owner", client, late)
    assert (again["is_duplicate"], again["current"]["values"]["title"]) == (True, "Two")
    (gone,) = desk.answers("owner", client, release("never", 4, title="x"))
    assert (gone["current"]["is_removed"], gone["current"]["version"]) == (True, 0)


@pytest.mark.parametrize(
    ("operation", "field"),
    [
        (release(title=7), "title"),
        (release(price={"amount": 1.5, "currency": "EUR"}), "price"),
        (release(price={"amount": 15, "currency": "euro"}), "price"),
        (release(splits=[{"party": "Ada", "share": 6000}, {"party": "Bob", "share": 5000}]), "splits"),
        (release(release_date="2026-02-30"), "release_date"),
        (release(status="delivered"), "status"),
        (release(newer="\0"), None),
        (release(newer="\ud800"), None),
        (release(newer=[[[[[[[[[1]]]]]]]]]), None),
        (release(newer="x" * 64_000), None),
        ({"kind": "poem", "draft_id": "p", "patch": {}}, None),
        ({"kind": "release", "draft_id": "none", "patch": None}, None),
    ],
)
def test_what_can_never_be_is_counted_and_kept_for_its_owner(
    desk: Desk, client: str, operation: dict[str, object], field: str | None
) -> None:
    rejected, after = desk.answers("owner", client, operation, release("other", title="Fine"))
    assert (rejected["outcome"], rejected.get("field"), after["outcome"]) == ("rejected", field, "applied")
    (letter,) = desk.send("owner", "GET", "/v1/sync/dead-letters").json()["items"]
    assert (letter["reason"], letter["field"], letter["seq"]) == (rejected["reason"], field, 1)
    wanted = operation["patch"]
    assert letter["patch"] == wanted or "as_text" in letter["patch"]
    (shown,) = desk.send("operator", "GET", "/v1/ops/dead-letters").json()["items"]
    assert {**shown, "patch": None} == {**letter, "patch": None}
    assert shown["patch"] is None


def test_dead_letters_come_in_pages(desk: Desk, client: str) -> None:
    desk.answers("owner", client, *(release(f"rel{number}", title=number) for number in range(5)))
    seen, cursor = [], ""
    while cursor is not None:
        path = f"/v1/sync/dead-letters?limit=2{cursor and f'&cursor={cursor}'}"
        page = desk.send("owner", "GET", path).json()
        seen += [item["draft_id"] for item in page["items"]]
        cursor = page["next"]
    assert sorted(seen) == [f"rel{number}" for number in range(5)]
    assert desk.send("operator", "GET", "/v1/ops/dead-letters?limit=1").json()["next"]


def test_a_domain_s_own_rules_are_asked(desk: Desk, client: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise BusyError(7.0)

    with monkeypatch.context() as patch:
        patch.setattr(DeclaredRules, "refusal", busy)
        operation = {**release(title="One"), "op_id": "later", "seq": 1}
        (answer,) = desk.answers("owner", client, operation)
        assert (answer["outcome"], answer["after_s"]) == ("retry", 7.0)
        put = desk.send("owner", "PUT", "/v1/drafts/release/x", {"values": {}}, If_None_Match="*")
        assert (put.status_code, put.headers["Retry-After"]) == (503, "7")
    (repeated,) = desk.answers("owner", client, operation)
    assert (repeated["outcome"], repeated["is_duplicate"]) == ("retry", True)
    (done,) = desk.answers("owner", client, {**operation, "seq": 2})
    assert (done["outcome"], done["is_duplicate"]) == ("applied", False)


def test_versions_of_the_schema(desk: Desk, client: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "SCHEMA_VERSION", 4)
    statuses = {}
    for version in range(1, 6):
        reply = desk.push("owner", client, release(f"rel{version}"), schema_version=version)
        read = desk.send("owner", "GET", f"/v1/sync/changes?schema_version={version}")
        statuses[version] = (reply.status_code, read.status_code)
        if reply.status_code == 409:
            desk.numbers[client] -= 1
            assert reply.json()["type"].endswith("version-not-supported")
            assert (reply.json()["oldest"], reply.json()["newest"]) == (2, 4)
    assert statuses == {1: (409, 409), 2: (200, 200), 3: (200, 200), 4: (200, 200), 5: (409, 409)}


def test_single_drafts_have_etags(desk: Desk) -> None:
    path = "/v1/drafts/listing/beat"
    assert desk.send("owner", "PUT", path, {"values": {}}).status_code == 404
    made = desk.send("owner", "PUT", path, {"values": {"title": "Beat", "newer": 1}}, If_None_Match="*")
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    taken = desk.send("owner", "PUT", path, {"values": {}}, If_None_Match="*")
    assert (taken.status_code, taken.json()["current"]["values"]["title"]) == (412, "Beat")
    assert desk.send("owner", "PUT", path, {"values": {}}).status_code == 428
    changed = desk.send("owner", "PUT", path, {"values": {"title": "New"}}, If_Match='"1"')
    assert (changed.status_code, changed.headers["ETag"], changed.json()["values"]) == (200, '"2"', {"title": "New"})
    late = desk.send("owner", "PUT", path, {"values": {}}, If_Match='"1"')
    assert (late.status_code, late.headers["ETag"], late.json()["current"]) == (412, '"2"', changed.json())
    bad = desk.send("owner", "PUT", path, {"values": {"tempo_bpm": 0}}, If_Match='"2"')
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/body/values/tempo_bpm")
    assert desk.send("owner", "GET", "/v1/drafts/release/beat").status_code == 404
    assert desk.send("owner", "DELETE", path, If_Match='"1"').status_code == 412
    assert desk.send("owner", "DELETE", path, If_Match='"2"').json()["is_removed"] is True
    assert desk.send("owner", "GET", path).status_code == 404


def test_the_feed_tells_every_change_and_removal_once(desk: Desk, client: str) -> None:
    desk.answers("owner", client, *(release(f"rel{number}", title="x") for number in range(5)))
    parts = [desk.changes("owner", None, 2)]
    desk.answers("owner", client, release("rel0", 1, title="y"), {**release("rel1", 2), "patch": None})
    while not parts[-1]["is_whole"]:
        parts.append(desk.changes("owner", parts[-1]["cursor"], 2))
    state = {draft["id"]: (draft["version"], draft["is_removed"]) for part in parts for draft in part["drafts"]}
    assert state == {"rel0": (6, False), "rel1": (7, True), **{f"rel{n}": (n + 1, False) for n in (2, 3, 4)}}
    nothing = desk.changes("owner", parts[-1]["cursor"])
    assert (nothing["drafts"], nothing["is_whole"], nothing["must_refetch"]) == ([], True, False)
    assert {draft["id"] for draft in desk.changes("owner")["drafts"]} == {"rel0", "rel2", "rel3", "rel4"}


def test_after_ninety_days_removals_are_forgotten_and_a_late_reader_begins_again(desk: Desk, client: str) -> None:
    units = desk.api.runtime.units
    units.clock = clock = FixedClock(SystemClock().now())
    desk.answers("owner", client, release("gone"), release("kept"))
    early = desk.changes("owner")["cursor"]
    desk.answers("owner", client, {**release("gone", 1), "patch": None})
    late = desk.changes("owner")["cursor"]
    for days, is_too_old in ((89, False), (2, True)):
        clock.advance(timedelta(days=days))
        units.run(system_call("test"), lambda work: work.jobs.enqueue("drafts.forget", {}))
        worker = Worker(units, desk.api.runtime.kinds, {}, 1)
        while worker._run_next() == 0:
            pass
        assert desk.changes("owner", early)["must_refetch"] is is_too_old
        assert desk.changes("owner", late)["must_refetch"] is False
    whole = desk.changes("owner", None, 1)
    assert (whole["must_refetch"], [draft["id"] for draft in whole["drafts"]]) == (False, ["kept"])
    assert desk.changes("owner", "AAAA")["must_refetch"] is True
    assert desk.changes("stranger", late)["must_refetch"] is True


def test_a_part_of_a_fresh_reading_is_never_too_old(desk: Desk, client: str) -> None:
    desk.answers("owner", client, release("gone"), release("a"), release("b"))
    desk.answers("owner", client, {**release("gone", 1), "patch": None})
    units = desk.api.runtime.units
    units.clock = FixedClock(SystemClock().now() + timedelta(days=91))
    units.run(system_call("test"), lambda work: work.jobs.enqueue("drafts.forget", {}))
    worker = Worker(units, desk.api.runtime.kinds, {}, 1)
    while worker._run_next() == 0:
        pass
    first = desk.changes("owner", None, 1)
    second = desk.changes("owner", first["cursor"], 1)
    assert [first["drafts"][0]["id"], second["drafts"][0]["id"], second["is_whole"]] == ["a", "b", True]


def test_answers_that_a_client_has_kept_are_forgotten_after_thirty_days(
    desk: Desk, client: str, database: TestDatabase
) -> None:
    units = desk.api.runtime.units
    desk.answers("owner", client, release("a"), release("b", title=1), release("c"))
    desk.push("owner", client, release("d"), acknowledged=2)
    units.clock = FixedClock(SystemClock().now() + timedelta(days=31))
    units.run(system_call("test"), lambda work: work.jobs.enqueue("drafts.forget", {}))
    worker = Worker(units, desk.api.runtime.kinds, {}, 1)
    while worker._run_next() == 0:
        pass
    with psycopg.connect(database.owner) as connection:
        kept = connection.execute("SELECT seq FROM draft_operation ORDER BY seq").fetchall()
    assert kept == [(2,), (3,), (4,)]


def test_clients_are_an_account_s(desk: Desk, client: str) -> None:
    renamed = desk.send("owner", "PUT", f"/v1/sync/clients/{client}", {"label": "Laptop"})
    assert (renamed.status_code, renamed.json()["label"]) == (200, "Laptop")
    assert desk.register("stranger", client).status_code == 404
    assert desk.push("stranger", client, release()).json()["type"].endswith("sync-client-unknown")
    assert desk.push("owner", "nobody", release()).json()["type"].endswith("sync-client-unknown")
    assert [one["id"] for one in desk.send("owner", "GET", "/v1/sync/clients").json()["items"]] == [client]


def test_a_client_that_is_gone_is_removed_and_makes_room(desk: Desk, client: str) -> None:
    operation = {**release(title="One"), "op_id": "known"}
    desk.answers("owner", client, operation, release("dead", status="delivered"))
    for number in range(99):
        assert desk.register("owner", f"c{number}").status_code == 200
    full = desk.register("owner", "new")
    assert (full.status_code, "remove one that is gone" in full.json()["detail"]) == (409, True)
    path = f"/v1/sync/clients/{client}"
    assert desk.send("stranger", "DELETE", path).status_code == 404
    removed = desk.send("owner", "DELETE", path)
    assert (removed.status_code, removed.json()["id"]) == (200, client)
    assert desk.send("owner", "DELETE", path).status_code == 404
    # Its name is not taken again, as its numbers are; its answers and what it could not do stay.
    assert desk.register("owner", client).json()["type"].endswith("sync-client-unknown")
    assert desk.push("owner", client, release("rel2")).json()["type"].endswith("sync-client-unknown")
    assert desk.register("owner", "new").status_code == 200
    (again,) = desk.answers("owner", "new", operation)
    assert (again["outcome"], again["is_duplicate"], again["version"]) == ("applied", True, 1)
    letters = desk.send("owner", "GET", "/v1/sync/dead-letters").json()["items"]
    assert [letter["draft_id"] for letter in letters] == ["dead"]


def test_a_slow_writer_that_commits_last_is_missed_by_no_reader(desk: Desk, client: str) -> None:
    """The slow one has its number first; the fast one waits for it, so no reader sees a later number earlier."""
    desk.register("owner", "fast")
    units, inside, go_on = desk.api.runtime.units, threading.Event(), threading.Event()
    slow_batch = Batch("cli", SCHEMA_VERSION, 0, [Operation(1, "slow", "release", "slow", 0, {})])

    def slow(work: UnitOfWork) -> None:
        apply_operations(_desk_of(work), slow_batch)
        inside.set()
        assert go_on.wait(20)

    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(units.run, system_call("slow"), slow)
        assert inside.wait(20)
        fast = pool.submit(desk.answers, "owner", "fast", release("fast"))
        other = desk.send("stranger", "PUT", "/v1/drafts/release/x", {"values": {}}, If_None_Match="*")
        early = desk.changes("owner")
        waits = not fast.done()
        go_on.set()
        writing.result()
        assert fast.result()[0]["outcome"] == "applied"
    assert (other.status_code, early["drafts"], waits) == (201, [], True)
    assert [draft["id"] for draft in desk.changes("owner", early["cursor"])["drafts"]] == ["slow", "fast"]


def _desk_of(work: UnitOfWork) -> ServerDesk:
    return ServerDesk(PostgresDrafts(work.connection), declared_rules(), work.clock.now(), "acc_owner")


def test_many_writers_and_a_reader(desk: Desk) -> None:
    """Four clients write at once while one reads on: it sees every draft, and never one behind its cursor."""

    def write(number: int) -> None:
        desk.register("owner", f"c{number}")
        for one in range(5):
            desk.answers("owner", f"c{number}", release(f"d{number}-{one}"))

    seen, cursor, ends = [], None, False
    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, number) for number in range(4)]
        while not ends:
            ends = all(writer.done() for writer in writers)
            part = desk.changes("owner", cursor)
            seen += [draft["id"] for draft in part["drafts"]]
            cursor = part["cursor"]
        for writer in writers:
            writer.result()
    assert sorted(seen) == sorted(f"d{number}-{one}" for number in range(4) for one in range(5))
