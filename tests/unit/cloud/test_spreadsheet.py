"""Files for spreadsheets: quoted as RFC 4180 has it, and no field is a formula."""

import csv
import io

import pytest

from cloud.ops.spreadsheet import as_csv, harmless


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", '=cmd|"/c calc"!A1'])
def test_what_a_program_would_compute_begins_with_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(("value", "text"), [(None, ""), ("a=1", "a=1"), (5, "5"), ("", ""), ({"a": 1}, "{'a': 1}")])
def test_everything_else_stays_as_it_is(value: object, text: str) -> None:
    assert harmless(value) == text


def test_a_file_is_read_back_as_it_was_written() -> None:
    rows = [('say "hi"', "two\nlines"), ("a,b", "ü")]
    text = as_csv(("one", "two"), rows)
    assert text.startswith('"one","two"\r\n')
    assert [tuple(row) for row in csv.reader(io.StringIO(text, newline=""))][1:] == rows
