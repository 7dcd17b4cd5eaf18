"""Drafts, operations and their answers as the API takes and shows them.

Members that a newer client adds to an operation are left out; fields that it adds to a draft are kept.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cloud.foundation import wording
from sync.protocol.kinds import ID_PATTERN
from sync.protocol.operations import LARGEST_BATCH, LONGEST_AGE_S, Batch, Operation

_LARGEST_NUMBER = 2**53
_LARGEST_SCHEMA = 2**31 - 2
wording.spoken(ID_PATTERN, "it must have 1 to 64 letters, digits, - and _")
ClientId = Annotated[str, Field(pattern=ID_PATTERN, examples=["cli_01jd4c7v9k"])]
Values = Annotated[
    dict[str, Any], Field(examples=[{"title": "Night Bus", "price": {"amount": 999, "currency": "EUR"}}])
]


class OperationForm(BaseModel):
    """One change of one draft."""

    seq: int = Field(ge=1, le=_LARGEST_NUMBER, description="Rises by one with each operation of a client.")
    op_id: str = Field(pattern=ID_PATTERN, description="A UUID of version 7: the same when it is sent again.")
    kind: str = Field(pattern=ID_PATTERN, description="`release`, `listing` or `schedule`.")
    draft_id: str = Field(pattern=ID_PATTERN, description="Chosen by whoever makes the draft.")
    base_version: int = Field(ge=0, le=_LARGEST_NUMBER, description="The version that was seen; 0 makes a draft.")
    patch: Values | None = Field(description="Fields that change, null empties one; null as a whole removes the draft.")
    age_s: float = Field(default=0.0, ge=0, le=LONGEST_AGE_S, description="Seconds since it was made.")

    def operation(self) -> Operation:
        """Return it as the protocol has it."""
        return Operation(**{name: getattr(self, name) for name in OperationForm.model_fields})


class BatchForm(BaseModel):
    """Operations of one client, in the order of their numbers."""

    client_id: ClientId
    schema_version: int = Field(ge=1, le=_LARGEST_SCHEMA)
    acknowledged: int = Field(default=0, ge=0, le=_LARGEST_NUMBER, description="Answers up to here are kept.")
    operations: list[OperationForm] = Field(min_length=1, max_length=LARGEST_BATCH)

    def batch(self) -> Batch:
        """Return it as the protocol has it."""
        operations = [form.operation() for form in self.operations]
        return Batch(self.client_id, self.schema_version, self.acknowledged, operations)


class DraftModel(BaseModel):
    """A draft at one version."""

    model_config = ConfigDict(from_attributes=True)

    kind: str
    id: str
    version: int = Field(description="The ETag, as a number; rises with every change.")
    values: dict[str, Any]
    is_removed: bool = False


class AnswerModel(BaseModel):
    """What became of an operation."""

    seq: int
    op_id: str
    outcome: Literal["applied", "conflict", "rejected", "retry"]
    is_duplicate: bool = Field(description="It had been answered before, like this.")
    version: int | None = Field(default=None, description="Of an applied one: the draft's version now.")
    current: DraftModel | None = Field(default=None, description="Of a conflict: what the draft is now.")
    guarded: list[str] | None = Field(default=None, description="Of a conflict: fields that are never merged.")
    reason: str | None = Field(default=None, description="Of a rejected one: a sentence.")
    field: str | None = None
    after_s: float | None = Field(default=None, description="Send it again after so long, under a new number.")


class AnswersModel(BaseModel):
    """An answer for each operation."""

    answers: list[AnswerModel]
    server_time: datetime


class ChangesModel(BaseModel):
    """A part of the feed of changes."""

    drafts: list[DraftModel]
    cursor: str = Field(description="Where the next part begins.")
    is_whole: bool = Field(description="The parts since the last whole one are the state at one moment.")
    must_refetch: bool = Field(description="The cursor is too old: begin again without one, keep what is not sent.")
    server_time: datetime


class ClientForm(BaseModel):
    """A program on a device."""

    model_config = ConfigDict(extra="forbid")

    label: str = Field(min_length=1, max_length=100, pattern=wording.LINE, examples=["Studio PC"])


class ClientModel(BaseModel):
    """A program on a device that sends operations."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    account_id: str
    label: str
    last_seq: int
    created_at: datetime
    seen_at: datetime


class ClientsModel(BaseModel):
    """All clients of an account, oldest first."""

    items: list[ClientModel]


class DraftForm(BaseModel):
    """All fields of a draft."""

    model_config = ConfigDict(extra="forbid")

    values: Values


class DeadLetterModel(BaseModel):
    """An operation that could not be done."""

    model_config = ConfigDict(from_attributes=True)

    op_id: str
    account_id: str
    client_id: str
    seq: int
    kind: str
    draft_id: str
    reason: str
    field: str | None
    patch: dict[str, Any] | None = Field(description="What its owner wanted; told to nobody else.")
    made_at: datetime
    received_at: datetime
