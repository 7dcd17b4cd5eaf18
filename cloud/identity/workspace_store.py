"""Workspaces, their members and invitations, read and written inside one unit of work."""

from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from cloud.foundation.ids import new_id
from cloud.foundation.problems import ConflictError, NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.tables import account
from cloud.identity.tokens import digest
from cloud.identity.workspace_contracts import Invitation, Member, Workspace
from cloud.identity.workspace_tables import invitation, membership, workspace

_WORKSPACE = [workspace.c[name] for name in ("id", "name", "personal_of", "version", "created_at")]
_MEMBER = [account.c.id.label("account_id"), account.c.name, account.c.email, membership.c.role, membership.c.joined_at]
_INVITATION = [invitation.c[field.name] for field in fields(Invitation)]


def add(work: UnitOfWork, name: str, owner_id: str, *, is_personal: bool = False) -> Workspace:
    """Add a workspace with its first owner; return it as they see it."""
    made = Workspace(new_id("wsp"), name, owner_id if is_personal else None, 1, work.clock.now(), "owner")
    values = {column.name: getattr(made, column.name) for column in _WORKSPACE}
    work.connection.execute(sa.insert(workspace).values(values))
    put_member(work, made.id, owner_id, "owner")
    return made


def seen_by(work: UnitOfWork, workspace_id: str, account_id: str, *, is_locked: bool = False) -> Workspace:
    """Return a workspace with somebody's role in it, locked until the unit ends if wanted; raises NotFoundError."""
    query = sa.select(*_WORKSPACE).where(workspace.c.id == workspace_id)
    row = work.connection.execute(query.with_for_update() if is_locked else query).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no workspace {workspace_id}.")
    return Workspace(**row, role=role_in(work, workspace_id, account_id) or "")


def role_in(work: UnitOfWork, workspace_id: str, account_id: str) -> str | None:
    """Return what somebody is in a workspace; None: nothing."""
    query = sa.select(membership.c.role).where(*_is_member(workspace_id, account_id))
    return work.connection.execute(query).scalar()


def all_of(work: UnitOfWork, account_id: str) -> list[Workspace]:
    """Return the workspaces that somebody is in: their own first, then by age."""
    query = sa.select(*_WORKSPACE, membership.c.role).join(membership, membership.c.workspace_id == workspace.c.id)
    query = query.where(membership.c.account_id == account_id)
    order = (workspace.c.personal_of.is_distinct_from(account_id), workspace.c.created_at, workspace.c.id)
    return [Workspace(**row) for row in work.connection.execute(query.order_by(*order)).mappings()]


def change(work: UnitOfWork, found: Workspace, **values: Any) -> None:
    """Change columns of a workspace; its version rises."""
    changed = sa.update(workspace).where(workspace.c.id == found.id)
    work.connection.execute(changed.values(version=found.version + 1, **values))


def remove(work: UnitOfWork, workspace_id: str) -> None:
    """Remove a workspace, its memberships and its invitations."""
    work.connection.execute(sa.delete(workspace).where(workspace.c.id == workspace_id))


def put_member(work: UnitOfWork, workspace_id: str, account_id: str, role: str) -> None:
    """Make somebody a member of a workspace; raises ConflictError when they are one."""
    if role_in(work, workspace_id, account_id) is not None:
        raise ConflictError("They are in this workspace already.")
    values = {"workspace_id": workspace_id, "account_id": account_id, "role": role, "joined_at": work.clock.now()}
    work.connection.execute(sa.insert(membership).values(values))


def member(work: UnitOfWork, workspace_id: str, account_id: str) -> Member:
    """Return a member; raises NotFoundError."""
    query = sa.select(*_MEMBER).join(membership, membership.c.account_id == account.c.id)
    row = work.connection.execute(query.where(*_is_member(workspace_id, account_id))).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no member {account_id}.")
    return Member(**row)


def members(work: UnitOfWork, workspace_id: str) -> list[Member]:
    """Return everybody in a workspace, by when they joined."""
    query = sa.select(*_MEMBER).join(membership, membership.c.account_id == account.c.id)
    query = query.where(membership.c.workspace_id == workspace_id).order_by(membership.c.joined_at, account.c.id)
    return [Member(**row) for row in work.connection.execute(query).mappings()]


def owners_but(work: UnitOfWork, workspace_id: str, account_id: str) -> int:
    """Return how many other owners a workspace has."""
    query = sa.select(sa.func.count()).where(
        membership.c.workspace_id == workspace_id,
        membership.c.role == "owner",
        membership.c.account_id != account_id,
    )
    return int(work.connection.execute(query).scalar_one())


def change_role(work: UnitOfWork, workspace_id: str, account_id: str, role: str) -> None:
    """Give a member another role."""
    changed = sa.update(membership).where(*_is_member(workspace_id, account_id))
    work.connection.execute(changed.values(role=role))


def remove_member(work: UnitOfWork, workspace_id: str, account_id: str) -> None:
    """Remove a member."""
    work.connection.execute(sa.delete(membership).where(*_is_member(workspace_id, account_id)))


def add_invitation(
    work: UnitOfWork, workspace_id: str, *, email: str, role: str, token: str, until: datetime
) -> Invitation:
    """Invite an address; an earlier invitation of it is void."""
    same = (invitation.c.workspace_id == workspace_id, invitation.c.email == email.lower())
    work.connection.execute(sa.delete(invitation).where(*same))
    made = Invitation(new_id("inv"), workspace_id, email.lower(), role, work.clock.now(), until)
    values = {field.name: getattr(made, field.name) for field in fields(Invitation)}
    work.connection.execute(sa.insert(invitation).values(**values, token_hash=digest(token)))
    return made


def invitations(work: UnitOfWork, workspace_id: str) -> list[Invitation]:
    """Return who is invited and may still come, newest first."""
    query = sa.select(*_INVITATION).where(
        invitation.c.workspace_id == workspace_id, invitation.c.expires_at > work.clock.now()
    )
    rows = work.connection.execute(query.order_by(invitation.c.created_at.desc(), invitation.c.id.desc())).mappings()
    return [Invitation(**row) for row in rows]


def use_invitation(work: UnitOfWork, token: str, email: str) -> Invitation:
    """Return the invitation with a token, which is void from now on; raises NotFoundError, also for another's."""
    used = sa.delete(invitation).where(
        invitation.c.token_hash == digest(token),
        invitation.c.email == email,
        invitation.c.expires_at > work.clock.now(),
    )
    row = work.connection.execute(used.returning(*_INVITATION)).mappings().first()
    if row is None:
        raise NotFoundError("This invitation is not for your address, was used or withdrawn, or is too old.")
    return Invitation(**row)


def remove_invitation(work: UnitOfWork, workspace_id: str, invitation_id: str) -> Invitation:
    """Remove an invitation; raises NotFoundError."""
    ours = (invitation.c.workspace_id == workspace_id, invitation.c.id == invitation_id)
    row = work.connection.execute(sa.delete(invitation).where(*ours).returning(*_INVITATION)).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no invitation {invitation_id}.")
    return Invitation(**row)


def forget_old(work: UnitOfWork) -> int:
    """Remove invitations that are too old; return how many."""
    old = sa.delete(invitation).where(invitation.c.expires_at < work.clock.now())
    return len(work.connection.execute(old.returning(invitation.c.id)).all())


def _is_member(workspace_id: str, account_id: str) -> "tuple[sa.ColumnElement[bool], ...]":
    return membership.c.workspace_id == workspace_id, membership.c.account_id == account_id
