"""A city whose staff visits it with a browser."""

from collections.abc import Callable, Iterator

import pytest

from cloud.foundation.calls import system_call
from cloud.identity import session_store
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
from tests.integration.cloud.identity.people import City, add_member

__all__ = ["chromium", "city", "citys_database", "database", "hashing", "run_kind", "start_city", "tab"]
#: Opens what needs a fresh proof: as if somebody had just signed in with their passkey.
Enter = Callable[..., Browser]


def opened(city: City, name: str, *roles: str, methods: tuple[str, ...] = ("passkey",)) -> tuple[str, str]:
    """Return the id of a new account with roles, and the token of a session of theirs."""
    units = city.api.runtime.units
    account = units.run(system_call("test"), lambda work: add_member(work, f"{name}@example.org", *roles))
    _id, token = units.run(
        system_call("test"), lambda work: session_store.open_session(work, account, "A browser", list(methods))
    )
    return account, token


@pytest.fixture
def enter(city: City) -> Iterator[Enter]:
    """Return a function that gives somebody with roles a browser that is signed in."""
    browsers: list[Browser] = []

    def start(name: str, *roles: str, methods: tuple[str, ...] = ("passkey",)) -> Browser:
        account, token = opened(city, name, *roles, methods=methods)
        browser = Browser(city)
        browser.account = account
        browser.wire.cookies.set("mb_session", token)
        browsers.append(browser)
        return browser

    yield start
    for browser in browsers:
        browser.wire.close()
