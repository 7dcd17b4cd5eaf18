"""A band with a place to store sound in, and a small disk to fill."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.factories import small_disks as disks
from tests.integration.cloud.blobs.uploads import Studio
from tests.integration.cloud.identity.conftest import city, citys_database, database, hashing, run_kind, start_city
from tests.integration.cloud.identity.people import City
from tests.integration.cloud.projects.bands import Band

__all__ = ["city", "citys_database", "database", "hashing", "run_kind", "start_city"]


@pytest.fixture
def studio(city: City) -> Studio:
    return Studio(Band(city))


@pytest.fixture
def start_studio(start_city: Callable[..., City]) -> Callable[..., Studio]:
    """Return a function that starts an API; settings are arguments."""
    return lambda **settings: Studio(Band(start_city(**settings)))


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 3 MiB of its own."""
    with disks.small_disk(3 << 20, may_stay_open=True) as mount:
        yield mount
