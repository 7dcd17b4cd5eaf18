"""Which folder of this computer holds a shared project: asked of the databases, without opening the projects."""

from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa

from maxbooster_desktop.project.store import database
from maxbooster_desktop.project.store.cloud_link import read_link


def find_linked(folders: Iterable[Path], project_id: str) -> Path | None:
    """Return the first folder whose project is linked to a shared one; what cannot be read is passed over."""
    return next((folder for folder in folders if linked_to(folder) == project_id), None)


def linked_to(folder: Path) -> str:
    """Return the id of the shared project that a folder's project is linked to; "" for none."""
    path = folder / database.DATABASE_NAME
    try:
        if not path.is_file():
            return ""
        with database.reading(path) as connection:
            link = read_link(connection)
    except (OSError, sa.exc.DBAPIError, database.DamageFoundError):
        return ""
    return "" if link is None else link.project_id
