"""The window with the real engine: what is edited is heard, and an engine that comes late takes up the wishes."""

import time

import pytest
from factories.audio_files import noise, write_audio
from factories.still_devices import StillDevices
from PySide6.QtCore import QCoreApplication

from maxbooster_desktop.actions.deferred_engine import DeferredEngine
from maxbooster_desktop.actions.studio import Studio
from maxbooster_desktop.actions.workspace import Workspace
from maxbooster_desktop.engine.devices.choice import DeviceChoice
from maxbooster_desktop.settings.store import Settings
from maxbooster_desktop.ui.qtbridge.preparation import Preparation
from maxbooster_desktop.ui.shell.main_window import MainWindow

SILENT_DB, HEARD_DB = -100.0, -40.0


@pytest.fixture
def early(tmp_path, monkeypatch, themed):
    """A window whose engine is not loaded yet, and how to load it."""
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path / "home"))
    (tmp_path / "config").mkdir()
    engine = DeferredEngine(DeviceChoice(output_device="No such device"))
    window = MainWindow(Workspace(Studio(engine), Settings(tmp_path / "config")), StillDevices())
    window.resize(1_600, 900)
    window.show()
    yield window, Preparation(engine.load, window)
    window.close()
    engine.close()


def loudest(studio, track, seconds=0.4):
    """Return the highest peak of a track during some time, in dBFS."""
    end, peak = time.monotonic() + seconds, -200.0
    while time.monotonic() < end:
        QCoreApplication.processEvents()
        meter = studio.engine.meters().channels.get(track)
        peak = max(peak, *meter.peak_db) if meter else peak
        time.sleep(0.01)
    return peak


def heard(studio, track, wait_until):
    wait_until(lambda: loudest(studio, track, 0.1) > HEARD_DB)


def silent(studio, track, wait_until):
    wait_until(lambda: loudest(studio, track, 0.2) < SILENT_DB)


def test_what_is_edited_is_what_is_heard(early, tmp_path, wait_until):
    window, preparation = early
    studio = window.studio
    window.create_project(str(tmp_path / "Song"), "empty")
    wait_until(lambda: window.page is not None)
    file = write_audio(tmp_path / "Noise.wav", noise(44_100 * 20), 44_100)
    window.import_files([str(file)], 0)
    wait_until(lambda: studio.state.clips)
    (clip,) = studio.state.clips.values()

    # Space before there is an engine: it plays as soon as there is one.
    studio.engine.toggle()
    assert studio.engine.transport.is_playing
    window.prepare_sound(preparation, studio.engine.adopt)
    wait_until(lambda: studio.engine.is_made, 110)
    assert window.status.progress() == ""
    heard(studio, clip.track, wait_until)
    assert "No such device" in studio.engine.device_problem

    studio.do("channel.set_mute", [clip.track], True)
    silent(studio, clip.track, wait_until)
    studio.project.undo()
    heard(studio, clip.track, wait_until)
    studio.do("clips.delete_clips", [clip.id])
    silent(studio, clip.track, wait_until)
    studio.project.undo()
    heard(studio, clip.track, wait_until)
    studio.do("meta.set_loop", 0, 3_840, True)
    studio.engine.seek(3_000)
    wait_until(lambda: studio.engine.transport.position_tick < 2_000)
    studio.engine.stop()
    wait_until(lambda: not studio.engine.transport.is_playing)


def test_another_device_rate_decodes_anew(early, tmp_path, wait_until):
    window, preparation = early
    studio, settings = window.studio, window.workspace.settings
    window.create_project(str(tmp_path / "Song"), "empty")
    wait_until(lambda: window.page is not None)
    window.prepare_sound(preparation, studio.engine.adopt)
    wait_until(lambda: studio.engine.is_made, 110)
    window.import_files([str(write_audio(tmp_path / "Noise.wav", noise(48_000)))], 0)
    wait_until(lambda: studio.state.clips)
    (asset,) = studio.state.assets
    wait_until(lambda: studio.pool.ready_frames(asset) == 48_000)
    settings.set("audio.sample_rate", 96_000)
    # What a device that opens at another rate does; here there is none.
    session = studio.engine._make_session(DeviceChoice(sample_rate=96_000))
    studio.engine._current.close()
    studio.engine._current = session
    window.dialogs.audio_applied.emit()
    wait_until(lambda: studio.pool.ready_frames(asset) == 96_000)
    assert window.page.arranger.sync.waveforms._shape_of(asset) == (2, 96_000)
    assert "96 kHz" in window.status._device.text()
