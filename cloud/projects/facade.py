"""What routes ask shared projects for: each question or verb is one unit of work. Gets and gives plain values."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel

from cloud.foundation.answers import answer
from cloud.foundation.calls import Call
from cloud.foundation.etags import etag
from cloud.foundation.paging import Cursors, Listed, newest_first
from cloud.foundation.policy import authorize
from cloud.foundation.runtime import Runtime
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.contracts import account_resource
from cloud.identity.core import Core
from cloud.projects import access, invitation_store, people, rules, store
from cloud.projects.contracts import Invitation, InvitationWish, Member, Project, Ticket, TicketWish
from cloud.projects.operations.change_members import change_role, remove_member, transfer_project
from cloud.projects.operations.change_project import delete_project, rename_project
from cloud.projects.operations.create_project import create_project
from cloud.projects.operations.invite import invite, revoke_invitation
from cloud.projects.operations.join import join
from cloud.projects.operations.open_ticket import open_ticket

T = TypeVar("T")
#: How a route shows a value: what it makes is kept as the reply.
Present = Callable[[T], BaseModel]


class Projects:
    """Shared projects in one process's runtime."""

    def __init__(self, runtime: Runtime, identity: Core) -> None:
        self._runtime, self._identity = runtime, identity

    def create(self, call: Call, name: str, forked_from: str | None, present: Present[Project]) -> Response:
        """Make a project."""
        return self._changed(call, lambda work: create_project(work, name, forked_from), present, status=201)

    def projects(self, call: Call, cursor: str | None, size: int) -> Listed[Project]:
        """Return a page of the caller's projects, those joined last first."""
        account_id = rules.account_of(call.who)
        authorize(call.who, "project.list", account_resource(account_id))
        found = newest_first(
            self._cursors("project", {"account": account_id}),
            cursor,
            size,
            lambda after: self._runtime.units.run(call, lambda work: store.projects_of(work, account_id, after, size)),
            lambda row: (row[1], row[0].id),
        )
        return Listed([project for project, _ in found.items], found.next)

    def project(self, call: Call, project_id: str) -> Project:
        """Return one project."""
        return self._runtime.units.run(call, lambda work: access.allowed(work, project_id, "project.read")[0])

    def rename(self, call: Call, project_id: str, name: str, present: Present[Project]) -> Response:
        """Give a project another name."""
        return self._changed(call, lambda work: rename_project(work, project_id, name), present)

    def delete(self, call: Call, project_id: str, present: Present[Project]) -> Response:
        """Delete a project."""
        return self._changed(call, lambda work: delete_project(work, project_id), present)

    def members(self, call: Call, project_id: str, cursor: str | None, size: int) -> Listed[Member]:
        """Return a page of a project's members, who came last first."""

        def read(work: UnitOfWork, after: list[Any] | None) -> list[Member]:
            access.allowed(work, project_id, "project.look_around")
            rows = store.members(work, project_id, after, size)
            names = people.names(work, [row.account_id for row in rows])
            return [Member(row.account_id, row.role, row.joined_at, names[row.account_id]) for row in rows]

        return newest_first(
            self._cursors("member", {"project": project_id}),
            cursor,
            size,
            lambda after: self._runtime.units.run(call, lambda work: read(work, after)),
            lambda row: (row.joined_at, row.account_id),
        )

    def change_role(
        self, call: Call, project_id: str, account_id: str, role: str, present: Present[Member]
    ) -> Response:
        """Make a member something else."""
        return self._answer(call, lambda work: change_role(work, project_id, account_id, role), present)

    def remove_member(self, call: Call, project_id: str, account_id: str, present: Present[Member]) -> Response:
        """Remove a member, or leave."""
        return self._answer(call, lambda work: remove_member(work, project_id, account_id), present)

    def transfer(self, call: Call, project_id: str, account_id: str, present: Present[Project]) -> Response:
        """Make another member the owner."""
        return self._changed(call, lambda work: transfer_project(work, project_id, account_id), present)

    def invite(self, call: Call, project_id: str, wish: InvitationWish, present: Present[Invitation]) -> Response:
        """Make an invitation; its token is in the first reply alone."""
        rules.account_of(call.who)
        if wish.email is not None:
            self._identity.spend_mail(call, wish.email)

        def run(work: UnitOfWork) -> tuple[Invitation, str | None]:
            return invite(work, self._runtime.keyring, project_id, wish)

        return self._identity.answer(call, run, _with_secret(present, "token"), status=201, once=("token",))

    def invitations(self, call: Call, project_id: str, cursor: str | None, size: int) -> Listed[Invitation]:
        """Return a page of a project's invitations, newest first."""

        def read(work: UnitOfWork, after: list[Any] | None) -> list[Invitation]:
            access.allowed(work, project_id, "project.share")
            return invitation_store.invitations(work, project_id, after, size)

        return newest_first(
            self._cursors("invitation", {"project": project_id}),
            cursor,
            size,
            lambda after: self._runtime.units.run(call, lambda work: read(work, after)),
        )

    def revoke_invitation(
        self, call: Call, project_id: str, invitation_id: str, present: Present[Invitation]
    ) -> Response:
        """Take an invitation back."""
        return self._answer(call, lambda work: revoke_invitation(work, project_id, invitation_id), present)

    def join(self, call: Call, token: str, present: Present[Project]) -> Response:
        """Come in with an invitation."""
        return self._changed(call, lambda work: join(work, token), present)

    def open_ticket(self, call: Call, project_id: str, wish: TicketWish, present: Present[Ticket]) -> Response:
        """Make a ticket into the project's room; its text is in the first reply alone."""

        def run(work: UnitOfWork) -> tuple[Ticket, str | None]:
            return open_ticket(work, project_id, wish)

        return self._identity.answer(call, run, _with_secret(present, "ticket"), status=201, once=("ticket",))

    def _changed(
        self, call: Call, verb: Callable[[UnitOfWork], Project], present: Present[Project], *, status: int = 200
    ) -> Response:
        rules.account_of(call.who)
        tag: Callable[[Project], dict[str, str]] = lambda found: {"ETag": etag(found.version)}  # noqa: E731 - typed
        return answer(self._runtime.units, call, verb, present, status=status, headers=tag)

    def _answer(self, call: Call, verb: Callable[[UnitOfWork], T], present: Present[T]) -> Response:
        rules.account_of(call.who)
        return answer(self._runtime.units, call, verb, present)

    def _cursors(self, order: str, filters: dict[str, str]) -> Cursors:
        return Cursors(self._runtime.keyring.derived("cursor"), order, filters)


def _with_secret(present: Present[T], field: str) -> Present[tuple[T, str | None]]:
    """Show a value together with the secret that came with it."""
    return lambda made: present(made[0]).model_copy(update={field: made[1]})


def projects_of(request: Request) -> Projects:
    """Return shared projects in the application that handles a request."""
    projects = request.app.state.projects
    assert isinstance(projects, Projects)
    return projects
