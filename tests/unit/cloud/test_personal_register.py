"""The register of personal data holds every column that there is, and none that there is not."""

import pytest
import sqlalchemy as sa

from cloud import app
from cloud.compliance.periods import PERIODS
from cloud.compliance.personal import NOT_PERSONAL, REGISTER, looks_personal, personal_columns
from cloud.foundation.tables import metadata

_REGISTERED = {(table, column) for table, column, _, _ in personal_columns()}
_COLUMNS = {(table.name, column.name): column for table in metadata.tables.values() for column in table.columns}


def test_every_personal_column_is_registered() -> None:
    assert app.build  # has loaded the tables of every domain
    suspects = {name for name, column in _COLUMNS.items() if looks_personal(column)}
    assert suspects - _REGISTERED - set(NOT_PERSONAL) == set()


def test_nothing_is_registered_that_is_not_there() -> None:
    assert _REGISTERED - set(_COLUMNS) == set()
    shown = {(entry.table, name) for entry in REGISTER for name in entry.shown}
    assert shown - set(_COLUMNS) == set()
    assert set(NOT_PERSONAL) - set(_COLUMNS) == set()
    assert set(NOT_PERSONAL) & _REGISTERED == set()


def test_what_is_not_personal_would_have_looked_so() -> None:
    assert [name for name in NOT_PERSONAL if not looks_personal(_COLUMNS[name])] == []
    assert all(NOT_PERSONAL.values())


def test_every_entry_has_a_period() -> None:
    assert {entry.kept for entry in REGISTER} <= {period.name for period in PERIODS}
    assert len({period.name for period in PERIODS}) == len(PERIODS)


def test_secrets_are_in_no_copy() -> None:
    shown = {f"{entry.table}.{name}" for entry in REGISTER for name in (*entry.columns, *entry.shown)}
    assert [
        name for name in shown if name.endswith(("_hash", "sealed", "sealed_answer", "wrapped", "public_key"))
    ] == []


def test_what_stays_under_another_name_can_have_one() -> None:
    for entry in REGISTER:
        if entry.erased == "stand-in":
            assert entry.owner is not None
            assert isinstance(_COLUMNS[entry.table, entry.owner].type, sa.Text), entry.table


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (sa.Column("nick", sa.Text, comment="personal; what friends say"), True),
        (sa.Column("contact_email", sa.Text), True),
        (sa.Column("last_ip", sa.Text), True),
        (sa.Column("payload", sa.JSON), True),
        (sa.Column("photo", sa.LargeBinary), True),
        (sa.Column("made_by", sa.Text, sa.ForeignKey("account.id")), True),
        (sa.Column("token_hash", sa.LargeBinary), False),
        (sa.Column("kind", sa.Text), False),
        (sa.Column("shipped_at", sa.DateTime), False),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_what_looks_personal(column: sa.Column, expected: bool) -> None:
    if column.foreign_keys:
        sa.Table("scratch", sa.MetaData(), sa.Column("id", sa.Text), column)
        table = sa.Table("account", column.table.metadata, sa.Column("id", sa.Text, primary_key=True))
        assert table.name == "account"
    assert looks_personal(column) is expected
