"""A band with a place to store sound in, and a small disk to fill."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

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
    mount = Path(tempfile.mkdtemp(prefix="maxbooster-disk-"))
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(mount)]
    if os.name != "posix" or subprocess.run(command, check=False, capture_output=True).returncode != 0:
        mount.rmdir()
        pytest.skip("no right to mount a small disk")
    yield mount
    subprocess.run(["umount", "--lazy", str(mount)], check=True)
    mount.rmdir()
