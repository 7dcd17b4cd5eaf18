"""Breached passwords: every line of a list is found and nothing else, with few looks; what is no list is refused."""

import hashlib
import io
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from cloud.identity import breaches
from cloud.identity.breaches import BreachedPasswords, BreachListError, BreachListGoneError


def _hash(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def breach_list(folder: Path, passwords: Iterable[str], end: str = "\r\n") -> Path:
    """Write a list as Have I Been Pwned has it; return where."""
    path = folder / "breached.txt"
    lines = sorted(f"{_hash(password)}:{number}" for number, password in enumerate(passwords, 1))
    path.write_bytes("".join(line + end for line in lines).encode())
    return path


class _Counted(io.BytesIO):
    """A file that counts how often it is read."""

    looks = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        """Read a line and count it."""
        self.looks += 1
        return super().readline(size)


@given(
    st.lists(st.integers(0, 2**160 - 1), min_size=1, max_size=40, unique=True),
    st.integers(0, 2**160 - 1),
    st.sampled_from(["\n", "\r\n", ":3\n", ":52579480\r\n"]),
)
def test_every_line_is_found_and_nothing_else(kept: list[int], other: int, end: str) -> None:
    lines = sorted(f"{number:040X}" for number in kept)
    file = io.BytesIO("".join(line + end for line in lines).encode())
    for line in lines:
        assert breaches._is_in(file, line.encode())
        neighbour = f"{(int(line, 16) + 1) % 2**160:040X}"
        assert breaches._is_in(file, neighbour.encode()) == (neighbour in lines)
    assert breaches._is_in(file, f"{other:040X}".encode()) == (other in kept)


def test_a_look_up_reads_a_few_lines_however_long_the_list_is() -> None:
    lines = sorted(hashlib.sha1(str(number).encode(), usedforsecurity=False).hexdigest() for number in range(100_000))
    file = _Counted("".join(f"{line}:1\n" for line in lines).encode())
    assert breaches._is_in(file, lines[77_777].upper().encode())
    assert not breaches._is_in(file, b"F" * 40)
    assert file.looks <= 2 * 2 * 20


def test_a_list_adds_to_the_most_used_ones(tmp_path: Path) -> None:
    found = BreachedPasswords(breach_list(tmp_path, ["ninety grey herons", "ä" * 20]))
    assert all(password in found for password in ("ninety grey herons", "ä" * 20, "password1", "PASSWORD1"))
    assert not any(password in found for password in ("Ninety grey herons", "eleven slow trams"))
    assert "password1" in BreachedPasswords()
    assert "ninety grey herons" not in BreachedPasswords()


@pytest.mark.parametrize("content", [b"", b"password\n", b"B" * 40 + b":1\n" + b"A" * 40 + b":1\n", b"A" * 39 + b"\n"])
def test_what_is_no_list_is_refused_with_the_way_out(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "breached.txt"
    path.write_bytes(content)
    with pytest.raises(BreachListError, match="take the list that is ordered by hash") as refused:
        BreachedPasswords(path)
    assert str(path) in str(refused.value)


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BreachListError, match="cannot be read"):
        BreachedPasswords(tmp_path / "none.txt")


def test_a_list_that_goes_away_lets_no_password_through(tmp_path: Path) -> None:
    path = breach_list(tmp_path, ["ninety grey herons"])
    found = BreachedPasswords(path)
    path.unlink()
    with capture_logs() as said, pytest.raises(BreachListGoneError):
        assert "eleven slow trams" not in found
    assert [line["event"] for line in said] == ["the list of breached passwords cannot be read"]
