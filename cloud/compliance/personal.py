"""Every column that holds something of a person: why it is kept, for how long, and what becomes of it in the end.

Copies of somebody's data and erasures go by this register, and a test compares it with the tables: a column that is
marked as personal, refers to an account, looks personal by its name, or can hold anything, stands here or in
`NOT_PERSONAL` with the reason.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import INET, JSONB

#: Why data is kept (Art. 6 and 17 GDPR): the service somebody asked for, keeping it safe, or a duty to prove.
Basis = Literal["contract", "security", "duty"]
#: What an erasure does: the row goes, a name that leads to nobody takes its place, it belongs to others as well, or it
#: says nothing once the account it names is gone.
Erased = Literal["removed", "stand-in", "others", "kept"]


@dataclass(frozen=True, slots=True)
class Personal:
    """What a table holds of one person.

    Attributes:
        owner: the column that names the account; None: its rows are found by what they belong to.
        prefix: what stands before an account's id in that column.
        kept: a name in `periods.PERIODS`.
        hidden: personal, but in no copy: secrets, and what only the machine can read.
        shown: not personal; makes a copy readable.
    """

    table: str
    owner: str | None
    basis: Basis
    kept: str
    erased: Erased
    columns: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    prefix: str = ""

    @property
    def all_columns(self) -> tuple[str, ...]:
        """Return every personal column."""
        return (*((self.owner,) if self.owner else ()), *self.columns, *self.hidden)


_ACCOUNT = "account_id"


def _of(
    table: str,
    owner: str | None,
    basis: Basis,
    kept: str,
    erased: Erased,
    *,
    columns: str = "",
    hidden: str = "",
    shown: str = "",
    prefix: str = "",
) -> Personal:
    """Return an entry; columns are named by words."""
    names = tuple(columns.split()), tuple(hidden.split()), tuple(shown.split())
    return Personal(table, owner, basis, kept, erased, *names, prefix)


REGISTER: tuple[Personal, ...] = (
    # Who somebody is, and what proves it.
    _of(
        "account",
        "id",
        "contract",
        "account",
        "removed",
        columns="email name roles",
        hidden="password_hash",
        shown="created_at verified_at",
    ),
    _of("email_change", _ACCOUNT, "contract", "address changes", "removed", columns="email", hidden="token_hash"),
    _of(
        "email_undo",
        _ACCOUNT,
        "security",
        "address changes",
        "removed",
        columns="email",
        hidden="token_hash",
        shown="changed_at",
    ),
    _of(
        "mailed_token",
        _ACCOUNT,
        "contract",
        "mailed codes",
        "removed",
        columns="purpose",
        hidden="token_hash",
        shown="expires_at",
    ),
    _of(
        "account_session",
        _ACCOUNT,
        "contract",
        "sessions",
        "removed",
        columns="label methods",
        hidden="token_hash device_hash",
        shown="client_id created_at seen_at",
    ),
    _of("known_device", _ACCOUNT, "security", "known devices", "removed", hidden="token_hash", shown="seen_at"),
    _of("attempt_counter", None, "security", "attempts", "removed", hidden="subject"),
    _of("totp_secret", _ACCOUNT, "contract", "account", "removed", hidden="sealed", shown="confirmed_at"),
    _of("recovery_code", _ACCOUNT, "contract", "account", "removed", hidden="code_hash"),
    _of(
        "passkey",
        _ACCOUNT,
        "contract",
        "account",
        "removed",
        columns="name",
        hidden="credential_id public_key",
        shown="created_at used_at",
    ),
    _of("passkey_challenge", _ACCOUNT, "contract", "mailed codes", "removed", columns="purpose"),
    _of(
        "api_key",
        _ACCOUNT,
        "contract",
        "keys",
        "removed",
        columns="name networks",
        hidden="key_hash",
        shown="last_four scopes created_at expires_at used_at",
    ),
    _of("role_request", _ACCOUNT, "security", "role requests", "removed", columns="role", shown="is_grant created_at"),
    _of("role_request", "asked_by", "security", "role requests", "removed"),
    _of("job_request", "asked_by", "security", "job requests", "removed", shown="verb created_at"),
    _of("refresh_token", None, "contract", "sessions", "removed", hidden="token_hash sealed_answer"),
    _of(
        "authorization_code",
        _ACCOUNT,
        "contract",
        "desktop codes",
        "removed",
        columns="label",
        hidden="device_hash",
        shown="expires_at",
    ),
    _of(
        "device_grant",
        _ACCOUNT,
        "contract",
        "desktop codes",
        "removed",
        columns="label",
        hidden="device_hash",
        shown="state expires_at",
    ),
    # Working together.
    _of("workspace", "personal_of", "contract", "account", "removed", columns="name", shown="created_at"),
    _of("membership", _ACCOUNT, "contract", "account", "removed", columns="role", shown="workspace_id joined_at"),
    _of("invitation", None, "contract", "invitations", "removed", columns="email"),
    _of("project", None, "contract", "account", "others", columns="name"),
    _of("project_member", _ACCOUNT, "contract", "account", "removed", columns="role", shown="project_id joined_at"),
    _of("project_invitation", None, "contract", "project invitations", "removed", columns="email"),
    _of(
        "project_invitation",
        "created_by",
        "contract",
        "project invitations",
        "stand-in",
        shown="project_id role created_at",
    ),
    _of("room_ticket", _ACCOUNT, "contract", "tickets", "removed", columns="device", shown="project_id expires_at"),
    _of(
        "room_update",
        _ACCOUNT,
        "contract",
        "history",
        "stand-in",
        columns="device",
        hidden="data",
        shown="project_id at",
    ),
    _of("room_snapshot", None, "contract", "account", "others", hidden="data"),
    _of(
        "room_overwritten",
        "lost_account",
        "contract",
        "overwritten",
        "stand-in",
        columns="lost_device lost_value",
        shown="project_id root at",
    ),
    _of("room_overwritten", "won_account", "contract", "overwritten", "stand-in", columns="won_device"),
    _of("blob_holding", _ACCOUNT, "contract", "account", "removed", shown="hash kind created_at"),
    _of("blob_upload", _ACCOUNT, "contract", "uploads", "removed", shown="hash kind length created_at"),
    # Publishing.
    _of("draft_feed", _ACCOUNT, "contract", "account", "removed"),
    _of(
        "draft",
        _ACCOUNT,
        "contract",
        "account",
        "removed",
        columns="values",
        shown="kind created_at changed_at is_removed",
    ),
    _of("sync_client", _ACCOUNT, "contract", "account", "removed", columns="label", shown="created_at seen_at"),
    _of(
        "draft_operation",
        _ACCOUNT,
        "contract",
        "rejected drafts",
        "removed",
        columns="patch answer",
        shown="kind draft_id made_at",
    ),
    # What keeps the cloud running and honest.
    _of("idempotency_key", "scope", "security", "replies", "removed", hidden="body headers"),
    _of("rate_limit", "subject", "security", "rates", "removed"),
    _of("job", None, "contract", "job payloads", "removed", hidden="payload error"),
    _of("job_step", None, "contract", "jobs", "kept", hidden="result"),
    _of("outbox", None, "contract", "messages", "kept", hidden="payload"),
    _of("inbox", None, "contract", "messages", "kept", hidden="payload"),
    _of("webhook_delivery", None, "contract", "webhook messages", "kept", hidden="body"),
    _of("data_key", "subject", "contract", "account", "removed", hidden="wrapped"),
    _of(
        "audit_entry",
        "actor",
        "duty",
        "audit",
        "kept",
        hidden="on_behalf_of before after session_hash ip_hash",
        shown="at action resource",
        prefix="user:",
    ),
    # Compliance itself.
    _of("personal_export", _ACCOUNT, "duty", "copies", "removed", shown="created_at ready_at expires_at"),
    _of("erasure", _ACCOUNT, "duty", "erasures", "kept"),
)
#: What only looks personal.
NOT_PERSONAL = {
    ("audit_chain", "head"): "a hash",
    ("account", "password_changed_at"): "a moment",
    ("device_grant", "device_code_hash"): "a secret of ours",
    ("device_grant", "user_code_hash"): "a secret of ours",
    ("encryption_key", "fingerprint"): "of a key",
    ("idempotency_key", "fingerprint"): "of a request, keyed",
    ("job_step", "name"): "of a step; an account's id at most, which leads to nobody once it is gone",
    ("room", "address"): "where a process is",
    ("room", "owner"): "a process",
    ("webhook_endpoint", "old_secret"): "a secret of ours, sealed",
    ("webhook_endpoint", "secret"): "a secret of ours, sealed",
}
_NAMES = re.compile(
    r"(^|_)(e?mail|name|label|device|address|phone|street|city|birth\w*|country|iban|tax|ip|user|subject|account|actor"
    r"|author|owner|created_by|on_behalf_of|personal_of|networks|password|note|comment|text)(_|$)"
)
_ANYTHING = (sa.JSON, JSONB, sa.LargeBinary, INET)


def personal_columns() -> Iterator[tuple[str, str, Basis, str]]:
    """Yield (table, column, basis, period) for everything in the register."""
    for entry in REGISTER:
        for column in entry.all_columns:
            yield entry.table, column, entry.basis, entry.kept


def looks_personal(column: "sa.Column[object]") -> bool:
    """Return whether a column has to be in the register, or named as not personal."""
    if (column.comment or "").startswith("personal") or _NAMES.search(column.name):
        return True
    if any(key.column.table.name == "account" for key in column.foreign_keys):
        return True
    is_hash = column.name == "hash" or column.name.endswith("_hash")
    return isinstance(column.type, _ANYTHING) and not is_hash
