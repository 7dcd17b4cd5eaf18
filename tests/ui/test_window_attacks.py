"""Garbage in the window's fields, names that look like markup, settings that cannot be written, dialogs left behind."""

import json
from pathlib import Path

import pytest
from factories.played_company import person
from PySide6.QtCore import QCoreApplication, QThreadPool
from PySide6.QtGui import Qt, QTextDocument
from PySide6.QtWidgets import QDialog, QLabel
from shiboken6 import isValid

from maxbooster_desktop.actions.workspace import ProjectNameError, place_for
from maxbooster_desktop.settings.store import Settings
from maxbooster_desktop.ui.shell.place_dialogs import NewProjectDialog, free_name
from maxbooster_desktop.ui.shell.render_dialog import RenderDialog
from maxbooster_desktop.ui.shell.versions_dialog import VersionsDialog
from maxbooster_desktop.ui.together.avatars import Avatar
from maxbooster_desktop.ui.widgets.buttons import IconButton
from maxbooster_desktop.ui.widgets.panels import PanelHeader, label
from maxbooster_desktop.ui.widgets.plain_text import tip
from maxbooster_desktop.ui.widgets.toast import Toast

#: What Qt takes for markup and would fetch, from this computer or from another.
MARKUP = '<img src="//evil.example/x.png"><b>Mara</b>'


def read_by_qt(text):
    """Return what a person sees of a tool-tip."""
    if not Qt.mightBeRichText(text):
        return text
    document = QTextDocument()
    document.setHtml(text)
    return document.toPlainText()


def test_names_are_shown_as_they_are_and_never_as_markup(window):
    assert read_by_qt(MARKUP) != MARKUP
    assert read_by_qt(tip(MARKUP)) == MARKUP
    assert tip("Level < -6 dB") == "Level < -6 dB"
    header = PanelHeader("", window)
    header.set_title(MARKUP)
    avatar = Avatar(person(name=MARKUP), window, is_followed=False)
    button = IconButton("x", MARKUP, window)
    assert read_by_qt(header.findChild(QLabel).toolTip()) == MARKUP
    assert MARKUP in read_by_qt(avatar.toolTip())
    assert read_by_qt(button.toolTip()) == MARKUP
    toast = Toast(MARKUP, window)
    for shown in (label(MARKUP), *header.findChildren(QLabel), *toast.findChildren(QLabel)):
        assert not shown.text() or shown.textFormat() is Qt.TextFormat.PlainText


@pytest.mark.parametrize(
    ("folder", "name", "words"),
    [
        ("", "Song", "does not say where"),
        ("somewhere", "Song", "does not say where"),
        ("~nobody-of-that-name", "Song", "does not say where"),
        ("/tmp/a\0b", "Song", "does not say where"),
        ("{tmp}", "x" * 256, "longer than the name of a folder"),
        ("{tmp}", "\N{MUSICAL NOTE}" * 100, "longer than the name of a folder"),
        ("{tmp}", "a\0b", "control characters"),
        ("{tmp}/" + "y" * 300, "Song", "cannot be used (File name too long)"),
        ("{tmp}/file", "Song", "cannot be used (Not a directory)"),
        ("{tmp}", "dangling", "exists already"),
    ],
)
def test_a_place_that_cannot_be_is_refused_in_the_dialog(window, tmp_path, folder, name, words):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "dangling").symlink_to("nowhere")
    window.dialogs.new_project()
    dialog = window.findChild(NewProjectDialog)
    dialog.folder.setText(folder.replace("{tmp}", str(tmp_path)))
    dialog.name.setText(name)
    dialog.submit()
    assert words in dialog.problem.text() or "\0" in folder + name  # which Qt leaves out
    with pytest.raises(ProjectNameError) as refused:
        place_for(folder.replace("{tmp}", str(tmp_path)), name)
    assert words in str(refused.value)
    dialog.reject()


def test_names_of_every_script_are_places(tmp_path):
    for name in ("Réunion 東京", "אלבום", "\N{FAMILY}\N{ZERO WIDTH JOINER}\N{MUSICAL NOTE}", "CON", "-rf"):
        assert place_for(str(tmp_path), name) == tmp_path / name


