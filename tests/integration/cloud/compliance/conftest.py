"""A city to look at from outside: the fixtures of identity, and a band's projects."""

from collections.abc import Iterator

import pytest

from tests.integration.cloud.identity.browsing import Browser
from tests.integration.cloud.identity.conftest import (
    chromium,
    city,
    citys_database,
    database,
    hashing,
    run_kind,
    start_city,
    tab,
)
from tests.integration.cloud.identity.people import City
from tests.integration.cloud.projects.bands import Band

__all__ = ["chromium", "city", "citys_database", "database", "hashing", "run_kind", "start_city", "tab"]


@pytest.fixture
def band(city: City) -> Band:
    return Band(city)


@pytest.fixture
def browser(city: City) -> Iterator[Browser]:
    made = Browser(city)
    yield made
    made.wire.close()
