"""`maxbooster demo`: the song, its mix, its master and the report, as an independent look at the files finds them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from maxbooster_desktop.engine.render.analysis import analyze_file
from tests.e2e.program import maxbooster, refused, succeeded


@pytest.mark.full
@pytest.mark.timeout(600)
def test_the_demo_song_is_mastered_to_its_target_and_a_second_run_keeps_the_project(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    report = succeeded(maxbooster("demo", "--out", out, "--json", timeout_s=500)).report
    assert sorted(path.name for path in out.iterdir()) == ["Demo song", "demo-master.wav", "demo.wav", "report.json"]
    master = analyze_file(out / "demo-master.wav")
    assert master.integrated_lufs == pytest.approx(-14.0, abs=0.5)
    assert master.true_peak_dbtp is not None
    assert master.true_peak_dbtp <= -1.0
    assert report["integrated_lufs"] == pytest.approx(master.integrated_lufs, abs=0.01)
    assert report["duration_s"] == pytest.approx(analyze_file(out / "demo.wav").duration_s, abs=1.0)
    assert json.loads((out / "report.json").read_text())["files"] == report["files"]
    first = (out / "demo-master.wav").read_bytes()
    again = succeeded(maxbooster("demo", "--out", out, "--json", timeout_s=500)).report
    assert "build" in report["seconds"]
    assert "build" not in again["seconds"]
    assert (out / "demo-master.wav").read_bytes() == first


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    refused(maxbooster("demo", "--out", tmp_path / "file"), "is a file, not a folder")
    assert (tmp_path / "file").read_text() == "here"


def test_a_run_without_a_terminal_names_each_stage_as_it_begins(tmp_path: Path) -> None:
    code = (
        "from maxbooster_desktop.cli.output import ProgressLine\n"
        "for is_json in (False, True):\n"
        "    with ProgressLine('Starting', is_json=is_json, says_steps=True) as progress:\n"
        "        progress.step('Compiling'); progress(0.5); progress.step('Building')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "Compiling...\nBuilding...\n")
