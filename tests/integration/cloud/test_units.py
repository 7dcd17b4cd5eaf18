"""One transaction on one connection for each request or step: asserted, kept or undone as a whole, tried again."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from cloud.foundation import messages
from cloud.foundation.calls import system_call
from cloud.foundation.database import Database, postgres_url
from cloud.foundation.migrations.upgrading import MigrationError, current_revision, newest_revision, upgrade
from cloud.foundation.tables import inbox, metadata
from cloud.foundation.unit_of_work import NestedUnitError, UnitOfWork, Units
from tests.integration.cloud.conftest import TestDatabase, fresh_database

CALL = system_call("test")
_END_OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND datname = current_database()"""


class _StopError(Exception):
    """Ends a unit before its end."""


def _keep(work: UnitOfWork, name: str) -> bool:
    return messages.receive(work.connection, "test", name, {})


def _count(units: Units) -> int:
    query = sa.select(sa.func.count()).select_from(inbox)
    return units.run(CALL, lambda work: work.connection.execute(query).scalar_one())


def test_a_unit_is_kept_or_undone_as_a_whole(units: Units) -> None:
    def half(work: UnitOfWork) -> None:
        _keep(work, "a")
        work.outbox.publish("topic", {})
        work.audit.write("tried", "thing:1")
        raise _StopError

    with pytest.raises(_StopError):
        units.run(CALL, half)
    assert _count(units) == 0
    assert units.run(CALL, lambda work: _keep(work, "a")) is True
    assert units.run(CALL, lambda work: _keep(work, "a")) is False
    assert _count(units) == 1


def test_a_unit_inside_a_unit_is_a_defect(units: Units) -> None:
    with pytest.raises(NestedUnitError, match="open here already"):
        units.run(CALL, lambda _work: _count(units))
    assert _count(units) == 0


def test_as_many_threads_as_connections_never_wait_for_each_other(units: Units) -> None:
    together = threading.Barrier(8)

    def work_together(work: UnitOfWork) -> int:
        together.wait(10)
        return work.connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()

    with ThreadPoolExecutor(8) as pool:
        found = [future.result() for future in [pool.submit(units.run, CALL, work_together) for _ in range(8)]]
    assert len(set(found)) == 8


def test_a_deadlock_is_tried_again(units: Units) -> None:
    for name in ("a", "b"):
        units.run(CALL, lambda work, name=name: _keep(work, name))
    together, runs = threading.Barrier(2), []

    def cross(work: UnitOfWork, first: str, second: str) -> None:
        runs.append(first)
        for name in (first, second):
            change = sa.update(inbox).where(inbox.c.message_id == name).values(payload={"by": first})
            work.connection.execute(change)
            if len(runs) <= 2 and name == first:
                together.wait(10)

    with ThreadPoolExecutor(2) as pool:
        ways = [pool.submit(units.run, CALL, lambda work, way=way: cross(work, *way)) for way in ("ab", "ba")]
        for way in ways:
            way.result()
    assert len(runs) > 2  # whoever lost may lose once more


def test_a_connection_that_the_server_closed_is_replaced(units: Units, database: TestDatabase) -> None:
    assert _count(units) == 0
    superuser = Database(database.superuser, pool_size=1)
    with superuser.connection() as connection:
        connection.execute(sa.text(_END_OTHERS))
    superuser.close()
    assert _count(units) == 0


def test_the_tables_in_the_code_are_the_ones_that_the_steps_make(database: TestDatabase) -> None:
    engine = sa.create_engine(postgres_url(database.owner))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []


def test_several_processes_migrate_at_once(postgres) -> None:
    with fresh_database(postgres) as database:
        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(upgrade, database.owner, database.app) for _ in range(4)]:
                done.result()
        connections = Database(database.app, pool_size=1)
        with connections.connection() as connection:
            assert current_revision(connection) == newest_revision()
        connections.close()


def test_a_newer_database_and_one_that_is_not_there_are_named(database: TestDatabase) -> None:
    engine = sa.create_engine(postgres_url(database.owner))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'm9999'"))
    engine.dispose()
    with pytest.raises(MigrationError, match="m9999 by a newer release: run that one"):
        upgrade(database.owner, database.app)
    with pytest.raises(MigrationError, match=r"could not be brought to this release's state .*: start again"):
        upgrade("postgresql://nobody@127.0.0.1:1/none", "postgresql://nobody@127.0.0.1:1/none")
