"""A city with a band in it: accounts that are signed in, and projects that they share."""

from collections.abc import Callable

import pytest

from tests.integration.cloud.identity.conftest import city, citys_database, database, hashing, run_kind, start_city
from tests.integration.cloud.identity.people import City
from tests.integration.cloud.projects.bands import Band

__all__ = ["city", "citys_database", "database", "hashing", "run_kind", "start_city"]


@pytest.fixture
def band(city: City) -> Band:
    return Band(city)


@pytest.fixture
def start_band(start_city: Callable[..., City]) -> Callable[..., Band]:
    """Return a function that starts an API with a band; settings are arguments."""
    return lambda **settings: Band(start_city(**settings))
