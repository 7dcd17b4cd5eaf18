"""Whether the database that a setting names can be used: asked once at start, and answered in one sentence.

The server's own words are passed on, because only they say which host, role or database it was about; no sentence
holds a password.
"""

import re

import sqlalchemy as sa

from cloud.foundation.database import postgres_url, words_of
from cloud.foundation.errors import OperatorError

#: The oldest PostgreSQL that every release is tried with.
LEAST_MAJOR = 16
#: What to do, by a part of what the server (or who looked for it) said in English; other languages get the last one.
_WAYS_OUT = (
    ("pg_hba", "let this host and user in there, or ask for TLS in it"),
    ("password", "check the user and the password in it"),
    ('role "', "check the user and the password in it"),
    ('" does not exist', "make that database, or name another"),
    ("certificate", "check sslrootcert, and that the host is written as in the server's certificate"),
    ("resolve host", "check the host in it"),
    ("translate host", "check the host in it"),
    ("refused", "start that server, or name another"),
    ("timeout", "start that server, or name another"),
    ("", "check it"),
)


class DatabaseUnusableError(OperatorError):
    """No database answers at the address, or one that the cloud cannot work with."""


def require_usable(variable: str, address: str) -> None:
    """Connect once; raises DatabaseUnusableError or DatabaseAddressError, which name the variable."""
    try:
        engine = sa.create_engine(
            postgres_url(address, variable), poolclass=sa.NullPool, connect_args={"connect_timeout": 10}
        )
        with engine.connect() as connection:
            version = int(connection.execute(sa.text("SHOW server_version_num")).scalar_one())
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        raise DatabaseUnusableError(_sentence(variable, error)) from error
    except UnicodeError:
        raise DatabaseUnusableError(f"{variable} names a host that is no name: check the host in it.") from None
    major = version // 10_000
    if major < LEAST_MAJOR:
        raise DatabaseUnusableError(
            f"{variable} leads to PostgreSQL {major}, and the cloud needs {LEAST_MAJOR} or newer: upgrade it."
        )


def _sentence(variable: str, error: sa.exc.DBAPIError) -> str:
    first = re.sub(r"^connection (failed|is bad): ", "", words_of(error))
    said = "".join(sign for sign in first if sign.isprintable()).rstrip(".")
    way_out = next(way for sign, way in _WAYS_OUT if sign in said)
    return f"{variable} leads to no database that can be used ({said}): {way_out}."
