"""What a request needs so that it can succeed: made anew for each, by the name of the operation.

What is destroyed, used up or handed over by one request is there again for the next. What the description cannot say
(a password that nobody guesses, a code of this moment, a checksum) stands here, too. Everything belongs to the member.
"""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pyotp
import sqlalchemy as sa
from blake3 import blake3

from cloud.blobs import store as blob_store
from cloud.blobs import upload_store
from cloud.blobs.contracts import About
from cloud.compliance import store as compliance_store
from cloud.drafts.contracts import Feed, StoredDraft
from cloud.drafts.operations.register_client import register_client
from cloud.drafts.ports import Desk
from cloud.drafts.store import PostgresDrafts
from cloud.foundation.encryption import Place, Vault
from cloud.foundation.ids import new_id
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.gateways.objects.store import open_store
from cloud.identity import (
    address_store,
    grant_store,
    key_store,
    passkey_store,
    second_factors,
    session_store,
    staff_store,
    store,
    workspace_store,
)
from cloud.identity.contracts import EmailChange
from cloud.identity.grants import CLIENT_ID
from cloud.identity.staff_contracts import RoleRequest
from cloud.identity.tokens import digest, new_token
from cloud.identity.webauthn_checks import NewCredential
from cloud.projects import invitation_store
from cloud.projects import store as project_store
from cloud.webhooks import delivery_store, endpoint_store
from cloud.webhooks.rules import new_secret
from sync.protocol.changes import Draft
from sync.protocol.kinds import SCHEMA_VERSION
from tests.integration.cloud.fuzzing.world import (
    ACCOUNTS,
    CALL,
    DAY,
    HASH,
    PASSWORD,
    World,
    add_account,
    email_of,
    id_of,
)

OWNER, GUEST = id_of("member"), id_of("guest")
_DEVICE = "d" * 32
_URL = "https://example.org/hook"
#: Of uploads, all of it.
PART = bytes(range(256)) * 4


@dataclass
class Wanted:
    """What a request takes instead of what was generated.

    Attributes:
        headers: None leaves one out.
        body: members that are set; `is_whole`: all of them, nothing else is sent.
    """

    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str | None] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    is_whole: bool = False


Make = Callable[[World, UnitOfWork], Wanted]
_MAKERS: dict[str, Make] = {}


def prepared(world: World, operation: str) -> Wanted | None:
    """Return what an operation needs, made now; None for one that needs nothing."""
    make = _MAKERS.get(operation)
    if make is None:
        return None
    return world.units.run(CALL, lambda work: make(world, work))


def _for(*operations: str) -> Callable[[Make], Make]:
    def noted(make: Make) -> Make:
        _MAKERS.update(dict.fromkeys(operations, make))
        return make

    return noted


def _reset_member(work: UnitOfWork) -> None:
    """Give the member their account back as it was, without second factor; forget who guessed how often."""
    store.change_account(work, OWNER, password_hash=HASH, email=email_of("member"), deletion_at=None)
    work.connection.execute(sa.text("DELETE FROM email_undo"))
    second_factors.remove(work, OWNER)
    work.connection.execute(sa.text("DELETE FROM attempt_counter"))
    work.connection.execute(sa.text("DELETE FROM rate_limit"))


@_for("read_job", "cancel_job")
def _waiting_job(_world: World, work: UnitOfWork) -> Wanted:
    return Wanted({"job_id": work.jobs.enqueue("test.none", {})})


@_for("retry_job")
def _dead_job(_world: World, work: UnitOfWork) -> Wanted:
    job_id = work.jobs.enqueue("test.none", {})
    work.connection.execute(sa.text("UPDATE job SET state = 'dead' WHERE id = :id"), {"id": job_id})
    return Wanted({"job_id": job_id})


@_for("register")
def _newcomer(world: World, work: UnitOfWork) -> Wanted:
    _reset_member(work)
    return Wanted(body={"email": f"new{world.number()}@example.org", "password": f"{PASSWORD} {world.number()}"})


@_for("confirm_registration")
def _unconfirmed(world: World, work: UnitOfWork) -> Wanted:
    account_id, token = add_account(work, f"half{world.number()}", state="unverified"), new_token()
    store.keep_token(work, account_id, "verify", token, work.clock.now() + DAY)
    return Wanted(body={"token": token})


@_for("sign_in")
def _credentials(_world: World, work: UnitOfWork) -> Wanted:
    _reset_member(work)
    return Wanted(body={"email": email_of("member"), "password": PASSWORD}, is_whole=True)


@_for("prove_again")
def _password(_world: World, work: UnitOfWork) -> Wanted:
    for role in ("member", "stranger", "support", "admin"):
        store.change_account(work, id_of(role), password_hash=HASH)
    _reset_member(work)
    return Wanted(body={"password": PASSWORD}, is_whole=True)


