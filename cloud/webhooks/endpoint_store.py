"""Endpoints and their secrets, read and written inside one unit of work."""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from cloud.foundation.encryption import Keyring, Place, Vault
from cloud.foundation.ids import new_id
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.workspace_tables import workspace
from cloud.webhooks import rules
from cloud.webhooks.contracts import Endpoint
from cloud.webhooks.tables import webhook_endpoint

_ENDPOINT = [webhook_endpoint.c[field.name] for field in fields(Endpoint)]


def add(
    work: UnitOfWork, keyring: Keyring, workspace_id: str, *, url: str, description: str, events: list[str], secret: str
) -> Endpoint:
    """Add an endpoint that is active."""
    made = Endpoint(
        new_id("whk"), workspace_id, url, description, events, "active", None, None, None, 1, work.clock.now()
    )
    values = {field.name: getattr(made, field.name) for field in fields(Endpoint)}
    sealed = _seal(work, keyring, made, "secret", secret)
    work.connection.execute(sa.insert(webhook_endpoint).values(**values, secret=sealed))
    return made


def one(work: UnitOfWork, workspace_id: str, endpoint_id: str, *, is_locked: bool = False) -> Endpoint:
    """Return an endpoint of a workspace, locked until the unit ends if wanted; raises NotFoundError."""
    ours = (webhook_endpoint.c.id == endpoint_id, webhook_endpoint.c.workspace_id == workspace_id)
    query = sa.select(*_ENDPOINT).where(*ours)
    row = work.connection.execute(query.with_for_update() if is_locked else query).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no webhook {endpoint_id}.")
    return Endpoint(**row)


def by_id(work: UnitOfWork, endpoint_id: str, *, is_locked: bool = False) -> Endpoint | None:
    """Return an endpoint if it is still there, locked until the unit ends if wanted."""
    query = sa.select(*_ENDPOINT).where(webhook_endpoint.c.id == endpoint_id)
    row = work.connection.execute(query.with_for_update() if is_locked else query).mappings().first()
    return None if row is None else Endpoint(**row)


def all_of(work: UnitOfWork, workspace_id: str) -> list[Endpoint]:
    """Return a workspace's endpoints, the oldest first."""
    query = sa.select(*_ENDPOINT).where(webhook_endpoint.c.workspace_id == workspace_id)
    rows = work.connection.execute(query.order_by(webhook_endpoint.c.created_at, webhook_endpoint.c.id)).mappings()
    return [Endpoint(**row) for row in rows]


def interested(work: UnitOfWork, audience: Collection[str], event: str) -> list[Endpoint]:
    """Return who is told of an event: endpoints of the workspaces in `audience`, and of its accounts' own ones."""
    theirs = workspace.c.id.in_(audience) | workspace.c.personal_of.in_(audience)
    wanted = (webhook_endpoint.c.events == sa.text("'{}'")) | webhook_endpoint.c.events.contains([event])
    query = sa.select(*_ENDPOINT).join(workspace, workspace.c.id == webhook_endpoint.c.workspace_id)
    rows = work.connection.execute(query.where(theirs, wanted).order_by(webhook_endpoint.c.id)).mappings()
    return [Endpoint(**row) for row in rows]


def change(work: UnitOfWork, endpoint_id: str, *, is_new_version: bool = True, **values: Any) -> None:
    """Change columns of an endpoint; what it notes of itself makes no new version."""
    more = {"version": webhook_endpoint.c.version + 1} if is_new_version else {}
    changed = sa.update(webhook_endpoint).where(webhook_endpoint.c.id == endpoint_id)
    work.connection.execute(changed.values(**values, **more))


def remove(work: UnitOfWork, endpoint_id: str) -> None:
    """Remove an endpoint and what was sent to it."""
    work.connection.execute(sa.delete(webhook_endpoint).where(webhook_endpoint.c.id == endpoint_id))


def rotate(work: UnitOfWork, keyring: Keyring, found: Endpoint, secret: str) -> None:
    """Give an endpoint a new secret; the one it has is valid for a while longer."""
    (present, *_old) = secrets_of(work, keyring, found)
    until = work.clock.now() + rules.OLD_SECRET_LASTS
    old = _seal(work, keyring, found, "old_secret", present)
    change(work, found.id, secret=_seal(work, keyring, found, "secret", secret), old_secret=old, old_until=until)


def secrets_of(work: UnitOfWork, keyring: Keyring, found: Endpoint) -> list[str]:
    """Return the secrets that are valid, the newest first."""
    columns = (webhook_endpoint.c.secret, webhook_endpoint.c.old_secret, webhook_endpoint.c.old_until)
    query = sa.select(*columns).where(webhook_endpoint.c.id == found.id)
    row = work.connection.execute(query).one()
    sealed = {"secret": row.secret}
    if row.old_secret is not None and work.clock.now() < _moment(row.old_until):
        sealed["old_secret"] = row.old_secret
    vault = Vault(work.connection, keyring)
    return [vault.unseal(_place(found.id, column), value).decode() for column, value in sealed.items()]


def _seal(work: UnitOfWork, keyring: Keyring, found: Endpoint, column: str, secret: str) -> bytes:
    subject = f"workspace:{found.workspace_id}"
    return Vault(work.connection, keyring).seal(subject, _place(found.id, column), secret.encode())


def _place(endpoint_id: str, column: str) -> Place:
    return Place("webhook_endpoint", column, endpoint_id)


def _moment(value: Any) -> datetime:
    assert isinstance(value, datetime)
    return value
