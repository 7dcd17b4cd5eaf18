"""The audit's chains: no gaps whoever writes, both change and entry or neither, and every tampering found."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from cloud.foundation.audit.anchoring import AnchorFile, ForgedAnchorError
from cloud.foundation.audit.chain import NotCanonicalError
from cloud.foundation.audit.verifying import Break, verify
from cloud.foundation.calls import Call, system_call
from cloud.foundation.clock import SystemClock
from cloud.foundation.database import Database
from cloud.foundation.principals import OPERATOR
from cloud.foundation.tables import audit_chain, audit_entry, inbox
from cloud.foundation.unit_of_work import UnitOfWork, Units
from tests.e2e.program import ROOT
from tests.integration.cloud.conftest import TestDatabase

CALL = Call(OPERATOR, "req_1", peer="hash", session="s")
_WRITER = """
import sys
from cloud.foundation import messages
from cloud.foundation.calls import system_call
from cloud.foundation.database import Database
from cloud.foundation.unit_of_work import Units
units = Units(Database(sys.argv[1], pool_size=1))
def both(work, n):
    messages.receive(work.connection, sys.argv[2], str(n), {})
    work.audit.write("kept", f"message:{sys.argv[2]}:{n}")
for n in range(1_000_000):
    units.run(system_call("w"), lambda work: both(work, n))
    if n == 5:
        print("writes", flush=True)
