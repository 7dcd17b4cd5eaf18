"""A real PostgreSQL for all tests of one process, a fresh database for each, and the API on a real port."""

import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import structlog
import uvicorn
from pydantic import SecretStr

from cloud import app
from cloud.foundation.database import Database
from cloud.foundation.embedded_postgres.cluster import RunningPostgres, running
from cloud.foundation.encryption import Keyring
from cloud.foundation.migrations.upgrading import upgrade
from cloud.foundation.runtime import Runtime
from cloud.foundation.settings import CloudSettings, new_key
from cloud.foundation.unit_of_work import Units
from cloud.ops.drain import Drain
from cloud.ops.patience import AnsweringSocket, PatientProtocol
from cloud.ops.serving import tls_of
from tests.integration.cloud.serving import Served, started

_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 4 << 30
OPERATOR_KEY = "operator-key-of-the-tests"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what takes long begin first, whatever order chance gave."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Return a function that starts the command and waits until it says that it serves."""
    running: list[Served] = []

    def start(*words: object, **environment: str) -> Served:
        running.append(started(words, tmp_path / f"log {len(running)}", environment))
        return running[-1]

    yield start
    for served in running:
        served.process.kill()
        served.process.wait()
        served.process.stdout.close()


@pytest.fixture
def shared(database: "TestDatabase") -> dict[str, str]:
    """Return the environment of several processes on one database."""
    return {
        "DATABASE_URL": database.app,
        "DATABASE_OWNER_URL": database.owner,
        "MAXBOOSTER_CLOUD_KEYS": f"1:{new_key()}",
        "MAXBOOSTER_CLOUD_OPERATOR_KEY": "shared-key",
        "MAXBOOSTER_CLOUD_REQUESTS_PER_MINUTE": "30",
    }


def _memory() -> Path | None:
    """Return a file system in memory: a database for each test is made there in a tenth of the time."""
    is_there = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES
    return _MEMORY if is_there else None


@pytest.fixture(scope="session", autouse=True)
def database_home() -> Iterator[Path]:
    """Keep databases below one folder that goes away, in memory where there is room; its path is also the sockets'."""
    with tempfile.TemporaryDirectory(prefix="mbt-", dir=_memory()) as folder:
        Path(folder).chmod(0o711)
        os.environ["MAXBOOSTER_DB_HOME"] = folder
        yield Path(folder)


@pytest.fixture(autouse=True)
def ordinary_logging() -> Iterator[None]:
    """Send structlog's lines through logging, where the noise detector sees them."""
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, structlog.stdlib.render_to_log_kwargs],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres(database_home: Path) -> Iterator[RunningPostgres]:
    """Run one embedded server, with a migrated database that others are copied from.

    It does not wait for the disk: tests that kill a database start one of their own.
    """
    with running(database_home / "data") as server:
        with psycopg.connect(f"postgresql://postgres@/postgres?host={server.socket_folder}", autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET fsync = off")
            admin.execute("SELECT pg_reload_conf()")
        upgrade(server.owner_url, server.app_url)
        yield server


@dataclass(frozen=True)
class TestDatabase:
    """The addresses of one test's database, by role."""

    __test__ = False
    app: str
    owner: str
    superuser: str


@pytest.fixture
def database(postgres: RunningPostgres) -> Iterator[TestDatabase]:
    """Return a fresh database with the newest tables."""
    with fresh_database(postgres, template="maxbooster") as made:
        yield made


@contextmanager
def fresh_database(postgres: RunningPostgres, *, template: str = "template1") -> Iterator[TestDatabase]:
    """Make a database and drop it again, whoever is still connected."""
    name = f"t{secrets.token_hex(6)}"
    admin_url = f"postgresql://postgres@/postgres?host={postgres.socket_folder}"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        # Whole files at once: half of what it takes to write pages into the log, which nobody will read.
        admin.execute(f"CREATE DATABASE {name} OWNER maxbooster_owner TEMPLATE {template} STRATEGY FILE_COPY")
    roles = ("maxbooster_app", "maxbooster_owner", "postgres")
    yield TestDatabase(*(f"postgresql://{role}@/{name}?host={postgres.socket_folder}" for role in roles))
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def units(database: TestDatabase) -> Iterator[Units]:
    """Return units of work on a fresh database."""
    connections = Database(database.app, pool_size=8)
    yield Units(connections)
    connections.close()


@pytest.fixture
def keyring() -> Keyring:
    return Keyring({1: secrets.token_bytes(32)})


@dataclass(frozen=True)
class RunningApi:
    """An API that answers at `url`, in this process."""

    url: str
    runtime: Runtime
    drain: Drain


@pytest.fixture
def start_api(database: TestDatabase, tmp_path: Path) -> Iterator[Callable[..., RunningApi]]:
    """Return a function that starts an API on the test's database, or at an `address`; settings are arguments."""
    stops: list[Callable[[], None]] = []
    keys = SecretStr(f"1:{new_key()}")

    def start(address: str = database.app, **settings: object) -> RunningApi:
        values = {"data": tmp_path, "roles": frozenset({"api"}), "keys": keys, "requests_per_minute": 100_000}
        values |= {"operator_key": SecretStr(OPERATOR_KEY), "database_url": SecretStr(address)}
        api, stop = _started(CloudSettings(**(values | settings)), address)
        stops.append(stop)
        return api

    yield start
    for stop in stops:
        stop()


def _started(settings: CloudSettings, address: str) -> tuple[RunningApi, Callable[[], None]]:
    drain = Drain()
    runtime, asgi = app.build(settings, address, drain)
    config = uvicorn.Config(
        asgi,
        host="127.0.0.1",
        port=0,
        log_config=None,
        access_log=False,
        server_header=False,
        http=PatientProtocol,
        ws=AnsweringSocket,
        ws_per_message_deflate=False,
        **tls_of(settings),
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="test api")
    thread.start()
    while not server.started:
        thread.join(0.01)
        assert thread.is_alive(), "the API did not start"

    def stop() -> None:
        server.should_exit = True
        thread.join()
        runtime.database.close()

    port = server.servers[0].sockets[0].getsockname()[1]
    return RunningApi(f"{settings.scheme}://127.0.0.1:{port}", runtime, drain), stop
