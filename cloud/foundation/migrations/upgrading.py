"""Brings a database to the newest state, whoever else tries the same at the same time.

All steps run in one transaction under one lock: another process waits, and then finds nothing to do. The role that
owns the tables runs them; the application's role gets what it needs and no more.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from cloud.foundation.database import is_full_disk, postgres_url, words_of
from cloud.foundation.errors import OperatorError

_HERE = Path(__file__).parent
_LOCK = 0x6D62_6D69  # "mbmi"
_MAY_NOT = "42501"
#: Tables in which nothing is ever changed or removed, whoever asks.
APPEND_ONLY = ("audit_entry",)


class MigrationError(OperatorError):
    """The database cannot be brought to the state this release needs."""


def newest_revision() -> str:
    """Return the name of the last step."""
    return str(ScriptDirectory(str(_HERE)).get_current_head())


def known_revisions() -> set[str]:
    """Return the names of all steps that this release has."""
    return {step.revision for step in ScriptDirectory(str(_HERE)).walk_revisions()}


def current_revision(connection: sa.Connection) -> str | None:
    """Return the step a database is at; None for an empty one."""
    if not connection.execute(sa.text("SELECT to_regclass('alembic_version')")).scalar():
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(owner_address: str, app_address: str) -> None:
    """Run the missing steps and grant the application's role its rights; raises MigrationError."""
    engine = sa.create_engine(postgres_url(owner_address), poolclass=sa.NullPool, connect_args={"connect_timeout": 10})
    try:
        with engine.begin() as connection:
            _refuse_standby(connection)
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            _refuse_newer(connection)
            config = Config()
            config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _grant(connection, postgres_url(app_address).username)
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        raise MigrationError(_sentence(error)) from error
    finally:
        engine.dispose()


def _refuse_standby(connection: sa.Connection) -> None:
    if connection.execute(sa.text("SHOW transaction_read_only")).scalar() == "on":
        raise MigrationError(
            "The database can only be read, as a standby can: let DATABASE_URL name the server that takes changes."
        )


def _sentence(error: sa.exc.DBAPIError) -> str:
    """Return what stopped the steps, of which nothing is left, and what to do."""
    said = words_of(error)
    if is_full_disk(error):
        return f"The database's disk is full ({said}): make room there, then start again."
    if getattr(error.orig, "sqlstate", None) == _MAY_NOT:
        return (
            f"The database's role may not make tables ({said}): let it own the database, or name one that does in "
            "DATABASE_OWNER_URL."
        )
    return f"The database could not be brought to this release's state ({said}): start again when that is mended."


def _refuse_newer(connection: sa.Connection) -> None:
    found = current_revision(connection)
    if found is not None and found not in known_revisions():
        raise MigrationError(f"The database was brought to state {found} by a newer release: run that one.")


def _grant(connection: sa.Connection, role: str | None) -> None:
    owner = connection.execute(sa.text("SELECT current_user")).scalar_one()
    if role is None or role == owner:
        return  # one role for everything: triggers alone keep append-only tables as they are
    quoted = connection.dialect.identifier_preparer.quote_identifier(role)
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {quoted}",
        *(f"REVOKE UPDATE, DELETE ON {table} FROM {quoted}" for table in APPEND_ONLY),
    ):
        connection.execute(sa.text(statement))