"""


def _write(units: Units, number: int, chain: str = "platform") -> None:
    after = {"number": number, "text": "Größe 🎹 \u2028", "list": [1, None, True, {"deep": "x"}]}
    units.run(CALL, lambda work: work.audit.write("made", f"thing:{number}", after=after, chain=chain))


def _breaks(units: Units, anchors=()) -> list[Break]:
    return units.run(CALL, lambda work: verify(work.connection, anchors))


@pytest.fixture
def superuser(database: TestDatabase) -> Iterator[psycopg.Connection]:
    """Return a connection that may do everything, with the triggers off: the attacker."""
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


def test_thirty_two_writers_make_one_chain_without_gaps(database: TestDatabase) -> None:
    connections = Database(database.app, pool_size=32)
    units = Units(connections)

    def write(number: int) -> None:
        try:
            if number % 5 == 0:
                units.run(CALL, _undone)
            _write(units, number)
        except ValueError:
            _write(units, number)

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(write, range(320)))
    assert _breaks(units) == []
    numbers = sa.select(audit_entry.c.seq).order_by(audit_entry.c.seq)
    assert units.run(CALL, lambda work: list(work.connection.execute(numbers).scalars())) == list(range(1, 321))
    connections.close()


def _undone(work: UnitOfWork) -> None:
    work.audit.write("never", "thing:0")
    work.audit.flush()
    raise ValueError


def test_killed_writers_leave_change_and_entry_or_neither(units: Units, database: TestDatabase) -> None:
    for round_ in range(2):
        command = [sys.executable, "-c", _WRITER, database.app, f"round {round_}"]
        writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.05 + 0.07 * round_)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
    wanted = sa.select(inbox.c.source, inbox.c.message_id)
    changes = units.run(CALL, lambda work: {f"message:{a}:{b}" for a, b in work.connection.execute(wanted)})
    told = units.run(CALL, lambda work: set(work.connection.execute(sa.select(audit_entry.c.resource)).scalars()))
    assert changes == told
    assert len(told) > 3
    assert _breaks(units) == []


def test_the_application_can_only_add(units: Units, database: TestDatabase) -> None:
    _write(units, 1)
    for address, error in ((database.app, "permission denied"), (database.owner, "audit_entry is append-only")):
        for statement in ("UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"):
            with psycopg.connect(address) as connection, pytest.raises(psycopg.Error, match=error):
                connection.execute(statement)


_SWAP = """UPDATE audit_entry SET seq = CASE seq WHEN 2 THEN -6 ELSE -2 END WHERE seq IN (2, 6);
UPDATE audit_entry SET seq = -seq WHERE seq < 0"""


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE audit_entry SET actor = 'user:other' WHERE seq = 4", Break("platform", 4, "changed")),
        ("UPDATE audit_entry SET at = at + interval '1 us' WHERE seq = 7", Break("platform", 7, "changed")),
        (
            """UPDATE audit_entry SET after = jsonb_set(after, '{number}', '5') WHERE seq = 3""",
            Break("platform", 3, "changed"),
        ),
        ("UPDATE audit_entry SET hash = 'x' WHERE seq = 10", Break("platform", 10, "changed")),
        ("DELETE FROM audit_entry WHERE seq = 5", Break("platform", 5, "missing")),
        ("DELETE FROM audit_entry WHERE seq = 1 AND chain = 'platform'", Break("platform", 1, "missing")),
        (
            _SWAP,
            Break("platform", 2, "does not follow the entry before it"),
        ),
        (
            "DELETE FROM audit_entry WHERE seq > 8",
            Break("platform", 9, "missing: the head of the chain names another last entry"),
        ),
        (
            "DELETE FROM audit_chain WHERE chain = 'platform'",
            Break("platform", 11, "missing: the head of the chain names another last entry"),
        ),
    ],
)
def test_tampering_is_found_at_the_first_bad_entry(units: Units, superuser, tampering: str, found: Break) -> None:
    for number in range(1, 11):
        _write(units, number)
    _write(units, 1, chain="workspace")
    assert _breaks(units) == []
    for statement in tampering.split(";"):
        superuser.execute(statement)
    assert _breaks(units) == [found]


_CUT = """DELETE FROM audit_entry WHERE seq > 8;
UPDATE audit_chain SET seq = 8, head = (SELECT hash FROM audit_entry WHERE seq = 8)"""


def test_a_cut_end_with_a_mended_head_is_found_by_the_anchor(units: Units, superuser, tmp_path: Path) -> None:
    for number in range(1, 11):
        _write(units, number)
    anchors = AnchorFile(tmp_path / "anchors", b"key")
    units.run(CALL, lambda work: anchors.append(work.connection, SystemClock().now()))
    _write(units, 11)
    assert _breaks(units, anchors.read()) == []
    for statement in _CUT.split(";"):
        superuser.execute(statement)
    assert _breaks(units) == []
    assert _breaks(units, anchors.read()) == [Break("platform", 9, "missing: an anchor names a later entry")]


def test_a_chain_that_was_computed_anew_is_found_by_the_anchor(units: Units, superuser, tmp_path: Path) -> None:
    for number in range(1, 6):
        _write(units, number)
    anchors = AnchorFile(tmp_path / "anchors", b"key")
    units.run(CALL, lambda work: anchors.append(work.connection, SystemClock().now()))
    superuser.execute("DELETE FROM audit_entry; DELETE FROM audit_chain")
    for number in range(6, 12):
        _write(units, number)
    assert _breaks(units) == []
    assert _breaks(units, anchors.read()) == [Break("platform", 5, "not the entry that was anchored")]


def test_anchors_are_signed_and_a_torn_line_is_none(units: Units, tmp_path: Path) -> None:
    path = tmp_path / "anchors"
    _write(units, 1)
    units.run(CALL, lambda work: AnchorFile(path, b"key").append(work.connection, SystemClock().now()))
    path.write_text(path.read_text(encoding="utf-8") + '["platform", 2, "ab', encoding="utf-8")
    assert len(AnchorFile(path, b"key").read()) == 1
    units.run(CALL, lambda work: AnchorFile(path, b"key").append(work.connection, SystemClock().now()))
    assert len(AnchorFile(path, b"key").read()) == 2
    with pytest.raises(ForgedAnchorError, match=r"line 1 .* is not signed by us"):
        AnchorFile(path, b"other").read()


@pytest.mark.parametrize("value", [1.5, {"ä": 1}, object(), {1: 2}])
def test_what_has_no_single_form_is_refused(units: Units, value: object) -> None:
    with pytest.raises(NotCanonicalError):
        units.run(CALL, lambda work: work.audit.write("made", "thing", after={"value": value}))
    chains = sa.select(audit_chain)
    assert units.run(system_call("x"), lambda work: work.connection.execute(chains).all()) == []
