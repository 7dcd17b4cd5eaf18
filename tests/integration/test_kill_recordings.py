"""kill -9 while recording: the take comes back with the next opening, to the last second, and exactly once."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from maxbooster_desktop.engine.record.recovery import recover_takes
from maxbooster_desktop.project.edits.tracks import add_track
from maxbooster_desktop.project.store.opening import create_project, open_project
from maxbooster_desktop.project.store.takes_journal import RECORDING_NAME, open_takes

_DRIVER = Path(__file__).with_name("recording_driver.py")
_ROOT = _DRIVER.parents[2]
#: What a second of sound is in the driver's time: it plays twenty times as fast.
_LAST_SECOND = 48_000


def record_and_die(folder: Path, source: random.Random) -> tuple[int, int]:
    """Run the driver and kill it after some line; returns passes kept and frames that the last one had reached."""
    command = [sys.executable, "-P", str(_DRIVER), str(folder), str(source.randrange(2**32))]
    driver = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=_ROOT, env={"PYTHONPATH": str(_ROOT)}, text=True
    )
    assert driver.stdout is not None
    assert driver.stderr is not None
    lines_to_live, kept, reached = source.randrange(2, 90), 0, 0
    with driver.stdout, driver.stderr:
        for line in driver.stdout:
            words = line.split()
            kept += words[0] == "kept"
            if words[0] != "ready":
                reached = int(words[1]) if words[0] == "played" else 0
            lines_to_live -= 1
            if lines_to_live == 0:
                driver.send_signal(signal.SIGKILL)
                break
        complaint = driver.stderr.read()
        driver.wait()
    assert driver.returncode == -signal.SIGKILL, complaint
    return kept, reached


@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=[pytest.mark.full, pytest.mark.timeout(1_500)])])
def test_a_take_that_was_being_recorded_comes_back(kills: int, tmp_path: Path) -> None:
    folder, source = tmp_path / "Song", random.Random(kills)
    with create_project(folder) as project:
        project.do(add_track, "audio", "Voice")
    known = 0
    for _ in range(kills):
        kept, reached = record_and_die(folder, source)
        with open_project(folder) as project:
            assert project.recovery is None
            recover_takes(project)
            takes = list(project.state.takes.values())
            # The kill may have come after the takes were laid and before that was said.
            assert kept + (reached > _LAST_SECOND) <= len(takes) - known <= kept + 1
            known = len(takes)
            assert open_takes(project) == []
            assert list((folder / RECORDING_NAME).iterdir()) == []
            newest = max(takes, key=lambda take: take.recorded_at_ms) if takes else None
            for take in takes:
                samples = soundfile.read(project.audio.path_of(project.state.assets[take.asset]), dtype="float32")[0]
                assert np.array_equal(samples, (np.arange(len(samples)) / 2**24).astype(np.float32))
            if newest is not None and reached:
                frames = project.state.assets[newest.asset].frames
                assert frames >= reached - _LAST_SECOND


def test_a_file_that_is_no_take_is_left_and_named(tmp_path: Path, expected_log) -> None:
    folder = tmp_path / "Song"
    with create_project(folder) as project:
        project.do(add_track, "audio", "Voice")
    record_and_die(folder, random.Random(5))
    with open_project(folder) as project:
        [take] = open_takes(project)
        kept = len(project.state.takes)
        take.path.write_bytes(b"no sound at all")
        expected_log("was not brought back")
        said = recover_takes(project)
        assert take.path.name in said
        assert take.path.exists()
        assert len(project.state.takes) == kept
