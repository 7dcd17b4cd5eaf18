"""Whole copies of `project.sqlite` in `backups/`: one a session, at its first pause, if something had changed.

Kept: the last ten, and of older ones the last of each day for seven days. A copy is complete before it gets its name.
"""

import datetime as dt
from pathlib import Path

import sqlalchemy as sa

from maxbooster_desktop.project.store import database

BACKUPS_NAME = "backups"
_KEPT_LAST = 10
_KEPT_DAYS = 7
_STAMP = "%Y-%m-%d_%H-%M-%S-%f"


def make_backup(engine: sa.Engine, folder: Path) -> Path:
    """Copy the database into `folder/backups` and drop copies that are too old; return the copy.

    Raises:
        OSError: the folder cannot be written.
        sqlite3.Error: the copy failed; nothing is left of it.
    """
    place = folder / BACKUPS_NAME
    place.mkdir(exist_ok=True)
    stamp = dt.datetime.now(dt.UTC).strftime(_STAMP)
    partial = place / f".partial-{stamp}"
    target = place / f"{stamp}.sqlite"
    try:
        database.copy_into(engine, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    for old in _surplus(list_backups(folder)):
        if old != target:  # it would be the oldest where the clock was set back
            old.unlink(missing_ok=True)
    return target


def list_backups(folder: Path) -> list[Path]:
    """Return the project's backups, newest first."""
    return sorted((folder / BACKUPS_NAME).glob("[0-9]*.sqlite"), reverse=True)


def _surplus(newest_first: list[Path]) -> list[Path]:
    days = {_day(path) for path in newest_first[:_KEPT_LAST]}
    limit = len(days) + _KEPT_DAYS
    surplus = []
    for path in newest_first[_KEPT_LAST:]:
        if _day(path) in days or len(days) == limit:
            surplus.append(path)
        else:
            days.add(_day(path))
    return surplus


def _day(path: Path) -> str:
    return path.name[: len("2026-01-31")]
