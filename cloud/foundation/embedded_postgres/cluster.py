"""One embedded database: made, started, watched, stopped. `running(data)` is the whole interface.

Always holds: the server listens on a socket in a private folder and nowhere else; it ends when its owner ends, and a
server that survived both its owner and its watchdog is stopped before the next start; the application's role owns no
table. Two roles: `maxbooster_owner` runs migrations, `maxbooster_app` does the rest.
"""

import functools
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from cloud.foundation.data_folder import DataFolderError
from cloud.foundation.embedded_postgres import layout, upgrade
from cloud.foundation.embedded_postgres.account import Account, database_account
from cloud.foundation.embedded_postgres.layout import Layout
from cloud.foundation.embedded_postgres.programs import NEWEST_MAJOR, Programs, installed, reachable
from cloud.foundation.embedded_postgres.reserve import Reserve

_WATCHDOG = Path(__file__).with_name("watchdog.py")
#: Recovery after a crash replays what was written since the last checkpoint, at most a few minutes' worth.
_START_TIMEOUT_S = 300.0
#: Bytes that a new database takes with its programs, its reserve and what it writes first.
_LEAST_ROOM = 192 << 20
_FULL, _LAST_LINES, _NOTHING = "No space left on device", 20, "it said nothing"
_SETTINGS = """\
# Written at every start.
listen_addresses = ''
unix_socket_directories = '{socket_folder}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 128MB
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_truncate_on_rotation = on
idle_in_transaction_session_timeout = 60s
"""


@dataclass(frozen=True, slots=True)
class RunningPostgres:
    """A server that answers.

    Attributes:
        socket_folder: where it listens.
        watchdog: the process that ends it after us.
        reserve: space that is given up to it when its disk is full.
    """

    socket_folder: Path
    watchdog: "subprocess.Popen[bytes]"
    reserve: Reserve

    @property
    def app_url(self) -> str:
        """Return the address for requests and jobs."""
        return self.url("maxbooster_app")

    @property
    def owner_url(self) -> str:
        """Return the address for migrations."""
        return self.url("maxbooster_owner")

    def url(self, role: str) -> str:
        """Return the address of our database for a role."""
        return f"postgresql://{role}@/maxbooster?host={self.socket_folder}"

    def has_ended(self) -> bool:
        """Return whether the server is gone, for a reason that is not ours."""
        return self.watchdog.poll() is not None


@contextmanager
def running(data: Path) -> Iterator[RunningPostgres]:
    """Run the database of a data folder, made or upgraded when needed, until the block ends."""
    data = data.absolute()
    account = database_account()
    place = layout.prepare(data, account)
    with layout.exclusive(place, data):
        _require_room(place, data)
        programs = reachable(NEWEST_MAJOR, account, place.home)
        _make_or_upgrade(place, programs, account)
        with served(place, programs, account) as server:
            _make_roles_and_database(server)
            yield server


def _require_room(place: Layout, data: Path) -> None:
    """Refuse a disk without room for a new database before anything is written; one that is there has its reserve."""
    free = shutil.disk_usage(place.base).free
    if free < _LEAST_ROOM and not any(place.base.glob("cluster*/PG_VERSION")):
        raise DataFolderError(
            f"The disk of {place.base} has {free >> 20} MiB left, and a new database takes {_LEAST_ROOM >> 20}: "
            f"make room there, or choose another folder than {data} with --data."
        )


