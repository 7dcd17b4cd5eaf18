"""Staff and the roles that wait for a second admin, read and written inside one unit of work."""

from dataclasses import fields

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import rules
from cloud.identity.passkey_tables import passkey
from cloud.identity.staff_contracts import RoleRequest, StaffMember
from cloud.identity.staff_tables import role_request
from cloud.identity.tables import account, totp_secret

_REQUEST = [role_request.c[field.name] for field in fields(RoleRequest)]


def staff(work: UnitOfWork, role: str | None = None) -> list[StaffMember]:
    """Return everybody with a role on the platform, or with this one, by age of the account."""
    wanted = sa.cast([role] if role else sorted(rules.STAFF), ARRAY(sa.Text))
    has_code = sa.exists().where(totp_secret.c.account_id == account.c.id, totp_secret.c.confirmed_at.is_not(None))
    has_passkey = sa.exists().where(passkey.c.account_id == account.c.id)
    has_second_factor = sa.or_(has_code, has_passkey).label("has_second_factor")
    query = sa.select(account.c.id, account.c.name, account.c.email, account.c.roles, has_second_factor)
    rows = work.connection.execute(
        query.where(account.c.roles.overlap(wanted)).order_by(account.c.created_at, account.c.id)
    )
    found = [StaffMember(**row) for row in rows.mappings()]
    return [StaffMember(one.id, one.name, one.email, _of_staff(one.roles), one.has_second_factor) for one in found]


def has_second_factor(work: UnitOfWork, account_id: str) -> bool:
    """Return whether somebody's password alone does not let them in, or need not."""
    code = sa.select(totp_secret.c.account_id).where(
        totp_secret.c.account_id == account_id, totp_secret.c.confirmed_at.is_not(None)
    )
    key = sa.select(passkey.c.account_id).where(passkey.c.account_id == account_id)
    return work.connection.execute(sa.union_all(code, key).limit(1)).first() is not None


def lock_roles(work: UnitOfWork) -> None:
    """Be the only unit that gives or takes roles until it ends: how many admins there are stays as it was counted."""
    work.connection.execute(sa.text("LOCK TABLE role_request IN SHARE ROW EXCLUSIVE MODE"))


def add_request(work: UnitOfWork, request: RoleRequest) -> None:
    """Keep a request; an earlier one about the same role of the same person is void."""
    same = (role_request.c.account_id == request.account_id, role_request.c.role == request.role)
    work.connection.execute(sa.delete(role_request).where(*same))
    values = {field.name: getattr(request, field.name) for field in fields(RoleRequest)}
    work.connection.execute(sa.insert(role_request).values(values))


def requests(work: UnitOfWork) -> list[RoleRequest]:
    """Return what waits to be confirmed, oldest first."""
    query = sa.select(*_REQUEST).where(role_request.c.expires_at > work.clock.now())
    rows = work.connection.execute(query.order_by(role_request.c.created_at, role_request.c.id)).mappings()
    return [RoleRequest(**row) for row in rows]


def use_request(work: UnitOfWork, request_id: str) -> RoleRequest:
    """Return a request that waits, which is decided from now on; raises NotFoundError."""
    used = sa.delete(role_request).where(role_request.c.id == request_id, role_request.c.expires_at > work.clock.now())
    row = work.connection.execute(used.returning(*_REQUEST)).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no request {request_id} that waits.")
    return RoleRequest(**row)


def forget_requests_of(work: UnitOfWork, account_id: str) -> None:
    """Forget what somebody asked for, who has no say any more."""
    work.connection.execute(sa.delete(role_request).where(role_request.c.asked_by == account_id))


def forget_old(work: UnitOfWork) -> int:
    """Remove requests that nobody decided in time; return how many."""
    old = sa.delete(role_request).where(role_request.c.expires_at < work.clock.now())
    return len(work.connection.execute(old.returning(role_request.c.id)).all())


def _of_staff(roles: list[str]) -> list[str]:
    return [role for role in roles if role in rules.STAFF]
