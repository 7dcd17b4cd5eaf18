"""Single values about a project's database, by name."""

import sqlalchemy as sa

from maxbooster_desktop.project.store.tables import facts


def read_fact(connection: sa.Connection, name: str, default: str) -> str:
    """Return a value, `default` when there is none."""
    value = connection.execute(sa.select(facts.c.value).where(facts.c.name == name)).scalar_one_or_none()
    return default if value is None else str(value)


def write_fact(connection: sa.Connection, name: str, value: str) -> None:
    """Store a value in place of the one before."""
    connection.execute(sa.delete(facts).where(facts.c.name == name))
    connection.execute(sa.insert(facts).values(name=name, value=value))
