"""Sources that are not what they seem: folders, links, files that go away while they are imported."""

import os
import shutil
import threading
from pathlib import Path

import pytest

from maxbooster_desktop.project.exchange.import_audio import import_audio
from maxbooster_desktop.project.store.audio_files import hash_file
from maxbooster_desktop.project.store.opening import create_project
from maxbooster_desktop.project.store.project import Project
from tests.factories.audio_files import noise, write_audio


@pytest.fixture
def project(tmp_path: Path):
    with create_project(tmp_path / "Song") as opened:
        yield opened


def stored(project: Project) -> list[Path]:
    return [path for path in project.audio.folder.rglob("*") if path.is_file()]


def refusal(project: Project, path: Path) -> str:
    # Opening shows a stored state and works it out anew a moment later: what was asked after that comes after it.
    project.history()
    before = project.state
    [report] = import_audio(project, [path]).files
    assert report.outcome == "refused"
    assert project.state is before
    assert stored(project) == []
    return report.sentences[0]


def test_a_folder_named_wav_is_refused_by_name(project: Project, tmp_path: Path) -> None:
    (tmp_path / "drums.wav").mkdir()
    assert "drums.wav" in refusal(project, tmp_path / "drums.wav")


def test_links_that_lead_nowhere_or_in_a_circle_are_refused_by_name(project: Project, tmp_path: Path) -> None:
    (tmp_path / "gone.wav").symlink_to(tmp_path / "nowhere.wav")
    (tmp_path / "a.wav").symlink_to(tmp_path / "b.wav")
    (tmp_path / "b.wav").symlink_to(tmp_path / "a.wav")
    assert "gone.wav" in refusal(project, tmp_path / "gone.wav")
    assert "a.wav" in refusal(project, tmp_path / "a.wav")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_refused_and_not_waited_for(project: Project, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    found: list[str] = []
    waiting = threading.Thread(target=lambda: found.append(refusal(project, tmp_path / "pipe.wav")), daemon=True)
    waiting.start()
    waiting.join(10.0)
    assert found
    assert "pipe.wav" in found[0]


def test_a_link_brings_the_sound_it_leads_to_and_not_itself(project: Project, tmp_path: Path) -> None:
    source = write_audio(tmp_path / "real.wav", noise(500))
    (tmp_path / "link.wav").symlink_to(source)
    [report] = import_audio(project, [tmp_path / "link.wav"]).imported
    [kept] = stored(project)
    assert not kept.is_symlink()
    source.unlink()
    assert hash_file(project.audio.path_of(report.asset)) == report.asset.file_hash


def test_a_file_that_vanishes_between_hearing_and_copying_is_refused(project: Project, tmp_path: Path) -> None:
    good = write_audio(tmp_path / "good.wav", noise(500, seed=1))
    going = write_audio(tmp_path / "going.wav", noise(500, seed=2))

    def vanish(done: float) -> None:
        if done >= 0.79:
            going.unlink(missing_ok=True)

    report = import_audio(project, [going, good], progress=vanish)
    assert [file.path for file in report.refused] == [going]
    assert "going.wav" in report.refused[0].sentences[0]
    assert len(stored(project)) == len(project.state.assets) == 1


def test_a_file_that_is_replaced_between_hearing_and_copying_is_refused(project: Project, tmp_path: Path) -> None:
    source = write_audio(tmp_path / "take.wav", noise(500, seed=1))
    other = write_audio(tmp_path / "other.wav", noise(500, seed=2))

    def swap(done: float) -> None:
        if done >= 0.79:
            shutil.copyfile(other, source)

    report = import_audio(project, [source], progress=swap)
    assert "changed" in report.refused[0].sentences[0]
    assert stored(project) == []
    assert project.state.assets == {}


def test_the_same_file_many_times_in_one_batch_is_one_sound(project: Project, tmp_path: Path) -> None:
    source = write_audio(tmp_path / "loop.wav", noise(500))
    report = import_audio(project, [source, source, tmp_path / "." / "loop.wav"])
    assert len(report.imported) == 3
    assert len(project.state.clips) == 3
    assert len(project.state.assets) == len(stored(project)) == 1
