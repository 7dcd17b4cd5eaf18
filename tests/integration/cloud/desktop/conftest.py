"""Desktops that work together through a real cloud in this process."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.cloud.desktop.studios import Studio, make_studio
from tests.integration.cloud.identity.conftest import city, citys_database, database, hashing, start_city
from tests.integration.cloud.identity.people import City

__all__ = ["city", "citys_database", "database", "hashing", "start_city"]


@pytest.fixture
def studio(city: City, tmp_path: Path) -> Iterator[Callable[[str], Studio]]:
    """Return a function that gives somebody a desktop, signed in."""
    made: list[Studio] = []

    def make(name: str) -> Studio:
        made.append(make_studio(city, tmp_path, name))
        return made[-1]

    yield make
    for one in made:
        one.close()
