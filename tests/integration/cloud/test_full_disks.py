"""The disk of the embedded database is full: nothing acknowledged is lost, and it goes on when there is room."""

import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import requests

from cloud.foundation.calls import system_call
from cloud.foundation.database import Database
from cloud.foundation.embedded_postgres import reserve
from cloud.foundation.embedded_postgres.cluster import owner_url_of_running, running
from cloud.foundation.embedded_postgres.reserve import Reserve
from cloud.foundation.migrations.upgrading import MigrationError, upgrade
from cloud.foundation.unit_of_work import Units
from cloud.projects.contracts import TicketWish
from cloud.projects.operations.open_ticket import open_local_ticket
from tests.e2e.program import refused
from tests.factories.small_disks import small_disk
from tests.integration.cloud.rooms.clients import Client
from tests.integration.cloud.serving import Served, run_cloud

_DISK = 320 << 20
_PIECE = bytes(1 << 18)


@pytest.fixture
def disk() -> Iterator[Path]:
    """A disk of its own, with room for a database and little else."""
    # A short prefix: the database's socket lies below it, and a socket's path has an end.
    with small_disk(_DISK, "mbd-", may_stay_open=True) as mount:
        mount.chmod(0o711)
        yield mount


def _fill(disk: Path) -> Path:
    """Take what is free now; not what the cloud gives up meanwhile, however late it is looked for."""
    filler, pieces = disk / "filler", shutil.disk_usage(disk).free // len(_PIECE)
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        for _ in range(pieces):
            file.write(_PIECE)
    return filler


def _until(condition: Callable[[], object], within_s: float = 30.0) -> None:
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.05)


def _database_state(served: Served) -> str:
    return str(served.get("/readyz").json()["checks"]["database"])


def _player(served: Served, owner: str) -> Client:
    connections = Database(owner, pool_size=2)
    wish = TicketWish("d", lasts=timedelta(hours=1))
    ticket = Units(connections).run(system_call("test"), lambda work: open_local_ticket(work, "song", wish))[1]
    connections.close()
    return Client(f"{served.url.replace('http', 'ws')}/v1/rooms/song?ticket={ticket}")


def _log(data: Path) -> list[tuple[int, bytes]]:
    owner = owner_url_of_running(data)
    assert owner is not None
    with psycopg.connect(owner) as connection:
        return connection.execute("SELECT seq, data FROM room_update ORDER BY seq").fetchall()


def _refusal(reply: requests.Response) -> tuple[int, str, str]:
    assert reply.headers["Content-Type"] == "application/problem+json"
    return reply.status_code, reply.headers["Retry-After"], reply.json()["detail"][:23]


@pytest.mark.long
def test_a_full_disk_stops_everything_and_loses_nothing(
    serve: Callable[..., Served], disk: Path, tmp_path: Path
) -> None:
    data, home = disk / "data", {"MAXBOOSTER_DB_HOME": str(disk / "db")}
    with pytest.MonkeyPatch.context() as here:
        here.setenv("MAXBOOSTER_DB_HOME", home["MAXBOOSTER_DB_HOME"])
        served = serve("serve", "--data", data, "--port", 0, **home)
        key = json.loads((data / "secrets.json").read_text(encoding="utf-8"))["operator_key"]
        owner = owner_url_of_running(data)
        assert owner is not None
        player = _player(served, owner).connect().sync()
        for number in range(5):
            player.write(a_p=number)
        assert served.get("/v1/ops/jobs", key).status_code == 200

        filler = _fill(disk)
        _until(lambda: _database_state(served) == "its disk is full")
        assert _refusal(served.get("/v1/ops/jobs", key)) == (503, "30", "The cloud's disk is ful")
        sign_in = {"email": "ada@example.org", "password": "whatever it is"}
        reply = requests.post(f"{served.url}/v1/sessions", json=sign_in, headers={"Idempotency-Key": "x"}, timeout=20)
        assert _refusal(reply)[:2] == (503, "30")
        player.write(wait=False, b_p=1)
        assert player.closed()[0] == 1012
        again = Client(player.address).connect()
        assert again.closed()[0] == 1012
        assert served.get("/healthz").status_code == 200
        _fill_the_rest(disk)
        time.sleep(0.5)  # the worker and the rooms' watch have had turns of theirs
        assert served.process.poll() is None

        (disk / "rest").unlink()
        assert served.ends(signal.SIGKILL) == -signal.SIGKILL
        served = serve("serve", "--data", data, "--port", 0, **home)  # on the disk that is full
        _until(lambda: _database_state(served) == "its disk is full")
        filler.unlink()
        _until(lambda: _database_state(served) == "ok")
        assert served.get("/v1/ops/jobs", key).status_code == 200
        player.address = served.url.replace("http", "ws") + player.address[player.address.index("/v1/") :]
        player.connect().sync()
        player.until(lambda: not player.unsent)
        assert player.clips() == {"a.p": 4, "b.p": 1}
        written = {edit.seq: edit.update for edit in player.written}
        assert written == {seq: bytes(update) for seq, update in _log(data)}
        assert served.get("/v1/ops/jobs?state=dead", key).json()["items"] == []
        assert served.ends() == 0


