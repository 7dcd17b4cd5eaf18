"""Import is killed at any moment: what was acknowledged is whole, and nothing half-written is there after reopening."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from maxbooster_desktop.project.store.audio_files import hash_file
from maxbooster_desktop.project.store.opening import create_project, open_project
from tests.factories.audio_files import noise, write_audio

_IMPORTS_ONE_BY_ONE = """
import sys
from pathlib import Path
from maxbooster_desktop.project.exchange.import_audio import import_audio
from maxbooster_desktop.project.store.opening import open_project
project = open_project(Path(sys.argv[1]))
print("ready", flush=True)
for path in sorted(Path(sys.argv[2]).iterdir()):
    import_audio(project, [path])
    print(path.stem, flush=True)
"""


@pytest.mark.parametrize("delay_s", [0.0, 0.03, 0.11, 0.24])
def test_a_kill_loses_no_acknowledged_file_and_leaves_none_half(tmp_path: Path, delay_s: float) -> None:
    (tmp_path / "in").mkdir()
    for number in range(40):
        write_audio(tmp_path / "in" / f"{number:02d}.wav", noise(20_000, seed=number))
    create_project(tmp_path / "Song").close()
    process = subprocess.Popen(
        [sys.executable, "-c", _IMPORTS_ONE_BY_ONE, tmp_path / "Song", tmp_path / "in"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(delay_s)
    process.kill()
    acknowledged = set(process.communicate()[0].split())
    with open_project(tmp_path / "Song") as project:
        state = project.state
        assert {state.tracks[track].name for track in state.track_order} >= acknowledged
        assert len(state.clips) == len(state.track_order) == len(state.assets) <= len(acknowledged) + 1
        for asset in state.assets.values():
            assert hash_file(project.audio.path_of(asset)) == asset.file_hash
        stored = [path for path in project.audio.folder.rglob("*") if path.is_file()]
        assert len(stored) <= len(state.assets) + 1
        assert all(hash_file(path) == path.stem for path in stored)
