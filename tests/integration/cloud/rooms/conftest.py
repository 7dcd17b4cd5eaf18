"""Rooms to test in: a band whose API has limits of our choosing, and clients that speak byte by byte."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

import foreign_client
from cloud import app
from cloud.rooms.directory import Rooms
from cloud.rooms.limits import RoomLimits
from tests.integration.cloud.identity.conftest import city, citys_database, database, hashing, start_city
from tests.integration.cloud.identity.people import City
from tests.integration.cloud.projects.bands import Band
from tests.integration.cloud.rooms.stages import Stage

if TYPE_CHECKING:
    from tests.integration.cloud.rooms.clients import Client

__all__ = ["city", "citys_database", "database", "hashing", "start_city"]


@pytest.fixture
def start_stage(start_city: Callable[..., City], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Stage]]:
    """Return a function that starts an API with rooms, but for that of a `city`; limits are arguments."""
    opened: list[Client] = []

    def start(city: City | None = None, **limits: float) -> Stage:
        own = {"watch_s": 0.1} | limits
        with monkeypatch.context() as patch:
            patch.setattr(app, "Rooms", lambda units, peers, **_: Rooms(units, peers, RoomLimits(**own)))
            return Stage(Band(city or start_city()), opened)

    yield start
    for client in opened:
        client.end()


@pytest.fixture
def stage(start_stage: Callable[..., Stage]) -> Stage:
    return start_stage()


@pytest.fixture(scope="session")
def foreign_yjs() -> None:
    """See that the foreign client is installed; skip where there is no node."""
    if not foreign_client.install():
        pytest.skip("node and npm are not installed")
