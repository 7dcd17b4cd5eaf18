"""Taking over a checkpoint: what the cloud's drafts were at one moment, in one transaction or not at all."""

from collections.abc import Sequence

import sqlalchemy as sa

from sync.outbox.rows import fact, set_fact, text_of
from sync.outbox.tables import pending, synced
from sync.protocol.changes import Draft

_mine = pending.c.draft_id == sa.bindparam("draft_id")
_known = synced.c.id == sa.bindparam("draft_id")
_FORGET_ACKED = sa.delete(pending).where(pending.c.state == "acked")
_FORGET_DONE = _FORGET_ACKED.where(_mine, pending.c.version <= sa.bindparam("version"))
_version = sa.select(synced.c.version).where(_known).scalar_subquery()
_FORGET_TOLD = _FORGET_ACKED.where(_mine, pending.c.version <= _version)
_FORGET_REMOVED = sa.delete(synced).where(_known, synced.c.is_removed, ~sa.exists().where(_mine))
_MARK_REMOVED = sa.update(synced).where(_known)
_KEEP = synced.insert().prefix_with("OR REPLACE")
_IDS = sa.select(synced.c.id)


def cursor_of(connection: sa.Connection) -> str | None:
    """Return where the next checkpoint begins; None for everything."""
    return fact(connection, "cursor") or None


def take_checkpoint(connection: sa.Connection, drafts: Sequence[Draft], since: str | None, cursor: str) -> bool:
    """Take over the changes since a cursor (None: everything there is); changes of one's own stay on top.

    Returns False, and takes nothing, when another process has read on meanwhile.
    """
    known = cursor_of(connection)
    if since is not None and known != since:
        return False
    if since is None:
        # Everything that was done is in what was read; what is not in it is gone.
        connection.execute(_FORGET_ACKED)
        for gone in sorted(set(connection.execute(_IDS).scalars()) - {draft.id for draft in drafts}):
            _remove(connection, gone, None)
    for draft in drafts:
        if draft.is_removed:
            _remove(connection, draft.id, draft.version)
        else:
            row = {"id": draft.id, "kind": draft.kind, "version": draft.version, "is_removed": False}
            connection.execute(_KEEP, {**row, "values": text_of(draft.values)})
            drop_settled(connection, draft.id)
    if cursor != known:
        set_fact(connection, "cursor", cursor)
    return True


def drop_settled(connection: sa.Connection, draft_id: str) -> None:
    """Forget changes of a draft that are done and part of what the cloud said, and a removed draft nobody changes."""
    connection.execute(_FORGET_TOLD, {"draft_id": draft_id})
    connection.execute(_FORGET_REMOVED, {"draft_id": draft_id})


def _remove(connection: sa.Connection, draft_id: str, version: int | None) -> None:
    newer = {} if version is None else {"version": version}
    found = connection.execute(_MARK_REMOVED, {"draft_id": draft_id, "is_removed": True, **newer})
    if not found.rowcount and version is not None:
        # Made and removed before we ever read it: changes of our own that are done are part of that.
        connection.execute(_FORGET_DONE, {"draft_id": draft_id, "version": version})
    drop_settled(connection, draft_id)