@_for("change_password")
def _new_password(world: World, work: UnitOfWork) -> Wanted:
    _reset_member(work)
    return Wanted(body={"password": f"{PASSWORD} {world.number()}"})


@_for("request_reset")
def _forgotten(world: World, work: UnitOfWork) -> Wanted:
    _reset_member(work)
    return Wanted(body={"email": f"some{world.number()}@example.org"})


@_for("complete_reset")
def _reset_token(world: World, work: UnitOfWork) -> Wanted:
    _reset_member(work)
    token = new_token()
    store.keep_token(work, GUEST, "reset", token, work.clock.now() + DAY)
    return Wanted(body={"token": token, "password": f"{PASSWORD} {world.number()}"})


@_for("change_email")
def _new_address(world: World, work: UnitOfWork) -> Wanted:
    _reset_member(work)
    return Wanted(body={"email": f"other{world.number()}@example.org"})


@_for("confirm_email")
def _changed_address(world: World, work: UnitOfWork) -> Wanted:
    _reset_member(work)
    session_id, token = session_store.open_session(work, OWNER, "Here", ["pwd"])[0], new_token()
    address_store.keep_change(work, EmailChange(OWNER, session_id, f"other{world.number()}@example.org"), token)
    return Wanted(body={"token": token})


@_for("put_email_back")
def _former_address(world: World, work: UnitOfWork) -> Wanted:
    _reset_member(work)
    token = new_token()
    address_store.keep_former(work, store.account_by_id(work, OWNER), token)
    return Wanted(body={"token": token, "password": f"{PASSWORD} {world.number()}"})


@_for("delete_account", "add_authenticator")
def _as_it_was(_world: World, work: UnitOfWork) -> Wanted:
    _reset_member(work)
    return Wanted()


@_for("request_role", "confirm_role_request", "decline_role_request")
def _role_request(_world: World, work: UnitOfWork) -> Wanted:
    now, role = work.clock.now(), "support"
    store.change_account(work, id_of("support"), roles=list(ACCOUNTS["support"]))
    made = RoleRequest(new_id("rrq"), id_of("support"), role, False, id_of("chief"), now, now + DAY)
    staff_store.add_request(work, made)
    return Wanted({"request_id": made.id}, body={"account_id": id_of("support"), "role": role, "is_grant": False})


@_for("restore_key")
def _found_key(_world: World, work: UnitOfWork) -> Wanted:
    about = {"name": "Found", "scopes": ["account:read"], "networks": [], "expires_at": work.clock.now() + DAY}
    key_id = key_store.add_key(work, OWNER, **about)[0].id
    key_store.change_key(work, key_id, disabled_at=work.clock.now())
    return Wanted({"key_id": key_id})


@_for("remove_client")
def _client(world: World, work: UnitOfWork) -> Wanted:
    client = f"cli_{world.number()}"
    register_client(_desk(work), client, "Fuzzer")
    return Wanted({"client_id": client})


@_for("confirm_authenticator")
def _code(world: World, work: UnitOfWork) -> Wanted:
    _reset_member(work)
    secret, _ = second_factors.enrol(work, world.keyring, OWNER, email_of("member"))
    return Wanted(body={"code": pyotp.TOTP(secret).at(work.clock.now())})


@_for("remove_authenticator", "renew_recovery_codes")
def _authenticator(world: World, work: UnitOfWork) -> Wanted:
    second_factors.enrol(work, world.keyring, OWNER, email_of("member"))
    second_factors.confirm(work, OWNER)
    return Wanted()


@_for("end_session")
def _other_session(_world: World, work: UnitOfWork) -> Wanted:
    return Wanted({"session_id": session_store.open_session(work, OWNER, "Other", ["pwd"])[0]})


@_for("end_anybodys_sessions")
def _account(_world: World, _work: UnitOfWork) -> Wanted:
    return Wanted({"account_id": GUEST})


@_for("read_key", "revoke_key", "rotate_key")
def _key(_world: World, work: UnitOfWork) -> Wanted:
    about = {"name": "Robot", "scopes": ["account:read"], "networks": [], "expires_at": work.clock.now() + DAY}
    return Wanted({"key_id": key_store.add_key(work, OWNER, **about)[0].id})


@_for("create_key")
def _networks(_world: World, _work: UnitOfWork) -> Wanted:
    return Wanted(body={"networks": ["192.0.2.0/24"]})


@_for("remove_passkey")
def _passkey(_world: World, work: UnitOfWork) -> Wanted:
    new = NewCredential(secrets.token_bytes(16), b"", 0)
    return Wanted({"passkey_id": passkey_store.add(work, OWNER, "Finger", new).id})


@_for("give_tokens")
def _refresh(_world: World, work: UnitOfWork) -> Wanted:
    token = _refresh_token(work)
    form = {"grant_type": "refresh_token", "client_id": CLIENT_ID, "refresh_token": token, "device": _DEVICE}
    return Wanted(body=form, is_whole=True)


