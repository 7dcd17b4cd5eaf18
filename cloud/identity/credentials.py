"""The other half of identity's facade: passwords, second factors, keys for programs."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import Response

from cloud.foundation.answers import answer
from cloud.foundation.calls import Call
from cloud.foundation.paging import Cursors, Page
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import jobs, key_store, mails, rules, session_store, store, throttle
from cloud.identity.contracts import Account, account_resource
from cloud.identity.core import Core, Shown, as_is
from cloud.identity.operations.change_keys import KeyWish, create_key, revoke_key, rotate_key
from cloud.identity.operations.change_second_factor import (
    add_authenticator,
    confirm_authenticator,
    remove_authenticator,
    renew_recovery_codes,
)
from cloud.identity.operations.set_password import change_password, reset_password
from cloud.identity.operations.step_up import require_fresh
from cloud.identity.schemas import (
    Accepted,
    AuthenticatorModel,
    CreatedKey,
    KeyForm,
    KeyModel,
    OpenedSession,
    RecoveryCodes,
)


class Credentials:
    """What proves who somebody is, and how they change it."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._units, self._keyring = core.units, core.keyring

    def request_reset(self, call: Call, email: str) -> Response:
        """Mail what sets a new password; whether the address has an account is told by mail alone."""
        policy = authorize(call.who, "password.reset", PLATFORM)
        self._core.spend_mail(call, email)

        def begin(work: UnitOfWork) -> Accepted:
            mails.enqueue_sealed(work, self._keyring, jobs.RESET, {"email": email})
            masked = self._core.prover.masked(email)
            work.audit.write("password.reset_asked_for", f"address:{masked}", policy=policy)
            return Accepted()

        return answer(self._units, call, begin, as_is, status=202)

    def reset_password(self, call: Call, token: str, password: str) -> Response:
        """Set a password with a mailed token."""

        def owner(work: UnitOfWork) -> Account | None:
            try:
                return store.account_by_id(work, store.token_owner(work, "reset", token))
            except NotFoundError:
                return None  # the operation says so, and its reply is kept

        found = self._units.run(call, owner)
        kept = self._hashed(password, found) if found else ""

        def reset(work: UnitOfWork) -> Accepted:
            reset_password(work, self._keyring, token, kept)
            return Accepted()

        return answer(self._units, call, reset, as_is)

    def change_password(self, call: Call, password: str) -> Response:
        """Set the caller's password; the session's token changes."""

        def owner(work: UnitOfWork) -> Account:
            return store.account_by_id(work, require_fresh(work).account_id)

        kept = self._hashed(password, self._units.run(call, owner))

        def change(work: UnitOfWork) -> Shown:
            session_id, token = change_password(work, self._keyring, kept)
            session = session_store.session(work, session_id)
            return OpenedSession.model_validate(session).model_copy(update={"is_current": True}), {"token": token}

        return self._core.answer_once(call, change)

    def add_authenticator(self, call: Call) -> Response:
        """Make a secret for an authenticator."""

        def add(work: UnitOfWork) -> Shown:
            secret, uri = add_authenticator(work, self._keyring)
            return AuthenticatorModel(), {"secret": secret, "uri": uri}

        rules.require_somebody(call.who)
        return self._core.answer_once(call, add, status=201)

    def confirm_authenticator(self, call: Call, code: str) -> Response:
        """Put the authenticator in force."""

        def count(work: UnitOfWork) -> throttle.Attempt:
            return throttle.begin(work, [(self._core.limits.code, require_fresh(work).account_id)])

        attempt = self._units.run(call, count)

        def confirm(work: UnitOfWork) -> Shown:
            codes = confirm_authenticator(work, self._keyring, code)
            throttle.succeed(work, attempt)
            return RecoveryCodes(), {"codes": codes}

        return self._core.answer_once(call, confirm)

    def remove_authenticator(self, call: Call) -> Response:
        """Remove the authenticator."""

        def remove(work: UnitOfWork) -> Accepted:
            remove_authenticator(work, self._keyring)
            return Accepted()

        return self._core.answer(call, remove)

    def renew_recovery_codes(self, call: Call) -> Response:
        """Make new recovery codes."""

        def renew(work: UnitOfWork) -> Shown:
            return RecoveryCodes(), {"codes": renew_recovery_codes(work, self._keyring)}

        rules.require_somebody(call.who)
        return self._core.answer_once(call, renew, status=201)

    def create_key(self, call: Call, form: KeyForm) -> Response:
        """Make a key."""
        scopes: list[str] = sorted(set(form.scopes))
        wish = KeyWish(form.name, scopes, form.networks, timedelta(days=form.lasts_days))

        def create(work: UnitOfWork) -> Shown:
            key, text = create_key(work, wish)
            return CreatedKey.model_validate(key), {"key": text}

        rules.require_somebody(call.who)
        return self._core.answer_once(call, create, status=201)

    def rotate_key(self, call: Call, key_id: str) -> Response:
        """Make a key like another."""

        def rotate(work: UnitOfWork) -> Shown:
            key, text = rotate_key(work, key_id)
            return CreatedKey.model_validate(key), {"key": text}

        rules.require_somebody(call.who)
        return self._core.answer_once(call, rotate, status=201)

    def revoke_key(self, call: Call, key_id: str) -> Response:
        """Remove a key."""
        return self._core.answer(call, lambda work: KeyModel.model_validate(revoke_key(work, key_id)))

    def key(self, call: Call, key_id: str) -> KeyModel:
        """Return one of the caller's keys."""
        rules.require_somebody(call.who)

        def read(work: UnitOfWork) -> KeyModel:
            found = key_store.key(work, key_id)
            authorize(call.who, "key.read", found.resource, is_hidden=True)
            return KeyModel.model_validate(found)

        return self._units.run(call, read)

    def keys(self, call: Call, cursor: str | None, size: int) -> Page[KeyModel]:
        """Return a page of the caller's keys, newest first."""
        owner_id = _account_id(call)
        authorize(call.who, "key.list", account_resource(owner_id))
        cursors = Cursors(self._keyring.derived("cursor"), "key", {"owner": owner_id})
        after = cursors.read(cursor)
        position: list[Any] | None = None if after is None else [datetime.fromisoformat(after[0]), *after[1:]]
        rows = self._units.run(call, lambda work: key_store.keys(work, owner_id, position, size))
        items = [KeyModel.model_validate(row) for row in rows[:size]]
        last = items[-1] if len(rows) > size else None
        return Page(items=items, next=cursors.write([last.created_at.isoformat(), last.id]) if last else None)

    def _hashed(self, password: str, owner: Account) -> str:
        rules.require_safe_password(password, *rules.names_in(owner.email, owner.name))
        return self._core.passwords.hash(password)


def _account_id(call: Call) -> str:
    return call.who.on_behalf_of or call.who.id
