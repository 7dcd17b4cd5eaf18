"""What happened in rooms as the API shows it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class OverwrittenModel(BaseModel):
    """A value that lost against a concurrent one: neither author had seen the other's."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    epoch: int = Field(description="Of the document; numbers of updates begin anew in each.")
    root: str
    key: str = Field(description="The register: `<id>.<facet>`.")
    lost_seq: int
    lost_account: str
    lost_device: str
    lost_value: Any = Field(description='null for a removal; bytes as {"$bytes": base64}.')
    won_seq: int
    won_account: str
    won_device: str
    at: datetime
