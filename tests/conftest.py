"""What every test gets: a home of its own, no network but the loopback, and failure on noise.

Noise is what a healthy program does not make: a log line at WARNING or above that the test did not announce
(`expected_log`), a Python warning (`filterwarnings`), a Qt warning (`qt_log_level_fail`), a thread, QThread, running
QTimer or window that outlives the test. Each detector names what it found.
"""

import gc
import os
import tempfile
from pathlib import Path

import pytest

# Before anything of ours is imported: no test may read or write the user's own files.
os.environ["MAXBOOSTER_HOME"] = tempfile.mkdtemp(prefix="maxbooster-tests-")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.noise import log_lines, loopback, qt_leftovers, threads

# What is imported and collected stays to the end: walking it again and again takes a quarter of the time before the
# first test. `pytest_collection_finish` switches the collector on again.
gc.disable()
_QT_FIXTURES = {"qapp", "qtbot", "qapp_args", "themed"}


def pytest_collection_finish():
    """Count what was imported as lasting, and collect garbage again."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def loopback_only():
    """Refuse every connection that would leave this machine."""
    with loopback.only():
        yield


@pytest.fixture
def expected_log():
    """Return a function that announces a log line: `expected_log("disk is full")`; it must then appear."""
    return log_lines.Announced()


@pytest.fixture(autouse=True)
def quiet_log(request):
    """Fail on a log line at WARNING or above that was not announced, and on an announced one that never came."""
    announced = request.getfixturevalue("expected_log") if "expected_log" in request.fixturenames else None
    with log_lines.recorded() as records:
        yield
    problems = log_lines.problems(records, announced)
    assert not problems, "\n".join(problems)


@pytest.fixture(autouse=True)
def no_leftover_threads():
    """Fail when a thread that the test started is still running a moment after it."""
    before = threads.running()
    yield
    left = threads.left_since(before)
    assert not left, f"threads outlive the test: {', '.join(thread.name for thread in left)}"


@pytest.fixture(autouse=True)
def no_leftover_qt(request):
    """Fail when a test with a window leaves a QThread, a running QTimer or a top-level widget behind."""
    if not _QT_FIXTURES.intersection(request.fixturenames):
        yield
        return
    request.getfixturevalue("qapp")
    watch = qt_leftovers.Watch()
    yield
    left = watch.left()
    assert not left, "\n".join(left)


@pytest.fixture(scope="session")
def test_data():
    """Return the folder of recorded test material that `MAXBOOSTER_TEST_DATA` names; skip without it.

    Recordings are too large for the repository: tests that need one measure what synthesised sound cannot show.
    """
    named = os.environ.get("MAXBOOSTER_TEST_DATA", "")
    if not named:
        pytest.skip("MAXBOOSTER_TEST_DATA names no folder of recordings")
    folder = Path(named)
    assert folder.is_dir(), f"MAXBOOSTER_TEST_DATA names {folder}, which is no folder"
    return folder
