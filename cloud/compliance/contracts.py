"""What compliance hands out, as plain values."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Export:
    """A copy of somebody's data.

    Attributes:
        object: where the sealed archive is; None while it is made.
    """

    id: str
    account_id: str
    object: str | None
    size: int | None
    created_at: datetime
    ready_at: datetime | None
    expires_at: datetime

    @property
    def file_name(self) -> str:
        """Return what the archive is called where it is kept."""
        return f"max-booster-data-{self.created_at:%Y-%m-%d}.zip"
