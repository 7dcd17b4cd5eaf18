"""The API fuzzed as everybody: whatever is sent, it answers as its description says, and each route was reached."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from cloud.app import openapi
from cloud.foundation.settings import new_key
from tests.e2e.program import ROOT
from tests.integration.cloud.blobs.real_store import real_store
from tests.integration.cloud.conftest import RunningApi, TestDatabase
from tests.integration.cloud.fuzzing import world
from tests.integration.cloud.fuzzing.world import ROLES, Doors
from tests.integration.cloud.identity.conftest import hashing

__all__ = ["hashing"]
_CONFIG = Path(__file__).with_name("schemathesis.toml")
#: What schemathesis takes by itself; `status_code_conformance` holds every reply against the description besides.
_OWN_RULES = {
    "positive_data_acceptance": {"2xx", "3xx", "401", "403", "404", "409", "429", "5xx"},
    "negative_data_rejection": {"400", "401", "403", "404", "405", "406", "409", "415", "422", "428", "429", "5xx"},
}
#: What a tenant may do under an id that somebody else has: it is another thing, their own.
_OWN_NAMES = {"register_client", "remove_client", "put_draft", "read_draft", "remove_draft"}
#: Whose body names something of somebody's; the others' paths do.
_NAMED_IN_BODIES = {"create_project"}


@dataclass
class Fuzzed:
    """An API, its description, and every request that was sent to it."""

    api: RunningApi
    database: TestDatabase
    keys: str
    folder: Path

    def run(self, role: str, *options: str, patience_s: float) -> str:
        """Fuzz as a role; nothing may be found. Return what the fuzzer says that it did."""
        (self.folder / "openapi.json").write_text(json.dumps(openapi()), encoding="utf-8")
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(_CONFIG), "run"]
        command += [str(self.folder / "openapi.json"), "--url", self.api.url, "--seed", "1", "--no-color"]
        # How long values take to make says how busy the machine is.
        command += ["--generation-database", "none", "--suppress-health-check", "too_slow", *options]
        command += [] if role == "anonymous" else ["-H", f"Authorization: Bearer {world.token_of(role)}"]
        about = world.environment(
            self.database.app, self.keys, self.api.runtime.settings.data, role=role, seen=self.folder / "seen"
        )
        # What Hypothesis finds out about Unicode takes it seconds: kept where all tests keep it.
        about |= {"HYPOTHESIS_STORAGE_DIRECTORY": str(ROOT / ".hypothesis")}
        about |= {"SCHEMATHESIS_HOOKS": "tests.integration.cloud.fuzzing.hooks"}
        ran = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=False, timeout=patience_s, env=about
        )
        assert ran.returncode == 0, ran.stdout[-8_000:] + ran.stderr[-2_000:]
        return ran.stdout[ran.stdout.index("API Operations:") :]

    def seen(self) -> list[dict[str, Any]]:
        """Return every request: operation, role, status, mode."""
        return [json.loads(line) for line in (self.folder / "seen").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """Run a store that takes parts at signed addresses."""
    with real_store() as started, pytest.MonkeyPatch.context() as environment:
        for variable, value in started.environment.items():
            environment.setenv(variable, value)
        started.make_bucket(world.BUCKET)
        yield world.STORE


@pytest.fixture
def fuzzed(start_api: Callable[..., RunningApi], database: TestDatabase, store: str, tmp_path: Path, caplog) -> Fuzzed:
    """Start an API with everybody in it."""
    caplog.set_level("ERROR", "uvicorn.error")  # it warns of what is no HTTP, which is sent here on purpose
    keys = f"1:{new_key()}"
    api = start_api(keys=SecretStr(keys), object_store_url=store, public_address=world.ADDRESS)
    api.runtime.units.run(world.CALL, world.people)
    api.runtime.authenticators.insert(0, Doors(api.runtime.units, api.runtime.settings.data))
    return Fuzzed(api, database, keys, tmp_path)


def _operations(path_pattern: str = "") -> dict[str, dict[str, Any]]:
    """Return the operations whose paths match, by id."""
    paths = {path: operations for path, operations in openapi()["paths"].items() if re.search(path_pattern, path)}
    return {one["operationId"]: one for operations in paths.values() for one in operations.values()}


def _done(seen: list[dict[str, Any]]) -> set[str]:
    """Return the operations that succeeded."""
    return {one["operation"] for one in seen if 200 <= one["status"] < 300}


def _taken_from_others(seen: list[dict[str, Any]]) -> set[str]:
    """Return the operations that let a foreign tenant at something of somebody else's."""
    foreign = [one for one in seen if one["role"] == "stranger" and one["names_members"]]
    naming = set(_operations(r"{\w+}")) | _NAMED_IN_BODIES
    return (_done(foreign) & naming) - _OWN_NAMES


def test_what_the_fuzzer_takes_beyond_its_own_rules_is_in_the_description() -> None:
    for rule in tomllib.loads(_CONFIG.read_text(encoding="utf-8"))["operations"]:
        documented = {status for one in _operations(rule["include-path-regex"]).values() for status in one["responses"]}
        for check, changed in rule["checks"].items():
            assert set(changed["expected-statuses"]) - _OWN_RULES[check] <= documented, rule


@pytest.mark.long
@pytest.mark.timeout(400)
def test_every_route_answers_as_described_and_was_reached(fuzzed: Fuzzed) -> None:
    fuzzed.run("anybody", "--phases", "fuzzing", "--max-examples", "5", patience_s=390)
    seen = fuzzed.seen()
    assert {one["role"] for one in seen} == set(ROLES)
    assert set(_operations()) - _done(seen) == set()
    assert _taken_from_others(seen) == set()


@pytest.mark.full
@pytest.mark.timeout(1_500)
@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_found_in_all_phases(fuzzed: Fuzzed, role: str) -> None:
    said = fuzzed.run(role, "--max-examples", "15", patience_s=1_400)
    seen = fuzzed.seen()
    print(f"{role}: {len(seen)} requests, {len(_done(seen))} operations succeeded", said, sep="\n")
    assert set(_operations()) - {one["operation"] for one in seen} == set()
    assert _taken_from_others(seen) == set()
