"""Make a ticket into a project's room: for a member over the API, for whoever runs the cloud on its machine."""

from dataclasses import replace

from cloud.foundation.calls import Call
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import store as accounts
from cloud.projects import access, rules, store, ticket_store
from cloud.projects.contracts import ROLES, Ticket, TicketWish, lesser_role

#: Owns the projects that were made on the cloud's own machine. The address cannot be registered, the hash fits nothing.
_LOCAL_ADDRESS = "operator@localhost"
_FITS_NOTHING = "!"


def open_ticket(work: UnitOfWork, project_id: str, wish: TicketWish) -> tuple[Ticket, str]:
    """Make a ticket for whoever asks; return it and its text, which is kept nowhere.

    Raises UnauthenticatedError (401), NotFoundError (404), ForbiddenError (403).
    """
    found, policy = access.allowed(work, project_id, "project.enter")
    account_id = rules.account_of(work.call.who)
    ticket, text = _kept(work, project_id, account_id, found.role, wish)
    after = {"role": ticket.role, "lasts_s": round(wish.lasts.total_seconds())}
    work.audit.write("project.ticket_opened", f"project:{project_id}", after=after, policy=policy)
    return ticket, text


def open_local_ticket(work: UnitOfWork, project_id: str, wish: TicketWish) -> tuple[Ticket, str, bool]:
    """Make a ticket on behalf of a project's owner; make the project when there is none, and say so.

    Raises NotFoundError (404: it was deleted).
    """
    owner_id, is_made = store.owner_of(work, project_id), False
    if owner_id is None:
        owner_id, is_made = _local_account(work), True
        store.add_project(work, project_id, owner_id, forked_from=None, project_id=project_id)
        work.audit.write("project.created", f"project:{project_id}", after={"by": "command"})
    store.project_of(work, project_id, owner_id)
    ticket, text = _kept(work, project_id, owner_id, "owner", wish)
    work.audit.write("project.ticket_opened", f"project:{project_id}", after={"role": ticket.role, "by": "command"})
    return ticket, text, is_made


def _kept(work: UnitOfWork, project_id: str, account_id: str, role: str, wish: TicketWish) -> tuple[Ticket, str]:
    """Keep what was wished alone: what its holder may is looked up whenever it is used. Shown is what it gives now."""
    until = work.clock.now() + wish.lasts
    ticket = Ticket(
        project_id, account_id, wish.role or ROLES[0], wish.device, wish.epoch, until, _credential(work.call)
    )
    return replace(ticket, role=lesser_role(role, ticket.role)), ticket_store.add(work, ticket)


def _credential(call: Call) -> str | None:
    return call.who.id if call.who.kind == "key" else call.session


def _local_account(work: UnitOfWork) -> str:
    found = accounts.account_by_email(work, _LOCAL_ADDRESS)
    if found is not None:
        return found.id
    account_id = accounts.add_account(work, _LOCAL_ADDRESS, "Operator", _FITS_NOTHING)
    accounts.change_account(work, account_id, state="active", verified_at=work.clock.now())
    return account_id
