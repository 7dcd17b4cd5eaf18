"""An entry of the feed of overwritten values, as the cloud sends it."""

from typing import Any

from sync.client.generated.models import Overwritten


def overwritten(number: int, place: tuple[str, str], lost: tuple[str, Any], won_by: str) -> Overwritten:
    """Return entry `number`: at (root, key), the value in `lost` (account, value) lost against one of `won_by`."""
    return Overwritten(
        id=number,
        epoch=1,
        root=place[0],
        key=place[1],
        lost_seq=number,
        lost_account=lost[0],
        lost_device="d1",
        lost_value=lost[1],
        won_seq=number + 1,
        won_account=won_by,
        won_device="d2",
        at="2026-11-27T10:00:00Z",
    )
