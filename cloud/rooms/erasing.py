"""What becomes of what somebody said in rooms when they are erased.

Notes, clips and everything else that several people made stays; comments lose their author and their words. A log is
never changed, so a document that holds or held words of theirs goes on as a new epoch without its history: whoever
comes with the old one takes the new (see docs/sync-protocol.md). A process that has the room open loses it within
seconds.
"""

import sqlalchemy as sa

from cloud.projects.tables import project_member
from cloud.rooms.tables import room, room_overwritten, room_snapshot, room_update
from sync.document.authorship import ROOT, without_author
from sync.document.errors import RefusedUpdateError
from sync.document.register_document import RegisterDocument
from sync.document.update_reader import describe

_NOBODY, _NAME, _TEXT = "", "A former member", "(removed)"


def erase(connection: sa.Connection, account_id: str) -> None:
    """Take an account's words out of every document it took part in."""
    lost = (room_overwritten.c.lost_account == account_id, room_overwritten.c.root == ROOT)
    connection.execute(sa.delete(room_overwritten).where(*lost))
    query = sa.select(room.c.project_id).where(room.c.project_id.in_(rooms_with(account_id)))
    for project_id in connection.execute(query.order_by(room.c.project_id).with_for_update()).scalars().all():
        _rewrite(connection, project_id, account_id)


def rooms_with(account_id: str) -> sa.CompoundSelect[str]:
    """Return what finds the projects in whose rooms an account is, or has said something.

    Who left long ago is in no list of members, and behind a snapshot in no log: but their id stands in the documents.
    """
    member = sa.select(project_member.c.project_id).where(project_member.c.account_id == account_id)
    writer = sa.select(room_update.c.project_id).where(room_update.c.account_id == account_id)
    place = sa.func.position(sa.literal(account_id.encode()).op("IN")(room_snapshot.c.data))
    return sa.union(member, writer, sa.select(room_snapshot.c.project_id).where(place > 0))


def _rewrite(connection: sa.Connection, project_id: str, account_id: str) -> None:
    epoch = connection.execute(sa.select(room.c.epoch).where(room.c.project_id == project_id)).scalar_one()
    document = RegisterDocument()
    for update in _updates(connection, project_id, epoch):
        document.load(update)
    changes = without_author(document, account_id, _NOBODY, _NAME, _TEXT)
    if not changes and not _has_commented(connection, project_id, account_id):
        return
    document.write(changes, "erasure:1")
    values = {"epoch": epoch + 1, "head_seq": 0, "fence": room.c.fence + 1}
    free = {"owner": None, "address": None, "leased_until": None}
    connection.execute(sa.update(room).where(room.c.project_id == project_id).values(**values, **free))
    for table in (room_update, room_snapshot):
        connection.execute(sa.delete(table).where(table.c.project_id == project_id))
    whole = {"project_id": project_id, "epoch": epoch + 1, "seq": 0, "data": document.encode()}
    connection.execute(sa.insert(room_snapshot).values(whole))


def _updates(connection: sa.Connection, project_id: str, epoch: int) -> list[bytes]:
    """Return what makes the present document: the newest snapshot, and the log behind it."""
    kept = sa.select(room_snapshot.c.seq, room_snapshot.c.data).where(
        room_snapshot.c.project_id == project_id, room_snapshot.c.epoch == epoch
    )
    newest = connection.execute(kept.order_by(room_snapshot.c.seq.desc()).limit(1)).first()
    after = 0 if newest is None else newest.seq
    log = sa.select(room_update.c.data).where(
        room_update.c.project_id == project_id, room_update.c.epoch == epoch, room_update.c.seq > after
    )
    rows = connection.execute(log.order_by(room_update.c.seq)).scalars().all()
    return [*([] if newest is None else [newest.data]), *rows]


def _has_commented(connection: sa.Connection, project_id: str, account_id: str) -> bool:
    """Return whether the log still holds words of an account that the document does not."""
    theirs = (room_update.c.project_id == project_id, room_update.c.account_id == account_id)
    return any(
        _is_about_comments(data) for data in connection.execute(sa.select(room_update.c.data).where(*theirs)).scalars()
    )


def _is_about_comments(update: bytes) -> bool:
    try:
        return ROOT in describe(update).roots
    except RefusedUpdateError:
        return True  # what cannot be read may hold anything
