"""Sign in, or prove who one is, with a passkey instead of a password and a code."""

from typing import Any

from cloud.foundation.encryption import Keyring
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import passkey_store, session_store, store, webauthn_checks
from cloud.identity.contracts import Opened, Passkey, account_resource
from cloud.identity.errors import PasskeyError
from cloud.identity.operations.delete_account import keep_account
from cloud.identity.webauthn_checks import Credential, Site

_SIGN_IN, _PROVE = "sign in", "prove"


def begin_sign_in(work: UnitOfWork, site: Site) -> dict[str, Any]:
    """Return what a browser is asked that wants to sign in: any passkey it has for us."""
    authorize(work.call.who, "session.create", PLATFORM)
    return webauthn_checks.request_options(site, passkey_store.new_challenge(work, _SIGN_IN))


def sign_in(
    work: UnitOfWork, keyring: Keyring, site: Site, credential: Credential, *, label: str, device: str | None
) -> Opened:
    """Open a session for the owner of a passkey; raises PasskeyError (401)."""
    policy = authorize(work.call.who, "session.create", PLATFORM)
    used = _used(work, site, credential, _SIGN_IN, None)
    is_kept = keep_account(work, keyring, store.account_by_id(work, used.account_id, is_locked=True))
    is_known = session_store.is_known_device(work, used.account_id, device)
    session_id, token = session_store.open_session(work, used.account_id, label, ["passkey"])
    kept = session_store.know_device(work, used.account_id, device if is_known else None)
    after = {"methods": ["passkey"], "account": used.account_id, "is_new_device": not is_known}
    work.audit.write("session.opened", f"session:{session_id}", after=after, policy=policy)
    return Opened(session_store.session(work, session_id), token, None if is_known else kept, is_kept)


def begin_proof(work: UnitOfWork, site: Site) -> dict[str, Any]:
    """Return what a browser is asked whose owner proves once more who they are."""
    account_id, _policy = _allowed(work)
    challenge = passkey_store.new_challenge(work, _PROVE, account_id)
    return webauthn_checks.request_options(site, challenge, passkey_store.credentials_of(work, account_id))


def prove(work: UnitOfWork, site: Site, credential: Credential) -> Opened:
    """Make the request's session fresh; its token changes. Raises PasskeyError (401), NoSessionError (403)."""
    account_id, policy = _allowed(work)
    _used(work, site, credential, _PROVE, account_id)
    session = session_store.current_session(work)
    token = session_store.authenticate_again(work, session, ["passkey"])
    work.audit.write("session.proven", f"session:{session.id}", after={"methods": ["passkey"]}, policy=policy)
    return Opened(session_store.session(work, session.id), token)


def _allowed(work: UnitOfWork) -> tuple[str, str]:
    account_id = session_store.current_session(work).account_id
    return account_id, authorize(work.call.who, "account.prove", account_resource(account_id))


def _used(work: UnitOfWork, site: Site, credential: Credential, purpose: str, owner_id: str | None) -> Passkey:
    """Return the passkey that answered a challenge of ours, which works once; raises PasskeyError."""
    challenge = webauthn_checks.challenge_in(credential)
    passkey_store.use_challenge(work, challenge, purpose, owner_id)
    found = passkey_store.by_credential(work, webauthn_checks.credential_id_in(credential))
    if found is None or owner_id not in (None, found[0].account_id):
        raise PasskeyError
    kept, public_key = found
    if store.account_by_id(work, kept.account_id).state != "active":
        raise PasskeyError
    passkey_store.note_use(work, kept.id, webauthn_checks.new_sign_count(site, credential, challenge, kept, public_key))
    return kept