def _fill_the_rest(disk: Path) -> None:
    """Fill even what was given up to the database, as a program that goes on writing does."""
    with (disk / "rest").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(_PIECE)


def test_the_reserve_goes_when_the_disk_is_nearly_full_and_comes_back(disk: Path, expected_log) -> None:
    expected_log("disk is full")
    expected_log("has room again")
    kept = Reserve(disk)
    assert not kept.look()
    assert (disk / "reserve").stat().st_size == reserve.SIZE
    filler = _fill(disk)
    assert kept.look()
    assert not (disk / "reserve").exists()
    assert kept.look(), "what was given up is not room"
    os.truncate(filler, filler.stat().st_size - (reserve.LEAST_FREE + (1 << 20)))
    assert kept.look(), "enough for the reserve, and nothing beside it"
    filler.unlink()
    assert not kept.look()
    assert (disk / "reserve").stat().st_blocks * 512 >= reserve.SIZE


def test_a_disk_that_never_had_room_is_full_from_the_start(disk: Path, expected_log) -> None:
    expected_log("disk is full")
    filler = _fill(disk)
    os.truncate(filler, filler.stat().st_size - reserve.SIZE)
    assert Reserve(disk).look()


def test_a_disk_without_room_for_a_cloud_is_told_before_anything_half_written_is_there(disk: Path) -> None:
    data, home = disk / "data", {"MAXBOOSTER_DB_HOME": str(disk / "db")}
    filler = _fill(disk)
    refused(run_cloud("serve", "--data", data, "--port", 0, **home), f"{data} cannot be used", "make room there")
    assert not data.exists() or list(data.iterdir()) == []
    os.truncate(filler, filler.stat().st_size - (8 << 20))
    said = refused(run_cloud("serve", "--data", data, "--port", 0, **home), "make room there, or choose another folder")
    assert "7 MiB left, and a new database takes 192" in said
    assert {path.name for path in data.iterdir()} <= {"secrets.json", "postgres", "postgres.id"}
    assert list(disk.rglob("programs")) == []


def test_a_disk_that_is_full_while_the_tables_are_made_is_told(disk: Path, expected_log) -> None:
    expected_log("disk is full")
    with pytest.MonkeyPatch.context() as here:
        here.setenv("MAXBOOSTER_DB_HOME", str(disk / "db"))
        with running(disk / "data") as server:
            _fill(disk)
            server.reserve.look()
            _fill_the_rest(disk)
            with pytest.raises(MigrationError, match=r"^The database"):
                upgrade(server.owner_url, server.app_url)
            (disk / "filler").unlink()
        with running(disk / "data") as server:
            upgrade(server.owner_url, server.app_url)
