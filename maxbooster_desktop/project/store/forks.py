"""Where a project branched off, and which branches began in it: facts of its database.

A branch is a project of its own: it shares nothing with the one it came from but the ids of what both hold, by which
tracks can be brought back (`project/versions/`). Folders are those of this computer and may have gone since.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlalchemy as sa

from maxbooster_desktop.project.store.facts import is_as_declared, is_moment, read_json, write_fact

_FORKED_FROM, _BRANCHES = "forked_from", "branches"


@dataclass(frozen=True, slots=True)
class Fork:
    """One end of a branching, seen from the other.

    Attributes:
        folder: of the project at the other end.
        project_id: of the project at the other end.
        name: what it was called when the branch began.
        version: the version from which the branch began, 0 for the project as it was.
        made_at: when, in seconds since 1970.
    """

    folder: Path
    project_id: str
    name: str
    version: int
    made_at: float


def read_origin(connection: sa.Connection) -> Fork | None:
    """Return where the project branched off, None when it did not or the fact cannot be read."""
    found = _read(connection, _FORKED_FROM)
    return found[0] if found else None


def read_branches(connection: sa.Connection) -> list[Fork]:
    """Return the branches that began in the project, the oldest first."""
    return _read(connection, _BRANCHES)


def write_origin(connection: sa.Connection, origin: Fork) -> None:
    """Note where the project branched off."""
    _write(connection, _FORKED_FROM, [origin])


def add_branch(connection: sa.Connection, branch: Fork) -> None:
    """Note one more branch."""
    _write(connection, _BRANCHES, [*read_branches(connection), branch])


def _read(connection: sa.Connection, name: str) -> list[Fork]:
    try:
        found = [Fork(**{**row, "folder": Path(row["folder"])}) for row in read_json(connection, name) or ()]
    except (TypeError, KeyError):
        return []
    return [fork for fork in found if is_as_declared(fork) and is_moment(fork.made_at)]


def _write(connection: sa.Connection, name: str, forks: list[Fork]) -> None:
    rows = [asdict(fork) | {"folder": str(fork.folder)} for fork in forks]
    write_fact(connection, name, json.dumps(rows))
