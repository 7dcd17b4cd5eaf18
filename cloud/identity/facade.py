"""What routes ask identity for: accounts and sessions. Each question or verb is one unit of work.

What is slow (hashing) or must stay when the verb fails (counting) comes before the unit of the verb. Credentials are
the other half (`credentials.py`).
"""

from dataclasses import asdict
from datetime import datetime

from fastapi import Request, Response

from cloud.foundation.answers import answer
from cloud.foundation.calls import Call
from cloud.foundation.paging import Cursors, Page
from cloud.foundation.policy import PLATFORM, authorize
from cloud.foundation.runtime import Runtime
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import jobs, mails, rules, second_factors, session_store, store
from cloud.identity.contracts import Account, Session, account_resource
from cloud.identity.core import Core, Shown, as_is
from cloud.identity.credentials import Credentials
from cloud.identity.operations.end_sessions import end_anybodys_sessions, end_own_sessions, end_session
from cloud.identity.operations.sign_in import sign_in
from cloud.identity.operations.step_up import step_up
from cloud.identity.operations.verify_email import verify_email
from cloud.identity.passwords import Passwords
from cloud.identity.proving import Claim
from cloud.identity.schemas import (
    Accepted,
    AccountModel,
    Ended,
    OpenedSession,
    ProofForm,
    RegistrationForm,
    SessionModel,
    SignInForm,
)
from cloud.identity.throttle import Limits


class Identity(Core):
    """Identity in one process's runtime."""

    def __init__(self, runtime: Runtime, limits: Limits | None = None, passwords: Passwords | None = None) -> None:
        super().__init__(runtime, limits, passwords)
        self.credentials = Credentials(self)

    def register(self, call: Call, form: RegistrationForm) -> Response:
        """Begin a registration; whether the address has an account is told by mail alone."""
        policy = authorize(call.who, "account.register", PLATFORM)
        password = form.password.get_secret_value()
        rules.require_safe_password(password, *rules.names_in(form.email, form.name))
        self.spend_mail(call, form.email)
        values = {"email": form.email, "name": form.name, "password_hash": self.passwords.hash(password)}

        def begin(work: UnitOfWork) -> Accepted:
            mails.enqueue_sealed(work, self.keyring, jobs.REGISTER, values)
            work.audit.write("account.asked_for", f"address:{self.prover.masked(form.email)}", policy=policy)
            return Accepted()

        return answer(self.units, call, begin, as_is, status=202)

    def verify_email(self, call: Call, token: str) -> Response:
        """Confirm an address with the token that was mailed."""
        return answer(self.units, call, lambda work: self._account_model(work, verify_email(work, token)), as_is)

    def sign_in(self, call: Call, form: SignInForm, network: str) -> Response:
        """Open a session."""
        proof = self.prover.begin(call, Claim(form.email, form.password, network, form.code, form.device))

        def open_session(work: UnitOfWork) -> Shown:
            opened = sign_in(work, self.prover, proof, form.label)
            return OpenedSession(**asdict(opened.session)), {"token": opened.token, "device": opened.device}

        return self.answer_once(call, open_session, status=201)

    def prove(self, call: Call, form: ProofForm, network: str) -> Response:
        """Make the request's session fresh again; its token changes."""
        owner, session = self.units.run(call, _current)
        claim = Claim(owner.email, form.password, network, form.code, session=session.id)
        proof = self.prover.begin(call, claim)

        def renew(work: UnitOfWork) -> Shown:
            renewed, token = step_up(work, self.prover, proof)
            return OpenedSession(**asdict(renewed), is_current=True), {"token": token}

        return self.answer_once(call, renew)

    def sessions(self, call: Call, cursor: str | None, size: int) -> Page[SessionModel]:
        """Return a page of the caller's live sessions, newest first."""
        owner_id = call.who.on_behalf_of or call.who.id
        authorize(call.who, "session.list", account_resource(owner_id))
        cursors = Cursors(self.keyring.derived("cursor"), "session", {"owner": owner_id})
        after = cursors.read(cursor)
        position = None if after is None else [datetime.fromisoformat(after[0]), *after[1:]]

        def read(work: UnitOfWork) -> list[Session]:
            return session_store.sessions(work, store.account_by_id(work, owner_id), position, size)

        rows = self.units.run(call, read)
        items = [SessionModel(**asdict(row), is_current=row.id == call.session) for row in rows[:size]]
        last = items[-1] if len(rows) > size else None
        return Page(items=items, next=cursors.write([last.created_at.isoformat(), last.id]) if last else None)

    def end_session(self, call: Call, session_id: str) -> Response:
        """End one of the caller's sessions."""
        return self.answer(call, lambda work: SessionModel(**asdict(end_session(work, session_id))))

    def end_sessions(self, call: Call, *, but_current: bool) -> Response:
        """End all of the caller's sessions."""
        return self.answer(call, lambda work: Ended(ended=end_own_sessions(work, but_current=but_current)))

    def end_anybodys_sessions(self, call: Call, account_id: str) -> Response:
        """End all sessions of an account, for an admin."""
        return self.answer(call, lambda work: Ended(ended=end_anybodys_sessions(work, account_id)))

    def account(self, call: Call) -> AccountModel:
        """Return the caller's account."""
        owner_id = call.who.on_behalf_of or call.who.id
        authorize(call.who, "account.read", account_resource(owner_id))
        return self.units.run(call, lambda work: self._account_model(work, store.account_by_id(work, owner_id)))

    def _account_model(self, work: UnitOfWork, account: Account) -> AccountModel:
        model = AccountModel.model_validate(account)
        model.has_second_factor = second_factors.is_enabled(work, account.id)
        model.recovery_codes_left = second_factors.recovery_codes_left(work, account.id)
        return model


def _current(work: UnitOfWork) -> tuple[Account, Session]:
    session = session_store.current_session(work)
    return store.account_by_id(work, session.account_id), session


def identity_of(request: Request) -> Identity:
    """Return identity in the application that handles a request."""
    identity = request.app.state.identity
    assert isinstance(identity, Identity)
    return identity
