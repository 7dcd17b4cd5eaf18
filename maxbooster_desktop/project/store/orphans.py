"""Sounds that nothing refers to: what an import leaves that was killed between its copies and its edit.

A file goes only when all of this holds: its name is that of a stored sound, it is older than this session by the disk's
own clock, and its hash stands nowhere in the document (tombstones count), in a snapshot, a version, an op, a take or a
backup. Where one of them cannot be read, or a damaged file of the project was kept, everything stays.
"""

import logging
import zlib
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from maxbooster_desktop.project.document.errors import DamagedRecordError
from maxbooster_desktop.project.store import backups, database
from maxbooster_desktop.project.store.audio_files import AudioFiles
from maxbooster_desktop.project.store.lock import LOCK_NAME
from maxbooster_desktop.project.store.record_blob import decode_record
from maxbooster_desktop.project.store.tables import ops, snapshots, takes, versions

_LOG = logging.getLogger(__name__)
#: Disks keep times in steps of up to two seconds.
_MARGIN_S = 10.0


def old_sounds(folder: Path, audio: AudioFiles) -> dict[str, Path]:
    """Return the stored sounds that are older than this session, by hash."""
    session_s = (folder / LOCK_NAME).stat().st_mtime
    found = {}
    for path in audio.stored():
        if path.stat().st_mtime < session_s - _MARGIN_S:
            found[path.stem] = path
    return found


def remove_unnamed(folder: Path, candidates: dict[str, Path]) -> list[Path]:
    """Remove the sounds among `candidates` whose hash stands nowhere in the project's files; returns them."""
    left = dict(candidates)
    if not left or any(folder.glob(f"{database.DATABASE_NAME}.damaged-*")):
        return []
    try:
        for blob in _everything(folder):
            left = {name: path for name, path in left.items() if name.encode() not in blob}
            if not left:
                return []
    except (
        sa.exc.SQLAlchemyError,
        database.DamageFoundError,
        OSError,
        ValueError,
        zlib.error,
        DamagedRecordError,
    ) as error:
        _LOG.warning("Unused sounds of %s stay, because not all of it can be read: %s", folder, error)
        return []
    for path in left.values():
        _LOG.info("%s was left by an interrupted import and is removed.", path)
        path.unlink(missing_ok=True)
    return list(left.values())


def _everything(folder: Path) -> Iterator[bytes]:
    """Yield all bytes in which a sound may be named."""
    with database.reading(folder / database.DATABASE_NAME) as connection:
        yield from _blobs(connection)
    for backup in backups.list_backups(folder):
        try:
            with database.reading_backup(backup) as connection:
                yield from _blobs(connection)
        except sa.exc.OperationalError:
            # The document thread drops its oldest copies meanwhile; a sound that only such a one names is not needed.
            if backup.exists():
                raise


def _blobs(connection: sa.Connection) -> Iterator[bytes]:
    rows = connection.execution_options(yield_per=50)
    for (record,) in rows.execute(sa.select(ops.c.record)):
        yield record
        yield _registers(record)
    for table in (snapshots, versions):
        for (document,) in rows.execute(sa.select(table.c.document)):
            yield zlib.decompress(document)
    for (patch,) in rows.execute(sa.select(versions.c.patch).where(versions.c.patch.is_not(None))):
        yield _registers(patch)
    for (path,) in rows.execute(sa.select(takes.c.path)):
        yield path.encode()


def _registers(record: bytes) -> bytes:
    """Return the registers of a record, of which long ones are packed."""
    decoded = decode_record(record)
    return repr((dict(decoded.before), dict(decoded.after))).encode()
