"""Tickets into rooms, read and written inside one unit of work. What one admits to is looked up when it is used."""

from collections.abc import Collection
from dataclasses import fields

import sqlalchemy as sa

from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import key_store, session_store
from cloud.identity.tokens import digest
from cloud.projects import people, rules, store
from cloud.projects.contracts import Admission, Ticket, lesser_role
from cloud.projects.tables import room_ticket

_TICKET = [room_ticket.c[field.name] for field in fields(Ticket)]


def add(work: UnitOfWork, ticket: Ticket) -> str:
    """Keep a ticket, as a hash; return its text."""
    text = rules.new_token(rules.TICKET)
    values = {field.name: getattr(ticket, field.name) for field in fields(Ticket)}
    work.connection.execute(sa.insert(room_ticket).values(**values, token_hash=digest(text)))
    return text


def admission(work: UnitOfWork, text: str) -> Admission | None:
    """Return whom a ticket lets in, and as what at this moment.

    None when it is not valid, its time is over, or what it was opened with has ended.
    """
    query = sa.select(*_TICKET).where(room_ticket.c.token_hash == digest(text))
    row = work.connection.execute(query).mappings().first()
    if row is None or row["expires_at"] <= work.clock.now():
        return None
    ticket = Ticket(**row)
    if ticket.credential is not None and ended(work, [ticket.credential]):
        return None
    role = lesser_role(store.role_of(work, ticket.project_id, ticket.account_id), ticket.role)
    is_gone = store.is_gone(work, ticket.project_id)
    return Admission(ticket, people.name(work, ticket.account_id), role, is_gone)


def ended(work: UnitOfWork, credentials: Collection[str]) -> frozenset[str]:
    """Return which of some sessions and keys have ended; that a key's time is over ends nothing that it has opened."""
    asked = frozenset(credentials)
    return asked - session_store.kept(work, asked) - key_store.kept(work, asked) if asked else asked


def forget_old(work: UnitOfWork) -> int:
    """Remove tickets whose time is over; return how many."""
    old = sa.delete(room_ticket).where(room_ticket.c.expires_at < work.clock.now())
    return len(work.connection.execute(old.returning(room_ticket.c.project_id)).all())
