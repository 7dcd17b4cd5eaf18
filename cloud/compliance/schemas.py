"""Copies of somebody's data as the API shows them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from cloud.compliance.contracts import Export


class ExportModel(BaseModel):
    """A copy of one's data."""

    id: str
    state: Literal["waiting", "ready"] = Field(description="`ready`: its content can be fetched.")
    created_at: datetime
    ready_at: datetime | None
    expires_at: datetime = Field(description="When it is removed, ready or not.")

    @classmethod
    def of(cls, export: Export) -> "ExportModel":
        """Show a copy."""
        return cls(
            id=export.id,
            state="waiting" if export.ready_at is None else "ready",
            created_at=export.created_at,
            ready_at=export.ready_at,
            expires_at=export.expires_at,
        )
