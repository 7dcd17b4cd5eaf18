"""Why a disk refused: whether it, or the person's share of it, is full, and the cause in its own words."""

import errno

import sqlalchemy as sa

from maxbooster_desktop.project.store import database

_FULL = (errno.ENOSPC, errno.EDQUOT)


def is_full(error: Exception) -> bool:
    """Return whether a file operation or a database statement found no room."""
    if isinstance(error, sa.exc.DBAPIError):
        return database.is_full(error)
    return isinstance(error, OSError) and error.errno in _FULL


def cause_of(error: Exception) -> str:
    """Return what refused a file operation or a database statement, as it can stand in a sentence."""
    if isinstance(error, sa.exc.DBAPIError):
        return str(error.orig)
    # A ValueError: the system refused the name itself.
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
