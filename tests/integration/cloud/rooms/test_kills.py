"""SIGKILL whenever it hurts: an API process between acks, its database, a client between writing and sending.

Nothing that was acknowledged is lost, nothing is in the log twice, and the document is what the model of intents says.
"""

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from websockets.exceptions import ConnectionClosed

from cloud.foundation.calls import system_call
from cloud.foundation.database import Database
from cloud.foundation.embedded_postgres.account import database_account
from cloud.foundation.embedded_postgres.cluster import owner_url_of_running
from cloud.foundation.embedded_postgres.layout import prepare
from cloud.foundation.unit_of_work import Units
from cloud.projects.contracts import TicketWish
from cloud.projects.operations.open_ticket import open_local_ticket
from tests.integration.cloud.conftest import TestDatabase
from tests.integration.cloud.rooms.clients import Client
from tests.integration.cloud.rooms.intents import hash_of, replayed
from tests.integration.cloud.serving import Served

_ROOM = "song"
_FEED = "SELECT key, lost_seq, won_seq FROM room_overwritten"
_LOG = "SELECT seq, data FROM room_update ORDER BY seq"
_HARD = [pytest.mark.full, pytest.mark.timeout(3_000)]


def _ticket(owner: str) -> str:
    database = Database(owner, pool_size=2)
    wish = TicketWish("d", lasts=timedelta(hours=10))
    ticket = Units(database).run(system_call("test"), lambda work: open_local_ticket(work, _ROOM, wish))[1]
    database.close()
    return ticket


class Players:
    """Two who write to the same registers, and what they were told is durable."""

    def __init__(self, ticket: str, seed: int) -> None:
        self.ticket, self.source = ticket, random.Random(seed)
        self.clients = [Client("") for _ in range(2)]
        self.acknowledged: dict[bytes, int] = {}

    def live(self, url: str, kill: Callable[[], None]) -> None:
        """Come in, send what is unsent, write on until so many edits are acknowledged; kill, and hear the last acks."""
        for client in self.clients:
            client.address = f"{url.replace('http', 'ws')}/v1/rooms/{_ROOM}?ticket={self.ticket}"
            client.connect().sync()
        self._write(self.source.randrange(5, 20))
        first, enough = self.clients[0], self.source.randrange(1, 12)
        before = len(first.acks)
        with contextlib.suppress(ConnectionClosed):
            first.until(lambda: len(first.acks) >= before + min(enough, len(first.unsent)) or not first.unsent)
        kill()
        for client in self.clients:
            with contextlib.suppress(ConnectionClosed):
                client.until(lambda: False)
            client._wire = None
            self._write(2, client)  # nobody hears this before the next time
        self._note()

    def settle(self, url: str) -> str:
        """Come in once more and wait until everything is acknowledged; return the hash of what both then have."""
        for client in self.clients:
            client.address = f"{url.replace('http', 'ws')}/v1/rooms/{_ROOM}?ticket={self.ticket}"
            client.connect().sync()
            client.until(lambda client=client: not client.unsent)
        for client in self.clients:
            client.until(lambda client=client: client.seen >= max(one.seen for one in self.clients))
            client.end()
        self._note()
        hashes = {hash_of(client.clips()) for client in self.clients}
        assert len(hashes) == 1
        return hashes.pop()

    def check(self, rows: Callable[[str], list[tuple]], seen: str) -> None:
        """Compare with the log and with the model."""
        log = [(seq, bytes(data)) for seq, data in rows(_LOG)]
        found = {data: seq for seq, data in log}
        for update, seq in self.acknowledged.items():
            assert update in found, "something that was acknowledged is lost"
            assert seq in (0, found[update])
        written = [edit for client in self.clients for edit in client.written]
        assert seen == hash_of(replayed(written, log, rows(_FEED)))

    def _write(self, number: int, client: Client | None = None) -> None:
        for turn in range(number):
            key = f"k{self.source.randrange(6)}_p"
            (client or self.clients[turn % 2]).write(wait=False, **{key: self.source.randrange(1_000_000)})

    def _note(self) -> None:
        for client in self.clients:
            for edit in client.written:
                if edit.reference in client.acks:
                    self.acknowledged.setdefault(edit.update, client.acks[edit.reference])


