"""A city whose messages go to a receiver on this machine."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cloud import app
from tests.integration.cloud.identity.conftest import city, citys_database, database, hashing, start_city
from tests.integration.cloud.identity.people import City
from tests.integration.cloud.webhooks.receivers import Hook, Receiver, receiving

__all__ = ["city", "citys_database", "database", "hashing", "start_city"]


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """Run a receiver."""
    with receiving(tmp_path) as found:
        yield found


@pytest.fixture
def hook(start_city: Callable[..., City], receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Hook:
    """Return a webhook of Ada's own workspace, for all events."""
    monkeypatch.setattr(app, "Fetcher", lambda **_: receiver.fetcher)
    return Hook.made(start_city().member(), receiver)
