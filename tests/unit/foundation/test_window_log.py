"""The window's log is where `doctor` says, holds what matters, and does not grow without end."""

import logging

import pytest

from maxbooster_desktop.foundation import window_log
from maxbooster_desktop.foundation.paths import logs_folder
from maxbooster_desktop.foundation.window_log import NAME, begin_log, end_log


@pytest.fixture
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path))
    monkeypatch.setattr(window_log, "_LARGEST_BYTES", 4_000)
    handler = begin_log()
    yield logs_folder() / NAME
    end_log(handler)


def test_records_land_in_the_log_folder(log, expected_log):
    expected_log("Something to look at")
    logging.getLogger("maxbooster_desktop.anything").info("Something noted")
    logging.getLogger("maxbooster_desktop.anything").warning("Something to look at")
    logging.getLogger("elsewhere").info("Chatter")
    text = log.read_text(encoding="utf-8")
    assert log.parent == logs_folder()
    assert "Max Booster" in text.splitlines()[0]
    assert "Something noted" in text
    assert "WARNING MainThread maxbooster_desktop.anything: Something to look at" in text
    assert "Chatter" not in text


def test_the_log_begins_anew_and_keeps_three(log):
    for number in range(400):
        logging.getLogger("maxbooster_desktop.anything").info("Line %d of many that fill the log", number)
    assert sorted(path.name for path in log.parent.iterdir()) == [NAME, *(f"{NAME}.{number}" for number in (1, 2, 3))]
    assert all(path.stat().st_size <= 4_000 for path in log.parent.iterdir())
    assert "Line 399" in log.read_text(encoding="utf-8")


def test_a_folder_that_takes_no_log_is_no_reason_not_to_start(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path / "file"))
    assert begin_log() is None
    end_log(None)


def test_the_end_leaves_logging_as_it_was(log):
    logger = logging.getLogger("maxbooster_desktop")
    assert logger.level == logging.INFO
    end_log(begin_log())
    assert logger.level == logging.NOTSET
