"""The connections of one process to PostgreSQL, and the state its tables are in.

Always holds: at most `pool_size` connections, none beyond; every one is in UTC and gives up a lock or a statement
that takes absurdly long. Nobody takes a connection from here but `unit_of_work`, health and the commands of `ops`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from cloud.foundation.errors import OperatorError
from cloud.foundation.metrics import statements

_OPTIONS = (
    "-c timezone=UTC -c lock_timeout=10000 -c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000"
)
POOL_TIMEOUT_S = 5.0
_DISK_FULL = "53100"
_THIS_MACHINE = ("", "localhost", "127.0.0.1", "::1")


class DatabaseAddressError(OperatorError):
    """DATABASE_URL is no address of a PostgreSQL database, or of one that nothing may be sent to."""


class DatabaseFullError(sa.exc.OperationalError):
    """The database's disk is full, so nothing is begun: to whoever waits for the database, it does not answer."""

    def __init__(self) -> None:
        super().__init__(None, None, Exception("the database's disk is full"))


class Database:
    """An engine with a fixed number of connections; `is_full` while nothing may be written to its disk."""

    def __init__(self, address: str, *, pool_size: int, name: str = "maxbooster-cloud") -> None:
        self.pool_size = pool_size
        self.is_full = False
        self.engine = sa.create_engine(
            postgres_url(address),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT_S,
            pool_pre_ping=True,
            connect_args={"options": _OPTIONS, "application_name": name, "connect_timeout": 5},
        )
        sa.event.listen(self.engine, "before_cursor_execute", lambda *_: statements.inc())

    @contextmanager
    def connection(self) -> Iterator[sa.Connection]:
        """Lend a connection for reading outside any unit of work; what it changed is rolled back."""
        with self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def is_unverified_way(address: str, variable: str = "DATABASE_URL") -> bool:
    """Return whether an address leads over a network to a server whose certificate is not checked."""
    url = postgres_url(address, variable)
    named = [url.query.get("host", url.host or ""), url.query.get("hostaddr", "")]
    hosts = [host for found in named for host in ([found] if isinstance(found, str) else found)]
    is_away = any(not host.startswith("/") and host not in _THIS_MACHINE for host in hosts)
    return is_away and url.query.get("sslmode") != "verify-full"


def require_verified_way(variable: str, address: str, *, is_private: bool) -> None:
    """Refuse an address that leads over a network to anybody, unless that network is said to be private.

    Raises DatabaseAddressError.
    """
    if is_unverified_way(address, variable) and not is_private:
        raise DatabaseAddressError(
            f"{variable} leads over a network to a server whose certificate is not checked: add "
            "sslmode=verify-full&sslrootcert=FILE, or say MAXBOOSTER_CLOUD_PRIVATE_NETWORK=true."
        )


def is_full_disk(error: BaseException | None) -> bool:
    """Return whether something failed because the database's disk is full."""
    return isinstance(error, DatabaseFullError) or (
        isinstance(error, sa.exc.DBAPIError) and getattr(error.orig, "sqlstate", None) == _DISK_FULL
    )


def words_of(error: sa.exc.DBAPIError) -> str:
    """Return what the driver said first, to stand in a sentence; never nothing."""
    lines = str(error.orig or "").strip().splitlines() or ["it does not say why"]
    return lines[0].rstrip(".")


def postgres_url(address: str, variable: str = "DATABASE_URL") -> URL:
    """Return an address with our driver; raises DatabaseAddressError, whose text never shows a password."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise DatabaseAddressError(f"{variable} is not an address: write postgresql://user@host/database.") from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise DatabaseAddressError(f"{variable} must name a PostgreSQL database: postgresql://user@host/database.")
    return url.set(drivername="postgresql+psycopg")
