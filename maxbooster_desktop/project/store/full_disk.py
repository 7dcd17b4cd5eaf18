"""Whether something failed because the disk, or the person's share of it, is full."""

import errno

import sqlalchemy as sa

from maxbooster_desktop.project.store import database

_FULL = (errno.ENOSPC, errno.EDQUOT)


def is_full(error: Exception) -> bool:
    """Return whether a file operation or a database statement found no room."""
    if isinstance(error, sa.exc.DBAPIError):
        return database.is_full(error)
    return isinstance(error, OSError) and error.errno in _FULL
