"""What keeps the cloud from starting is one sentence: the thing and the way out. Nothing is left behind."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from cloud import commands
from cloud.foundation import reaching
from cloud.foundation.database import DatabaseAddressError
from cloud.foundation.embedded_postgres.cluster import RunningPostgres
from cloud.foundation.errors import OperatorError
from cloud.foundation.migrations.upgrading import MigrationError, upgrade
from cloud.foundation.reaching import DatabaseUnusableError, require_usable
from cloud.foundation.settings import load_settings
from cloud.ops.serving import database_of
from tests.e2e.program import refused
from tests.integration.cloud.conftest import TestDatabase, fresh_database
from tests.integration.cloud.serving import run_cloud


def _refusal(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert commands.main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.endswith(".\n")
    assert said.err.count("\n") == 1
    return said.err


@pytest.mark.parametrize(
    ("data", "way_out"),
    [
        ("", "--data or MAXBOOSTER_CLOUD_DATA is not usable: name a folder."),
        (
            "/proc/nope",
            "The data folder /proc/nope cannot be used (No such file or directory): choose another with --d",
        ),
        ("/dev/null", "The data folder /dev/null is a file or a device: name a folder with --data."),
        ("file", "file is a file or a device: name a folder with --data."),
        ("fifo", "fifo is a file or a device: name a folder with --data."),
        ("file/below", "file/below cannot be used (Not a directory): choose another with --data."),
        ("loop", "loop cannot be used (File exists): choose another with --data."),
        ("l" * 300, "cannot be used (File name too long): choose another with --data."),
        ("theirs", "theirs holds what is not the cloud's (a, b, c and 1 more): name an empty folder with --data."),
        ("damaged", "secrets.json holds no secrets any more: put back a copy of it, for what is kept in "),
        ("cut", "secrets.json holds no secrets any more: put back a copy of it, for what is kept in "),
        ("lost", "lost/secrets.json is gone: put back a copy of it, for what is kept in lost opens with no others."),
        ("lost by root", "lost by root/secrets.json is gone: put back a copy of it, for what is kept in "),
    ],
)
def test_a_folder_that_cannot_be_used_is_named(
    data: str, way_out: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("somebody's")
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "fifo")
    for name in ("theirs", "damaged", "cut", "lost", "lost by root"):
        (tmp_path / name).mkdir()
    for name in ("a", "b", "c", "d"):
        (tmp_path / "theirs" / name).mkdir()
    (tmp_path / "damaged" / "secrets.json").write_text('{"keys": 3}')
    (tmp_path / "cut" / "secrets.json").write_text("")
    (tmp_path / "lost" / "postgres").mkdir()
    (tmp_path / "lost by root" / "postgres.id").write_text("0123456789abcdef")
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.chdir(tmp_path)
    said = _refusal(["serve", "--data", data, "--port", "0"], capsys)
    assert way_out in said
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("verb", ["backup", "ticket", "admin"])
def test_commands_beside_a_cloud_make_none(verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [verb, "--data", str(tmp_path / "wrong"), str(tmp_path / "word") if verb == "backup" else "word"]
    assert f"No cloud has been in {tmp_path / 'wrong'}: name the folder that " in _refusal(words, capsys)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "wrong" / "postgres").mkdir(parents=True)
    assert f"{tmp_path / 'wrong' / 'secrets.json'} is gone: put back a copy of it" in _refusal(words, capsys)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (
            "postgresql://a:secret@127.0.0.1:1/x",
            r"port 1 failed: Connection refused\): start that server, or name anot",
        ),
        ("postgresql://a:secret@/x?host=/nowhere", r"No such file or directory\): check it\."),
        ("postgresql://a:secret@127.0.0.1/x?bogus=1", r'\(invalid connection option "bogus"\): check it\.'),
        ("postgresql://a:secret@127.0.0.1/x?sslmode=odd", r'\(invalid sslmode value: "odd"\): check it\.'),
        ("postgresql://a:secret@127.0.0.1:99999/x", r'\(invalid port number: "99999"\): check it\.'),
        ("postgresql://a:secret@127.0.0.1:port/x", r"DATABASE_URL is not an address: write postgresql://user@host/d"),
        ("postgresql://a:secret@[::1/x", r"DATABASE_URL is not an address: write postgresql://user@host/database\."),
        ("", r"DATABASE_URL is not an address: write postgresql://user@host/database\."),
        ("mysql://a:secret@127.0.0.1/x", r"DATABASE_URL must name a PostgreSQL database: postgresql://user@host/data"),
    ],
)
def test_an_address_of_no_database_is_named_without_its_password(address: str, sentence: str) -> None:
    settings = load_settings(database_url=address, private_network=True)
    with pytest.raises(OperatorError, match=sentence) as found, database_of(settings):
        pass
    assert str(found.value).startswith("DATABASE_URL ")
    assert "secret" not in str(found.value)


@contextmanager
def _guarded(postgres: RunningPostgres) -> Iterator[str]:
    """Let one user of a real server need a password, and others but its own stay out; yields where that server is."""
    place = f"/postgres?host={postgres.socket_folder}"
    with psycopg.connect(f"postgresql://postgres@{place}", autocommit=True) as admin:
        admin.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
        row = admin.execute("SHOW hba_file").fetchone()
        assert row is not None
        rules = Path(row[0])
        before = rules.read_text()
        let_in = "postgres,maxbooster_app,maxbooster_owner,nobody"
        rules.write_text(f"local all guarded scram-sha-256\nlocal all {let_in} trust\n")
        admin.execute("SELECT pg_reload_conf()")
        yield place
        rules.write_text(before)
        admin.execute("SELECT pg_reload_conf()")
        admin.execute("DROP ROLE guarded")


def test_what_a_server_refuses_names_the_variable(postgres: RunningPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    with _guarded(postgres) as place:
        require_usable("DATABASE_URL", f"postgresql://guarded:right@{place}")
        refusals = {
            f"guarded:wrong@{place}": r'password authentication failed for user "guarded"\): check the user and',
            f"unlisted@{place}": r'no pg_hba.conf entry for .*database "postgres".*: let this host and user in there',
            f"nobody@{place}": r'role "nobody" does not exist\): check the user and the password in it\.',
            f"postgres@{place.replace('/postgres', '/nothing')}": r'database "nothing" does not exist\): make that dat',
            "postgres@/postgres?host=/nowhere": r"No such file or directory\): check it\.",
        }
        for address, sentence in refusals.items():
            with pytest.raises(DatabaseUnusableError, match=rf"DATABASE_OWNER_URL leads to no .*{sentence}"):
                require_usable("DATABASE_OWNER_URL", f"postgresql://{address}")
    monkeypatch.setattr(reaching, "LEAST_MAJOR", 99)
    with pytest.raises(DatabaseUnusableError, match="DATABASE_URL leads to PostgreSQL 18, and the cloud needs 99 or n"):
        require_usable("DATABASE_URL", postgres.app_url)


@pytest.mark.parametrize(
    ("closed", "said"),
    [
        ("REVOKE CONNECT ON DATABASE {} FROM PUBLIC", "permission denied for database"),
        ("ALTER DATABASE {} CONNECTION LIMIT 0", "too many connections for database"),
    ],
)
def test_a_database_that_is_there_is_not_to_be_made(closed: str, said: str, database: TestDatabase) -> None:
    with psycopg.connect(database.superuser, autocommit=True) as admin:
        admin.execute(closed.format(admin.info.dbname))
    with pytest.raises(DatabaseUnusableError, match=rf'{said} ".*"\): check it\.'):
        require_usable("DATABASE_URL", database.app)


def test_a_standby_and_a_role_without_rights_are_named(postgres: RunningPostgres) -> None:
    with fresh_database(postgres) as empty:
        with pytest.raises(MigrationError, match=r"may not make tables .*: let it own the database, or name one that"):
            upgrade(empty.app, empty.app)
        name = empty.app.split("/")[3].split("?")[0]
        with psycopg.connect(empty.superuser, autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        with pytest.raises(
            MigrationError, match="can only be read, as a standby can: let DATABASE_URL name the server"
        ):
            upgrade(empty.owner, empty.app)


def test_the_role_of_requests_is_tried_before_anything_is_changed(
    database: TestDatabase, shared: dict[str, str]
) -> None:
    wrong = shared | {"DATABASE_URL": database.app.replace("maxbooster_app", "nobody")}
    refused(run_cloud("serve", "--port", 0, **wrong), "DATABASE_URL leads to no database that can be used")
    settings = load_settings(database_url=database.app, database_owner_url="mysql://x")
    with pytest.raises(DatabaseAddressError, match=r"^DATABASE_OWNER_URL must name a Po"), database_of(settings):
        pass
