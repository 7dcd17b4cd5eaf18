"""What routes and pages ask compliance for. Gets and gives plain values, no schemas."""

from collections.abc import Callable

from fastapi import Request, Response
from pydantic import BaseModel

from cloud.compliance import exporting, store
from cloud.compliance.contracts import Export
from cloud.compliance.operations.request_export import request_export
from cloud.compliance.ports import Objects
from cloud.foundation.answers import answer
from cloud.foundation.calls import Call
from cloud.foundation.paging import Cursors, Listed, newest_first
from cloud.foundation.policy import authorize
from cloud.foundation.problems import NotFoundError, ProblemError
from cloud.foundation.runtime import Runtime
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import rules
from cloud.identity.contracts import account_resource


class Compliance:
    """Compliance in one process's runtime."""

    def __init__(self, runtime: Runtime, objects: Objects) -> None:
        self._runtime, self._objects = runtime, objects

    def request_export(self, call: Call) -> Export:
        """Ask for a copy of the caller's data."""
        return self._runtime.units.run(call, request_export)

    def answer_export(self, call: Call, present: Callable[[Export], BaseModel]) -> Response:
        """Answer a request for a copy of the caller's data."""
        rules.require_somebody(call.who)
        return answer(self._runtime.units, call, request_export, present, status=202)

    def exports(self, call: Call, cursor: str | None, size: int) -> Listed[Export]:
        """Return a page of the caller's copies, newest first."""
        owner_id = call.owner_id
        authorize(call.who, "export.read", account_resource(owner_id))
        cursors = Cursors(self._runtime.keyring.derived("cursor"), "export", {"owner": owner_id})
        units = self._runtime.units
        return newest_first(
            cursors,
            cursor,
            size,
            lambda after: units.run(call, lambda work: store.exports(work, owner_id, after, size)),
        )

    def is_here(self, export: Export) -> bool:
        """Return whether a copy that was made can be fetched: a backup holds none, they are for a week."""
        if export.object is None:
            return False
        try:
            next(self._objects.read(export.object, 0, 1), b"")
        except FileNotFoundError:
            return False
        except ProblemError:  # a store in trouble: fetching says so, and the page is there
            return True
        return True

    def archive(self, call: Call, export_id: str) -> tuple[Export, bytes]:
        """Return one of the caller's copies and its archive; raises NotFoundError (404), also while it is made."""
        owner_id = call.owner_id
        policy = authorize(call.who, "export.read", account_resource(owner_id))
        found = self._runtime.units.run(call, lambda work: store.export(work, owner_id, export_id))
        if found.object is None or found.size is None:
            raise NotFoundError("This copy is being made: you are told by mail when it is ready.")
        try:
            sealed = b"".join(self._objects.read(found.object, 0, found.size))
        except FileNotFoundError as error:  # a backup holds no copies: they are for a week
            raise NotFoundError("This copy is not here any more: ask for a new one.") from error

        def fetch(work: UnitOfWork) -> bytes:
            work.audit.write("export.fetched", f"account:{owner_id}", after={"export": export_id}, policy=policy)
            return exporting.opened(work, self._runtime.keyring, export_id, sealed)

        return found, self._runtime.units.run(call, fetch)


def compliance_of(request: Request) -> Compliance:
    """Return compliance in the application that handles a request."""
    compliance = request.app.state.compliance
    assert isinstance(compliance, Compliance)
    return compliance
