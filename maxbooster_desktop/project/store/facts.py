"""Single values about a project's database, by name. They have no digests: what is read is judged by its reader."""

import json
import math
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from maxbooster_desktop.project.store.tables import facts

#: A day before the year 10,000, which no calendar here has.
_LATEST_S = 253_402_214_400.0


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


def read_json(connection: sa.Connection, name: str) -> Any:
    """Return what a fact holds as JSON; None when there is none or it cannot be read."""
    return json_of(read_fact(connection, name, "null"))


def json_of(text: str) -> Any:
    """Return what a text holds as JSON, None when that cannot be read."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def is_as_declared(entity: Any) -> bool:
    """Whether the plain fields of a dataclass, made from what was read, are of their types, and numbers finite."""
    return all(_fits(getattr(entity, field.name), field.type) for field in fields(entity))


def _fits(value: object, wanted: object) -> bool:
    if wanted is float:
        return type(value) in (int, float) and math.isfinite(value)  # type: ignore[arg-type]  # the type was asked
    return type(value) is wanted if wanted in (str, int, bool) else True


def is_moment(seconds: float) -> bool:
    """Whether so many seconds since 1970 are a time that can be written as a date."""
    return 0 <= seconds < _LATEST_S
