"""What a command of the cloud says when the system refuses something, and the way out that fits it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cloud import commands


@contextmanager
def _printing_to(descriptor: int) -> Iterator[None]:
    """Let what is printed go where a descriptor leads; what could not is thrown away at the end."""
    with pytest.MonkeyPatch.context() as here, open(descriptor, "w", encoding="utf-8") as out:
        here.setattr("sys.stdout", out)
        yield
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)


@pytest.mark.parametrize(
    ("place", "how", "sentence"),
    [
        ("/dev/full", os.O_WRONLY, "What is written to has no room (No space left on device): make room there, then"),
        (os.devnull, os.O_RDONLY, "The system does not let this go on (Bad file descriptor): see to it, then"),
    ],
)
def test_only_what_is_full_is_told_to_need_room(
    place: str, how: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with _printing_to(os.open(place, how)):
        assert commands.main(["new-key"]) == 2
    assert capsys.readouterr().err == f"{sentence} run this again.\n"


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "l" * 300
    assert commands.main(["restore", "--data", str(tmp_path / "new"), name]) == 2
    said = f"{name} cannot be used (File name too long): see that it is there and may be used, then run this again.\n"
    assert capsys.readouterr().err == said


def test_whoever_reads_the_output_may_have_enough_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with _printing_to(writer), pytest.raises(BrokenPipeError):
        commands.main(["new-key"])
    assert capsys.readouterr().err == ""
