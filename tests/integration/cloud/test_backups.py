"""Backups: what they may take the place of, and what is checked before anything is restored."""

import json
import os
import secrets
from pathlib import Path

import psycopg
import pytest

from cloud.commands import main
from cloud.foundation.calls import system_call
from cloud.foundation.embedded_postgres.cluster import RunningPostgres
from cloud.foundation.encryption import Keyring, enrol
from cloud.foundation.migrations.upgrading import known_revisions
from cloud.foundation.unit_of_work import Units
from cloud.ops.backup import BackupError, back_up, require_restorable, restore
from tests.integration.cloud.conftest import TestDatabase, fresh_database


def test_a_backup_takes_the_place_of_a_file_alone(database: TestDatabase, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "kept").write_text("older")
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    for taken in (tmp_path / "pipe", tmp_path):
        with pytest.raises(BackupError, match="name a file"):
            back_up(database.owner, taken)
    assert (tmp_path / "pipe").is_fifo()
    back_up(database.owner, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "kept").read_bytes().startswith(b"{")


def test_other_keys_are_refused_before_anything_is_restored(
    database: TestDatabase, units: Units, keyring: Keyring, tmp_path: Path
) -> None:
    units.run(system_call("test"), lambda work: enrol(work.connection, keyring))
    back_up(database.owner, tmp_path / "backup")
    require_restorable(tmp_path / "backup", keyring)
    with pytest.raises(BackupError, match=r"another encryption key of version 1, so nothing was changed: put the"):
        require_restorable(tmp_path / "backup", Keyring({1: secrets.token_bytes(32)}))
    with pytest.raises(BackupError, match="choose another file"):
        require_restorable(tmp_path / "none", keyring)


def test_a_restore_that_is_refused_leaves_no_new_folder_and_no_new_keys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = {
        "format": "maxbooster-cloud-backup-1",
        "revision": min(known_revisions()),
        "keys": {"1": "0123456789abcdef"},
    }
    (tmp_path / "backup").write_text(f"{json.dumps(head)}\n")
    assert main(["restore", "--data", str(tmp_path / "new"), str(tmp_path / "backup")]) == 2
    assert "put the secrets.json of then into the data folder" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def _with_head(whole: bytes, target: Path, **changed: object) -> Path:
    head, _, archive = whole.partition(b"\n")
    target.write_bytes(json.dumps(json.loads(head) | changed).encode() + b"\n" + archive)
    return target


def test_what_is_no_backup_of_ours_is_told_before_anything_is_changed(
    database: TestDatabase, units: Units, keyring: Keyring, tmp_path: Path
) -> None:
    units.run(system_call("test"), lambda work: enrol(work.connection, keyring))
    back_up(database.owner, tmp_path / "good")
    whole = (tmp_path / "good").read_bytes()
    os.mkfifo(tmp_path / "pipe")
    named = "is no backup of the cloud: name a file that `maxbooster cloud backup` wrote"
    refusals = {
        _with_head(whole, tmp_path / "later", revision="m9999"): r"newer release \(state m9999\): restore it with that",
        _with_head(
            whole, tmp_path / "form", format="maxbooster-cloud-backup-2"
        ): r"newer release \(as maxbooster-cloud-b",
        _with_head(whole, tmp_path / "list", keys=[1]): named,
        _with_head(whole, tmp_path / "mark", keys={"1": "5"}): "made with another encryption key",
        tmp_path / "deep": named,
        tmp_path / "empty": named,
        tmp_path / "pipe": "is a folder or a device: name the file of a backup",
        tmp_path: "is a folder or a device: name the file of a backup",
    }
    (tmp_path / "deep").write_bytes(b"[" * 5_000)
    (tmp_path / "empty").write_bytes(b"")
    for source, sentence in refusals.items():
        with pytest.raises(BackupError, match=sentence):
            require_restorable(source, keyring)


def test_a_backup_that_was_cut_off_or_damaged_anywhere_restores_nothing(
    database: TestDatabase, postgres: RunningPostgres, tmp_path: Path
) -> None:
    back_up(database.owner, tmp_path / "good")
    whole = (tmp_path / "good").read_bytes()
    head, broken = whole.index(b"\n") + 1, tmp_path / "broken"
    damaged = [whole[: head + part] for part in (0, 3, 50, 5_000, 60_000)]
    damaged += [whole[:-cut] for cut in (1, 10, 1_000)]
    damaged += [whole[:head] + b"somebody's song" * 1_000]
    with fresh_database(postgres) as empty:
        for content in damaged:
            broken.write_bytes(content)
            with pytest.raises(
                BackupError, match=r"broken is damaged or was cut off, so nothing was restored \(.*\): "
            ):
                restore(empty.owner, broken)
        with psycopg.connect(empty.superuser) as connection:
            tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        assert tables == (0,)
        restore(empty.owner, tmp_path / "good")


_WATCH = """
CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN {}; END $$;
CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION public.watch();
"""
_FULL_DISK = "RAISE 'could not extend file \"base/1\": No space left on device' USING ERRCODE = 'disk_full'"


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("ALTER SCHEMA public OWNER TO postgres", "ERROR: permission denied for schema public"),
        (_WATCH.format(_FULL_DISK), 'ERROR: could not extend file "base/1": No space left on device'),
        (_WATCH.format("PERFORM pg_terminate_backend(pg_backend_pid())"), "FATAL: terminating connection due to"),
    ],
)
def test_a_database_that_cannot_be_filled_is_not_blamed_on_the_backup(
    trouble: str, reason: str, database: TestDatabase, postgres: RunningPostgres, tmp_path: Path
) -> None:
    back_up(database.owner, tmp_path / "good")
    with fresh_database(postgres) as empty:
        with psycopg.connect(empty.superuser, autocommit=True) as admin:
            admin.execute(trouble)
        with pytest.raises(BackupError) as found:
            restore(empty.owner, tmp_path / "good")
    assert str(found.value).startswith(f"pg_restore failed (could not execute query: {reason}")
    assert str(found.value).endswith("): see to that, then run this again.")
