"""A city: an API with its mail, its clock and its people."""

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher

from cloud import app
from cloud.foundation.calls import system_call
from cloud.identity import passwords
from cloud.identity.facade import Identity
from tests.integration.cloud.conftest import RunningApi, TestDatabase
from tests.integration.cloud.identity.people import City


@pytest.fixture(autouse=True)
def hashing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash fast, but in tests that measure it or look at it: those ask for `real_hashing`."""
    if "real_hashing" not in request.fixturenames:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        monkeypatch.setattr(passwords, "_HASHER", cheap)
        monkeypatch.setattr(passwords, "_NOBODYS", cheap.hash("nobody's"))


@pytest.fixture
def real_hashing() -> None:
    """Hash as the cloud does."""


@pytest.fixture
def start_city(
    start_api: Callable[..., RunningApi], database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., City]:
    """Return a function that starts an API; settings are arguments."""

    def start(**settings: object) -> City:
        made: list[Identity] = []

        def kept(*parts: object) -> Identity:
            made.append(Identity(*parts))
            return made[-1]

        with monkeypatch.context() as patch:
            patch.setattr(app, "Identity", kept)
            api = start_api(**settings)
        return City(api, database, made[0])

    return start


@pytest.fixture
def city(start_city: Callable[..., City]) -> City:
    return start_city()


@pytest.fixture
def run_kind(city: City) -> Callable[[str], None]:
    """Return a function that starts a job of a kind and runs it."""

    def run(kind: str) -> None:
        city.api.runtime.units.run(system_call("test"), lambda work: work.jobs.enqueue(kind, {}))
        city.run_jobs()

    return run
