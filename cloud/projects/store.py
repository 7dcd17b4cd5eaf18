"""Projects and their members, read and written inside one unit of work. Deleted projects are found by nobody."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from cloud.foundation.ids import new_id
from cloud.foundation.paging import page_of
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.tables import account
from cloud.projects.contracts import NOBODY, Member, Project
from cloud.projects.tables import project, project_member

_PROJECT = [project.c[name] for name in ("id", "name", "forked_from", "version", "created_at")]
_MEMBER = [project_member.c[name] for name in ("account_id", "role", "joined_at")]
_ALIVE = project.c.deleted_at.is_(None)
#: Whoever is kept out of the cloud is kept out of its projects.
_LET_IN = ~sa.exists().where(account.c.id == project_member.c.account_id, account.c.state == "suspended")


def add_project(
    work: UnitOfWork, name: str, owner_id: str, *, forked_from: str | None, project_id: str | None = None
) -> Project:
    """Add a project with its owner."""
    made, now = project_id or new_id("prj"), work.clock.now()
    values = {"id": made, "name": name, "forked_from": forked_from, "created_at": now}
    work.connection.execute(sa.insert(project).values(values))
    put_member(work, made, owner_id, "owner")
    return Project(made, name, forked_from, 1, now, "owner")


def project_of(work: UnitOfWork, project_id: str, account_id: str, *, is_locked: bool = False) -> Project:
    """Return a project as an account sees it, locked until the unit ends if wanted; raises NotFoundError."""
    query = sa.select(*_PROJECT).where(project.c.id == project_id, _ALIVE)
    row = work.connection.execute(query.with_for_update() if is_locked else query).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no project {project_id}.")
    return Project(**row, role=role_of(work, project_id, account_id))


def projects_of(
    work: UnitOfWork, account_id: str, after: list[Any] | None, size: int
) -> list[tuple[Project, datetime]]:
    """Return an account's projects with when it joined, newest first, one more than `size` when there are more."""
    order = (project_member.c.joined_at, project_member.c.project_id)
    query = (
        sa.select(*_PROJECT, project_member.c.role, project_member.c.joined_at)
        .join(project_member, project_member.c.project_id == project.c.id)
        .where(project_member.c.account_id == account_id, _ALIVE)
    )
    rows = work.connection.execute(page_of(query, order, after, size)).mappings()
    return [(Project(**{k: v for k, v in row.items() if k != "joined_at"}), row["joined_at"]) for row in rows]


def change_project(work: UnitOfWork, project_id: str, **values: Any) -> None:
    """Change columns of a project; it gets a new version."""
    changed = sa.update(project).where(project.c.id == project_id).values(version=project.c.version + 1, **values)
    work.connection.execute(changed)


def role_of(work: UnitOfWork, project_id: str, account_id: str) -> str:
    """Return what an account is in a project; NOBODY for no member."""
    ours = (project_member.c.project_id == project_id, project_member.c.account_id == account_id)
    return work.connection.execute(sa.select(project_member.c.role).where(*ours, _LET_IN)).scalar() or NOBODY


def roles_in(work: UnitOfWork, project_ids: Collection[str]) -> dict[tuple[str, str], str]:
    """Return the roles of all members of some projects, by (project, account); none of deleted projects."""
    query = (
        sa.select(project_member.c.project_id, project_member.c.account_id, project_member.c.role)
        .join(project, project.c.id == project_member.c.project_id)
        .where(project.c.id.in_(project_ids), _ALIVE, _LET_IN)
    )
    return {(row.project_id, row.account_id): row.role for row in work.connection.execute(query)}


def accounts_in(work: UnitOfWork, project_id: str) -> list[str]:
    """Return the accounts of a project's members."""
    query = sa.select(project_member.c.account_id).where(project_member.c.project_id == project_id)
    return list(work.connection.execute(query).scalars())


def is_gone(work: UnitOfWork, project_id: str) -> bool:
    """Return whether there is no such project any more."""
    query = sa.select(project.c.id).where(project.c.id == project_id, _ALIVE)
    return work.connection.execute(query).first() is None


def owner_of(work: UnitOfWork, project_id: str) -> str | None:
    """Return the account that a project belongs to; None when there is no such project."""
    ours = (project_member.c.project_id == project_id, project_member.c.role == "owner")
    return work.connection.execute(sa.select(project_member.c.account_id).where(*ours)).scalar()


def member(work: UnitOfWork, project_id: str, account_id: str) -> Member:
    """Return a member; raises NotFoundError."""
    ours = (project_member.c.project_id == project_id, project_member.c.account_id == account_id)
    row = work.connection.execute(sa.select(*_MEMBER).where(*ours)).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no member {account_id} in this project.")
    return Member(**row)


def members(work: UnitOfWork, project_id: str, after: list[Any] | None, size: int) -> list[Member]:
    """Return a project's members, newest first, one more than `size` when there are more."""
    order = (project_member.c.joined_at, project_member.c.account_id)
    query = sa.select(*_MEMBER).where(project_member.c.project_id == project_id)
    return [Member(**row) for row in work.connection.execute(page_of(query, order, after, size)).mappings()]


def put_member(work: UnitOfWork, project_id: str, account_id: str, role: str) -> None:
    """Add somebody to a project."""
    values = {"project_id": project_id, "account_id": account_id, "role": role, "joined_at": work.clock.now()}
    work.connection.execute(sa.insert(project_member).values(values))


def set_role(work: UnitOfWork, project_id: str, account_id: str, role: str) -> None:
    """Make a member something else."""
    ours = (project_member.c.project_id == project_id, project_member.c.account_id == account_id)
    work.connection.execute(sa.update(project_member).where(*ours).values(role=role))


def remove_member(work: UnitOfWork, project_id: str, account_id: str) -> None:
    """Remove somebody from a project."""
    ours = (project_member.c.project_id == project_id, project_member.c.account_id == account_id)
    work.connection.execute(sa.delete(project_member).where(*ours))
