"""Opening from the window: the newest wish alone is granted, progress says of what, a project begins at its start."""

import threading

from PySide6.QtCore import QThreadPool

from maxbooster_desktop.engine.readings import MasterMeter, Meters
from maxbooster_desktop.foundation.errors import MaxBoosterError
from tests.ui.conftest import settle


def test_the_newest_wish_is_opened_alone(window, tmp_path, wait_until):
    """The demo song is on its way when a template is chosen: only what was chosen opens, the demo leaves nothing."""
    told, may_go_on = [], threading.Event()

    def make_demo(tell):
        may_go_on.wait(10)
        told.append("asked")
        tell(0.5, "Rendering Keys")
        raise AssertionError("it was not stopped")

    window._opening._make_demo = make_demo
    window.open_demo()
    assert window.start_page.busy() == "Making the demo song…"
    window.open_demo()
    window.create_project(str(tmp_path / "Chosen"), "band")
    may_go_on.set()
    wait_until(lambda: window.page is not None)
    wait_until(lambda: QThreadPool.globalInstance().activeThreadCount() == 0)
    settle()
    assert told == ["asked"]
    assert window.studio.project.folder.name == "Chosen"
    assert window.start_page.busy() == ""


def test_what_came_too_late_to_be_stopped_is_closed(window, tmp_path, wait_until):
    """A project opened although something else was wished for is let go: it can be opened again."""
    window.create_project(str(tmp_path / "First"), "band")
    window.create_project(str(tmp_path / "Second"), "band")
    wait_until(lambda: window.page is not None and not window._opening.is_busy)
    wait_until(lambda: QThreadPool.globalInstance().activeThreadCount() == 0)
    settle()
    window.open_project(str(tmp_path / "First"))
    wait_until(lambda: window.studio.project.folder.name == "First")


def test_progress_says_what_it_is_of(window, wait_until):
    said, may_go_on = [], threading.Event()

    def make_demo(tell):
        tell(0.26, "Rendering Keys")
        may_go_on.wait(10)
        raise MaxBoosterError("The demo song could not be made.")

    window._opening._make_demo = make_demo
    window.open_demo()
    wait_until(lambda: "%" in window.status.hint())
    said.append((window.status.hint(), window.start_page.busy()))
    may_go_on.set()
    wait_until(window.start_page.problem)
    assert said == [("Making the demo song…  26 %  ·  Rendering Keys", "Making the demo song…  26 %")]
    assert window.start_page.busy() == ""


def test_a_project_opens_at_its_start_with_meters_of_its_own(studio_window, tmp_path, wait_until, monkeypatch):
    engine = studio_window.studio.engine
    engine.seek(7_680)
    monkeypatch.setattr(engine, "meters", lambda: Meters(master=MasterMeter(integrated_lufs=-20.0)))
    studio_window.create_project(str(tmp_path / "Next"), "band")
    wait_until(lambda: studio_window.studio.project.folder.name == "Next" and studio_window.page is not None)
    wait_until(lambda: studio_window.page.mixer.metering.is_running)
    assert studio_window.studio.playhead_tick == 0
    metering = studio_window.page.mixer.metering
    assert metering._reading().master == MasterMeter()
    engine.play()
    assert metering._reading().master.integrated_lufs == -20.0
    engine.stop()
    assert metering._reading().master.integrated_lufs == -20.0
