"""Versions and branches in the window: found, compared in words, taken from track by track, branched off, opened."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from maxbooster_desktop.project.edits import clips
from maxbooster_desktop.project.store.opening import open_project
from maxbooster_desktop.ui.shell.place_dialogs import BranchDialog
from maxbooster_desktop.ui.shell.versions_dialog import VersionsDialog

BAR = 3840


@pytest.fixture
def song(studio_window, wait_until):
    """The window with a clip called Riff on a track called Keys, kept as the version First mix."""
    studio = studio_window.studio
    (track,) = studio.do("tracks.add_track", "instrument", name="Keys").result().created
    studio.do("clips.add_midi_clip", track, 0, BAR, "Riff").result()
    studio.project.save_version("First mix").result()
    return studio_window


def opened(window, wait_until):
    window.bridge["project.versions"].run()
    dialog = next(each for each in window.findChildren(VersionsDialog) if each.isVisible())
    wait_until(dialog.rows)
    return dialog


def test_a_shared_project_says_that_versions_stay_here(song, live, wait_until):
    dialog = opened(song, wait_until)
    assert any("the others in the project do not have them" in each.text() for each in dialog.findChildren(QLabel))
    dialog.close()


def choose(dialog, name):
    row = next(index for index, text in enumerate(dialog.rows()) if text.endswith(f"·  {name}"))
    dialog.list.setCurrentIndex(dialog.list.model().index(row, 0))


def change(studio):
    (riff,) = [clip.id for clip in studio.state.clips.values() if clip.name == "Riff"]
    studio.do("clips.move_clips", [riff], BAR).result()
    studio.do("tracks.add_track", "audio", name="Vox").result()


def test_it_says_what_is_different(song, wait_until):
    change(song.studio)
    dialog = opened(song, wait_until)
    choose(dialog, "First mix")
    wait_until(lambda: "Riff moved from 1.1.1 to 2.1.1" in dialog.changes.lines())
    assert dialog.changes.title.text() == "From First mix to Now"
    assert dialog.changes.lines() == ["Keys", "Riff moved from 1.1.1 to 2.1.1", "Vox  ·  new"]
    assert dialog.changes.bars.accessibleName() == "1 clip moved; 1 track added"
    dialog.reject()


def test_one_track_is_brought_back_with_the_keyboard(song, wait_until):
    studio = song.studio
    change(studio)
    dialog = opened(song, wait_until)
    choose(dialog, "First mix")
    wait_until(lambda: dialog.changes.track() is not None)
    assert dialog.take.text() == "Bring back this track"
    dialog.take.setFocus()
    QTest.keyClick(dialog.take, Qt.Key.Key_Space)
    wait_until(lambda: next(iter(studio.state.clips.values())).start_tick == 0)
    assert "Vox" in {track.name for track in studio.state.tracks.values()}
    wait_until(lambda: any("Before: Bring back Keys from First mix" in row for row in dialog.rows()))
    dialog.reject()
    studio.project.undo().result()
    assert next(iter(studio.state.clips.values())).start_tick == BAR


def test_versions_are_found_by_name_and_day(song, wait_until):
    song.studio.project.save_version("Second mix").result()
    dialog = opened(song, wait_until)
    assert len(dialog.rows()) > 2
    dialog.search.setText("second")
    assert [row.partition("·")[2].strip() for row in dialog.rows()] == ["Second mix"]
    dialog.search.setText("nothing of that name")
    assert dialog.rows() == []
    assert dialog.changes.title.text() == "No version is called that."
    assert not dialog.restore.isEnabled()
    dialog.search.clear()
    assert dialog.restore.isEnabled()
    dialog.reject()


def test_two_versions_are_compared(song, wait_until):
    change(song.studio)
    song.studio.project.save_version("Second mix").result()
    song.studio.do("tracks.add_track", "audio", name="Later").result()
    dialog = opened(song, wait_until)
    choose(dialog, "First mix")
    dialog.against.setCurrentIndex(
        next(at for at in range(dialog.against.count()) if "Second" in dialog.against.itemText(at))
    )
    dialog.against.activated.emit(dialog.against.currentIndex())
    wait_until(lambda: dialog.changes.title.text() == "From First mix to Second mix")
    assert dialog.changes.lines()[-1] == "Vox  ·  new"
    dialog.reject()


def test_a_branch_is_started_listed_taken_from_and_opened(song, tmp_path, wait_until):
    studio = song.studio
    dialog = opened(song, wait_until)
    choose(dialog, "First mix")
    dialog.branch.click()
    (asking,) = song.findChildren(BranchDialog)
    assert asking.windowTitle() == "Start a branch from First mix"
    asking.name.setText("Slower intro")
    asking.folder.setText(str(tmp_path))
    asking.submit()
    wait_until(lambda: any("Slower intro" in row for row in dialog.rows()))
    with open_project(tmp_path / "Slower intro") as branch:
        (riff,) = [clip.id for clip in branch.state.clips.values() if clip.name == "Riff"]
        branch.do(clips.rename_clip, riff, "Slow riff")
    choose(dialog, "Slower intro")
    wait_until(lambda: "Riff renamed to Slow riff" in dialog.changes.lines())
    assert (dialog.restore.text(), dialog.take.text()) == ("Open the branch", "Take this track")
    row = next(
        item
        for at in range(dialog.changes.tracks.topLevelItemCount())
        if (item := dialog.changes.tracks.topLevelItem(at)).text(0) == "Keys"
    )
    dialog.changes.tracks.setCurrentItem(row)
    dialog.take.click()
    wait_until(lambda: "Slow riff" in {clip.name for clip in studio.state.clips.values()})
    wait_until(lambda: any("Before: Bring back" in row for row in dialog.rows()))
    choose(dialog, "Slower intro")
    dialog.restore.click()
    wait_until(lambda: song.page is not None and studio.has_project and studio.project.folder.name == "Slower intro")
    wait_until(lambda: not song.working.is_busy)
