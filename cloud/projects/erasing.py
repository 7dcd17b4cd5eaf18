"""What becomes of somebody's projects when they are erased.

A project goes to whoever has been in it longest, editors first, then commenters, then viewers: a song belongs to
everybody who works on it. One that nobody else is in is removed with all that is in it, as is one that its owner had
deleted. Invitations to the person's address go; those that the person made stay with a name that leads to nobody.
"""

import sqlalchemy as sa

from cloud.identity.tables import account
from cloud.projects.tables import project, project_invitation, project_member

_ORDER = ("editor", "commenter", "viewer")


def erase(connection: sa.Connection, account_id: str) -> None:
    """Pass on or remove what an account owns, and forget that its address was invited."""
    address = sa.select(account.c.email).where(account.c.id == account_id).scalar_subquery()
    connection.execute(sa.delete(project_invitation).where(project_invitation.c.email == address))
    owned = sa.select(project.c.id, project.c.deleted_at).join(project_member)
    owned = owned.where(project_member.c.account_id == account_id, project_member.c.role == "owner")
    for found in connection.execute(owned.order_by(project.c.id).with_for_update(of=project)).all():
        heir = None if found.deleted_at else _heir(connection, found.id)
        if heir is None:
            connection.execute(sa.delete(project).where(project.c.id == found.id))
        else:
            _pass_on(connection, found.id, account_id, heir)


def _heir(connection: sa.Connection, project_id: str) -> str | None:
    rank = sa.case({role: place for place, role in enumerate(_ORDER)}, value=project_member.c.role)
    others = (project_member.c.project_id == project_id, project_member.c.role != "owner")
    query = sa.select(project_member.c.account_id).where(*others).order_by(rank, project_member.c.joined_at)
    return connection.execute(query.limit(1)).scalar()


def _pass_on(connection: sa.Connection, project_id: str, owner_id: str, heir: str) -> None:
    ours = project_member.c.project_id == project_id
    connection.execute(sa.delete(project_member).where(ours, project_member.c.account_id == owner_id))
    connection.execute(sa.update(project_member).where(ours, project_member.c.account_id == heir).values(role="owner"))
