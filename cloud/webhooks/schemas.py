"""Webhooks as the API takes and shows them. Unknown fields are refused."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, WithJsonSchema

from cloud.foundation import wording
from cloud.foundation.events import EVENT_TYPES, EventType
from cloud.foundation.wording import spoken
from cloud.identity.schemas import ONCE, Form
from cloud.webhooks import rules
from cloud.webhooks.contracts import Endpoint, NewSecret

_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"{_LABEL}(\.{_LABEL})+"
_PATH = r"(/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?$"
#: Which ports and machines are reached is the fetcher's to say; the description promises the usual port, and a name.
_NO_NAME = r"^https://[^/]*\.([0-9][a-z0-9-]*|localhost|localdomain|local|internal|arpa)(/|$)"
_DESCRIBED = {
    "type": "string",
    "format": "uri",
    "maxLength": 500,
    "pattern": rf"^https://{_HOST}{_PATH}",
    "not": {"pattern": _NO_NAME},
}
State = Literal["active", "paused", "disabled"]
DeliveryState = Literal["waiting", "delivered", "failed", "missed"]
Url = Annotated[
    str,
    Field(
        max_length=500,
        pattern=spoken(
            rf"^https://{_HOST}(:[0-9]{{1,5}})?{_PATH}", "it must be an address such as https://example.org/hooks"
        ),
    ),
    WithJsonSchema({**_DESCRIBED, "examples": ["https://example.org/hooks/maxbooster"]}),
]
Description = Annotated[str, Field(max_length=200, pattern=wording.LINE_OR_EMPTY)]


def _known(name: str) -> str:
    if name not in EVENT_TYPES:
        raise ValueError("there is no such type of event: see /v1/webhook-events")
    return name


def _as_names(schema: dict[str, Any]) -> None:
    schema["enum"] = sorted(EVENT_TYPES)


EventName = Annotated[str, AfterValidator(_known), Field(json_schema_extra=_as_names)]
Events = Annotated[list[EventName], Field(max_length=50, description="Which events; none for all.")]


class WebhookForm(Form):
    """An address that shall be told what happens."""

    url: Url
    description: Description = ""
    events: Events = Field(default_factory=list)


class WebhookChange(Form):
    """What becomes of a webhook; what is left out stays."""

    url: Url | None = None
    description: Description | None = None
    events: Events | None = None
    state: Literal["active", "paused"] | None = None


class ReplayForm(Form):
    """Which messages are sent again: those of a range of time that were not delivered."""

    since: AwareDatetime
    until: AwareDatetime
    states: list[Literal["failed", "missed"]] = Field(default=["failed", "missed"], min_length=1, max_length=2)


class _Shown(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class WebhookModel(_Shown):
    """An address that is told what happens in a workspace."""

    id: str
    workspace_id: str
    url: str
    description: str
    events: list[str]
    state: State
    disabled_why: Literal["gone", "failing"] | None = Field(description="Why nothing is sent to it by itself any more.")
    failing_since: datetime | None = Field(description="The first failure that no success has followed.")
    created_at: datetime
    version: int = Field(description="The ETag, as a number.")


class NewWebhook(WebhookModel):
    """A webhook with its secret."""

    secret: str | None = Field(default=None, description=f"Messages are signed with it. {ONCE}")

    @classmethod
    def of(cls, new: NewSecret) -> "NewWebhook":
        """Return an endpoint with its new secret."""
        return cls(**WebhookModel.model_validate(new.endpoint).model_dump(), secret=new.secret)


class WebhookList(BaseModel):
    """A workspace's webhooks."""

    items: list[WebhookModel]

    @classmethod
    def of(cls, found: list[Endpoint]) -> "WebhookList":
        """Return endpoints as they are shown."""
        return cls(items=[WebhookModel.model_validate(one) for one in found])


class WebhookDeliveryModel(_Shown):
    """One message, and what came of it."""

    id: str = Field(description="The message's `webhook-id`, the same for every attempt.")
    event: str
    state: DeliveryState = Field(description="`missed`: nothing was sent, as the webhook was paused or disabled.")
    attempts: int
    last_status: int | None = Field(description="What the receiver answered last.")
    last_error: str | None = Field(description="Why it did not answer.")
    created_at: datetime
    ended_at: datetime | None


class ReplayedModel(BaseModel):
    """How many messages are sent again."""

    count: int = Field(description=f"At most {rules.MOST_REPLAYED} at a time, oldest first.")

    @classmethod
    def of(cls, count: int) -> "ReplayedModel":
        """Return a count as it is shown."""
        return cls(count=count)


class EventTypeModel(_Shown):
    """A kind of event."""

    name: str
    description: str
    example: dict[str, Any] = Field(description="What `data` looks like.")


class EventTypeList(BaseModel):
    """All kinds of events."""

    items: list[EventTypeModel]

    @classmethod
    def of(cls, found: list[EventType]) -> "EventTypeList":
        """Return types as they are shown."""
        return cls(items=[EventTypeModel.model_validate(one) for one in found])
