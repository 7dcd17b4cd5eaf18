"""The window with real projects: templates, import, inspector, history, versions, export, closing."""

import numpy as np
import pytest
import soundfile
from factories.audio_files import noise, write_audio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from maxbooster_desktop.actions.templates import TEMPLATES
from maxbooster_desktop.project.edits.meta import set_sample_rate
from maxbooster_desktop.project.store.opening import create_project
from maxbooster_desktop.ui.qtbridge.tasks import Task
from maxbooster_desktop.ui.shell.import_report import ImportReportDialog
from maxbooster_desktop.ui.shell.place_dialogs import NewProjectDialog
from maxbooster_desktop.ui.shell.render_dialog import RenderDialog
from maxbooster_desktop.ui.shell.tempo_dialog import TempoDialog
from maxbooster_desktop.ui.shell.versions_dialog import VersionsDialog


@pytest.fixture
def with_clip(studio_window, tmp_path, wait_until):
    """The window with one imported second of noise, its clip selected."""
    file = write_audio(tmp_path / "Take one.wav", noise(48_000))
    studio_window.import_files([str(file)], 0)
    wait_until(lambda: studio_window.studio.state.clips)
    wait_until(studio_window.page.transport.export.isEnabled)
    (clip,) = studio_window.studio.state.clips
    studio_window.studio.selection.set_clips([clip])
    return studio_window


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.id)
def test_templates_build_what_they_say_in_one_step(window, template, tmp_path):
    opened = window.workspace.create(tmp_path / "New", template)
    try:
        state = opened.project.state
        assert [state.tracks[track].name for track in state.track_order] == [plan.name for plan in template.tracks]
        assert state.tempo_map.bpm_at(0) == template.bpm
        assert {insert.device for insert in state.tracks["master"].inserts} == set(template.master_inserts)
        assert [step.name for step in opened.project.history()] == [f"Start from {template.title}"]
    finally:
        opened.pool.close()
        opened.project.close()


def test_new_project_refuses_what_cannot_be_a_folder(window, tmp_path):
    window.dialogs.new_project("band")
    dialog, asked = window.findChild(NewProjectDialog), []
    dialog.asked.connect(lambda folder, template: asked.append((folder, template)))
    for name, words in (("a/b", "cannot contain"), ("", "needs a name"), (".", "needs a name")):
        dialog.name.setText(name)
        dialog.submit()
        assert words in dialog.problem.text()
    dialog.folder.setText(str(tmp_path))
    dialog.name.setText("Réunion 東京")
    dialog.blockSignals(False)
    window.dialogs.new_asked.disconnect(window.create_project)
    dialog.submit()
    assert asked == [(str(tmp_path / "Réunion 東京"), "band")]


def test_transport_shows_the_project(studio_window, wait_until):
    transport, studio = studio_window.page.transport, studio_window.studio
    assert transport.name.text() == "Night Drive"
    assert transport.clock.tempo.value == 140.0
    assert transport.clock.position.text() == "001.1.1.000"
    transport.clock.tempo.change(93.5)
    transport.clock.signature.committed.emit("7/8")
    transport.clock.key.committed.emit("F# min")
    wait_until(lambda: studio.state.meta.key == "F# min")
    wait_until(lambda: transport.clock.signature.text() == "7/8")
    assert studio.state.tempo_map.bpm_at(0) == 93.5
    transport.clock.position.committed.emit("3.2")
    assert studio.playhead_tick == studio.state.tempo_map.bar_start(3) + 480
    transport.frame()
    assert transport.clock.position.text() == "003.2.1.000"
    transport.clock.position.clicked.emit()
    assert transport.clock.position.text().startswith("00:0")