@pytest.mark.full
@pytest.mark.timeout(3_000)
@pytest.mark.parametrize("kills", [100])
def test_an_api_process_that_is_killed_between_acks(
    serve: Callable[..., Served], shared: dict[str, str], database: TestDatabase, kills: int
) -> None:
    players = Players(_ticket(database.owner), kills)
    api = shared | {"MAXBOOSTER_CLOUD_ROLES": "api"}
    for _ in range(kills):
        served = serve("serve", "--port", 0, **api)
        players.live(served.url, lambda served=served: _kill(served.process.pid))
        served.process.wait()
        with psycopg.connect(database.owner, autocommit=True) as connection:  # as if its lease had ended
            connection.execute("UPDATE room SET leased_until = now() - interval '1 second'")
    seen = players.settle(serve("serve", "--port", 0, **api).url)
    with psycopg.connect(database.owner) as connection:
        players.check(lambda query: connection.execute(query).fetchall(), seen)


@pytest.mark.full
@pytest.mark.timeout(3_000)
@pytest.mark.parametrize("kills", [20])
def test_a_database_that_is_killed_in_the_midst_of_commits(
    serve: Callable[..., Served], tmp_path: Path, kills: int
) -> None:
    data, ticket = tmp_path / "data", ""
    players: Players | None = None
    for _ in range(kills):
        served = serve("serve", "--port", 0, "--data", data)
        owner = owner_url_of_running(data)
        assert owner is not None
        ticket = ticket or _ticket(owner)
        players = players or Players(ticket, 20)
        place = prepare(data, database_account())
        postmaster = int((place.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        players.live(served.url, lambda pid=postmaster: _kill(pid))
        assert served.process.wait(60) == 2
    assert players is not None
    seen = players.settle(serve("serve", "--port", 0, "--data", data).url)
    owner = owner_url_of_running(data)
    assert owner is not None
    with psycopg.connect(owner) as connection:
        players.check(lambda query: connection.execute(query).fetchall(), seen)


@pytest.mark.parametrize("kills", [10, pytest.param(200, marks=_HARD)])
def test_a_client_that_is_killed_between_writing_and_the_ack(start_stage, kills: int) -> None:
    stage = start_stage(squash_rows=20)
    source = random.Random(kills)
    ann, ben = stage.client("ann"), stage.inside("ben")
    acknowledged: dict[bytes, int] = {}
    for turn in range(kills):
        ann.connect().sync()
        ben.write(**{f"k{turn % 4}_p": f"ben {turn}"})
        for number in range(source.randrange(1, 6)):
            ann.write(wait=False, **{f"k{number}_p": f"{turn}.{number}"})
        for _ in range(source.randrange(4)):
            with contextlib.suppress(TimeoutError):
                ann.read(0.05)
        ann.kill()  # what it wrote is in its own store: `unsent` is what that still has
        ann.write(**{f"k{turn % 3}_p": f"{turn}, never sent"})
        acknowledged |= {edit.update: ann.acks[edit.reference] for edit in ann.written if edit.reference in ann.acks}
    ann.connect().sync()
    ann.until(lambda: not ann.unsent)
    head = max(ann.seen, ben.seen)
    for client in (ann, ben):
        client.until(lambda client=client: client.seen >= head)
    log = stage.band.city.rows(_LOG)
    assert {update for update, seq in acknowledged.items() if seq} <= {bytes(data) for _, data in log}
    model = replayed([*ann.written, *ben.written], log, stage.band.city.rows(_FEED))
    assert hash_of(ann.clips()) == hash_of(ben.clips()) == hash_of(model)


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.01)