@_for("begin_device")
def _device(_world: World, _work: UnitOfWork) -> Wanted:
    return Wanted(body={"client_id": CLIENT_ID})


@_for("revoke_token")
def _revocable(_world: World, work: UnitOfWork) -> Wanted:
    return Wanted(body={"client_id": CLIENT_ID, "token": _refresh_token(work)})


def _refresh_token(work: UnitOfWork) -> str:
    more = {"client_id": CLIENT_ID, "device_hash": digest(_DEVICE), "token_expires_at": work.clock.now() + DAY}
    session_id, _ = session_store.open_session(work, OWNER, "Desktop", ["pwd"], **more)
    return grant_store.add_refresh_token(work, session_id)


def _team(work: UnitOfWork) -> str:
    for old in workspace_store.all_of(work, OWNER):
        if old.personal_of is None:
            workspace_store.remove(work, old.id)
    made = workspace_store.add(work, "Band", OWNER)
    workspace_store.put_member(work, made.id, GUEST, "member")
    return made.id


@_for("create_workspace", "list_workspaces")
@_for("read_workspace", "rename_workspace", "remove_workspace", "list_workspace_members", "list_workspace_invitations")
@_for("change_workspace_member", "remove_workspace_member", "transfer_workspace")
def _workspace(_world: World, work: UnitOfWork) -> Wanted:
    return Wanted({"workspace_id": _team(work), "account_id": GUEST}, body={"account_id": GUEST})


@_for("invite_to_workspace")
def _invitable(world: World, work: UnitOfWork) -> Wanted:
    return Wanted({"workspace_id": _team(work)}, body={"email": f"new{world.number()}@example.org"})


def _workspace_invitation(work: UnitOfWork) -> tuple[str, str, str]:
    team, token = workspace_store.add(work, "Others", GUEST).id, new_token()
    until, email = work.clock.now() + DAY, email_of("member")
    made = workspace_store.add_invitation(work, team, email=email, role="member", token=token, until=until)
    return team, made.id, token


@_for("withdraw_workspace_invitation")
def _withdrawable(_world: World, work: UnitOfWork) -> Wanted:
    team, until = _team(work), work.clock.now() + DAY
    made = workspace_store.add_invitation(work, team, email="x@y.z", role="member", token=new_token(), until=until)
    return Wanted({"workspace_id": team, "invitation_id": made.id})


@_for("accept_workspace_invitation", "decline_workspace_invitation")
def _answerable(_world: World, work: UnitOfWork) -> Wanted:
    _team(work)
    return Wanted(body={"token": _workspace_invitation(work)[2]})


def _project(work: UnitOfWork) -> str:
    made = project_store.add_project(work, "Song", OWNER, forked_from=None)
    project_store.put_member(work, made.id, GUEST, "editor")
    return made.id


@_for("read_project", "rename_project", "delete_project", "list_members", "change_role", "remove_member")
@_for("transfer_project", "invite", "list_invitations", "list_overwritten", "open_ticket", "list_blobs")
def _shared(_world: World, work: UnitOfWork) -> Wanted:
    return Wanted({"project_id": _project(work), "account_id": GUEST}, body={"account_id": GUEST})


@_for("create_project")
def _forkable(_world: World, work: UnitOfWork) -> Wanted:
    return Wanted(body={"forked_from": _project(work)})


def _project_invitation(work: UnitOfWork, project_id: str, by: str) -> tuple[str, str]:
    about = {"role": "viewer", "email": None, "max_uses": 9, "expires_at": work.clock.now() + DAY, "by": by}
    made, token = invitation_store.add(work, project_id, **about)
    return made.id, token


@_for("revoke_invitation")
def _revocable_invitation(_world: World, work: UnitOfWork) -> Wanted:
    project_id = _project(work)
    return Wanted({"project_id": project_id, "invitation_id": _project_invitation(work, project_id, OWNER)[0]})


@_for("join_project")
def _joinable(_world: World, work: UnitOfWork) -> Wanted:
    project_id = project_store.add_project(work, "Theirs", GUEST, forked_from=None).id
    return Wanted(body={"token": _project_invitation(work, project_id, GUEST)[1]})


def _desk(work: UnitOfWork) -> Desk:
    return Desk(PostgresDrafts(work.connection), {}, work.clock.now(), OWNER)


@_for("apply_operations")
def _batch(world: World, work: UnitOfWork) -> Wanted:
    client = f"cli_{world.number()}"
    register_client(_desk(work), client, "Fuzzer")
    about = {"kind": "release", "draft_id": f"rel_{world.number()}", "base_version": 0, "patch": {"title": "Night Bus"}}
    operation = {"seq": 1, "op_id": f"op_{world.number()}", **about}
    body = {"client_id": client, "schema_version": SCHEMA_VERSION, "operations": [operation]}
    return Wanted(body=body, is_whole=True)


