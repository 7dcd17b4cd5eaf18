"""The database is restarted while people write, register and read: nothing acknowledged is lost, all of it goes on.

A fast stop ends every connection with a word, an immediate one without, as a crash does.
"""

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
import requests
from websockets.exceptions import ConnectionClosed

from cloud.foundation.calls import system_call
from cloud.foundation.database import Database
from cloud.foundation.embedded_postgres import cluster, layout, programs
from cloud.foundation.embedded_postgres.account import Account, database_account
from cloud.foundation.settings import new_key
from cloud.foundation.unit_of_work import Units
from cloud.projects.contracts import TicketWish
from cloud.projects.operations.open_ticket import open_local_ticket
from tests.integration.cloud.rooms.clients import Client
from tests.integration.cloud.serving import Served

_SUBJECT = "Confirm"


@dataclass
class Server:
    """A PostgreSQL whose address stays the same over restarts."""

    place: layout.Layout
    found: programs.Programs
    account: Account | None
    sockets: Path

    def url(self, role: str) -> str:
        return f"postgresql://{role}@/maxbooster?host={self.sockets}"

    def start(self) -> None:
        self.control("-l", str(self.place.cluster / "start.log"), "start")

    def control(self, *words: str) -> None:
        command = [self.found.path("pg_ctl"), "-D", str(self.place.cluster), "-w", *words]
        cluster.run_program(command, self.place, self.account)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a PostgreSQL of our own, as somebody else's would be: no watchdog, and whoever likes restarts it."""
    account = database_account()
    place = layout.prepare(tmp_path_factory.mktemp("restarted"), account)
    found = programs.reachable(programs.NEWEST_MAJOR, account, place.home)
    cluster.make_cluster(place, found, account)
    made = Server(place, found, account, layout.new_socket_folder(place, account))
    settings = place.cluster / "postgresql.conf"
    settings.write_text(cluster._SETTINGS.format(socket_folder=made.sockets) + "fsync = off\n", encoding="utf-8")
    made.start()
    cluster._make_roles_and_database(SimpleNamespace(socket_folder=made.sockets))
    yield made
    made.control("-m", "immediate", "stop")
    shutil.rmtree(made.sockets)


@dataclass
class Crowd:
    """Somebody who writes in a room, and somebody who registers people, until told to stop.

    Attributes:
        refusals: the replies other than success: status and whether it said when to come again.
        closings: the codes with which the room sent its writer away.
    """

    url: str
    ticket: str
    accepted: list[str] = field(default_factory=list)
    refusals: set[tuple[int, bool]] = field(default_factory=set)
    closings: set[int] = field(default_factory=set)
    failures: list[BaseException] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.written: dict[bytes, int] = {}
        self.threads = [threading.Thread(target=self._until_stopped, args=(one,)) for one in (self._play, self._join)]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        assert self.failures == []

    def is_going_on(self, writes: int, people: int) -> bool:
        assert self.failures == []
        return len(self.written) > writes + 5 and len(self.accepted) > people + 2

    def _until_stopped(self, turn: Callable[[int], None]) -> None:
        number = 0
        try:
            while not self.stopping.is_set():
                turn(number)
                number += 1
        except BaseException as error:  # noqa: BLE001 - the test's thread raises it
            self.failures.append(error)

    def _play(self, number: int) -> None:
        """Write, come back when sent away, and note what is acknowledged and as which number of the log."""
        if number == 0:  # a document belongs to the thread that made it
            self.writer = Client(f"{self.url.replace('http', 'ws')}/v1/rooms/song?ticket={self.ticket}")
        try:
            if not self.writer.is_connected:
                self.writer.connect().sync()
            self.writer.write(**{f"k{number % 7}_p": number})
        except ConnectionClosed as closed:
            self.closings.add(0 if closed.rcvd is None else closed.rcvd.code)
            self.writer.standing, self.writer._wire = None, None
            time.sleep(0.05)
        acks = self.writer.acks
        self.written |= {edit.update: acks[edit.reference] for edit in self.writer.written if edit.reference in acks}

    def _join(self, number: int) -> None:
        email = f"player{number}@example.org"
        form = {"email": email, "password": "a long enough one", "name": "Player"}
        while not self.stopping.is_set():  # with one key until it is done, as every client does
            headers = {"Idempotency-Key": email}
            reply = requests.post(f"{self.url}/v1/registrations", json=form, headers=headers, timeout=20)
            if reply.status_code == 202:
                self.accepted.append(email)
                return
            self.refusals.add((reply.status_code, "Retry-After" in reply.headers))
            time.sleep(0.05)


