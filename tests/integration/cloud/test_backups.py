"""Backups: what they may take the place of, and what is checked before anything is restored."""

import os
import secrets
from pathlib import Path

import pytest

from cloud.foundation.calls import system_call
from cloud.foundation.encryption import Keyring, enrol
from cloud.foundation.unit_of_work import Units
from cloud.ops.backup import BackupError, back_up, require_keys
from tests.integration.cloud.conftest import TestDatabase


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
    require_keys(tmp_path / "backup", keyring)
    with pytest.raises(BackupError, match=r"another encryption key of version 1, so nothing was changed: put the"):
        require_keys(tmp_path / "backup", Keyring({1: secrets.token_bytes(32)}))
    with pytest.raises(BackupError, match="choose another file"):
        require_keys(tmp_path / "none", keyring)
