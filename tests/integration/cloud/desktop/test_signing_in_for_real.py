"""The desktop signs in at the real authorization server: browser, code, renewal, sign-out."""

from argparse import Namespace

import pytest

from maxbooster_desktop.cli import syncing
from maxbooster_desktop.cloudlink.account import Account
from maxbooster_desktop.cloudlink.errors import CloudTroubleError
from maxbooster_desktop.foundation import paths
from maxbooster_desktop.settings.store import Settings
from sync.client.session import REFRESH_TOKEN
from sync.outbox.outbox import Outbox
from sync.outbox.tables import DRAFTS, FILE_NAME
from sync.storage.database import open_database


def test_a_browser_lets_the_desktop_in_and_out(studio):
    ada = studio("ada")
    assert ada.account.who.name == "Ada"
    assert ada.store.read(REFRESH_TOKEN)
    sessions = ada.person.send("GET", "/v1/sessions").json()["items"]
    assert len(sessions) == 3, "a program's, the browser's, the desktop's"
    ada.account.sign_out()
    assert ada.account.who is None
    assert ada.store.read(REFRESH_TOKEN) is None
    assert len(ada.person.send("GET", "/v1/sessions").json()["items"]) == 2
    with pytest.raises(CloudTroubleError, match="Sign in with Account"):
        ada.share_new()


def test_the_next_start_knows_who_is_signed_in(studio, tmp_path):
    ada = studio("ada")
    again = Account(ada.account.address, tmp_path, lambda: ada.store)
    assert again.look() == ada.account.who
    assert ada.account.look() == again.who, "two programs of one installation renew in turn"
    again.close()


def test_a_code_lets_a_desktop_in(studio):
    ada = studio("ada")
    ada.account.sign_out()
    identity = ada.person.city.identity

    def allow(code):
        from tests.integration.cloud.identity.desktops import call_of

        call = call_of(ada.person)
        identity.run(call, identity.desktop.decide(call, code.user_code, is_allowed=True))

    ada.account._given_up.wait = lambda _: None
    assert ada.account.sign_in_with_code(allow).name == "Ada"


def test_a_session_that_was_ended_elsewhere_is_noticed(studio):
    ada = studio("ada")
    for session in ada.person.send("GET", "/v1/sessions").json()["items"]:
        if not session["is_current"]:
            assert ada.person.send("DELETE", f"/v1/sessions/{session['id']}").status_code < 300
    assert ada.account.look() is None
    assert ada.store.read(REFRESH_TOKEN) is None


def test_a_sign_in_is_kept_in_a_file_by_choice(studio, tmp_path):
    ada = studio("ada")
    ada.account.keep_in_file("grey herons")
    assert ada.store.read(REFRESH_TOKEN) is None
    again = Account(ada.account.address, ada.folder, lambda: None)
    assert again.has_file
    with pytest.raises(CloudTroubleError, match="does not open"):
        again.keep_in_file("white herons")
    again.keep_in_file("grey herons")
    assert again.look() == ada.account.who
    again.close()


def test_no_cloud_is_one_sentence(tmp_path):
    account = Account("http://127.0.0.1:1", tmp_path, lambda: None)
    with pytest.raises(CloudTroubleError):
        account.sign_in_with_code(lambda _: None)
    with pytest.raises(CloudTroubleError, match="no https address"):
        Account("http://example.org", tmp_path)
    account.close()


def test_the_command_hands_drafts_over_as_who_is_signed_in(studio, tmp_path, monkeypatch):
    ada = studio("ada")
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MAXBOOSTER_TOKEN", raising=False)
    monkeypatch.setattr(syncing, "Account", lambda _address, _folder: ada.account)
    Settings(paths.config_folder()).set("cloud.address", ada.account.address)
    outbox = Outbox(open_database(paths.data_folder() / FILE_NAME, DRAFTS))
    outbox.change("release", "r", {"title": "One"})
    outbox.close()
    report = syncing.run(Namespace(what="now", patience=20.0))
    assert (report["waiting"], report["condition"]) == (0, "online")
    assert ada.person.send("GET", "/v1/drafts/release/r").json()["values"] == {"title": "One"}
    ada.account.sign_out()
    outbox = Outbox(open_database(paths.data_folder() / FILE_NAME, DRAFTS))
    outbox.change("release", "r", {"title": "Two"})
    outbox.close()
    report = syncing.run(Namespace(what="now", patience=1.0))
    assert (report["waiting"], report["exit_code"]) == (1, 2)
    assert report["reason"].startswith("Sign in to go on syncing")