def test_tempo_and_signature_are_changed_at_the_playhead_and_taken_out_again(studio_window, wait_until):
    studio, bar = studio_window.studio, 3840
    studio.engine.seek(4 * bar)
    studio_window.open_dialog("tempo")
    dialog = studio_window.findChild(TempoDialog)
    assert (dialog.tempo.value, dialog.signature.text(), dialog.delete.isEnabled()) == (140.0, "4/4", False)
    dialog.signature.setText("3 quarters")
    dialog.submit()
    assert "7/8" in dialog.problem.text()
    dialog.tempo.set_value(90.0)
    dialog.signature.setText("3/4")
    dialog.submit()
    wait_until(lambda: studio.state.tempo_map.bpm_at(4 * bar) == 90.0)
    assert studio.state.tempo_map.bpm_at(4 * bar - 1) == 140.0
    assert studio.state.tempo_map.signature_at(4 * bar).numerator == 3
    wait_until(lambda: not studio_window.findChildren(TempoDialog))
    before = len(list(studio.project.history()))
    studio_window.open_dialog("tempo")
    same = studio_window.findChild(TempoDialog)
    assert (same.tempo.value, same.signature.text(), same.delete.isEnabled()) == (90.0, "3/4", True)
    same.submit()
    wait_until(lambda: not studio_window.findChildren(TempoDialog))
    studio_window.open_dialog("tempo")
    studio_window.findChild(TempoDialog).delete.click()
    wait_until(lambda: studio.state.tempo_map.bpm_at(4 * bar) == 140.0)
    assert len(list(studio.project.history())) == before + 1


def test_saving_is_silent_until_it_fails(studio_window, monkeypatch):
    from maxbooster_desktop.project.store.durability import Durability

    label, project = studio_window.page.transport.durability, studio_window.studio.project
    studio_window.page.transport.show_durability()
    assert label.text() == ""
    reason = "The disk is full; free some space."
    with monkeypatch.context() as patched:
        patched.setattr(type(project), "durability", property(lambda _self: Durability(False, reason)))
        studio_window.page.transport.show_durability()
    assert label.text() == reason


def test_inspector_edits_the_clip(with_clip, wait_until):
    studio, inspector = with_clip.studio, with_clip.page.inspector.clip
    assert inspector.header.title() == "Clip — Take one"
    assert "48 kHz · mono" in inspector.source.text() or "48 kHz · stereo" in inspector.source.text()
    (clip,) = studio.selection.clips
    inspector.gain.change(-6.0)
    inspector.fade_in.change(120.0)
    inspector.start.committed.emit("2.1.1.000")
    inspector.name.committed.emit("Verse")
    wait_until(lambda: studio.state.clips[clip].name == "Verse")
    changed = studio.state.clips[clip]
    assert (changed.gain_db, changed.fade_in_ms, changed.start_tick) == (-6.0, 120.0, 3840)
    wait_until(lambda: inspector.header.title() == "Clip — Verse")
    assert inspector.start.text() == "2.1.1.000"


def test_inspector_edits_the_track(with_clip, wait_until):
    studio, inspector = with_clip.studio, with_clip.page.inspector.track
    track = studio.state.track_order[-1]
    studio.selection.set_tracks([track])
    inspector.gain.change(-3.0)
    inspector.pan.change(0.5)
    inspector.delay.change(-12.5)
    inspector.colour.chosen.emit(7)
    group = next(each for each in studio.state.track_order if studio.state.tracks[each].kind == "group")
    inspector.output.setCurrentIndex(inspector.output.findData(group))
    inspector.output.activated.emit(inspector.output.currentIndex())
    studio.do("channel.add_send", track, group)
    wait_until(lambda: studio.state.tracks[track].sends)
    shown = studio.state.tracks[track]
    assert (shown.gain_db, shown.pan, shown.colour, shown.output) == (-3.0, 0.5, 7, group)
    assert shown.delay_ms == -12.5


def test_history_jumps_to_any_step(with_clip, wait_until):
    history, studio = with_clip.page.history, with_clip.studio
    with_clip.show_panel("history", True)
    wait_until(lambda: len(history.names()) == 3)
    assert history.names()[:2] == ["Start of the project", "Start from Beat"]
    history.jump_to_row(1)
    wait_until(lambda: not studio.state.clips)
    wait_until(lambda: studio.selection.clips == ())
    history.jump_to_row(2)
    wait_until(lambda: len(studio.state.clips) == 1)


