"""Who may be in a room, and as what: asked of shared projects, anew for each decision."""

from collections.abc import Collection

from cloud.foundation.unit_of_work import UnitOfWork
from cloud.projects import store, ticket_store
from cloud.projects.contracts import NOBODY, Admission, lesser_role

#: Roles whose updates are taken.
WRITERS = frozenset({"owner", "editor", "commenter"})
__all__ = ["NOBODY", "WRITERS", "Admission", "Roles", "admission", "roles"]


class Roles:
    """What the members of some projects are at one moment."""

    def __init__(self, found: dict[tuple[str, str], str], ended: frozenset[str] = frozenset()) -> None:
        self._found, self._ended = found, ended
        self._alive = {project_id for project_id, _ in found}

    def of(self, project_id: str, account_id: str, at_most: str) -> str:
        """Return what an account is in a project, but no more than its ticket says; NOBODY for no member."""
        return lesser_role(self._found.get((project_id, account_id), NOBODY), at_most)

    def has_ended(self, credential: str | None) -> bool:
        """Return whether the session or key that a ticket was opened with has ended."""
        return credential in self._ended

    def is_gone(self, project_id: str) -> bool:
        """Return whether a project was deleted: every other one has an owner."""
        return project_id not in self._alive


def roles(work: UnitOfWork, project_ids: Collection[str], credentials: Collection[str] = ()) -> Roles:
    """Return what the members of some projects are now, and which of some sessions and keys have ended."""
    return Roles(store.roles_in(work, project_ids), ticket_store.ended(work, credentials))


def admission(work: UnitOfWork, ticket: str) -> Admission | None:
    """Return whom a ticket lets in; None when it is not valid or its time is over."""
    return ticket_store.admission(work, ticket)