def _ticket(owner: str) -> str:
    connections = Database(owner, pool_size=2)
    wish = TicketWish("d", lasts=timedelta(hours=1))
    ticket = Units(connections).run(system_call("test"), lambda work: open_local_ticket(work, "song", wish))[1]
    connections.close()
    return ticket


def _until(condition: Callable[[], object], within_s: float = 60.0) -> None:
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.05)


def _mailed(data: Path) -> list[str]:
    found = []
    for mail in (data / "mail").glob("*.eml"):
        found += [line[4:].strip() for line in mail.read_text(encoding="utf-8").splitlines() if line.startswith("To: ")]
    return sorted(found)


@pytest.mark.alone
@pytest.mark.parametrize(
    "stops", [["fast", "immediate"], pytest.param(["fast", "immediate"] * 15, marks=[pytest.mark.full])]
)
@pytest.mark.timeout(1_200)
def test_a_database_that_restarts_under_load(
    serve: Callable[..., Served], server: Server, tmp_path: Path, stops: list[str]
) -> None:
    addresses = {"DATABASE_URL": server.url("maxbooster_app"), "DATABASE_OWNER_URL": server.url("maxbooster_owner")}
    secrets = {"MAXBOOSTER_CLOUD_KEYS": f"1:{new_key()}", "MAXBOOSTER_CLOUD_OPERATOR_KEY": "k"}
    more = {"MAXBOOSTER_CLOUD_REQUESTS_PER_MINUTE": "1000000"}
    served = serve("serve", "--data", tmp_path, "--port", 0, **addresses, **secrets, **more)
    crowd = Crowd(served.url, _ticket(server.url("maxbooster_owner")))
    try:
        for stop in stops:
            _until(partial(crowd.is_going_on, len(crowd.written), len(crowd.accepted)))
            server.control("-m", stop, "stop")
            time.sleep(0.2)
            with contextlib.suppress(requests.RequestException):
                assert served.get("/readyz").status_code == 503
            server.start()
        _until(partial(crowd.is_going_on, len(crowd.written), len(crowd.accepted)))
    finally:
        crowd.stop()
    _until(lambda: set(crowd.accepted) <= set(_mailed(tmp_path)))
    _check(server, crowd)
    assert crowd.closings <= {1012}
    assert crowd.refusals <= {(503, True)}
    assert "unexpected failure" not in served.log.read_text(encoding="utf-8")
    assert served.ends() == 0


def _check(server: Server, crowd: Crowd) -> None:
    with psycopg.connect(server.url("maxbooster_owner")) as connection:
        log = connection.execute("SELECT seq, data, fence FROM room_update ORDER BY seq").fetchall()
        dead = connection.execute("SELECT kind, error FROM job WHERE state = 'dead'").fetchall()
    assert dead == []
    assert [seq for seq, _, _ in log] == list(range(1, len(log) + 1))
    found = {bytes(data): seq for seq, data, _ in log}
    assert len(found) == len(log), "something is in the log twice"
    for update, seq in crowd.written.items():
        assert seq in (0, found[update])
    fences = [fence for _, _, fence in log]
    assert fences == sorted(fences), "a former owner wrote after a later one"
