"""What becomes of the blobs that somebody stored when they are erased: those that nobody else needs go within a day.

A blob that another account has stored too, or that a project of others has, stays: it is theirs as well. What has
arrived of unfinished uploads is removed as that of all uploads that are over.
"""

import sqlalchemy as sa

from cloud.blobs.rules import LONG_AGO
from cloud.blobs.tables import blob, blob_holding, project_blob
from cloud.projects.tables import project_member


def erase(connection: sa.Connection, account_id: str) -> None:
    """Doom what only this account needs, as if it had been unused for long."""
    other = blob_holding.alias()
    theirs = sa.select(blob_holding.c.hash).where(blob_holding.c.account_id == account_id)
    held = sa.exists().where(other.c.hash == blob.c.hash, other.c.account_id != account_id)
    shared = sa.exists().where(
        project_blob.c.hash == blob.c.hash,
        project_member.c.project_id == project_blob.c.project_id,
        project_member.c.account_id != account_id,
    )
    gone = sa.update(blob).where(blob.c.hash.in_(theirs), ~held, ~shared)
    connection.execute(gone.values(used_at=LONG_AGO, doomed_at=LONG_AGO))
    connection.execute(sa.delete(blob_holding).where(blob_holding.c.account_id == account_id))
