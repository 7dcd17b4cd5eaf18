"""End sessions: sign out, or shut out whoever holds a token.

Signing oneself out is free; whoever ends other sessions has just proven who they are, so that a stolen one shuts nobody
out.
"""

from cloud.foundation.policy import authorize
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import rules, session_store, store
from cloud.identity.contracts import Session, account_resource
from cloud.identity.operations.step_up import require_fresh


def end_session(work: UnitOfWork, session_id: str) -> Session:
    """End one session, `current` for the request's own.

    Raises NotFoundError (404), NoSessionError, StepUpNeededError (403).
    """
    rules.require_somebody(work.call.who)
    is_current = session_id == "current"
    session = session_store.current_session(work) if is_current else session_store.session(work, session_id)
    policy = authorize(work.call.who, "session.end", session.resource, is_hidden=True)
    if session.id != work.call.session:
        require_fresh(work)
    session_store.end_session(work, session.id)
    work.audit.write("session.ended", f"session:{session.id}", policy=policy)
    return session


def end_own_sessions(work: UnitOfWork, *, but_current: bool) -> int:
    """End all sessions of whoever asks, but the request's own if wanted; return how many.

    Raises NoSessionError, StepUpNeededError (403).
    """
    session = require_fresh(work)
    policy = authorize(work.call.who, "session.end_all", account_resource(session.account_id))
    ended = session_store.end_sessions(work, session.account_id, but=session.id if but_current else None)
    work.audit.write("sessions.ended", f"account:{session.account_id}", after={"ended": ended}, policy=policy)
    return ended


def end_anybodys_sessions(work: UnitOfWork, account_id: str) -> int:
    """End all sessions of an account, for an admin; return how many.

    Raises UnauthenticatedError (401), ForbiddenError, StepUpNeededError (403), NotFoundError (404).
    """
    policy = authorize(work.call.who, "account.end_sessions", account_resource(account_id))
    if work.call.session is not None:  # the operator's key has none, and is no session that could be stolen
        require_fresh(work)
    account = store.account_by_id(work, account_id)
    ended = session_store.end_sessions(work, account.id)
    session_store.forget_devices(work, account.id)
    work.audit.write("sessions.ended", f"account:{account.id}", after={"ended": ended}, policy=policy)
    return ended