@_for("read_changes")
def _spoken(_world: World, _work: UnitOfWork) -> Wanted:
    return Wanted(query={"schema_version": SCHEMA_VERSION})


@_for("put_draft")
def _new_draft(world: World, _work: UnitOfWork) -> Wanted:
    path = {"kind": "release", "draft_id": f"rel_{world.number()}"}
    return Wanted(path, headers={"If-None-Match": "*", "If-Match": None}, body={"values": {"title": "Night Bus"}})


@_for("read_draft", "remove_draft")
def _draft(world: World, work: UnitOfWork) -> Wanted:
    drafts, draft_id = PostgresDrafts(work.connection), f"rel_{world.number()}"
    last = drafts.locked_feed(OWNER)
    now, version = work.clock.now(), last.last + 1
    made = Draft("release", draft_id, version, {"title": "Night Bus"}, is_removed=False)
    drafts.save_draft(OWNER, StoredDraft(made, SCHEMA_VERSION, now, now))
    drafts.save_feed(OWNER, Feed(version, last.horizon))
    return Wanted({"kind": "release", "draft_id": draft_id}, headers={"If-Match": f'"{version}"'})


def _content(world: World) -> tuple[bytes, About]:
    data = blake3(str(world.number()).encode()).digest(2_000)
    name = blake3(data).hexdigest()
    return data, About(name, "audio", name)


@_for("begin_upload")
def _announced(world: World, work: UnitOfWork) -> Wanted:
    work.connection.execute(sa.text("DELETE FROM blob_upload"))
    data, about = _content(world)
    pairs = {"hash": about.hash, "kind": "audio"}.items()
    told = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in pairs)
    return Wanted(headers={"Upload-Length": str(len(data)), "Upload-Metadata": told, "Tus-Resumable": "1.0.0"})


@_for("read_upload", "append_part")
def _growing(world: World, work: UnitOfWork) -> Wanted:
    name = blake3(PART).hexdigest()
    made = upload_store.add(work, OWNER, About(name, "audio", name), len(PART))
    checksum = f"blake3 {base64.b64encode(blake3(PART).digest()).decode()}"
    headers = {"Upload-Offset": "0", "Upload-Checksum": checksum, "Tus-Resumable": "1.0.0"}
    return Wanted({"upload_id": made.id}, headers=headers)


@_for("uploads_options")
def _tus(_world: World, _work: UnitOfWork) -> Wanted:
    return Wanted(headers={"Tus-Resumable": "1.0.0"})


def _put(world: World, name: str, data: bytes) -> None:
    scratch = world.data / f"scratch {name}"
    scratch.write_bytes(data)
    open_store(None, world.data / "objects").put(name, scratch)
    scratch.unlink()


@_for("read_export")
def _copy(world: World, work: UnitOfWork) -> Wanted:
    made, name = compliance_store.add(work, OWNER, DAY), blake3(str(world.number()).encode()).hexdigest()
    place = Place("personal_export", "object", made.id)
    sealed = Vault(work.connection, world.keyring).seal(OWNER, place, b"a copy")
    _put(world, name, sealed)
    compliance_store.make_ready(work, made.id, name, size=len(sealed), lasts=DAY)
    return Wanted({"export_id": made.id})


def _stored(world: World, work: UnitOfWork) -> About:
    data, about = _content(world)
    _put(world, about.hash, data)
    blob_store.put_blob(work, about.hash, len(data))
    blob_store.put_holding(work, OWNER, about)
    return about


@_for("attach_blob")
def _attachable(world: World, work: UnitOfWork) -> Wanted:
    return Wanted({"project_id": _project(work), "blob_hash": _stored(world, work).hash})


@_for("read_blob", "read_content")
def _attached(world: World, work: UnitOfWork) -> Wanted:
    project_id, about = _project(work), _stored(world, work)
    blob_store.attach(work, project_id, about)
    return Wanted({"project_id": project_id, "blob_hash": about.hash}, headers={"Range": "bytes=0-99"})


@_for("create_webhook", "list_webhooks")
@_for("read_webhook", "change_webhook", "remove_webhook", "rotate_webhook_secret", "list_webhook_deliveries")
@_for("replay_webhook_delivery", "replay_webhook_range")
def _webhook(world: World, work: UnitOfWork) -> Wanted:
    workspace_id = _team(work)
    about = {"url": _URL, "description": "", "events": [], "secret": new_secret()}
    made = endpoint_store.add(work, world.keyring, workspace_id, **about)
    failed = delivery_store.add(work, made.id, "project.created", "{}", state="failed")
    return Wanted({"workspace_id": workspace_id, "webhook_id": made.id, "delivery_id": failed.id})
