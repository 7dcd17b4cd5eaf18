"""The embedded database lives anywhere, changes nobody's folders, ends with its owner, and grows with its programs."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from cloud.foundation.data_folder import DataFolderError
from cloud.foundation.embedded_postgres import cluster, layout, programs
from cloud.foundation.embedded_postgres.account import database_account
from tests.e2e.program import ROOT

_OWNER = """
import sys, time
from pathlib import Path
from cloud.foundation.embedded_postgres.cluster import running
with running(Path(sys.argv[1])) as server:
    print(server.socket_folder, server.watchdog.pid, flush=True)
    time.sleep(600)
"""


def _modes(path: Path) -> dict[Path, tuple[int, int, int]]:
    found = {folder: folder.stat() for folder in (path, *path.parents)}
    return {folder: (state.st_mode, state.st_uid, state.st_gid) for folder, state in found.items()}


@pytest.fixture(scope="module")
def data(database_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder that the tests use one after the other: making one costs seconds."""
    return tmp_path_factory.mktemp("data") / "data"


@pytest.mark.parametrize("name", ['it\'s $HOME `q` "w" \\ %s Größe-данные-音楽-🎹', "l" * 200])
def test_any_path_will_do_and_no_folder_is_touched(tmp_path: Path, name: str) -> None:
    home = Path(os.environ["MAXBOOSTER_DB_HOME"])
    before = _modes(tmp_path), _modes(home), _modes(Path(programs.installed(18).folder))
    with cluster.running(tmp_path / name) as server, psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
        connection.commit()
        assert len(os.fsencode(server.socket_folder)) < 90
        assert server.socket_folder.stat().st_mode & 0o777 == 0o700
        socket_folder = server.socket_folder
    assert not socket_folder.exists()
    assert (_modes(tmp_path), _modes(home), _modes(Path(programs.installed(18).folder))) == before
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o700


def test_what_was_written_is_there_after_a_restart(data: Path) -> None:
    for expected in (0, 1):
        with cluster.running(data) as server, psycopg.connect(server.owner_url) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (expected,)
            connection.execute("INSERT INTO kept VALUES (1)")


def test_the_application_s_role_owns_nothing(data: Path) -> None:
    with cluster.running(data) as server, psycopg.connect(server.app_url) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (n int)")
        connection.rollback()
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_two_processes_do_not_share_a_folder(data: Path) -> None:
    with (
        cluster.running(data),
        pytest.raises(DataFolderError, match=r"in use by another process: stop that one, or choose another with --d"),
        cluster.running(data),
    ):
        pass


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return b") Z " not in Path(f"/proc/{pid}/stat").read_bytes()


def _postmaster(data: Path) -> int:
    account = database_account()
    place = layout.prepare(data, account)
    return int((place.cluster / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])


def _owner(data: Path) -> tuple["subprocess.Popen[str]", Path, int, int]:
    owner = subprocess.Popen([sys.executable, "-c", _OWNER, str(data)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    socket_folder, watchdog = owner.stdout.readline().split()
    return owner, Path(socket_folder), int(watchdog), _postmaster(data)


def _killed(owner: "subprocess.Popen[str]") -> None:
    owner.kill()
    owner.wait()
    assert owner.stdout is not None
    owner.stdout.close()


def _until(condition, within_s: float = 10.0) -> bool:
    end = time.monotonic() + within_s
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_server_ends_when_its_owner_is_killed(data: Path) -> None:
    owner, socket_folder, watchdog, postmaster = _owner(data)
    assert _is_alive(postmaster)
    _killed(owner)
    assert _until(lambda: not _is_alive(postmaster) and not _is_alive(watchdog))
    assert not socket_folder.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_server_that_lost_owner_and_watchdog_is_replaced(data: Path) -> None:
    owner, _, watchdog, postmaster = _owner(data)
    os.kill(watchdog, signal.SIGKILL)
    _killed(owner)
    assert _is_alive(postmaster)
    with cluster.running(data) as server:
        assert not _is_alive(postmaster)
        psycopg.connect(server.app_url).close()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root needs another account")
def test_root_s_server_runs_as_an_account_of_its_own(data: Path) -> None:
    owner, _, _, postmaster = _owner(data)
    status = Path(f"/proc/{postmaster}/status").read_text(encoding="ascii")
    _killed(owner)
    account = database_account()
    assert account is not None
    uids = next(line.split()[1:] for line in status.splitlines() if line.startswith("Uid:"))
    assert uids == [str(account.uid)] * 4
    assert next(line for line in status.splitlines() if line.startswith("Groups:")).split()[1:] == []


@pytest.fixture
def older(tmp_path: Path) -> tuple[Path, layout.Layout]:
    """Return a data folder that PostgreSQL 16 made, with our roles and one table."""
    data, account = tmp_path / "older data", database_account()
    place = layout.prepare(data, account)
    old = programs.reachable(16, account, place.home)
    cluster.make_cluster(place, old, account)
    with cluster.served(place, old, account) as server:
        cluster._make_roles_and_database(server)
        with psycopg.connect(server.owner_url) as connection:
            connection.execute("CREATE TABLE song AS SELECT 'Größe' AS title")
            connection.execute("GRANT SELECT ON song TO maxbooster_app")
    return data, place


def _title(data: Path) -> tuple[object, ...] | None:
    with cluster.running(data) as server, psycopg.connect(server.app_url) as connection:
        assert connection.info.server_version >= 180000
        return connection.execute("SELECT title FROM song").fetchone()


def test_an_older_database_is_upgraded_and_kept(older: tuple[Path, layout.Layout]) -> None:
    data, place = older
    assert _title(data) == ("Größe",)
    kept = place.base / "before-upgrade"
    assert (kept / "cluster.16" / "PG_VERSION").read_text(encoding="ascii").strip() == "16"
    assert (kept / "upgrade.sql").stat().st_size > 0
    assert _title(data) == ("Größe",)


def test_an_upgrade_that_was_cut_off_begins_again(
    older: tuple[Path, layout.Layout], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, _ = older

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(cluster.upgrade, "restore", cut)
        with pytest.raises(KeyboardInterrupt):
            _title(data)
    assert _title(data) == ("Größe",)


@pytest.mark.parametrize(
    ("version", "sentence"),
    [("15", "The programs of PostgreSQL 15 are not installed"), ("19", "start it with the newer release that made it")],
)
def test_a_version_that_nobody_can_read_is_named(tmp_path: Path, version: str, sentence: str) -> None:
    place = layout.prepare(tmp_path / "data", database_account())
    place.cluster.mkdir()
    (place.cluster / "PG_VERSION").write_text(f"{version}\n", encoding="ascii")
    with pytest.raises(programs.OperatorError, match=sentence), cluster.running(tmp_path / "data"):
        pass
