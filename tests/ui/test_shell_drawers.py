"""In a narrow window the inspector, then the browser, become drawers over the arrangement, and come back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import settle


@pytest.fixture
def page(studio_window):
    return studio_window.page


def resize(window, width):
    window.resize(width, 720)
    settle()


def test_inspector_then_browser_collapse_and_come_back(studio_window, page):
    whole = page._across.sizes()
    resize(studio_window, 1_270)
    assert not page.is_panel_shown("inspector")
    assert page.is_panel_shown("browser")
    assert not studio_window.bridge["view.inspector"].isChecked()
    resize(studio_window, 1_000)
    assert studio_window.width() == 1_000
    assert not page.is_panel_shown("browser")
    assert page.arranger.width() > 900
    assert page.transport.clock.signature.width() >= page.transport.clock.signature.minimumWidth() > 40
    resize(studio_window, 1_600)
    assert page.is_panel_shown("inspector")
    assert page.is_panel_shown("browser")
    assert page._across.sizes() == whole
    assert [page._across.widget(index) for index in (0, 2)] == [page.browser, page.inspector]
    assert not page.transport.inspector.isVisible()


def test_a_drawer_opens_over_the_arrangement_by_button_and_key(studio_window, page):
    resize(studio_window, 1_000)
    studio_window.activateWindow()
    before = page.arranger.geometry()
    QTest.mouseClick(page.transport.inspector, Qt.MouseButton.LeftButton)
    assert page.inspector.isVisible()
    assert page.transport.inspector.isChecked()
    assert page.inspector.geometry().right() == page.width() - 1
    assert page.inspector.geometry().top() == page._across.geometry().top()
    assert page.arranger.geometry() == before
    QTest.keyClick(studio_window, Qt.Key.Key_F8)
    assert not page.inspector.isVisible()
    QTest.keyClick(studio_window, Qt.Key.Key_F7)
    assert page.browser.isVisible()
    assert page.browser.geometry().left() == page._across.geometry().left()


def test_a_closed_drawer_is_no_choice_to_be_remembered(studio_window, page):
    resize(studio_window, 1_000)
    studio_window.show_panel("history", True)
    assert set(studio_window.workspace.settings.get("window.panels")) == {"browser", "inspector", "history"}
    studio_window.close_project()
    assert studio_window.workspace.settings.get("window.inspector_width") == 264
