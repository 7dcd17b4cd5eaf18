"""Snapshots: the encoded document and state after some op, so that opening need not replay the log.

The newest two are kept: the older one is what is left when damage hits the newer.
"""

import zlib
from dataclasses import dataclass

import sqlalchemy as sa

from maxbooster_desktop.project.store import database
from maxbooster_desktop.project.store.tables import snapshots

_KEPT = 2


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a project was after op `number`, whose digest is `op_digest`."""

    number: int
    epoch: int
    op_digest: bytes
    document: bytes
    state: bytes


def packed(document: bytes) -> bytes:
    """Return an encoded document as it is stored, here and in versions: fast, for it is done while a person waits."""
    return zlib.compress(document, 1)


def write_snapshot(connection: sa.Connection, snapshot: Snapshot) -> None:
    """Store a snapshot in place of one with the same number and drop those no longer needed."""
    document = packed(snapshot.document)
    connection.execute(sa.delete(snapshots).where(snapshots.c.number == snapshot.number))
    connection.execute(
        sa.insert(snapshots).values(
            number=snapshot.number,
            epoch=snapshot.epoch,
            op_digest=snapshot.op_digest,
            document=document,
            document_digest=database.digest(document),
            state=snapshot.state,
            state_digest=database.digest(snapshot.state),
        )
    )
    kept = sa.select(snapshots.c.number).order_by(snapshots.c.number.desc()).limit(_KEPT)
    connection.execute(sa.delete(snapshots).where(snapshots.c.number.not_in(kept)))


def newest_snapshot(connection: sa.Connection) -> Snapshot:
    """Return the newest snapshot.

    Raises:
        DamageFoundError: there is none, or it is not what was written.
    """
    row = connection.execute(sa.select(snapshots).order_by(snapshots.c.number.desc()).limit(1)).one_or_none()
    if row is None:
        raise database.DamageFoundError("no snapshot")
    what = f"snapshot {row.number}"
    return Snapshot(
        row.number,
        row.epoch,
        row.op_digest,
        zlib.decompress(database.checked(row.document, row.document_digest, what)),
        database.checked(row.state, row.state_digest, what),
    )
