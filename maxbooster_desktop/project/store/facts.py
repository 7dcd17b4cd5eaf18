"""Single values about a project's database, by name."""

import math

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


def read_number(connection: sa.Connection, name: str) -> float:
    """Return a fact that is a number; 0 when there is none or it is not a finite number."""
    try:
        number = float(read_fact(connection, name, "0"))
    except (ValueError, TypeError):
        return 0.0
    return number if math.isfinite(number) else 0.0
