"""Add and remove passkeys."""

from typing import Any

from cloud.foundation.encryption import Keyring
from cloud.foundation.policy import authorize
from cloud.foundation.problems import ConflictError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import key_store, mails, passkey_store, rules, second_factors, session_store, store, webauthn_checks
from cloud.identity.contracts import Account, Passkey, account_resource
from cloud.identity.operations.step_up import require_fresh
from cloud.identity.webauthn_checks import Credential, Site

_PURPOSE = "add"
_MOST = 20


def begin_passkey(work: UnitOfWork, site: Site) -> dict[str, Any]:
    """Return what the browser is asked; raises StepUpNeededError (403), ConflictError (409: too many)."""
    owner, _policy = _allowed(work)
    taken = passkey_store.credentials_of(work, owner.id)
    if len(taken) >= _MOST:
        raise ConflictError(f"There are {_MOST} passkeys, which is all there can be: remove one first.")
    challenge = passkey_store.new_challenge(work, _PURPOSE, owner.id)
    return webauthn_checks.creation_options(site, challenge, owner, taken)


def add_passkey(work: UnitOfWork, keyring: Keyring, site: Site, credential: Credential, name: str) -> Passkey:
    """Keep the passkey that the browser made; the session counts as proven with it.

    Raises PasskeyError (401), StepUpNeededError (403).
    """
    owner, policy = _allowed(work)
    challenge = webauthn_checks.challenge_in(credential)
    passkey_store.use_challenge(work, challenge, _PURPOSE, owner.id)
    made = passkey_store.add(work, owner.id, name, webauthn_checks.made(site, credential, challenge))
    session_store.add_method(work, session_store.current_session(work), "passkey")
    mails.send(work, keyring, owner, mails.notice(f"The passkey “{name}” was added"))
    work.audit.write("passkey.added", f"passkey:{made.id}", after={"account": owner.id}, policy=policy)
    return made


def remove_passkey(work: UnitOfWork, keyring: Keyring, passkey_id: str) -> Passkey:
    """Remove a passkey; with the last one, sessions lose what it proved. Raises NotFoundError, StepUpNeededError."""
    rules.require_somebody(work.call.who)
    found = passkey_store.by_id(work, passkey_id)
    policy = authorize(work.call.who, "passkey.remove", found.resource, is_hidden=True)
    require_fresh(work)
    owner = store.account_by_id(work, found.account_id, is_locked=True)
    passkey_store.remove(work, found.id)
    if not passkey_store.all_of(work, owner.id):
        rules.require_factor_of_staff(owner.roles, is_left=second_factors.is_enabled(work, owner.id))
        session_store.drop_methods(work, owner.id, {"passkey"})
        if not second_factors.is_enabled(work, owner.id):
            key_store.end_money_keys(work, owner.id)
    mails.send(work, keyring, owner, mails.notice(f"The passkey “{found.name}” was removed"))
    work.audit.write("passkey.removed", f"passkey:{found.id}", before={"account": owner.id}, policy=policy)
    return found


def _allowed(work: UnitOfWork) -> tuple[Account, str]:
    session = require_fresh(work)
    policy = authorize(work.call.who, "passkey.add", account_resource(session.account_id))
    return store.account_by_id(work, session.account_id, is_locked=True), policy
