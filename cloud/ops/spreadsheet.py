"""Rows as a file for spreadsheets (RFC 4180), in which nothing is taken for a formula (OWASP ASVS 5.0, 1.2.10)."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return the file: every field quoted, one that a program would compute begins with an apostrophe."""
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return file.getvalue()


def harmless(value: object) -> str:
    """Return a field as text that no program computes."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
