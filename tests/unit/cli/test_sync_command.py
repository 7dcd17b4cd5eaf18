"""`maxbooster sync`: what waits, what needs attention, and why nothing can be handed over."""

import argparse
import json
from pathlib import Path

import pytest

from maxbooster_desktop.cli import syncing
from maxbooster_desktop.cli.output import plain
from maxbooster_desktop.foundation import paths
from maxbooster_desktop.settings.store import Settings, SettingsError
from sync.outbox.outbox import Outbox
from sync.outbox.tables import DRAFTS, FILE_NAME
from sync.protocol.operations import Answer, Rejected
from sync.storage.database import open_database


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path))
    return tmp_path


def _run(what: str) -> dict[str, object]:
    return syncing.run(argparse.Namespace(what=what, patience=0.0))


def _refused_and_waiting() -> None:
    outbox = Outbox(open_database(paths.data_folder() / FILE_NAME, DRAFTS))
    outbox.change("release", "r", {"title": "Taken"})
    (operation,) = outbox.next_batch().operations
    outbox.take_answers([Answer(operation.seq, operation.op_id, Rejected("The title is taken.", "title"))])
    outbox.change("listing", "l", {"title": "Beat"})
    outbox.close()


def test_nothing_waits_where_nothing_was_edited(home: Path) -> None:
    report = _run("status")
    assert (report["waiting"], report["needs_attention"]) == (0, [])
    assert list(syncing.lines(report)) == ["0 changes wait for the cloud, 0 need attention."]
    assert not list(home.rglob("*.sqlite"))


def test_what_waits_and_what_needs_attention_is_said() -> None:
    _refused_and_waiting()
    report = _run("status")
    assert list(syncing.lines(report)) == [
        "1 change waits for the cloud, 1 needs attention.",
        "  release r: The title is taken. (title)",
    ]
    (item,) = json.loads(json.dumps(plain(report)))["needs_attention"]
    assert (item["mine"], item["decisions"], item["theirs"]) == ({"title": "Taken"}, ["retry", "discard"], None)


def test_a_clock_that_is_wrong_is_told() -> None:
    report = {"condition": "online", "reason": "", "waiting": 0, "needs_attention": [], "clock_skew_s": -3600}
    assert list(syncing.lines(report))[-1] == "This computer's clock is 60 minutes ahead of the cloud's: set it."


def test_without_an_address_it_is_the_cloud_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syncing, "LOCAL_CLOUD", "http://127.0.0.1:1")
    monkeypatch.setenv("MAXBOOSTER_TOKEN", "secret")
    _refused_and_waiting()
    report = _run("now")
    assert report["condition"] == "offline"
    assert "127.0.0.1:1" in next(iter(syncing.lines(report)))


def test_an_address_that_is_none_is_refused_with_the_form_of_one() -> None:
    with pytest.raises(SettingsError, match=r"https://\.\.\."):
        Settings(paths.config_folder()).set("cloud.address", "http://cloud.example")


def test_a_cloud_that_does_not_answer_keeps_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    _refused_and_waiting()
    Settings(paths.config_folder()).set("cloud.address", "http://127.0.0.1:1")
    assert _run("now")["condition"] == "auth-needed"
    monkeypatch.setenv("MAXBOOSTER_TOKEN", "secret")
    report = _run("now")
    assert (report["condition"], report["exit_code"], report["waiting"]) == ("offline", 2, 1)
    assert "127.0.0.1:1" in next(iter(syncing.lines(report)))


def test_a_newer_file_is_one_sentence(home: Path) -> None:
    (paths.data_folder() / FILE_NAME).write_bytes(b"a song" * 300)
    with pytest.raises(syncing.SyncError, match="is no database: move it away"):
        _run("status")
