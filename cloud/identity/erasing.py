"""What identity does when a person is erased: the account goes, and with it all that hangs on it.

A team whose only owner it was goes to its longest-standing admin, or else member; one that nobody is left in goes, too.
Kept replies that mention the person go; the audit names accounts by ids only and stays.
"""

import sqlalchemy as sa

from cloud.foundation.encryption import Keyring, Vault
from cloud.foundation.tables import idempotency_key
from cloud.identity.tables import account, api_key, attempt_counter
from cloud.identity.workspace_tables import invitation, membership, workspace

_ORDER = ("admin", "member", "finance")


def erase(connection: sa.Connection, keyring: Keyring, account_id: str) -> None:
    """Remove an account; one that is not there any more leaves nothing to do."""
    email = connection.execute(sa.select(account.c.email).where(account.c.id == account_id)).scalar()
    if email is not None:
        _forget_replies(connection, account_id, email)
        connection.execute(sa.delete(invitation).where(invitation.c.email == email))
    for workspace_id in _left_alone(connection, account_id):
        _pass_on(connection, workspace_id, account_id)
    counted = attempt_counter.c.subject.contains(account_id, autoescape=True)
    connection.execute(sa.delete(attempt_counter).where(counted))
    Vault(connection, keyring).destroy(account_id)
    connection.execute(sa.delete(account).where(account.c.id == account_id))


def _forget_replies(connection: sa.Connection, account_id: str, email: str) -> None:
    """Remove the replies that were kept for this person's requests, or that name them in another's."""
    keys = sa.select(api_key.c.id).where(api_key.c.account_id == account_id)
    theirs = sa.or_(idempotency_key.c.scope == account_id, idempotency_key.c.scope.in_(keys))
    text = sa.func.encode(idempotency_key.c.body, "escape")
    named = sa.or_(sa.func.strpos(text, account_id) > 0, sa.func.strpos(text, email) > 0)
    connection.execute(sa.delete(idempotency_key).where(sa.or_(theirs, named)))


def _left_alone(connection: sa.Connection, account_id: str) -> list[str]:
    """Return the teams that have no owner without this one."""
    other = membership.alias()
    is_other_owner = (other.c.role == "owner", other.c.account_id != account_id)
    others = sa.exists().where(other.c.workspace_id == membership.c.workspace_id, *is_other_owner)
    query = sa.select(membership.c.workspace_id).join(workspace, workspace.c.id == membership.c.workspace_id)
    owned = (membership.c.account_id == account_id, membership.c.role == "owner", workspace.c.personal_of.is_(None))
    return list(connection.execute(query.where(*owned, ~others).with_for_update(of=workspace)).scalars())


def _pass_on(connection: sa.Connection, workspace_id: str, account_id: str) -> None:
    others = (membership.c.workspace_id == workspace_id, membership.c.account_id != account_id)
    rank = sa.case({role: place for place, role in enumerate(_ORDER)}, value=membership.c.role)
    query = sa.select(membership.c.account_id).where(*others).order_by(rank, membership.c.joined_at).limit(1)
    heir = connection.execute(query).scalar()
    if heir is None:
        connection.execute(sa.delete(workspace).where(workspace.c.id == workspace_id))
        return
    is_heir = (membership.c.workspace_id == workspace_id, membership.c.account_id == heir)
    connection.execute(sa.update(membership).where(*is_heir).values(role="owner"))
