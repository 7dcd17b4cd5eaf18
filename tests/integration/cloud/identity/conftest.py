"""A city: an API with its mail, its clock and its people."""

import shutil
from collections.abc import Callable, Iterator

import psycopg
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser as ChromiumBrowser
from playwright.sync_api import Page, sync_playwright

from cloud import app
from cloud.foundation.calls import system_call
from cloud.foundation.embedded_postgres.cluster import RunningPostgres
from cloud.identity import passwords
from cloud.identity.facade import Identity
from tests.integration.cloud.conftest import RunningApi, TestDatabase, fresh_database
from tests.integration.cloud.identity.people import City

#: Nobody may remove audit entries, but whoever owns the server and switches triggers off. A table without a page was
#: never written; whoever is still connected belongs to a test that is over.
_EMPTY = """
SET session_replication_role = replica;
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend';
DO $$ DECLARE one regclass; BEGIN
    FOR one IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0 LOOP
        EXECUTE format('DELETE FROM %s', one);
    END LOOP;
END $$"""


@pytest.fixture(scope="session")
def citys_database(postgres: RunningPostgres) -> Iterator[TestDatabase]:
    """Make the database that all tests here use one after the other: making one costs more than most of them."""
    with fresh_database(postgres, template="maxbooster") as made:
        yield made


@pytest.fixture
def database(citys_database: TestDatabase) -> TestDatabase:
    """Return a database whose tables are empty."""
    with psycopg.connect(citys_database.superuser, autocommit=True) as owner:
        owner.execute(_EMPTY)
    return citys_database


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
) -> Iterator[Callable[..., City]]:
    """Return a function that starts an API; settings are arguments."""
    cities: list[City] = []

    def start(**settings: object) -> City:
        made: list[Identity] = []

        def kept(*parts: object) -> Identity:
            made.append(Identity(*parts))
            return made[-1]

        with monkeypatch.context() as patch:
            patch.setattr(app, "Identity", kept)
            api = start_api(**settings)
        cities.append(City(api, database, made[0]))
        return cities[-1]

    yield start
    for one in cities:
        one.wire.close()


@pytest.fixture
def city(start_city: Callable[..., City]) -> City:
    return start_city()


@pytest.fixture(scope="module")
def chromium() -> Iterator[ChromiumBrowser]:
    """Run Debian's Chromium, one for all tests of a module; elsewhere the tests that need it skip.

    Not longer: while it runs, its event loop is the thread's, and other tests want one of their own.
    """
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


#: What a browser says of a reply that refuses, and of one that clears what it keeps after signing out.
_EXPECTED = ("Failed to load resource", "Clear-Site-Data header")


@pytest.fixture
def tab(chromium: ChromiumBrowser, city: City) -> Iterator[Page]:
    """Return a tab of a browser that knows nothing yet, with a device that holds passkeys and always agrees.

    Nothing on its console, and nothing that a page's policy keeps it from.
    """
    context = chromium.new_context(base_url=city.origin)
    context.set_default_timeout(15_000)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    device |= {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    yield page
    context.close()
    assert [line for line in said if not line.startswith(_EXPECTED)] == []


@pytest.fixture
def run_kind(city: City) -> Callable[[str], None]:
    """Return a function that starts a job of a kind and runs it."""

    def run(kind: str) -> None:
        city.api.runtime.units.run(system_call("test"), lambda work: work.jobs.enqueue(kind, {}))
        city.run_jobs()

    return run
