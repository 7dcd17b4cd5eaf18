"""The account dialog: another cloud is chosen with a check and a warning; every dialog of working together closes."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton

from maxbooster_desktop.cloudlink.account import Account, Who
from maxbooster_desktop.ui.together.account_dialog import AccountDialog
from sync.client.oauth import DeviceCode
from sync.credentials.store import MemoryStore

HERE = "http://localhost:9"


@pytest.fixture
def dialog(window, tmp_path, wait_until):
    """The dialog of a window whose cloud is on this computer, and does not run."""
    settings, company = window.workspace.settings, window.studio.company
    company._make_account = lambda: Account(settings.get("cloud.address") or HERE, tmp_path, MemoryStore)
    window.dialogs.open("account")
    made = window.findChild(AccountDialog)
    wait_until(lambda: not made.is_asking)
    yield made
    made.close()
    company.close()


def test_an_address_is_checked_before_anything_happens(dialog, window):
    for wrong in ("example.org", "http://example.org", "ftp://localhost", "https://", "https://a b"):
        dialog.address.setText(wrong)
        dialog.change_cloud.click()
        assert "is no address of a cloud" in dialog.problem.text(), wrong
    assert window.workspace.settings.get("cloud.address") == ""


def test_another_cloud_is_used_at_once_and_kept(dialog, window, wait_until):
    before = window.studio.company.account
    dialog.address.setText("http://127.0.0.1:9/")
    QTest.keyClick(dialog.address, Qt.Key.Key_Return)
    wait_until(lambda: not dialog.is_asking)
    assert window.workspace.settings.get("cloud.address") == "http://127.0.0.1:9"
    assert window.studio.company.account is not before
    assert window.studio.company.account.address == dialog.address.text() == "http://127.0.0.1:9"


def test_a_browser_that_does_not_open_is_not_the_end(dialog, window, wait_until, monkeypatch):
    goes_on = threading.Event()
    monkeypatch.setattr(window.studio.company.account, "sign_in", lambda: goes_on.wait(10.0) and None)
    dialog.sign_in.click()
    assert "If it has not opened, sign in with a code." in dialog.saying.text()
    goes_on.set()
    wait_until(lambda: not dialog.is_asking)


@pytest.mark.parametrize(
    ("page", "where"),
    [(f"{HERE}/device", "in a browser of this computer"), ("https://music.example/device", "on any device")],
)
def test_a_code_is_typed_where_its_page_can_be_opened(dialog, wait_until, monkeypatch, page, where):
    said = []
    dialog.code_shown.connect(said.append)

    def sign_in(show):
        show(DeviceCode("device", "BCDF-GHJK", page, 600.0, 5.0))

    monkeypatch.setattr(dialog._company.account, "sign_in_with_code", sign_in)
    dialog.with_code.click()
    wait_until(lambda: not dialog.is_asking)
    assert said == [f"Open {page} {where} and type BCDF-GHJK."]


def test_a_kept_sign_in_that_has_ended_says_so(dialog, window, tmp_path, wait_until, monkeypatch):
    account = window.studio.company.account
    (tmp_path / "sign-in.secret").write_bytes(b"kept")
    dialog._show(None)
    assert (dialog.keep.text(), dialog.hint.text()) == ("Open", "A sign-in is kept; its passphrase opens it.")
    monkeypatch.setattr(account, "keep_in_file", lambda _passphrase: None)
    monkeypatch.setattr(account, "look", lambda: None)
    QTest.keyClicks(dialog.passphrase, "blue door")
    QTest.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    wait_until(lambda: not dialog.is_asking)
    assert dialog.problem.text() == "The sign-in that was kept has ended: sign in again."
    dialog._show(Who("acc_me", "Juno Vale"))
    assert dialog.keep.text() == "Keep"


def test_who_is_signed_in_is_warned_first(dialog, window, wait_until):
    account = window.studio.company.account
    account._who = Who("acc_me", "Juno Vale")
    QTest.keyClicks(dialog.address, "8")
    assert dialog.saying.text() == f"This signs you out of {HERE}."
    assert dialog.change_cloud.text() == "Sign out and change"
    QTest.keyClick(dialog.address, Qt.Key.Key_Backspace)
    assert (dialog.saying.text(), dialog.change_cloud.text()) == ("", "Change")
    QTest.keyClicks(dialog.address, "8")
    dialog.change_cloud.click()
    wait_until(lambda: not dialog.is_asking)
    assert account.who is None
    assert window.studio.company.account.address == f"{HERE}8"
    assert dialog.who.text() == "Nobody is signed in"


@pytest.mark.parametrize("name", ["account", "share", "join", "comments"])
def test_every_dialog_has_a_button_and_a_key_that_close_it(studio_window, live, tmp_path, name, wait_until):
    window, company = studio_window, studio_window.studio.company
    company._make_account = lambda: Account(HERE, tmp_path, MemoryStore)
    for way in ("button", "key"):
        window.dialogs.open(name)
        dialog = [each for each in window.findChildren(QDialog) if each.isVisible()][-1]
        wait_until(lambda: not getattr(dialog, "is_asking", False))  # noqa: B023 - asked within the turn
        closing = [each for each in dialog.findChildren(QPushButton) if each.text() in ("Close", "Cancel")]
        assert len(closing) == 1
        closing[0].click() if way == "button" else QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()
    if company._account is not None:
        company._account.close()
