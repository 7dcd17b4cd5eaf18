"""The real program in a real X server, driven by real key events: opened, edited, quit, and the edit is on disk."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from maxbooster_desktop.project.store.opening import open_project
from tests.e2e.program import ROOT

NEEDED = ("Xvfb", "xdotool")
pytestmark = pytest.mark.skipif(
    any(shutil.which(program) is None for program in NEEDED), reason="Xvfb or xdotool is not installed"
)


@pytest.fixture
def display():
    """An X server of this test's own."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x900x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as number:
        yield f":{number.readline().strip()}"
    server.terminate()
    server.wait()


class Person:
    """Someone at a keyboard."""

    def __init__(self, display):
        self.environment = os.environ | {"DISPLAY": display}

    def do(self, *words):
        return subprocess.run(["xdotool", *words], env=self.environment, capture_output=True, text=True, check=False)

    def window(self, title, seconds=60.0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.do("search", "--onlyvisible", "--name", title).stdout.split()
            if found:
                return found[0]
            time.sleep(0.1)
        pytest.fail(f"no window called {title} came")

    def press(self, *keys):
        for key in keys:
            self.do("key", key)
            time.sleep(0.2)


def test_keys_edit_and_quit(display, song, tmp_path):
    folder = tmp_path / "Song"
    shutil.copytree(song.folder, folder)
    person = Person(display)
    program = subprocess.Popen(
        [sys.executable, "-m", "maxbooster_desktop", str(folder)],
        cwd=ROOT,
        env=person.environment | {"MAXBOOSTER_HOME": str(tmp_path / "home"), "QT_QPA_PLATFORM": "xcb"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        # Without a window manager nobody else gives the window the keyboard.
        person.do("windowfocus", "--sync", person.window("Song - Max Booster"))
        person.press("space", "ctrl+a", "ctrl+d", "ctrl+d", "space", "ctrl+z", "ctrl+q")
        out, err = program.communicate(timeout=60)
    finally:
        program.kill()
        print(*program.communicate())  # what it said, where it did not come to its end
    assert (program.returncode, out, err) == (0, "", "")
    with open_project(Path(folder)) as project:
        assert len(project.state.clips) == 2
        assert [step.is_undone for step in project.history()][-2:] == [False, True]
