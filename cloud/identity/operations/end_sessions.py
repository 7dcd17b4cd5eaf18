"""End sessions: sign out, or shut out whoever holds a token."""

from cloud.foundation.policy import authorize
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import rules, session_store, store
from cloud.identity.contracts import Session, account_resource


def end_session(work: UnitOfWork, session_id: str) -> Session:
    """End one session, `current` for the request's own; raises NotFoundError (404), NoSessionError (403)."""
    rules.require_somebody(work.call.who)
    is_own = session_id == "current"
    session = session_store.current_session(work) if is_own else session_store.session(work, session_id)
    policy = authorize(work.call.who, "session.end", session.resource, is_hidden=True)
    session_store.end_session(work, session.id)
    work.audit.write("session.ended", f"session:{session.id}", policy=policy)
    return session


def end_own_sessions(work: UnitOfWork, *, but_current: bool) -> int:
    """End all sessions of whoever asks, but the request's own if wanted; return how many. Raises ForbiddenError."""
    session = session_store.current_session(work)
    policy = authorize(work.call.who, "session.end_all", account_resource(session.account_id))
    ended = session_store.end_sessions(work, session.account_id, but=session.id if but_current else None)
    work.audit.write("sessions.ended", f"account:{session.account_id}", after={"ended": ended}, policy=policy)
    return ended


def end_anybodys_sessions(work: UnitOfWork, account_id: str) -> int:
    """End all sessions of an account, for an admin; return how many.

    Raises UnauthenticatedError (401), ForbiddenError (403), NotFoundError (404).
    """
    policy = authorize(work.call.who, "account.end_sessions", account_resource(account_id))
    account = store.account_by_id(work, account_id)
    ended = session_store.end_sessions(work, account.id)
    session_store.forget_devices(work, account.id)
    work.audit.write("sessions.ended", f"account:{account.id}", after={"ended": ended}, policy=policy)
    return ended
