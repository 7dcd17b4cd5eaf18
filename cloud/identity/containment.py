"""Another part of identity's facade: what staff sees of people, and how admins keep somebody out."""

from cloud.foundation.calls import Call
from cloud.foundation.paging import Listed, newest_first
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import search_store, second_factors, session_store, store
from cloud.identity.contracts import Account, Profile, Session
from cloud.identity.core import Core, Verb
from cloud.identity.operations import contain

_SESSIONS = 100


class Containment:
    """People as staff sees them."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def search(self, call: Call, text: str, cursor: str | None, size: int) -> Listed[Account]:
        """Return a page of accounts whose id, address or name has a text in it, newest first."""
        authorize(call.who, "user.search", PLATFORM)
        return newest_first(
            self._core.cursors(f"user:{text}", "platform"),
            cursor,
            size,
            lambda after: self._core.run(call, lambda work: search_store.accounts(work, text, after, size)),
        )

    def person(self, call: Call, account_id: str) -> tuple[Profile, list[Session]]:
        """Return an account, how well it is kept, and its sessions; raises NotFoundError (404)."""
        authorize(call.who, "user.read", PLATFORM)

        def read(work: UnitOfWork) -> tuple[Profile, list[Session]]:
            owner = store.account_by_id(work, account_id)
            has_code = second_factors.is_enabled(work, owner.id)
            left = second_factors.recovery_codes_left(work, owner.id)
            return Profile(owner, has_code, left), session_store.sessions(work, owner, None, _SESSIONS)[:_SESSIONS]

        return self._core.run(call, read)

    def suspend(self, account_id: str) -> Verb[Account]:
        """Keep an account out."""
        return lambda work: contain.suspend(work, self._core.keyring, account_id)

    def restore(self, account_id: str) -> Verb[Account]:
        """Let a suspended account in again."""
        return lambda work: contain.restore(work, self._core.keyring, account_id)

    def unlock(self, call: Call, account_id: str) -> Verb[int]:
        """Forget the failed attempts to sign in to an account."""
        profile, _ = self.person(call, account_id)
        masked = self._core.prover.masked(profile.account.email)
        return lambda work: contain.unlock(work, masked, account_id)
