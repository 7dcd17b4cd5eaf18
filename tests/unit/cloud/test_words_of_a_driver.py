"""What is passed on of what the database's driver said."""

import psycopg
import pytest
import sqlalchemy as sa

from cloud.foundation.database import DatabaseFullError, words_of


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("\nFATAL:  no such role.\nDETAIL:  more", "FATAL:  no such role"),
        ("", "it does not say why"),
        (" \n", "it does not say why"),
    ],
)
def test_one_line_stands_in_a_sentence_whatever_was_said(said: str, words: str) -> None:
    assert words_of(sa.exc.OperationalError("SELECT 1", {}, psycopg.OperationalError(said))) == words


def test_a_failure_of_our_own_has_words() -> None:
    assert words_of(DatabaseFullError()) == "the database's disk is full"
