"""A project survives SIGKILL at any moment: every acknowledged edit is there, and the state is the model's."""

import random
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from maxbooster_desktop.project.document.state_codec import state_hash
from maxbooster_desktop.project.store import database, op_log
from maxbooster_desktop.project.store.audio_files import hash_file
from maxbooster_desktop.project.store.opening import create_project, open_project

_DRIVER = Path(__file__).with_name("edit_driver.py")
_ROOT = _DRIVER.parents[2]


@dataclass
class Life:
    """What one driver said before it was killed."""

    hashes: dict[int, str] = field(default_factory=dict)
    acknowledged: int = 0
    versions: list[str] = field(default_factory=list)
    last_word: str = ""

    def hear(self, line: str) -> None:
        """Note one line of the driver's."""
        words = line.split()
        self.last_word = words[0]
        if words[0] == "projected":
            self.hashes[int(words[1])] = words[2]
        elif words[0] in {"ack", "ready"}:
            self.acknowledged = int(words[1])
        elif words[0] == "version":
            self.versions.append(words[1])


def live_and_die(folder: Path, source: random.Random, *, in_commit: bool) -> Life:
    """Run the driver and kill it: as it says that it commits, or after any line."""
    life = Life()
    command = [sys.executable, "-P", str(_DRIVER), str(folder), str(source.randrange(2**32))]
    driver = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=_ROOT, env={"PYTHONPATH": str(_ROOT)}, text=True
    )
    assert driver.stdout is not None
    assert driver.stderr is not None
    lines_to_live = source.randrange(1, 120)
    with driver.stdout, driver.stderr:
        for line in driver.stdout:
            life.hear(line)
            lines_to_live -= life.last_word != "committing" or life.acknowledged > 0
            if lines_to_live <= 0 and (life.last_word == "committing" or not in_commit):
                driver.send_signal(signal.SIGKILL)
                break
        for line in driver.stdout:
            if line.endswith("\n"):
                life.hear(line)
        complaint = driver.stderr.read()
        driver.wait()
    assert driver.returncode == -signal.SIGKILL, complaint
    return life


def check_survival(folder: Path, life: Life, known_hashes: dict[int, str]) -> None:
    known_hashes.update(life.hashes)
    with open_project(folder) as project:
        assert project.recovery is None
        number = stored_ops(folder)
        assert number >= life.acknowledged, "an acknowledged edit is gone"
        assert state_hash(project.state) == known_hashes[number]
        names = {version.name for version in project.versions()}
        assert names >= set(life.versions)
        assert project.audio.missing(project.state.assets.values()) == ()
        for asset in project.state.assets.values():
            assert hash_file(project.audio.path_of(asset)) == asset.file_hash
    assert not list((folder / "audio").rglob(".partial-*"))


def stored_ops(folder: Path) -> int:
    with database.reading(folder / database.DATABASE_NAME) as connection:
        return op_log.last_number(connection)


@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=[pytest.mark.full, pytest.mark.timeout(900)])])
def test_every_acknowledged_edit_survives_sigkill(kills: int, tmp_path: Path) -> None:
    folder = tmp_path / "song"
    source = random.Random(20_250 + kills)
    with create_project(folder) as project:
        known_hashes = {0: state_hash(project.state)}
    inside = 0
    for turn in range(kills):
        life = live_and_die(folder, source, in_commit=turn % 2 == 0)
        inside += life.last_word == "committing"
        check_survival(folder, life, known_hashes)
    print(f"{kills} kills, {inside} inside a commit, {stored_ops(folder)} edits")
    assert inside >= 0.2 * kills
