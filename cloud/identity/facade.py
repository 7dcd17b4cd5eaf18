"""What routes and pages ask identity for: accounts and sessions; its other parts hang on it.

What is slow (hashing) or must stay when the verb fails (counting) happens in the method, before the unit of the verb.
Gets and gives plain values, no schemas.
"""

from fastapi import Request

from cloud.foundation.calls import Call
from cloud.foundation.paging import Listed, newest_first
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.runtime import Runtime
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import jobs, mails, second_factors, session_store, store
from cloud.identity.accounts import Accounts
from cloud.identity.containment import Containment
from cloud.identity.contracts import Account, Opened, Profile, Session, account_resource
from cloud.identity.core import Core, Verb
from cloud.identity.credentials import Credentials
from cloud.identity.desktop import Desktop
from cloud.identity.operations.end_sessions import end_anybodys_sessions, end_own_sessions, end_session
from cloud.identity.operations.sign_in import sign_in
from cloud.identity.operations.step_up import step_up
from cloud.identity.operations.verify_email import verify_email
from cloud.identity.passkeys import Passkeys
from cloud.identity.passwords import Passwords
from cloud.identity.proving import Claim
from cloud.identity.staff import Staff
from cloud.identity.throttle import Limits
from cloud.identity.workspaces import Workspaces


class Identity(Core):
    """Identity in one process's runtime."""

    def __init__(self, runtime: Runtime, limits: Limits | None = None, passwords: Passwords | None = None) -> None:
        super().__init__(runtime, limits, passwords)
        self.accounts = Accounts(self)
        self.containment = Containment(self)
        self.credentials = Credentials(self)
        self.desktop = Desktop(self)
        self.passkeys = Passkeys(self)
        self.staff = Staff(self)
        self.workspaces = Workspaces(self)

    def register(self, call: Call, *, email: str, name: str, password: str) -> Verb[None]:
        """Begin a registration; whether the address has an account is told by mail alone."""
        policy = authorize(call.who, "account.register", PLATFORM)
        self.require_safe(password, email, name)
        self.spend_mail(call, email)
        values = {"email": email, "name": name, "password_hash": self.passwords.hash(password)}
        values |= {"address": call.address}

        def begin(work: UnitOfWork) -> None:
            mails.enqueue_sealed(work, self.keyring, jobs.REGISTER, values)
            work.audit.write("account.asked_for", f"address:{self.prover.masked(email)}", policy=policy)

        return begin

    def verify_email(self, token: str) -> Verb[Profile]:
        """Confirm an address with the token that was mailed."""
        return lambda work: _profile(work, verify_email(work, token))

    def sign_in(self, call: Call, claim: Claim, label: str) -> Verb[Opened]:
        """Open a session."""
        proof = self.prover.begin(call, claim)
        return lambda work: sign_in(work, self.keyring, self.prover, proof, label)

    def prove(self, call: Call, claim: Claim) -> Verb[Opened]:
        """Make the request's session fresh again; its token changes. The claim's address is the owner's."""
        proof = self.prover.begin(call, claim)
        return lambda work: step_up(work, self.prover, proof)

    def current(self, call: Call) -> tuple[Account, Session]:
        """Return the request's session and whose it is; raises UnauthenticatedError (401), NoSessionError (403)."""

        def read(work: UnitOfWork) -> tuple[Account, Session]:
            session = session_store.current_session(work)
            return store.account_by_id(work, session.account_id), session

        return self.run(call, read)

    def sessions(self, call: Call, cursor: str | None, size: int) -> Listed[Session]:
        """Return a page of the caller's live sessions, newest first."""
        owner_id = call.owner_id
        authorize(call.who, "session.list", account_resource(owner_id))
        return newest_first(
            self.cursors("session", owner_id),
            cursor,
            size,
            lambda after: self.run(
                call, lambda work: session_store.sessions(work, store.account_by_id(work, owner_id), after, size)
            ),
        )

    def end_session(self, session_id: str) -> Verb[Session]:
        """End one of the caller's sessions."""
        return lambda work: end_session(work, session_id)

    def end_sessions(self, *, but_current: bool) -> Verb[int]:
        """End all of the caller's sessions; the result is how many."""
        return lambda work: end_own_sessions(work, but_current=but_current)

    def end_anybodys_sessions(self, account_id: str) -> Verb[int]:
        """End all sessions of an account, for an admin; the result is how many."""
        return lambda work: end_anybodys_sessions(work, account_id)

    def account(self, call: Call) -> Profile:
        """Return the caller's account."""
        authorize(call.who, "account.read", account_resource(call.owner_id))
        return self.run(call, lambda work: _profile(work, store.account_by_id(work, call.owner_id)))


def _profile(work: UnitOfWork, account: Account) -> Profile:
    has_second_factor = second_factors.is_enabled(work, account.id)
    return Profile(account, has_second_factor, second_factors.recovery_codes_left(work, account.id))


def identity_of(request: Request) -> Identity:
    """Return identity in the application that handles a request."""
    identity = request.app.state.identity
    assert isinstance(identity, Identity)
    return identity
