"""Another part of identity's facade: passkeys, which are added, removed, and used instead of a password."""

from typing import Any

from cloud.foundation.calls import Call
from cloud.foundation.policy import authorize
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import passkey_store, throttle
from cloud.identity.contracts import Opened, Passkey, account_resource
from cloud.identity.core import Core, Verb
from cloud.identity.operations import use_passkey
from cloud.identity.operations.change_passkeys import add_passkey, begin_passkey, remove_passkey
from cloud.identity.webauthn_checks import Credential, Site


class Passkeys:
    """Passkeys at one address."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def list(self, call: Call) -> list[Passkey]:
        """Return the caller's passkeys, newest first."""
        authorize(call.who, "passkey.list", account_resource(call.owner_id))
        return self._core.run(call, lambda work: passkey_store.all_of(work, call.owner_id))

    def begin(self, site: Site) -> Verb[dict[str, Any]]:
        """Ask a browser for a new passkey."""
        return lambda work: begin_passkey(work, site)

    def add(self, site: Site, credential: Credential, name: str) -> Verb[Passkey]:
        """Keep a new passkey."""
        return lambda work: add_passkey(work, self._core.keyring, site, credential, name)

    def remove(self, passkey_id: str) -> Verb[Passkey]:
        """Remove a passkey."""
        return lambda work: remove_passkey(work, self._core.keyring, passkey_id)

    def begin_sign_in(self, site: Site) -> Verb[dict[str, Any]]:
        """Ask a browser for any passkey."""
        return lambda work: use_passkey.begin_sign_in(work, site)

    def sign_in(
        self, call: Call, site: Site, credential: Credential, *, network: str, label: str, device: str | None
    ) -> Verb[Opened]:
        """Open a session; raises TooManyAttemptsError (429)."""
        limits = self._core.limits
        counters = [(limits.minute, network), (limits.day, network)]
        attempt = self._core.run(call, lambda work: throttle.begin(work, counters))

        def open_session(work: UnitOfWork) -> Opened:
            opened = use_passkey.sign_in(work, self._core.keyring, site, credential, label=label, device=device)
            throttle.succeed(work, attempt)
            return opened

        return open_session

    def begin_proof(self, site: Site) -> Verb[dict[str, Any]]:
        """Ask a browser for one of the caller's passkeys."""
        return lambda work: use_passkey.begin_proof(work, site)

    def prove(self, site: Site, credential: Credential) -> Verb[Opened]:
        """Make the request's session fresh."""
        return lambda work: use_passkey.prove(work, site, credential)
