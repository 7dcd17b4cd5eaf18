"""The command line as it is read: positions, ranges, and one sentence for everything that cannot be read."""

import argparse
from pathlib import Path

import pytest

from maxbooster_desktop.__main__ import _names_project
from maxbooster_desktop.cli.commands import build_parser
from maxbooster_desktop.cli.parsing import Position, UsageError, number, position, whole


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", Position("0", seconds=0.0)),
        ("12.5", Position("12.5", seconds=12.5)),
        ("5.1", Position("5.1", seconds=5.1)),
        ("1:02.5", Position("1:02.5", seconds=62.5)),
        ("90:00", Position("90:00", seconds=5_400.0)),
        ("1:02:03", Position("1:02:03", seconds=3_723.0)),
        ("5.1.1", Position("5.1.1", bars=(5, 1, 1, 0))),
        ("017.3.2.060", Position("017.3.2.060", bars=(17, 3, 2, 60))),
    ],
)
def test_positions_people_write(text: str, expected: Position) -> None:
    assert position(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "-1", "1:60", "0.1.1", "1.0.1", "1e3", "nan", "1.2.3.4.5", "bar 5", "9" * 30, "\u0661", "9" * 9_999 + ".1.1"],
)
def test_positions_nobody_means(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="no place in a song") as mistake:
        position(text)
    assert len(str(mistake.value)) < 200


@pytest.mark.parametrize("text", ["1000001", "999999:00", "999999999999:00:00", "1000001.1.1", "999999999999.1.1.1"])
def test_positions_beyond_every_song(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"lies too far behind: name a place before 1,000,000 seconds"):
        position(text)


def test_the_last_positions_that_are_taken() -> None:
    assert position("1000000").seconds == 1e6
    assert position("1000000.1.1").bars == (1_000_000, 1, 1, 0)


def test_numbers_have_a_range() -> None:
    assert whole(1, 8)("8") == 8
    assert number(0, 1)("0.5") == 0.5
    for read, text in ((whole(1, 8), "9"), (whole(1, 8), "2.5"), (number(0, 1), "nan"), (number(0, 1), "x")):
        with pytest.raises(argparse.ArgumentTypeError, match="is not a"):
            read(text)


@pytest.mark.parametrize(
    "words",
    [
        ["mend"],
        ["new"],
        ["new", ""],
        ["new", "p", "--rate", "48001"],
        ["import", "p"],
        ["render", "p", "--bits", "20"],
        ["render", "p", "--block", "0"],
        ["render", "p", "--from", "soon"],
        ["render", "p", "--unknown"],
        ["bench", "everything"],
        ["bench", "strips", "--seconds", "-1"],
        ["demo"],
        ["analyze", "a", "b"],
        ["analyze", "a\0b"],
        ["render", "p", "--rate", "9" * 5_000],
        ["new", "p", "--rate", "9" * 5_000],
        ["x" * 100_000],
    ],
    ids=lambda words: " ".join(words)[:30],
)
def test_mistakes_become_one_sentence(words: list[str]) -> None:
    with pytest.raises(UsageError) as mistake:
        build_parser().parse_args(words)
    sentence = str(mistake.value)
    assert "\n" not in sentence
    assert len(sentence) < 700
    assert sentence.endswith("--help'.")


def test_a_folder_named_like_a_command_does_not_hide_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("demo", "Song"):
        (tmp_path / name).mkdir()
    assert not _names_project("demo")
    assert _names_project("./demo")
    assert _names_project("Song")
    assert not _names_project("--help")


@pytest.mark.parametrize("argument", ["x" * 5_000, "maxbooster:project/ID", "MaxBooster://join?token=t"])
def test_what_is_too_long_for_a_path_or_is_a_link_is_told_apart(argument: str) -> None:
    assert _names_project(argument) == (":" in argument)
