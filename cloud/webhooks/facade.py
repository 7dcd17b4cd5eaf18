"""What routes ask webhooks for: each question or verb is one unit of work. Gets and gives plain values."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel

from cloud.foundation.calls import Call
from cloud.foundation.etags import etag
from cloud.foundation.events import EVENT_TYPES, EventType
from cloud.foundation.fetcher import Fetcher, FetchError
from cloud.foundation.paging import Cursors, Listed, newest_first
from cloud.foundation.problems import INVALID, FieldProblem, ProblemError
from cloud.foundation.runtime import Runtime
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.core import Core
from cloud.identity.workspaces import allowed
from cloud.webhooks import delivery_store, endpoint_store
from cloud.webhooks.contracts import Delivery, Endpoint, EndpointWish, NewSecret, ReplayWish
from cloud.webhooks.operations import change_endpoints, send

T = TypeVar("T")
#: How a route shows a value: what it makes is kept as the reply.
Present = Callable[[T], BaseModel]


class AddressNotUsableError(ProblemError):
    """An address that nothing is ever sent to."""

    problem = INVALID

    def __init__(self, why: str) -> None:
        super().__init__(why, errors=(FieldProblem("/body/url", "address", why),))


class Webhooks:
    """Webhooks in one process's runtime."""

    def __init__(self, runtime: Runtime, identity: Core, fetcher: Fetcher) -> None:
        self._runtime, self._identity, self._fetcher = runtime, identity, fetcher

    def event_types(self) -> list[EventType]:
        """Return every type of event, by name."""
        return [EVENT_TYPES[name] for name in sorted(EVENT_TYPES)]

    def create(self, call: Call, workspace_id: str, wish: EndpointWish, present: Present[NewSecret]) -> Response:
        """Make an endpoint."""

        def make(work: UnitOfWork) -> NewSecret:
            self._require_usable(wish.url)
            return change_endpoints.create_endpoint(work, self._runtime.keyring, workspace_id, wish)

        headers = lambda new: _etag(new.endpoint)  # noqa: E731 - shorter than its name
        return self._identity.answer(call, make, present, status=201, once=("secret",), headers=headers)

    def endpoints(self, call: Call, workspace_id: str) -> list[Endpoint]:
        """Return a workspace's endpoints."""

        def read(work: UnitOfWork) -> list[Endpoint]:
            allowed(work, workspace_id, "webhook.look")
            return endpoint_store.all_of(work, workspace_id)

        return self._runtime.units.run(call, read)

    def endpoint(self, call: Call, workspace_id: str, endpoint_id: str) -> Endpoint:
        """Return one endpoint."""
        return self._runtime.units.run(call, lambda work: _seen(work, workspace_id, endpoint_id))

    def change(
        self, call: Call, workspace_id: str, endpoint_id: str, wish: EndpointWish, present: Present[Endpoint]
    ) -> Response:
        """Change, pause or resume an endpoint."""

        def run(work: UnitOfWork) -> Endpoint:
            self._require_usable(wish.url)
            return change_endpoints.change_endpoint(work, workspace_id, endpoint_id, wish)

        return self._identity.answer(call, run, present, headers=_etag)

    def rotate(self, call: Call, workspace_id: str, endpoint_id: str, present: Present[NewSecret]) -> Response:
        """Give an endpoint a new secret."""
        keyring = self._runtime.keyring

        def run(work: UnitOfWork) -> NewSecret:
            return change_endpoints.rotate_secret(work, keyring, workspace_id, endpoint_id)

        return self._identity.answer(call, run, present, once=("secret",))

    def remove(self, call: Call, workspace_id: str, endpoint_id: str, present: Present[Endpoint]) -> Response:
        """Remove an endpoint."""
        return self._identity.answer(
            call, lambda work: change_endpoints.remove_endpoint(work, workspace_id, endpoint_id), present
        )

    def deliveries(
        self, call: Call, workspace_id: str, endpoint_id: str, *, state: str | None, cursor: str | None, size: int
    ) -> Listed[Delivery]:
        """Return a page of an endpoint's messages, newest first."""
        units = self._runtime.units
        units.run(call, lambda work: _seen(work, workspace_id, endpoint_id))
        cursors = Cursors(
            self._runtime.keyring.derived("cursor"), "delivery", {"endpoint": endpoint_id, "state": state}
        )

        def read(after: list[Any] | None) -> list[Delivery]:
            return units.run(call, lambda work: delivery_store.page(work, endpoint_id, state, after, size))

        return newest_first(cursors, cursor, size, read)

    def replay(
        self, call: Call, workspace_id: str, endpoint_id: str, delivery_id: str, present: Present[Delivery]
    ) -> Response:
        """Send a message again."""
        return self._identity.answer(
            call, lambda work: send.replay(work, workspace_id, endpoint_id, delivery_id), present, status=202
        )

    def replay_range(
        self, call: Call, workspace_id: str, endpoint_id: str, wish: ReplayWish, present: Present[int]
    ) -> Response:
        """Send again what was not delivered in a range of time."""
        return self._identity.answer(
            call, lambda work: send.replay_range(work, workspace_id, endpoint_id, wish), present, status=202
        )

    def _require_usable(self, url: str | None) -> None:
        try:
            if url is not None:
                self._fetcher.judge(url)
        except FetchError as error:
            raise AddressNotUsableError(str(error)) from error


def _seen(work: UnitOfWork, workspace_id: str, endpoint_id: str) -> Endpoint:
    allowed(work, workspace_id, "webhook.look")
    return endpoint_store.one(work, workspace_id, endpoint_id)


def _etag(found: Endpoint) -> dict[str, str]:
    return {"ETag": etag(found.version)}


def webhooks_in(request: Request) -> Webhooks:
    """Return webhooks in the application that handles a request."""
    webhooks = request.app.state.webhooks
    assert isinstance(webhooks, Webhooks)
    return webhooks
