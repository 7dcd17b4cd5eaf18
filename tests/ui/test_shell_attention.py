"""What needs attention: told by the status bar, listed with the way out; and the way out of a project that is gone."""

import shutil

import pytest
from factories.audio_files import noise, write_audio
from PySide6.QtWidgets import QMessageBox, QPushButton

from maxbooster_desktop.project.edits.tracks import rename_track
from maxbooster_desktop.ui.shell.attention_dialog import AttentionDialog
from maxbooster_desktop.ui.shell.place_dialogs import SaveCopyDialog


def _break_merge(project):
    """Write what a merge of two people's edits can leave: a clip on a track that is gone, two tempos on one tick."""
    [clip] = project.state.clips
    with project.edit("Merge") as edit:
        edit.changes["clips", f"{clip}.p"] = ["gone", 0, 0]
        edit.changes["tempo", "aa.e"] = [960, 100.0, False]
        edit.changes["tempo", "bb.e"] = [960, 90.0, False]
    return edit.change


@pytest.fixture
def imported(studio_window, tmp_path, wait_until):
    """The window with one clip."""
    studio_window.import_files([str(write_audio(tmp_path / "Take.wav", noise(4_800)))], 0)
    wait_until(lambda: studio_window.studio.state.clips)
    wait_until(studio_window.page.transport.export.isEnabled)
    return studio_window


def _buttons(dialog):
    return {button.text(): button for button in dialog.findChildren(QPushButton)}


def test_conflicts_are_counted_listed_and_shown_until_they_are_settled(imported, wait_until):
    window, studio = imported, imported.studio
    window.engine_watch.look()
    assert window.status.attention() == ""
    studio.do(_break_merge)
    wait_until(lambda: window.status.attention() == "2 things need attention")
    window.status.attention_asked.emit()
    [dialog] = window.findChildren(AttentionDialog)
    clip, tempo = sorted(dialog.sentences())
    assert clip == "The track of the clip “Take” is gone; the clip is on the Recovered track: drag it to another."
    assert tempo.startswith("Two tempo events stand on tick 960; ")
    studio.selection.clear()
    _buttons(dialog)["Show"].click()
    assert list(studio.selection.clips) == list(studio.state.clips)
    studio.project.undo()
    wait_until(lambda: window.status.attention() == "")
    window.engine_watch.look()
    assert dialog.sentences() == []
    _buttons(dialog)["Close"].click()


def test_a_sound_whose_file_is_gone_is_told_while_the_cache_still_plays_it(imported, wait_until):
    window, project = imported, imported.studio.project
    [asset] = project.state.assets.values()
    project.audio.path_of(asset).unlink()
    folder = str(project.folder)
    window.close_project()
    window.open_project(folder)
    wait_until(lambda: window.status.attention() == "1 thing needs attention")
    window.status.attention_asked.emit()
    [dialog] = window.findChildren(AttentionDialog)
    assert dialog.sentences() == [
        "The file of 'Take' is gone from the project; it still plays from this computer's cache: import it again."
    ]
    _buttons(dialog)["Close"].click()


def test_a_project_that_is_gone_goes_on_in_a_copy(imported, tmp_path, wait_until):
    window, studio = imported, imported.studio
    old = studio.project.folder
    shutil.rmtree(old)
    [track, *_] = studio.state.track_order
    studio.do(rename_track, track, "Kept in memory")
    wait_until(lambda: window.status.attention() == "1 thing needs attention")
    assert not window.close_project()
    [box] = window.findChildren(QMessageBox)
    next(button for button in box.buttons() if "copy" in button.text()).click()
    [asked] = window.findChildren(SaveCopyDialog)
    assert asked.name.text() == old.name
    asked.folder.setText(str(tmp_path / "rescue"))
    asked.submit()
    wait_until(lambda: studio.has_project and studio.project.folder == tmp_path / "rescue" / old.name)
    wait_until(lambda: window.page is not None)
    assert studio.state.tracks[track].name == "Kept in memory"
    assert studio.project.durability.is_durable
    missing = "without the sounds that are not here or cannot be read (Take)"
    assert any(missing in said for said in window.toasts.sentences())
    assert not old.exists()
    window.engine_watch.look()
    # The sound that the copy lacks.
    assert window.status.attention() == "1 thing needs attention"


def test_a_healthy_project_stays_open_beside_its_copy(imported, tmp_path, wait_until):
    window, folder = imported, imported.studio.project.folder
    window.open_dialog("save_copy")
    [asked] = window.findChildren(SaveCopyDialog)
    asked.folder.setText(str(folder.parent))
    asked.name.setText(folder.name)
    asked.submit()
    assert "exists already" in asked.problem.text()
    asked.name.setText("Copy")
    asked.submit()
    wait_until(lambda: f"A copy is in {folder.parent / 'Copy'}." in window.toasts.sentences())
    assert window.studio.project.folder == folder
    assert (folder.parent / "Copy" / "project.sqlite").is_file()
