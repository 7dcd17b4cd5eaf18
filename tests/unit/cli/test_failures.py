"""How commands end: the sentence, the exit code, and the log that keeps what no person should have to read."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from maxbooster_desktop.cli import failures
from maxbooster_desktop.cli.failures import guarded, say
from maxbooster_desktop.cli.output import clock, decibels, plain, print_report
from maxbooster_desktop.foundation.errors import MaxBoosterError


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path))
    handler = failures._LogFile()
    failures._log.addHandler(handler)
    failures._log.propagate = False
    yield tmp_path / "logs" / "commands.log"
    failures._log.removeHandler(handler)
    failures._log.propagate = True


def failing(error: BaseException) -> NoReturn:
    raise error


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (MaxBoosterError("The disk\nis full"), 2, "The disk is full.\n"),
        (KeyboardInterrupt(), 130, "Interrupted; nothing half-written was left behind.\n"),
        (failures._TerminatedError(), 143, "Ended from outside; nothing half-written was left behind.\n"),
        (MemoryError(), 2, "There is not enough memory for this; close other programs and try again.\n"),
    ],
)
def test_failures_have_their_sentence(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(lambda: failing(error)) == code
    assert capsys.readouterr() == ("", said)


def test_the_unexpected_goes_to_the_log_with_its_traceback(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: failing(ZeroDivisionError("a secret"))) == 2
    said = capsys.readouterr().err
    assert said == f"Something unexpected happened (ZeroDivisionError); the details are in {log}.\n"
    written = log.read_text()
    assert "Traceback" in written
    assert "a secret" in written


def test_what_the_system_refuses_is_named(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: len((tmp_path / "gone").read_bytes())) == 2
    assert "gone: No such file or directory; make room or choose" in capsys.readouterr().err
    assert log.is_file()


def test_a_log_starts_anew_when_it_is_large(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "_LARGEST_LOG_BYTES", 100)
    for number in range(3):
        failures._log.error("record %d %s", number, "x" * 100)
    assert "record 2" in log.read_text()
    assert "record 1" not in log.read_text()


def test_a_log_that_cannot_be_written_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "home").write_text("a file")
    monkeypatch.setenv("MAXBOOSTER_HOME", str(tmp_path / "home"))
    record = logging.LogRecord("x", logging.ERROR, "", 0, "text", None, None)
    failures._LogFile().emit(record)
    assert failures.log_place() == "no log, because none could be written"
    say("one sentence")
    assert capsys.readouterr().err == "one sentence.\n"


def test_reports_are_json_whatever_they_hold(capsys: pytest.CaptureFixture[str]) -> None:
    report: dict[str, Any] = {
        "a": float("-inf"),
        "b": (1, Path("x")),
        "c": {"d": float("nan"), "e": None},
        "f": "\udcff",
    }
    print_report(report, ["not this"], is_json=True)
    shown = capsys.readouterr().out
    assert json.loads(shown) == {"a": None, "b": [1, "x"], "c": {"d": None, "e": None}, "f": "\udcff"}
    assert plain(True) is True
    print_report({}, ["one", "two"], is_json=False)
    assert capsys.readouterr().out == "one\ntwo\n"


def test_levels_and_lengths_in_words() -> None:
    assert decibels(-13.96, "LUFS") == "-14.0 LUFS"
    assert decibels(None, "LUFS") == decibels(float("-inf"), "LUFS") == "none"
    assert clock(62.46) == "1:02.5"
    assert clock(59.96) == "1:00.0"