def test_versions_are_kept_and_restored(with_clip, wait_until):
    studio = with_clip.studio
    with_clip.open_dialog("versions")
    dialog = with_clip.findChild(VersionsDialog)
    dialog.keep.click()
    assert "name first" in dialog.problem.text()
    dialog.name.setText("Before deleting")
    dialog.keep.click()
    wait_until(lambda: any("Before deleting" in row for row in dialog.rows()))
    studio.do("clips.delete_clips", tuple(studio.state.clips))
    wait_until(lambda: not studio.state.clips)
    row = next(index for index, text in enumerate(dialog.rows()) if "Before deleting" in text)
    dialog.list.setCurrentIndex(dialog.list.model().index(row, 0))
    dialog.restore.click()
    wait_until(lambda: len(studio.state.clips) == 1)
    wait_until(lambda: dialog.findChildren(Task) == [])
    QTest.keyClick(dialog.name, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    with_clip.open_dialog("versions")
    [dialog] = [each for each in with_clip.findChildren(VersionsDialog) if each.isVisible()]
    dialog.close_button.click()
    assert not dialog.isVisible()


@pytest.mark.parametrize(("file_format", "bits"), [("wav", 24), ("flac", 16)])
def test_export_writes_what_is_heard(with_clip, wait_until, tmp_path, file_format, bits):
    with_clip.open_dialog("export")
    dialog = with_clip.findChild(RenderDialog)
    dialog.format.setCurrentIndex(dialog.format.findData(file_format))
    dialog.bits.setCurrentIndex(dialog.bits.findData(bits))
    target = tmp_path / f"song.{file_format}"
    dialog.target.setText(str(target))
    dialog.start()
    wait_until(lambda: dialog.message.text().startswith("Wrote"))
    written, rate = soundfile.read(target, always_2d=True)
    heard, _ = soundfile.read(tmp_path / "Take one.wav", always_2d=True)
    assert rate == 48_000
    assert soundfile.info(target).subtype == f"PCM_{bits}"
    np.testing.assert_allclose(written[:48_000, 0], heard[:, 0], atol=2.0 ** (2 - bits))
    dialog.close()


def test_stems_are_one_file_for_each_track_outside_groups_and_each_group(with_clip, wait_until, tmp_path):
    studio = with_clip.studio
    with_clip.open_dialog("export")
    dialog = with_clip.findChild(RenderDialog)
    assert "track or group" in dialog.stems.text()
    dialog.stems.setChecked(True)
    folder = tmp_path / "out stems"
    dialog.target.setText(str(folder))
    dialog.start()
    wait_until(dialog.go.isEnabled)
    stems = [each for each in studio.state.tracks.values() if each.kind in {"audio", "instrument", "group"}]
    assert {each.kind for each in stems if each.parent is None} >= {"audio", "group"}
    assert any(each.parent is not None for each in stems)
    names = [file.stem.split(" ", 1)[1] for file in folder.iterdir()]
    assert sorted(names) == sorted(each.name for each in stems if each.parent is None)
    dialog.close()


def test_export_that_cannot_be_written_says_so_and_leaves_nothing(with_clip, wait_until, tmp_path):
    with_clip.open_dialog("export")
    dialog = with_clip.findChild(RenderDialog)
    dialog.target.setText(str(tmp_path / "missing folder" / "song.wav"))
    dialog.start()
    wait_until(dialog.go.isEnabled)
    assert "missing folder" in dialog.message.text()
    assert not (tmp_path / "missing folder").exists()
    dialog.close()


@pytest.mark.parametrize("is_stems", [False, True], ids=["file", "stems"])
def test_export_writes_over_nothing_before_the_person_says_so(with_clip, wait_until, tmp_path, is_stems):
    with_clip.open_dialog("export")
    dialog = with_clip.findChild(RenderDialog)
    dialog.stems.setChecked(is_stems)
    target = tmp_path / ("kept stems" if is_stems else "kept.wav")
    (precious := target / "notes.txt" if is_stems else target).parent.mkdir(exist_ok=True)
    precious.write_text("precious")
    dialog.target.setText(str(target))
    dialog.go.click()
    assert target.name in dialog.message.text()
    assert dialog.go.text() == "Replace"
    dialog.target.setText(str(tmp_path / "another.wav"))
    assert (dialog.go.text(), dialog.message.text()) == ("Export", "")
    dialog.target.setText(str(target))
    dialog.go.click()
    assert precious.read_text() == "precious"
    dialog.go.click()
    wait_until(lambda: dialog.message.text().startswith("Wrote"))
    written = next(target.glob("*.wav")) if is_stems else target
    assert soundfile.info(written).frames >= 48_000
    dialog.close()


def test_the_export_after_stems_lies_beside_their_folder(with_clip, wait_until, tmp_path):
    with_clip.open_dialog("export")
    dialog = with_clip.findChild(RenderDialog)
    dialog.stems.setChecked(True)
    dialog.target.setText(str(tmp_path / "out stems"))
    dialog.start()
    wait_until(dialog.go.isEnabled)
    assert with_clip.workspace.settings.get("export.folder") == str(tmp_path)
    dialog.close()


def test_refused_files_are_named(studio_window, tmp_path, wait_until):
    bad = tmp_path / "broken.wav"
    bad.write_bytes(b"RIFF nothing")
    studio_window.import_files([str(bad)], 0)
    wait_until(lambda: studio_window.findChild(ImportReportDialog))
    dialog = studio_window.findChild(ImportReportDialog)
    assert dialog.windowTitle() == "Import"
    (line,) = dialog.lines()
    assert line.startswith("broken.wav: ")
    assert line.endswith(".")
    assert not studio_window.toasts.sentences()
    assert not studio_window.studio.state.clips
    dialog.close()


def test_an_import_is_shown_selected_and_reported_item_by_item(studio_window, tmp_path, wait_until):
    studio, arranger = studio_window.studio, studio_window.page.arranger
    studio.project.do(set_sample_rate, 48_000)
    arranger.viewport.set_axis(arranger.scene.axis.scrolled_to(900))
    (tmp_path / "notes.txt").write_text("no sound")
    write_audio(tmp_path / "Plain.wav", noise(4_800))
    write_audio(tmp_path / "Slow.wav", noise(4_410), 44_100)
    studio_window.import_files([str(tmp_path / name) for name in ("Plain.wav", "notes.txt", "Slow.wav")], 0)
    wait_until(lambda: studio_window.findChild(ImportReportDialog))
    dialog = studio_window.findChild(ImportReportDialog)
    assert [line.split(":")[0] for line in dialog.lines()] == ["notes.txt", "Plain.wav", "Slow.wav"]
    assert dialog.lines()[1] == "Plain.wav: Imported as it is."
    assert "converted 44.1 -> 48 kHz" in dialog.lines()[2]
    dialog.close()
    assert [studio.state.tracks[track].name for track in studio.selection.tracks] == ["Plain", "Slow"]
    assert set(studio.selection.clips) == set(studio.state.clips)
    for clip in studio.selection.clips:
        rect = arranger.rect_of(clip)
        assert rect.x >= 0
        assert 0 <= rect.y < arranger.scene.height
    assert not studio_window.toasts.sentences()


def test_a_plain_import_says_so_in_a_toast(studio_window, tmp_path, wait_until):
    write_audio(tmp_path / "One.wav", noise(4_800, 1))
    studio_window.import_files([str(tmp_path / "One.wav")], 0)
    wait_until(studio_window.toasts.sentences)
    assert studio_window.toasts.sentences() == ["1 file imported."]
    assert studio_window.findChild(ImportReportDialog) is None


def test_another_rate_is_named_in_the_toast_and_holds_nothing_up(studio_window, tmp_path, wait_until):
    studio_window.studio.project.do(set_sample_rate, 48_000)
    write_audio(tmp_path / "One.wav", noise(4_410), 44_100)
    write_audio(tmp_path / "Two.wav", noise(4_410), 44_100)
    studio_window.import_files([str(tmp_path / name) for name in ("One.wav", "Two.wav")], 0)
    wait_until(studio_window.toasts.sentences)
    assert studio_window.toasts.sentences() == ["2 files imported, converted 44.1 -> 48 kHz when played."]
    assert studio_window.findChild(ImportReportDialog) is None


def test_surround_is_drawn_as_the_stereo_that_is_heard(studio_window, tmp_path, wait_until):
    write_audio(tmp_path / "Film.wav", noise(48_000, 6, level=0.3))
    studio_window.import_files([str(tmp_path / "Film.wav")], 0)
    waveforms = studio_window.page.arranger.sync.waveforms
    wait_until(lambda: studio_window.studio.state.clips)
    wait_until(lambda: len(waveforms.cache) and waveforms.is_settled)


def test_the_import_dialog_opens_where_sounds_are(window, tmp_path):
    assert window.dialogs._import_folder() == tmp_path
    (tmp_path / "Music").mkdir()
    assert window.dialogs._import_folder() == tmp_path / "Music"
    (tmp_path / "Loops").mkdir()
    window.workspace.settings.set("import.folder", str(tmp_path / "Loops"))
    assert window.dialogs._import_folder() == tmp_path / "Loops"
    (tmp_path / "Loops").rmdir()
    assert window.dialogs._import_folder() == tmp_path / "Music"


def test_a_project_open_elsewhere_is_refused_in_words(window, tmp_path, wait_until):
    with create_project(tmp_path / "Held") as held:
        window.open_project(str(held.folder))
        wait_until(window.start_page.problem)
        assert "open" in window.start_page.problem().lower()
        assert window.start_page.problem() in window.toasts.sentences()
    assert not window.studio.has_project


def test_opening_what_is_open_changes_nothing(studio_window):
    project = studio_window.studio.project
    studio_window.open_project(str(project.folder))
    assert not studio_window.working.is_busy
    assert studio_window.studio.project is project


def test_closing_returns_to_the_start_page_and_remembers(studio_window):
    folder = studio_window.studio.project.folder
    studio_window.page.show_panel("browser", is_shown=False)
    studio_window.close_project()
    assert not studio_window.studio.has_project
    assert studio_window.workspace.settings.recent_projects() == [folder]
    assert "browser" not in studio_window.workspace.settings.get("window.panels")
    assert not studio_window.frames.is_running or studio_window.isVisible()


def test_closing_asks_before_edits_are_lost(studio_window, monkeypatch):
    reason = "The disk is full; free some space."
    with monkeypatch.context() as patched:
        patched.setattr(studio_window.workspace, "unstored_reason", lambda: reason)
        assert not studio_window.close()
        assert studio_window.isVisible()
        assert studio_window.studio.has_project
        (box,) = studio_window.findChildren(QMessageBox)
        assert box.text() == reason
        next(button for button in box.buttons() if "lose" in button.text()).click()
    assert not studio_window.studio.has_project


def test_browser_lists_searches_and_listens(studio_window, tmp_path, wait_until):
    (tmp_path / "Music" / "Loops").mkdir(parents=True)
    write_audio(tmp_path / "Music" / "Loops" / "Amber keys.wav", noise(48_000))
    (tmp_path / "Music" / "Loops" / "notes.txt").write_text("no sound")
    browser = studio_window.page.browser
    browser.open_places()
    names = [browser.files.index(row, 0).data() for row in range(browser.files.rowCount())]
    assert names == ["Project folder", "Music", "Home"]
    music = browser.files.index(1, 0)
    browser.file_tree.expand(music)
    wait_until(lambda: browser.files.index(0, 0, music).data() == "Loops")
    loops = browser.files.index(0, 0, music)
    browser.file_tree.expand(loops)
    wait_until(lambda: browser.files.index(0, 0, loops).data() == "Amber keys.wav")
    assert browser.files.rowCount(loops) == 1
    assert browser.files.index(0, 1, loops).data().strip() == "0:01"
    dragged = browser.files.mimeData([browser.files.index(0, 0, loops)])
    assert dragged.data("application/x-maxbooster-audio").toStdString().endswith("Amber keys.wav")
    assert [url.toLocalFile() for url in dragged.urls()] == [str(tmp_path / "Music" / "Loops" / "Amber keys.wav")]
    browser.listen.click()
    browser.file_tree.setCurrentIndex(browser.files.index(0, 0, loops))
    wait_until(lambda: ("preview", (2, 48_000)) in studio_window.studio.engine.asked)
    browser.file_tree.setCurrentIndex(music)
    browser.search.setText("amber")
    wait_until(lambda: browser.found.rowCount() == 1)


def test_a_search_looks_in_all_places_once_while_none_is_chosen(studio_window, tmp_path, wait_until):
    for folder in (tmp_path / "Music", tmp_path / "Kits" / "Old"):
        folder.mkdir(parents=True)
        write_audio(folder / f"Amber {folder.name}.wav", noise(4_800))
    browser = studio_window.page.browser
    browser.open_places()
    browser.search.setText("amber")
    wait_until(browser.found.rowCount)
    assert [browser.found.index(row, 0).data() for row in range(2)] == ["Amber Music.wav", "Amber Old.wav"]
    assert browser.found.rowCount() == 2


def test_the_browser_is_walked_by_keyboard_and_imports_at_the_playhead(studio_window, tmp_path, wait_until):
    folder = tmp_path / "Music"
    folder.mkdir()
    for name in ("Amber keys", "Blue bass"):
        write_audio(folder / f"{name}.wav", noise(4_800, seed=len(name)))
    browser, studio = studio_window.page.browser, studio_window.studio
    browser.open_places()
    tree = browser.file_tree
    tree.setFocus()
    tree.setCurrentIndex(browser.files.index(1, 0))
    QTest.keyClick(tree, Qt.Key.Key_Return)
    wait_until(lambda: browser.files.index(0, 0, tree.currentIndex()).data() == "Amber keys.wav")
    for _ in range(2):
        QTest.keyClick(tree, Qt.Key.Key_Down)
    assert browser.chosen.text() == "Blue bass.wav"
    studio.engine.seek(1_920)
    QTest.keyClick(tree, Qt.Key.Key_Return)
    wait_until(lambda: [(c.name, c.start_tick) for c in studio.state.clips.values()] == [("Blue bass", 1_920)])
    # A sound of the project needs no import.
    [asset] = studio.state.assets
    browser.tabs.choose(1)
    wait_until(lambda: browser.sounds.rowCount() == 1)
    studio.engine.seek(3_840)
    spot = browser.sound_list.visualRect(browser.sounds.index(0, 0)).center()
    for act in (QTest.mouseClick, QTest.mouseDClick):
        act(browser.sound_list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    # A double-click leaves the button held, which the next test would see.
    QTest.mouseRelease(browser.sound_list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    wait_until(lambda: [c.start_tick for c in studio.state.clips.values() if c.asset == asset] == [1_920, 3_840])
    # What a search finds is one Return away.
    browser.tabs.choose(0)
    browser.search.setText("amber")
    wait_until(lambda: browser.found.rowCount() == 1)
    QTest.keyClick(browser.search, Qt.Key.Key_Return)
    QTest.keyClick(browser.found_list, Qt.Key.Key_Return)
    wait_until(lambda: len(studio.state.assets) == 2)
    wait_until(studio_window.page.transport.export.isEnabled)


def test_audio_settings_offer_devices_and_keep_what_was_applied(studio_window, wait_until):
    from maxbooster_desktop.ui.settings.audio_settings import AudioSettingsDialog

    studio_window.open_dialog("audio")
    dialog = studio_window.findChild(AudioSettingsDialog)
    system = dialog.fields["Sound system"]
    wait_until(lambda: system.count() == 3)
    # What plays unasked is what Apply asks for, as long as nobody chooses another.
    assert (system.currentData(), dialog.choice().host_api) == ("", "")
    output, channels = dialog.fields["Output device"], dialog.fields["Output channels"]
    output.setCurrentIndex(output.findData("Stage box"))
    assert [channels.itemText(row) for row in range(channels.count())] == ["1 and 2", "3 and 4", "5 and 6", "7 and 8"]
    channels.setCurrentIndex(2)
    dialog.fields["Block size"].setCurrentIndex(dialog.fields["Block size"].findData(256))
    dialog.submit()
    settings, engine = studio_window.workspace.settings, studio_window.studio.engine
    assert (settings.get("audio.output_device"), settings.get("audio.output_channels")) == ("Stage box", [5, 6])
    assert engine.asked[-1][1].block_frames == 256
    assert "256 samples" in studio_window.status._device.text()
    dialog.close()
