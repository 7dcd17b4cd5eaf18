"""Loading samples in the window: the sampler's track action, files, an SF2 that asks for its preset, what is told."""

from factories.audio_files import sine, write_audio
from factories.sample_files import sample_head, sine16, soundfont, tables, write_sfz
from PySide6.QtWidgets import QFileDialog, QInputDialog

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.ui.shell.import_report import ImportReportDialog


def with_sampler(window, wait_until):
    """Add a sampler track, which is selected then; returns a function that reads its zones."""
    studio = window.studio
    tracks = set(studio.state.tracks)
    REGISTRY["track.add_sampler"].run(studio)
    wait_until(lambda: set(studio.selection.tracks) - tracks)
    [track] = studio.selection.tracks
    return lambda: studio.state.tracks[track].inserts[0].zones


def test_load_samples_is_offered_on_a_samplers_track_alone_and_opens_a_chooser(studio_window, wait_until):
    studio, action = studio_window.studio, REGISTRY["track.load_samples"]
    studio.selection.set_tracks([])
    assert action.why_not(studio) == "No track with a sampler is selected."
    with_sampler(studio_window, wait_until)
    assert not action.why_not(studio)
    for name in ("track.load_samples", "track.load_sample_folder"):
        REGISTRY[name].run(studio)
        [chooser] = [each for each in studio_window.findChildren(QFileDialog) if each.isVisible()]
        chooser.reject()
        wait_until(lambda: not [each for each in studio_window.findChildren(QFileDialog) if each.isVisible()])


def test_chosen_files_become_zones(studio_window, tmp_path, wait_until):
    zones = with_sampler(studio_window, wait_until)
    files = [write_audio(tmp_path / f"Keys C{octave}.wav", sine(4_800, 48_000, 100 * octave)) for octave in (3, 4)]
    REGISTRY["track.load_samples"].run(studio_window.studio)
    [chooser] = studio_window.findChildren(QFileDialog)
    chooser.filesSelected.emit([str(file) for file in files])
    chooser.reject()
    wait_until(lambda: len(zones()) == 2)
    assert sorted(zone.root_key for zone in zones()) == [48, 60]
    wait_until(lambda: not studio_window.working.is_busy)


def test_factory_sounds_are_made_into_the_sampler(studio_window, wait_until):
    zones = with_sampler(studio_window, wait_until)
    REGISTRY["track.load_studio_kit"].run(studio_window.studio)
    wait_until(lambda: len(zones()) == 10, 60)
    assert {zone.low_key for zone in zones()} == {36, 37, 38, 39, 42, 45, 46, 50}
    wait_until(lambda: not studio_window.working.is_busy)


def test_what_an_sfz_says_that_is_not_understood_is_told(studio_window, tmp_path, wait_until):
    zones = with_sampler(studio_window, wait_until)
    path = write_sfz(tmp_path, "<region> sample=a.wav cutoff=90", {"a.wav": 220.0})
    studio_window.dialogs.samples_chosen.emit([str(path)])
    wait_until(lambda: bool(studio_window.findChildren(ImportReportDialog)))
    assert len(zones()) == 1
    [dialog] = studio_window.findChildren(ImportReportDialog)
    assert any("'cutoff' is not understood" in line for line in dialog.lines())
    dialog.accept()


def test_an_sf2_of_several_presets_asks_for_one(studio_window, tmp_path, wait_until):
    zones = with_sampler(studio_window, wait_until)
    instruments = [("Low", [[(58, 40), (53, 0)]]), ("High", [[(58, 80), (53, 0)]])]
    presets = [("Low one", 0, 0, [[(41, 0)]]), ("High one", 0, 7, [[(41, 1)]])]
    path = tmp_path / "font.sf2"
    heads = [sample_head("S", 0, 4_410)]
    path.write_bytes(soundfont(tables(presets, instruments, heads), sine16(110.0, 4_456)))
    studio_window.dialogs.samples_chosen.emit([str(path)])
    wait_until(lambda: bool(studio_window.findChildren(QInputDialog)))
    [asking] = studio_window.findChildren(QInputDialog)
    assert asking.comboBoxItems() == ["0:0  Low one", "0:7  High one"]
    asking.setTextValue("0:7  High one")
    asking.accept()
    wait_until(lambda: len(zones()) == 1)
    assert zones()[0].root_key == 80
    wait_until(lambda: not studio_window.working.is_busy)
