"""What opening reads from a project's database, and how it becomes a state and a document.

The stored state is used when it belongs to the last op; otherwise the document is loaded and projected.
"""

import logging
import zlib
from dataclasses import dataclass

import sqlalchemy as sa

from maxbooster_desktop.project.document.errors import DamagedRecordError, DamagedStateError
from maxbooster_desktop.project.document.journal import OpRecord
from maxbooster_desktop.project.document.projection import project
from maxbooster_desktop.project.document.state import ProjectState
from maxbooster_desktop.project.document.state_codec import decode_state
from maxbooster_desktop.project.store import database
from maxbooster_desktop.project.store.op_log import follows, read_ops
from maxbooster_desktop.project.store.record_blob import decode_record
from maxbooster_desktop.project.store.snapshots import Snapshot, newest_snapshot
from maxbooster_desktop.project.store.tables import ops, versions
from maxbooster_desktop.project.store.versions import read_version
from sync.document.errors import RefusedUpdateError
from sync.document.register_document import RegisterDocument

_LOG = logging.getLogger(__name__)
#: Origin of what the store itself applies to a document.
STORE_ORIGIN = "store"


@dataclass(frozen=True, slots=True)
class Contents:
    """The newest snapshot, the records behind it, and where the log ends."""

    snapshot: Snapshot
    records: tuple[OpRecord, ...]
    last_number: int
    last_digest: bytes

    def document(self) -> RegisterDocument:
        """Return the document after the last op, owned by the calling thread.

        Raises:
            DamageFoundError: a digest is right and what it was made of was not: bytes went wrong before it was taken.
        """
        document = RegisterDocument()
        try:
            document.load(self.snapshot.document, in_pieces=True)
            for record in self.records:
                if record.update:
                    document.apply(record.update, STORE_ORIGIN)
        except RefusedUpdateError as refused:
            raise database.DamageFoundError(str(refused)) from refused
        return document

    def stored_state(self) -> ProjectState | None:
        """Return the stored state if it is that of the last op and of this version's form."""
        if self.records:
            return None
        try:
            return decode_state(self.snapshot.state)
        except DamagedStateError as error:
            # Its digest was right, so another version wrote it: the document says the same.
            _LOG.info("%s", error)
            return None

    def state(self) -> ProjectState:
        """Return the state after the last op."""
        return self.stored_state() or project(self.document())


def read_contents(connection: sa.Connection) -> Contents:
    """Read what the project is.

    Raises:
        DamageFoundError: something is not what was written.
    """
    try:
        return _read(connection)
    except sa.exc.DBAPIError as error:
        if database.is_damage(error):
            raise database.DamageFoundError(str(error.orig)) from error
        raise
    except (ValueError, TypeError, KeyError, zlib.error, DamagedRecordError) as error:
        raise database.DamageFoundError(str(error)) from error


def _read(connection: sa.Connection) -> Contents:
    snapshot = newest_snapshot(connection)
    number, digest = snapshot.number, snapshot.op_digest
    own = connection.execute(sa.select(ops.c.digest).where(ops.c.number == number)).scalar_one_or_none()
    if not isinstance(digest, bytes) or own not in {None, digest}:
        raise database.DamageFoundError(f"snapshot {number} belongs to another op")
    records = []
    for op in read_ops(connection, snapshot.number):
        if not follows(number, digest, op) or op.epoch != snapshot.epoch:
            raise database.DamageFoundError(f"op {op.number} does not follow snapshot {snapshot.number}")
        records.append(decode_record(op.record))
        number, digest = op.number, op.digest
    return Contents(snapshot, tuple(records), number, digest)


def check_all_rows(connection: sa.Connection) -> None:
    """Read every op and version and compare it with its digest.

    Raises:
        DamageFoundError: one is not what was written.
    """
    for _ in read_ops(connection):
        pass
    for number in connection.execute(sa.select(versions.c.id)).scalars().all():
        read_version(connection, number)
