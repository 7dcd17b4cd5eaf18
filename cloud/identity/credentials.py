"""Another part of identity's facade: passwords, second factors, keys for programs."""

from datetime import timedelta

from cloud.foundation.calls import Call
from cloud.foundation.paging import Listed, newest_first
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import jobs, key_store, mails, rules, store, throttle
from cloud.identity.contracts import Account, ApiKey, NewAuthenticator, NewKey, Opened, account_resource
from cloud.identity.core import Core, Verb
from cloud.identity.operations.change_keys import KeyWish, create_key, revoke_key, rotate_key
from cloud.identity.operations.change_second_factor import (
    add_authenticator,
    confirm_authenticator,
    remove_authenticator,
    renew_recovery_codes,
)
from cloud.identity.operations.disable_key import disable_leaked_key, restore_key
from cloud.identity.operations.set_password import change_password, reset_password
from cloud.identity.operations.step_up import require_fresh


class Credentials:
    """What proves who somebody is, and how they change it."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._keyring = core.keyring

    def request_reset(self, call: Call, email: str) -> Verb[None]:
        """Mail what sets a new password; whether the address has an account is told by mail alone."""
        policy = authorize(call.who, "password.reset", PLATFORM)
        self._core.spend_mail(call, email)

        def begin(work: UnitOfWork) -> None:
            mails.enqueue_sealed(work, self._keyring, jobs.RESET, {"email": email, "address": call.address})
            masked = self._core.prover.masked(email)
            work.audit.write("password.reset_asked_for", f"address:{masked}", policy=policy)

        return begin

    def reset_password(self, call: Call, token: str, password: str) -> Verb[None]:
        """Set a password with a mailed token."""

        def owner(work: UnitOfWork) -> Account | None:
            try:
                return store.account_by_id(work, store.token_owner(work, "reset", token))
            except NotFoundError:
                return None  # the operation says so, and its reply is kept

        found = self._core.run(call, owner)
        kept = self._core.hashed(password, found) if found else ""
        return lambda work: reset_password(work, self._keyring, token, kept)

    def change_password(self, call: Call, password: str) -> Verb[Opened]:
        """Set the caller's password; the session's token changes."""

        def owner(work: UnitOfWork) -> Account:
            return store.account_by_id(work, require_fresh(work).account_id)

        kept = self._core.hashed(password, self._core.run(call, owner))
        return lambda work: change_password(work, self._keyring, kept)

    def add_authenticator(self) -> Verb[NewAuthenticator]:
        """Make a secret for an authenticator."""
        return lambda work: add_authenticator(work, self._keyring)

    def confirm_authenticator(self, call: Call, code: str) -> Verb[list[str]]:
        """Put the authenticator in force; the result is the recovery codes."""

        def count(work: UnitOfWork) -> throttle.Attempt:
            return throttle.begin(work, [(self._core.limits.code, require_fresh(work).account_id)])

        attempt = self._core.run(call, count)

        def confirm(work: UnitOfWork) -> list[str]:
            codes = confirm_authenticator(work, self._keyring, code)
            throttle.succeed(work, attempt)
            return codes

        return confirm

    def remove_authenticator(self) -> Verb[Account]:
        """Remove the authenticator."""
        return lambda work: remove_authenticator(work, self._keyring)

    def renew_recovery_codes(self) -> Verb[list[str]]:
        """Make new recovery codes."""
        return lambda work: renew_recovery_codes(work, self._keyring)

    def create_key(self, *, name: str, scopes: list[str], networks: list[str], lasts_days: int) -> Verb[NewKey]:
        """Make a key."""
        wish = KeyWish(name, sorted(set(scopes)), networks, timedelta(days=lasts_days))
        return lambda work: create_key(work, wish)

    def rotate_key(self, key_id: str) -> Verb[NewKey]:
        """Make a key like another."""
        return lambda work: rotate_key(work, key_id)

    def revoke_key(self, key_id: str) -> Verb[ApiKey]:
        """Remove a key."""
        return lambda work: revoke_key(work, key_id)

    def report_key(self, text: str) -> Verb[None]:
        """Stop a key that was found where others read it."""
        return lambda work: disable_leaked_key(work, self._keyring, text)

    def restore_key(self, key_id: str) -> Verb[ApiKey]:
        """Put a key in force again."""
        return lambda work: restore_key(work, self._keyring, key_id)

    def key(self, call: Call, key_id: str) -> ApiKey:
        """Return one of the caller's keys."""
        rules.require_somebody(call.who)

        def read(work: UnitOfWork) -> ApiKey:
            found = key_store.key(work, key_id)
            authorize(call.who, "key.read", found.resource, is_hidden=True)
            return found

        return self._core.run(call, read)

    def keys(self, call: Call, cursor: str | None, size: int) -> Listed[ApiKey]:
        """Return a page of the caller's keys, newest first."""
        owner_id = call.owner_id
        authorize(call.who, "key.list", account_resource(owner_id))
        return newest_first(
            self._core.cursors("key", owner_id),
            cursor,
            size,
            lambda after: self._core.run(call, lambda work: key_store.keys(work, owner_id, after, size)),
        )
