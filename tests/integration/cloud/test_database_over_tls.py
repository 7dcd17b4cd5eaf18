"""DATABASE_URL with `sslmode=verify-full`: the certificate must be the server's, or nothing is sent.

The PostgreSQL that comes with us is built without TLS. So a proxy answers its SSLRequest and ends TLS in front of it:
what is tested is our side, with real certificates.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from cloud import commands
from cloud.foundation.database import Database, DatabaseAddressError, is_unverified_way
from cloud.foundation.embedded_postgres.cluster import RunningPostgres
from cloud.foundation.reaching import DatabaseUnusableError
from cloud.foundation.settings import CloudSettings, load_settings
from cloud.ops.backup import BackupError, back_up
from cloud.ops.serving import database_of
from tests.factories.certificates import certificate
from tests.integration.cloud.conftest import TestDatabase

_SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


class _Front:
    """Ends TLS in front of a PostgreSQL's socket; counts the bytes that came through it."""

    def __init__(self, certificate: Path, behind: Path) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._behind = behind
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self._threads.append(threading.Thread(target=self._serve, args=(self._listener.accept()[0],)))
                self._threads[-1].start()

    def _serve(self, plain: socket.socket) -> None:
        with plain, suppress(OSError):
            if plain.recv(8) != _SSL_REQUEST:
                return
            plain.sendall(b"S")
            with (
                self._context.wrap_socket(plain, server_side=True) as inside,
                socket.socket(socket.AF_UNIX) as database,
            ):
                database.connect(str(self._behind / ".s.PGSQL.5432"))
                self.connections += 1
                back = threading.Thread(target=_carry, args=(database, inside))
                back.start()
                _carry(inside, database)
                back.join()


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    return certificate(tmp_path, "127.0.0.1")


@pytest.fixture
def front(pair: Path, postgres: RunningPostgres) -> Iterator[_Front]:
    made = _Front(pair, postgres.socket_folder)
    yield made
    made.close()


def _asked(database: TestDatabase, front: _Front, host: str, root: Path) -> int:
    name = database.app.split("/")[3].split("?")[0]
    address = f"postgresql://maxbooster_app@{host}:{front.port}/{name}?sslmode=verify-full&sslrootcert={root}"
    connections = Database(address, pool_size=1)
    try:
        with connections.connection() as connection:
            return int(connection.execute(sa.text("SELECT 1")).scalar_one())
    finally:
        connections.close()


def test_the_database_is_reached_over_tls_when_its_certificate_is_right(
    database: TestDatabase, front: _Front, pair: Path, tmp_path: Path
) -> None:
    assert _asked(database, front, "127.0.0.1", pair) == 1
    assert front.connections == 1
    with pytest.raises(sa.exc.OperationalError, match="does not match host name"):
        _asked(database, front, "localhost", pair)
    with pytest.raises(sa.exc.OperationalError, match="certificate verify failed"):
        _asked(database, front, "127.0.0.1", certificate(tmp_path, "127.0.0.1"))


def test_a_backup_asks_of_tls_what_the_address_asks(
    database: TestDatabase, front: _Front, pair: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = database.owner.split("/")[3].split("?")[0]
    address = f"postgresql://maxbooster_owner:se%20cret@127.0.0.1:{front.port}/{name}"
    address += f"?sslmode=verify-full&sslrootcert={pair}"
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))
    with pytest.raises(BackupError, match="install PostgreSQL's client programs"):
        back_up(address, tmp_path / "none")
    assert not (tmp_path / "none").exists()
    program = tmp_path / "programs" / "pg_dump"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/said\necho "$PGPASSWORD" >> {tmp_path}/said\necho archive\n')
    program.chmod(0o700)
    back_up(address, tmp_path / "whole")
    said, password = (tmp_path / "said").read_text().splitlines()
    assert f"@127.0.0.1:{front.port}/{name}?" in said
    assert "sslmode=verify-full" in said
    assert (said.split("@")[0].rpartition("/")[2], password) == ("maxbooster_owner", "se cret")


@pytest.mark.parametrize(
    ("address", "is_unverified"),
    [
        ("postgresql://u@/m?host=/run/db", False),
        ("postgresql://u@127.0.0.1/m", False),
        ("postgresql://u@localhost:5433/m", False),
        ("postgresql://u:p@db.example.org/m", True),
        ("postgresql://u:p@db.example.org/m?sslmode=require", True),
        ("postgresql://u:p@/m?host=10.0.0.7", True),
        ("postgresql://u:p@localhost/m?hostaddr=10.0.0.7", True),
        ("postgresql://u:p@db.example.org/m?sslmode=verify-full&sslrootcert=system", False),
    ],
)
def test_a_way_over_a_network_without_a_checked_certificate_is_known(address: str, is_unverified: bool) -> None:
    assert is_unverified_way(address) is is_unverified


def test_nothing_is_sent_to_a_database_that_could_be_anybodys(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    expected_log: Callable[[str], None],
) -> None:
    key = SecretStr("1:" + "A" * 44)
    with socket.create_server(("0.0.0.0", 0)) as listener:
        listener.setblocking(False)
        # Every address of 127.0.0.0/8 is this machine, and only three names of it are taken for that.
        away = f"postgresql://u:p@127.0.0.2:{listener.getsockname()[1]}/m?connect_timeout=1"
        monkeypatch.setenv("DATABASE_URL", away)
        monkeypatch.setenv("MAXBOOSTER_CLOUD_DATA", str(tmp_path))
        for words in (["backup", str(tmp_path / "b")], ["ticket", "p"], ["admin", "a@b.example"]):
            assert commands.main(words) == 2, words
            said = capsys.readouterr().err
            assert said.startswith("DATABASE_URL leads over a network"), words
            assert said.count("\n") == 1
        with pytest.raises(DatabaseAddressError), database_of(load_settings()):  # as `serve` and `worker` do
            pass
        with pytest.raises(BlockingIOError):
            listener.accept()
    expected_log("its network is said to be private")
    settings = CloudSettings(data=tmp_path, database_url=SecretStr(away), keys=key, private_network=True)
    with pytest.raises(DatabaseUnusableError, match="Connection refused"), database_of(settings):
        pass
