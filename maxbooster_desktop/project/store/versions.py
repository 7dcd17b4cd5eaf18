"""Versions: whole documents a person can go back to.

Made automatically at the end of a session that changed something (when the project is opened next, if the program was
killed), and before a large operation (a restore, bringing a track back, a deletion of more than fifty entities, merging
what others did in more than an hour apart); made by hand with a name. Automatic ones are thinned to the last
`_KEPT_AUTOMATIC`; named ones stay for ever.
"""

import datetime as dt
import logging
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import sqlalchemy as sa

from maxbooster_desktop.project.document.errors import DamagedRecordError
from maxbooster_desktop.project.store import database
from maxbooster_desktop.project.store.errors import VersionMissingError
from maxbooster_desktop.project.store.facts import is_moment
from maxbooster_desktop.project.store.record_blob import decode_record
from maxbooster_desktop.project.store.snapshots import packed
from maxbooster_desktop.project.store.tables import snapshots, versions

VersionKind = Literal["opened", "closed", "before", "named", "restored"]
_KINDS = frozenset(get_args(VersionKind))
_LOG = logging.getLogger(__name__)
#: Deleting more entities than this in one step first keeps a version.
LARGE_DELETION = 50
_KEPT_AUTOMATIC = 50


@dataclass(frozen=True, slots=True)
class Version:
    """One entry of the list: the project as it was after op `number`."""

    id: int
    name: str
    kind: VersionKind
    made_at: dt.datetime
    number: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A version to be written: `document` as of op `number`, with the earlier values of the op in `patch` over it."""

    name: str
    kind: VersionKind
    number: int
    document: bytes
    patch: bytes | None = None


def write_version(connection: sa.Connection, version: Version, draft: Draft) -> None:
    """Store what `version` lists and `draft` holds."""
    document = packed(draft.document)
    connection.execute(
        sa.insert(versions).values(
            id=version.id,
            name=version.name,
            kind=version.kind,
            made_at=version.made_at.isoformat(),
            number=version.number,
            document=document,
            digest=database.digest(document),
            patch=draft.patch,
        )
    )
    _thin_automatic(connection)


def copy_snapshot_as_version(connection: sa.Connection, version: Version) -> None:
    """Store the snapshot of op `version.number` as a version, without bringing it into memory."""
    columns: dict[str, Any] = {
        "id": sa.literal(version.id),
        "name": sa.literal(version.name),
        "kind": sa.literal(version.kind),
        "made_at": sa.literal(version.made_at.isoformat()),
        "number": snapshots.c.number,
        "document": snapshots.c.document,
        "digest": snapshots.c.document_digest,
    }
    chosen = sa.select(*columns.values()).where(snapshots.c.number == version.number)
    connection.execute(sa.insert(versions).from_select(list(columns), chosen))
    _thin_automatic(connection)


def list_versions(connection: sa.Connection) -> list[Version]:
    """Return all versions, newest first."""
    columns = (versions.c.id, versions.c.name, versions.c.kind, versions.c.made_at, versions.c.number)
    found = []
    for row in connection.execute(sa.select(*columns).order_by(versions.c.id.desc())).mappings():
        try:
            found.append(_version_of(dict(row)))
        except database.DamageFoundError as damage:
            _LOG.warning("One version is left out of the list: %s is damaged", damage)
    return found


def read_version(connection: sa.Connection, version: int) -> Draft:
    """Return a version as it was written.

    Raises:
        VersionMissingError: there is none with that id.
        DamageFoundError: it is not what was written.
    """
    row = connection.execute(sa.select(versions).where(versions.c.id == version)).mappings().one_or_none()
    if row is None:
        raise VersionMissingError(version)
    return draft_of(dict(row))


def draft_of(row: Mapping[str, Any]) -> Draft:
    """Return what a whole row of the table holds.

    Raises:
        DamageFoundError: it is not what was written.
    """
    listed = _version_of(row)
    what = f"version {row['id']}"
    document = database.checked(row["document"], row["digest"], what)
    patch = row["patch"]
    try:
        if patch is not None:
            decode_record(patch)
        return Draft(listed.name, listed.kind, listed.number, zlib.decompress(document), patch)
    except (ValueError, TypeError, AttributeError, zlib.error, DamagedRecordError) as error:
        raise database.DamageFoundError(what) from error


def _version_of(row: Mapping[str, Any]) -> Version:
    try:
        made_at = dt.datetime.fromisoformat(row["made_at"])
        is_date = is_moment(made_at.timestamp())
    except (ValueError, TypeError, OverflowError) as error:
        raise database.DamageFoundError(f"version {row['id']}") from error
    is_plain = is_date and isinstance(row["name"], str) and isinstance(row["number"], int)
    if not is_plain or row["kind"] not in _KINDS:
        raise database.DamageFoundError(f"version {row['id']}")
    return Version(row["id"], row["name"], row["kind"], made_at, row["number"])


def newest_version(connection: sa.Connection) -> tuple[int, int]:
    """Return the highest id and the highest op number of all versions; (0, -1) when there is none."""
    row = connection.execute(sa.select(sa.func.max(versions.c.id), sa.func.max(versions.c.number))).one()
    return (0, -1) if row[0] is None else (int(row[0]), int(row[1]))


def _thin_automatic(connection: sa.Connection) -> None:
    automatic = versions.c.kind != "named"
    kept = sa.select(versions.c.id).where(automatic).order_by(versions.c.id.desc()).limit(_KEPT_AUTOMATIC)
    connection.execute(sa.delete(versions).where(automatic, versions.c.id.not_in(kept)))
