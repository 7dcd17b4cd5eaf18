"""Prove once more who one is, for what needs a fresh proof."""

from cloud.foundation.policy import authorize
from cloud.foundation.problems import ForbiddenError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import rules, session_store
from cloud.identity.contracts import Opened, Session, account_resource
from cloud.identity.errors import StepUpNeededError
from cloud.identity.proving import Proof, Prover


def step_up(work: UnitOfWork, prover: Prover, proof: Proof) -> Opened:
    """Return the session, fresh again, and its new token; the old one is void.

    Raises CredentialsError, CodeNeededError, CodeError (401), ForbiddenError, NoSessionError (403).
    """
    session = session_store.current_session(work)
    policy = authorize(work.call.who, "account.prove", account_resource(session.account_id))
    account, methods = prover.settle(work, proof)
    if account.id != session.account_id:
        raise ForbiddenError("This session belongs to another account.")
    token = session_store.authenticate_again(work, session, methods)
    work.audit.write("session.proven", f"session:{session.id}", after={"methods": methods}, policy=policy)
    return Opened(session_store.session(work, session.id), token)


def require_fresh(work: UnitOfWork) -> Session:
    """Return the request's session when its owner has proven who they are within 15 minutes.

    Raises NoSessionError, StepUpNeededError (403).
    """
    session = session_store.current_session(work)
    if abs(work.clock.now() - session.authenticated_at) >= rules.STEP_UP_LASTS:
        raise StepUpNeededError("Prove who you are again (`/v1/sessions/current/proof`), then repeat this.")
    return session
