"""Invitations, read and written inside one unit of work."""

from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from cloud.foundation.ids import new_id
from cloud.foundation.paging import page_of
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.tokens import digest
from cloud.projects import rules
from cloud.projects.contracts import Invitation
from cloud.projects.tables import project_invitation as table

_INVITATION = [table.c[field.name] for field in fields(Invitation)]


def add(
    work: UnitOfWork, project_id: str, *, role: str, email: str | None, max_uses: int, expires_at: datetime, by: str
) -> tuple[Invitation, str]:
    """Make an invitation; return it and its token, which is kept nowhere."""
    token = rules.new_token(rules.INVITATION)
    made = Invitation(new_id("inv"), project_id, role, email, 0, max_uses, work.clock.now(), expires_at, by)
    values = {field.name: getattr(made, field.name) for field in fields(Invitation)}
    work.connection.execute(sa.insert(table).values(**values, token_hash=digest(token)))
    return made, token


def invitation(work: UnitOfWork, project_id: str, invitation_id: str) -> Invitation:
    """Return one of a project's invitations; raises NotFoundError."""
    query = sa.select(*_INVITATION).where(table.c.id == invitation_id, table.c.project_id == project_id)
    row = work.connection.execute(query).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no invitation {invitation_id}.")
    return Invitation(**row)


def usable(work: UnitOfWork, token: str) -> Invitation:
    """Return the invitation with a token, locked until the unit ends; raises NotFoundError when it is over."""
    query = sa.select(*_INVITATION).where(table.c.token_hash == digest(token)).with_for_update()
    row = work.connection.execute(query).mappings().first()
    found = None if row is None else Invitation(**row)
    if found is None or found.expires_at <= work.clock.now() or found.uses >= found.max_uses:
        raise NotFoundError("This invitation is not valid, was used up, or is over: ask for a new one.")
    return found


def invitations(work: UnitOfWork, project_id: str, after: list[Any] | None, size: int) -> list[Invitation]:
    """Return a project's invitations, newest first, one more than `size` when there are more."""
    query = sa.select(*_INVITATION).where(table.c.project_id == project_id)
    rows = work.connection.execute(page_of(query, (table.c.created_at, table.c.id), after, size)).mappings()
    return [Invitation(**row) for row in rows]


def count_use(work: UnitOfWork, invitation_id: str) -> None:
    """Note that somebody came in with an invitation."""
    work.connection.execute(sa.update(table).where(table.c.id == invitation_id).values(uses=table.c.uses + 1))


def remove(work: UnitOfWork, invitation_id: str) -> None:
    """Revoke an invitation."""
    work.connection.execute(sa.delete(table).where(table.c.id == invitation_id))


def forget_old(work: UnitOfWork) -> int:
    """Remove invitations that have been over for a month; return how many."""
    old = sa.delete(table).where(table.c.expires_at < work.clock.now() - rules.ENDED_KEPT).returning(table.c.id)
    return len(work.connection.execute(old).all())
