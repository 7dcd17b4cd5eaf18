"""A studio on a real project, with an engine without sound."""

import time

import pytest

from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.project.store.opening import create_project
from tests.factories.still_engine import StillEngine


@pytest.fixture
def studio(tmp_path):
    project = create_project(tmp_path / "song")
    made = Studio(StillEngine())
    made.attach(project, None)
    yield made
    made.detach()
    project.close()


@pytest.fixture
def until():
    """Return a function that waits for the document thread, five seconds at most."""

    def wait(condition):
        deadline = time.monotonic() + 5
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.005)

    return wait
