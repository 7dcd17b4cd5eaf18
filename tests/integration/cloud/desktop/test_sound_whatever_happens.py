"""One desktop imports, another receives: killed in the middle, cut off in the middle, it renders the same in the end.

The receiver is a process of its own behind a cable; it gets a megabyte of sound or two a second.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from maxbooster_desktop.project.store.opening import open_project
from maxbooster_desktop.project.store.project import Project
from tests.e2e.program import ROOT
from tests.integration.cloud.desktop.cable import Cable
from tests.integration.cloud.desktop.sounding import Sounding, import_noise
from tests.integration.cloud.desktop.studios import Studio, until

_PASSPHRASE = "nine grey herons"
_SECONDS, _KB_S = 20, 1_500


class Receiver:
    """The other desktop, started again and again in the same home."""

    def __init__(self, studio: Studio, cable: Cable) -> None:
        assert studio.project is not None
        self.project, self.home = studio.project.folder, studio.folder / "home"
        self._address, self._account = f"http://localhost:{cable.port}", studio.folder
        studio.account.keep_in_file(_PASSPHRASE)
        project = studio.project
        project.submit_shared(lambda sharing: sharing._keep(replace(sharing.link, address=self._address))).result()
        project.close()
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        words = [self._address, self._account, _PASSPHRASE, self.project, _KB_S]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.cloud.desktop.receiver", *map(str, words)],
            cwd=ROOT,
            env=os.environ | {"MAXBOOSTER_HOME": str(self.home)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def arrived(self) -> dict[str, object]:
        """Wait until everything has come; return what was said then."""
        assert self.process is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = json.loads(line)
            if said["total"] and not said["arriving"]:
                return said
        raise AssertionError("the receiver ended")

    @property
    def part_bytes(self) -> int:
        """How much of the original has come so far."""
        sizes = [0]
        for path in self.home.glob("cache/sounds/*/*/*.part"):
            with contextlib.suppress(FileNotFoundError):  # it has just become whole
                sizes.append(path.stat().st_size)
        return max(sizes)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._close()

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(30)
            self._close()

    def _close(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def cable(city) -> Iterator[Cable]:
    with Cable(int(city.api.url.rpartition(":")[2])) as made:
        yield made


def rendered(project: Project, target: Path) -> np.ndarray:
    """Render a project with nothing decoded before; return the samples."""
    # Here, because the kernels load for this alone.
    from maxbooster_desktop.cli import engine_render
    from maxbooster_desktop.engine.render.settings import RenderSettings

    engine_render.render(project, RenderSettings(target, bits=24, dither=False), None, lambda _: None)
    return soundfile.read(target, dtype="float64")[0]


@pytest.fixture
def ada(studio: Callable[[str], Studio], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sounding]:
    """The one who imports."""
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path / "home of ada"))
    made = Sounding(studio("ada"))
    yield made
    made.end()


@pytest.fixture
def started() -> Iterator[list[Receiver]]:
    """Receivers that end with the test."""
    made: list[Receiver] = []
    yield made
    for one in made:
        one.end()


@pytest.mark.full
def test_what_one_imports_the_other_renders_alike(
    ada: Sounding,
    studio: Callable[[str], Studio],
    cable: Cable,
    *,
    started: list[Receiver],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mara = studio("mara")
    project_id = ada.studio.share_new(fill=lambda project: import_noise(project, tmp_path, [1], 48_000 * _SECONDS))
    ada.attach()
    until(lambda: ada.stands == (1, 0, 0))
    mara.join(ada.studio.account.projects.invite(project_id, "editor", uses=1).token)
    until(lambda: mara.is_quiet)
    mara.live.stop()
    mara.live = None
    receiver = Receiver(mara, cable)
    started.append(receiver)
    receiver.start()
    until(lambda: receiver.part_bytes > 0, 60)
    receiver.kill()
    killed_at = receiver.part_bytes
    assert killed_at > 0
    assert not list((receiver.project / "audio").rglob("*.wav"))
    cable.down_bytes = 0
    receiver.start()
    until(lambda: receiver.part_bytes > killed_at, 60)
    cable.pull()
    until(lambda: cable.is_pulled)
    cable.plug_in()
    said = receiver.arrived()
    receiver.end()
    assert (said["total"], said["problems"]) == (1, [])
    size = next(receiver.project.rglob("*.wav")).stat().st_size
    assert cable.down_bytes < size, "what had come before is not fetched again"
    first = rendered(ada.studio.project, tmp_path / "ada.wav")
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path / "home of mara"))
    with open_project(receiver.project, read_only=True) as project:
        second = rendered(project, tmp_path / "mara.wav")
    assert np.abs(first).max() > 0.05
    np.testing.assert_array_equal(first, second)
