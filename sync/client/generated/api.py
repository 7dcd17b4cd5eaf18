"""The calls of the cloud that the desktop makes. Written by `scripts/generate_client.py`: change that, never this.

Every function raises CloudError; a change carries a new Idempotency-Key.
"""

import secrets
from typing import Any
from urllib.parse import quote

from sync.client.generated.models import (
    Account,
    Client,
    Have,
    Invitation,
    Json,
    Member,
    NewInvitation,
    Overwritten,
    Page,
    Project,
    ProjectBlob,
    Ticket,
)
from sync.client.http import Wire, readable


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _once() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_urlsafe(16)}


def read_account(wire: Wire) -> Account:
    """Read one's own account."""
    reply = wire.send("GET", "/v1/account")
    return readable(lambda: Account.read(reply))


def list_projects(wire: Wire, *, cursor: str | None = None, limit: int | None = None) -> Page[Project]:
    """List the projects one is in, those joined last first."""
    reply = wire.send("GET", "/v1/projects", query=_given(cursor=cursor, limit=limit))
    return readable(lambda: Page.read(reply, Project.read))


def create_project(wire: Wire, *, name: str, forked_from: str | None = None) -> Project:
    """Make a shared project."""
    reply = wire.send("POST", "/v1/projects", _given(name=name, forked_from=forked_from), headers=_once())
    return readable(lambda: Project.read(reply))


def read_project(wire: Wire, project_id: str) -> Project:
    """Read a project; the ETag is what a change names in If-Match."""
    reply = wire.send("GET", f"/v1/projects/{quote(project_id, safe='')}")
    return readable(lambda: Project.read(reply))


def join_project(wire: Wire, *, token: str) -> Project:
    """Come into a project with an invitation."""
    reply = wire.send("POST", "/v1/project-invitations/acceptance", _given(token=token), headers=_once())
    return readable(lambda: Project.read(reply))


def list_members(wire: Wire, project_id: str, *, cursor: str | None = None, limit: int | None = None) -> Page[Member]:
    """List who is in a project, who came last first."""
    reply = wire.send(
        "GET", f"/v1/projects/{quote(project_id, safe='')}/members", query=_given(cursor=cursor, limit=limit)
    )
    return readable(lambda: Page.read(reply, Member.read))


def change_role(wire: Wire, project_id: str, account_id: str, *, role: str) -> Member:
    """Make a member something else; it holds in the room at once."""
    reply = wire.send(
        "PUT",
        f"/v1/projects/{quote(project_id, safe='')}/members/{quote(account_id, safe='')}",
        _given(role=role),
        headers=_once(),
    )
    return readable(lambda: Member.read(reply))


def remove_member(wire: Wire, project_id: str, account_id: str) -> Member:
    """Remove a member; `me` leaves. The room closes for them within 5 s."""
    reply = wire.send(
        "DELETE", f"/v1/projects/{quote(project_id, safe='')}/members/{quote(account_id, safe='')}", headers=_once()
    )
    return readable(lambda: Member.read(reply))


def invite(
    wire: Wire,
    project_id: str,
    *,
    role: str,
    email: str | None = None,
    lasts_days: int | None = None,
    max_uses: int | None = None,
) -> NewInvitation:
    """Invite others, by a link or by mail."""
    reply = wire.send(
        "POST",
        f"/v1/projects/{quote(project_id, safe='')}/invitations",
        _given(role=role, email=email, lasts_days=lasts_days, max_uses=max_uses),
        headers=_once(),
    )
    return readable(lambda: NewInvitation.read(reply))


def list_invitations(
    wire: Wire, project_id: str, *, cursor: str | None = None, limit: int | None = None
) -> Page[Invitation]:
    """List a project's invitations, newest first."""
    reply = wire.send(
        "GET", f"/v1/projects/{quote(project_id, safe='')}/invitations", query=_given(cursor=cursor, limit=limit)
    )
    return readable(lambda: Page.read(reply, Invitation.read))


def revoke_invitation(wire: Wire, project_id: str, invitation_id: str) -> Invitation:
    """Take an invitation back; who came in with it stays."""
    reply = wire.send(
        "DELETE",
        f"/v1/projects/{quote(project_id, safe='')}/invitations/{quote(invitation_id, safe='')}",
        headers=_once(),
    )
    return readable(lambda: Invitation.read(reply))


def open_ticket(
    wire: Wire,
    project_id: str,
    *,
    device: str,
    role: str | None = None,
    epoch: int | None = None,
    lasts_s: int | None = None,
) -> Ticket:
    """Make a ticket that lets a device into the project's room until it expires."""
    reply = wire.send(
        "POST",
        f"/v1/projects/{quote(project_id, safe='')}/tickets",
        _given(device=device, role=role, epoch=epoch, lasts_s=lasts_s),
        headers=_once(),
    )
    return readable(lambda: Ticket.read(reply))


def list_overwritten(
    wire: Wire, project_id: str, *, cursor: str | None = None, limit: int | None = None
) -> Page[Overwritten]:
    """List values that lost against concurrent ones in a project's room, newest first."""
    reply = wire.send(
        "GET", f"/v1/projects/{quote(project_id, safe='')}/overwritten", query=_given(cursor=cursor, limit=limit)
    )
    return readable(lambda: Page.read(reply, Overwritten.read))


def register_client(wire: Wire, client_id: str, *, label: str) -> Client:
    """Make a client known: a program on a device, by an id of its own."""
    reply = wire.send("PUT", f"/v1/sync/clients/{quote(client_id, safe='')}", _given(label=label), headers=_once())
    return readable(lambda: Client.read(reply))


def apply_operations(wire: Wire, body: Json) -> Any:
    """Do a client's operations, each once; their numbers say which ones are repeated, so there is no other key."""
    return wire.send("POST", "/v1/sync/operations", body)


def read_changes(wire: Wire, *, schema_version: int, cursor: str | None = None, limit: int | None = None) -> Any:
    """Read the changes since a cursor, in the order in which they became durable."""
    return wire.send("GET", "/v1/sync/changes", query=_given(schema_version=schema_version, cursor=cursor, limit=limit))


def ask_for_blobs(wire: Wire, *, hashes: list[str]) -> Have:
    """Say which of some blobs one has stored oneself; what others have stored is not said."""
    reply = wire.send("POST", "/v1/blobs/have", _given(hashes=hashes))
    return readable(lambda: Have.read(reply))


def attach_blob(wire: Wire, project_id: str, blob_hash: str) -> ProjectBlob:
    """Put a blob that one has stored into a project: its members may read it from now on."""
    reply = wire.send(
        "PUT", f"/v1/projects/{quote(project_id, safe='')}/blobs/{quote(blob_hash, safe='')}", headers=_once()
    )
    return readable(lambda: ProjectBlob.read(reply))


def list_blobs(
    wire: Wire,
    project_id: str,
    *,
    original: list[str] | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[ProjectBlob]:
    """List a project's blobs, newest first."""
    reply = wire.send(
        "GET",
        f"/v1/projects/{quote(project_id, safe='')}/blobs",
        query=_given(original=original, cursor=cursor, limit=limit),
    )
    return readable(lambda: Page.read(reply, ProjectBlob.read))


def read_blob(wire: Wire, project_id: str, blob_hash: str) -> ProjectBlob:
    """Say where a blob's bytes are: at the store while its address is valid, or at a path here."""
    reply = wire.send("GET", f"/v1/projects/{quote(project_id, safe='')}/blobs/{quote(blob_hash, safe='')}")
    return readable(lambda: ProjectBlob.read(reply))
