"""The API of webhooks: who is told of what happens in a workspace, what was sent, and sending it again.

Messages are signed by Standard Webhooks 1.0.0: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from cloud.foundation import problems
from cloud.foundation.admission import ToChange, ToEdit, ToRead
from cloud.foundation.etags import etag
from cloud.foundation.paging import CursorText, Page, PageSize
from cloud.identity.routes import CHANGE, READ, Id
from cloud.identity.rules import require_somebody
from cloud.webhooks.contracts import EndpointWish, ReplayWish
from cloud.webhooks.facade import webhooks_in
from cloud.webhooks.schemas import (
    DeliveryState,
    EventTypeList,
    NewWebhook,
    ReplayedModel,
    ReplayForm,
    WebhookChange,
    WebhookDeliveryModel,
    WebhookForm,
    WebhookList,
    WebhookModel,
)

router = APIRouter(prefix="/v1", tags=["webhooks"])
_EDIT = CHANGE | problems.problem_responses(problems.CHANGED_MEANWHILE, problems.CONDITION_MISSING)
_ETAG = {"headers": {"ETag": {"description": "Version of the webhook.", "schema": {"type": "string"}}}}
_ALL = "/workspaces/{workspace_id}/webhooks"
_ONE = f"{_ALL}/{{webhook_id}}"
Failed = Annotated[DeliveryState | None, Query(description="Only those in this state.")]


@router.get("/webhook-events", responses=READ)
def list_event_types(request: Request, call: ToRead) -> EventTypeList:
    """List every type of event with an example."""
    require_somebody(call.who)
    return EventTypeList.of(webhooks_in(request).event_types())


@router.post(_ALL, status_code=201, responses=CHANGE | {201: _ETAG}, response_model=NewWebhook)
def create_webhook(request: Request, call: ToChange, workspace_id: Id, form: WebhookForm) -> Response:
    """Let an address be told what happens; needs a proof of the last 15 minutes."""
    wish = EndpointWish(form.url, form.description, form.events)
    return webhooks_in(request).create(call, workspace_id, wish, NewWebhook.of)


@router.get(_ALL, responses=READ)
def list_webhooks(request: Request, call: ToRead, workspace_id: Id) -> WebhookList:
    """List a workspace's webhooks."""
    return WebhookList.of(webhooks_in(request).endpoints(call, workspace_id))


@router.get(_ONE, responses=READ | {200: _ETAG})
def read_webhook(request: Request, response: Response, call: ToRead, workspace_id: Id, webhook_id: Id) -> WebhookModel:
    """Read a webhook; the ETag is what a change names in If-Match."""
    found = webhooks_in(request).endpoint(call, workspace_id, webhook_id)
    response.headers["ETag"] = etag(found.version)
    return WebhookModel.model_validate(found)


@router.patch(_ONE, responses=_EDIT | {200: _ETAG}, response_model=WebhookModel)
def change_webhook(request: Request, call: ToEdit, workspace_id: Id, webhook_id: Id, form: WebhookChange) -> Response:
    """Change a webhook, pause it, or let it go on, also after it was disabled; another address needs a fresh proof."""
    wish = EndpointWish(form.url, form.description, form.events, form.state)
    return webhooks_in(request).change(call, workspace_id, webhook_id, wish, WebhookModel.model_validate)


@router.delete(_ONE, responses=CHANGE, response_model=WebhookModel)
def remove_webhook(request: Request, call: ToChange, workspace_id: Id, webhook_id: Id) -> Response:
    """Remove a webhook; what waits for it is not sent any more."""
    return webhooks_in(request).remove(call, workspace_id, webhook_id, WebhookModel.model_validate)


@router.post(f"{_ONE}/secret", responses=CHANGE, response_model=NewWebhook)
def rotate_webhook_secret(request: Request, call: ToChange, workspace_id: Id, webhook_id: Id) -> Response:
    """Make a new secret; for a day messages carry a signature by the old one, too. Needs a proof of the last 15 min."""
    return webhooks_in(request).rotate(call, workspace_id, webhook_id, NewWebhook.of)


@router.get(f"{_ONE}/deliveries", responses=READ)
def list_webhook_deliveries(
    request: Request,
    call: ToRead,
    workspace_id: Id,
    webhook_id: Id,
    *,
    state: Failed = None,
    cursor: CursorText = None,
    limit: PageSize = 50,
) -> Page[WebhookDeliveryModel]:
    """List the messages of the last 30 days, newest first."""
    found = webhooks_in(request).deliveries(call, workspace_id, webhook_id, state=state, cursor=cursor, size=limit)
    return Page(items=[WebhookDeliveryModel.model_validate(one) for one in found.items], next=found.next)


@router.post(
    f"{_ONE}/deliveries/{{delivery_id}}/replay", status_code=202, responses=CHANGE, response_model=WebhookDeliveryModel
)
def replay_webhook_delivery(
    request: Request, call: ToChange, workspace_id: Id, webhook_id: Id, delivery_id: Id
) -> Response:
    """Send a message again, under its own id."""
    return webhooks_in(request).replay(call, workspace_id, webhook_id, delivery_id, WebhookDeliveryModel.model_validate)


@router.post(f"{_ONE}/replays", status_code=202, responses=CHANGE, response_model=ReplayedModel)
def replay_webhook_range(
    request: Request, call: ToChange, workspace_id: Id, webhook_id: Id, form: ReplayForm
) -> Response:
    """Send again what was not delivered in a range of time, oldest first."""
    wish = ReplayWish(form.since, form.until, tuple(form.states))
    return webhooks_in(request).replay_range(call, workspace_id, webhook_id, wish, ReplayedModel.of)