def owner_url_of_running(data: Path) -> str | None:
    """Return the owner's address of the database that another process runs in a data folder; None if none does."""
    place = layout.prepare(data.absolute(), database_account())
    try:
        with layout.exclusive(place, data):
            return None
    except DataFolderError:
        lines = (place.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        return f"postgresql://maxbooster_owner@/maxbooster?host={lines[4]}"


@contextmanager
def served(place: Layout, programs: Programs, account: Account | None) -> Iterator[RunningPostgres]:
    """Run an existing cluster's server under a watchdog."""
    _stop_orphan(place, programs, account)
    reserve = Reserve(place.base)
    reserve.look()  # before anything is written
    socket_folder = layout.new_socket_folder(place, account)
    _write_settings(place, account, socket_folder)
    watchdog = _start_watchdog(place, programs, account, socket_folder)
    try:
        server = RunningPostgres(socket_folder, watchdog, reserve)
        _wait_until_it_answers(server, place)
        yield server
    finally:
        assert watchdog.stdin is not None
        watchdog.stdin.close()
        watchdog.wait()


def _write_settings(place: Layout, account: Account | None, socket_folder: Path) -> None:
    settings = place.cluster / "postgresql.conf"
    try:
        settings.write_text(_SETTINGS.format(socket_folder=socket_folder), encoding="utf-8")
    except OSError as error:
        raise DataFolderError(
            f"{settings} cannot be written ({error.strerror}): make room there, then start again."
        ) from error
    _own(settings, account)


def _start_watchdog(
    place: Layout, programs: Programs, account: Account | None, socket_folder: Path
) -> "subprocess.Popen[bytes]":
    cluster = str(place.cluster)
    spec = {
        "command": [programs.path("postgres"), "-D", cluster],
        "stop": [programs.path("pg_ctl"), "-D", cluster, "-m", "fast", "-t", "60", "stop"],
        "log": str(place.log),
        "cwd": str(place.cluster),
        "socket_folder": str(socket_folder),
        "account": None if account is None else [account.uid, account.gid],
    }
    return subprocess.Popen(
        [sys.executable, "-I", str(_WATCHDOG), json.dumps(spec)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=plain_environment(),
        start_new_session=True,  # Ctrl-C in the terminal is for the owner, who stops the server when it has drained
    )


def run_program(command: list[str], place: Layout, account: Account | None) -> None:
    """Run one of PostgreSQL's programs to its end; what it says goes into the log. Raises DataFolderError."""
    options = {} if account is None else account.process_options()
    with place.log.open("ab") as log:
        begun = log.tell()
        ran = subprocess.run(
            command, check=False, stdout=log, stderr=log, env=plain_environment(), cwd=place.base, **options
        )
    if ran.returncode != 0:
        said = reason(place.log.read_bytes()[begun:].decode(errors="replace"))
        raise DataFolderError(f"{Path(command[0]).name} failed: {said} (see {place.log}).")


def plain_environment() -> dict[str, str]:
    """Return an environment in which nobody's PG... variables and no language change what the programs do."""
    kept = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"LC_ALL": "C", "TZ": "UTC"}


def last_words(place: Layout) -> str:
    """Return the last thing the server or its set-up said."""
    logs = [place.log, *sorted((place.cluster / "log").glob("*.log"), key=lambda log: log.stat().st_mtime)]
    for log in reversed(logs):
        with suppress(OSError):
            text = log.read_text(encoding="utf-8", errors="replace")
            if text.strip():
                return reason(text)
    return _NOTHING


def reason(said: str) -> str:
    """Return of what a program said why it failed: a full disk before all that came of it, else its last line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return next((line for line in reversed(lines[-_LAST_LINES:]) if _FULL in line), lines[-1] if lines else _NOTHING)


def make_cluster(place: Layout, programs: Programs, account: Account | None) -> None:
    """Make an empty cluster, as a whole or not at all."""
    new = place.base / "cluster.new"
    upgrade.remove(new)
    provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if programs.major >= 17 else []
    command = [programs.path("initdb"), "-D", str(new), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
    run_program([*command, "--locale=C", *provider], place, account)
    new.rename(place.cluster)


def _make_or_upgrade(place: Layout, programs: Programs, account: Account | None) -> None:
    upgrade.start_over(place)
    version = place.cluster / "PG_VERSION"
    if not version.exists():
        make_cluster(place, programs, account)
        return
    major = int(version.read_text(encoding="ascii").strip())
    if major > programs.major:
        raise DataFolderError(
            f"The database in {place.base} was made by PostgreSQL {major} and this release has {programs.major}: "
            "start it with the newer release that made it."
        )
    if major < programs.major:
        run = functools.partial(run_program, place=place, account=account)
        old = reachable(installed(major).major, account, place.home)
        with served(place, old, account) as server:
            upgrade.dump(place, programs, server.socket_folder, run)
        upgrade.set_aside(place, major)
        make_cluster(place, programs, account)
        with served(place, programs, account) as server:
            upgrade.restore(place, programs, server.socket_folder, run)
        upgrade.keep(place)


def _own(path: Path, account: Account | None) -> None:
    if account is not None:
        account.own(path)


def _stop_orphan(place: Layout, programs: Programs, account: Account | None) -> None:
    """Stop a server that lost its owner and its watchdog; we hold the lock, so it belongs to nobody."""
    if (place.cluster / "postmaster.pid").exists():
        with suppress(DataFolderError):  # a pid file alone, after a power cut: the server's start sees to it
            run_program(
                [programs.path("pg_ctl"), "-D", str(place.cluster), "-m", "fast", "-t", "60", "stop"], place, account
            )


def _wait_until_it_answers(server: RunningPostgres, place: Layout) -> None:
    url = f"postgresql://postgres@/postgres?host={server.socket_folder}"
    end = time.monotonic() + _START_TIMEOUT_S
    while not server.has_ended():
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            if time.monotonic() > end:
                break
            time.sleep(0.02)
        else:
            return
    raise DataFolderError(f"The database did not start: {last_words(place)} (see {place.base}).")


def _make_roles_and_database(server: RunningPostgres) -> None:
    with psycopg.connect(f"postgresql://postgres@/postgres?host={server.socket_folder}", autocommit=True) as admin:
        roles = {name for (name,) in admin.execute("SELECT rolname FROM pg_roles").fetchall()}
        for role in ("maxbooster_owner", "maxbooster_app"):
            if role not in roles:
                admin.execute(f"CREATE ROLE {role} LOGIN")
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = 'maxbooster'").fetchone() is None:
            admin.execute("CREATE DATABASE maxbooster OWNER maxbooster_owner")