def test_a_free_name_is_one_that_can_be(tmp_path):
    assert free_name(tmp_path, "AC/DC: live") == "AC_DC_ live"
    assert free_name(tmp_path, "..") == "Project"
    assert len(free_name(tmp_path, "\N{MUSICAL NOTE}" * 255).encode()) <= 255
    (tmp_path / "Song").symlink_to("nowhere")
    assert free_name(tmp_path, "Song") == "Song 2"


@pytest.mark.parametrize("typed", ["", "song.wav", "~nobody-of-that-name/song.wav", "/", "."])
def test_an_export_needs_a_whole_path(studio_window, typed):
    studio_window.dialogs.open("export")
    dialog = studio_window.findChild(RenderDialog)
    dialog.target.setText(typed)
    for _ in range(2):
        dialog.stems.toggle()
    dialog.target.setText(typed)
    dialog.start()
    assert "does not say where" in dialog.message.text() or typed == "/"
    assert dialog._task is None or typed == "/"
    dialog.reject()


def test_a_project_named_like_a_path_is_exported_beside_the_others(studio_window, wait_until):
    studio = studio_window.studio
    studio.do("meta.rename_project", "../../AC/DC").result()
    studio_window.dialogs.open("export")
    dialog = studio_window.findChild(RenderDialog)
    assert Path(dialog.target.text()).name == ".._.._AC_DC.wav"
    dialog.reject()


@pytest.fixture
def unwritable(window):
    """The settings of the window, which cannot be written: a folder lies where the file is written first."""
    settings = window.workspace.settings
    settings._path.with_suffix(".tmp").mkdir()
    return settings


def test_a_project_closes_and_the_window_too_when_settings_cannot_be_written(unwritable, window, tmp_path, wait_until):
    window.create_project(str(tmp_path / "Song"), "beat")
    wait_until(lambda: window.page is not None)
    project = window.studio.project
    unwritable._values["window.browser_width"] = 333  # it has become another since
    assert window.close_project()
    assert not window.studio.has_project
    assert window.page is None
    with pytest.raises(Exception, match="was closed"):
        project.submit(lambda _document: None)
    assert window.close()


def test_files_are_imported_and_sounds_held_when_settings_cannot_be_written(unwritable, window, tmp_path):
    window.dialogs.files_chosen.disconnect(window.import_files)
    taken = []
    window.dialogs.files_chosen.connect(taken.append)
    window.dialogs._take_files([str(tmp_path / "a.wav")])
    assert taken == [[str(tmp_path / "a.wav")]]
    window.studio.company.sounds._settings = unwritable
    window.bridge["together.pause_sounds"].run()
    assert window.studio.company.sounds.is_paused
    assert "cannot be written" in window.toasts.sentences()[-1]


def test_recent_projects_that_cannot_be_looked_at_do_not_keep_the_window_shut(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    recent = ["/" + "x" * 300, str(tmp_path / "loop" / "Song"), "/tmp/\udcff", str(tmp_path)]
    (tmp_path / "settings.json").write_text(json.dumps({"projects.recent": recent}))
    assert Settings(tmp_path).recent_projects() == [tmp_path]


@pytest.mark.parametrize("name", ["versions", "comments", "attention", "tempo", "export", "save_copy", "share"])
def test_what_is_about_a_project_goes_with_it(studio_window, name, wait_until):
    studio_window.dialogs.open(name)
    (dialog,) = [each for each in studio_window.findChildren(QDialog) if each.isVisible()]
    assert studio_window.close_project()
    assert not dialog.isVisible()
    wait_until(lambda: not [each for each in studio_window.findChildren(QDialog) if each.isVisible()])


def test_an_answer_that_comes_behind_the_project_is_dropped(studio_window, qtbot):
    studio_window.dialogs.open("versions")
    (dialog,) = studio_window.findChildren(VersionsDialog)
    # The list is there, and its letter on its way to the window.
    QThreadPool.globalInstance().waitForDone()
    assert studio_window.close_project()
    with qtbot.captureExceptions() as raised:
        QCoreApplication.sendPostedEvents()
        QCoreApplication.processEvents()
    assert raised == []
    assert isValid(dialog) is False or dialog.rows() == []


def test_what_is_about_something_else_stays(studio_window):
    studio_window.dialogs.open("new")
    dialog = studio_window.findChild(NewProjectDialog)
    assert studio_window.close_project()
    assert dialog.isVisible()
    dialog.reject()
