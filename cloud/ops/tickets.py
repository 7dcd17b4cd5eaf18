"""`maxbooster cloud ticket`: a way into a project's room for any client that speaks Yjs' protocol.

Runs beside `cloud serve`, on its database. Where that one answers it has noted in the data folder. A project that
nobody has made is made, with the word as its id, and belongs to an account that nobody can sign in to.
"""

import argparse
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from cloud.foundation import reaching
from cloud.foundation.calls import system_call
from cloud.foundation.database import Database, require_verified_way
from cloud.foundation.embedded_postgres.cluster import owner_url_of_running
from cloud.foundation.errors import OperatorError
from cloud.foundation.settings import CloudSettings
from cloud.foundation.unit_of_work import Units
from cloud.projects import rules
from cloud.projects.contracts import ROLES, TicketWish
from cloud.projects.operations.open_ticket import open_local_ticket

_NOTE = "api-address.json"
_LONGEST_MINUTES = rules.LONGEST_TICKET_S // 60


class NotServedError(OperatorError):
    """No cloud runs that a ticket would be for."""


class TicketWordError(OperatorError):
    """Something on the command line has no meaning."""


@dataclass(frozen=True, slots=True)
class OpenedTicket:
    """What the command prints."""

    url: str
    project: str
    role: str
    expires_at: str
    is_made: bool


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    command.add_argument("project", metavar="PROJECT", help="id of the project; made when there is none")
    command.add_argument("--role", choices=ROLES, help="what the ticket lets its holder do, at most")
    command.add_argument("--minutes", metavar="N", default="60", help="how long it is valid (60)")
    command.add_argument("--port", metavar="N", help="port of the running cloud, when it was not noted")


@contextmanager
def address_noted(settings: CloudSettings) -> Iterator[Callable[[str | None], None]]:
    """Yield a function that notes where the API answers, until the block ends."""
    note = settings.data / _NOTE

    def write(address: str | None) -> None:
        if address is not None:
            settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            note.write_text(json.dumps({"url": address}), encoding="utf-8")

    try:
        yield write
    finally:
        note.unlink(missing_ok=True)


def open_local(settings: CloudSettings, project_id: str, role: str | None, minutes: str) -> OpenedTicket:
    """Make a ticket in the database of a running cloud; raises NotServedError."""
    wish = TicketWish(f"cli-{secrets.token_hex(4)}", role, lasts=timedelta(minutes=int(minutes)))
    database = Database(database_address(settings), pool_size=2)
    try:
        ticket, text, is_made = Units(database).run(
            system_call("ticket"), lambda work: open_local_ticket(work, project_id, wish)
        )
    finally:
        database.close()
    address = api_address(settings).replace("http", "ws", 1)
    url = f"{address}/v1/rooms/{quote(project_id)}?ticket={text}"
    return OpenedTicket(url, project_id, ticket.role, ticket.expires_at.isoformat(), is_made)


def database_address(settings: CloudSettings) -> str:
    """Return where the database of a running cloud is; raises NotServedError, DatabaseAddressError."""
    if settings.database_url is not None:
        given = settings.database_url.get_secret_value()
        require_verified_way("DATABASE_URL", given, is_private=settings.private_network)
        reaching.require_usable("DATABASE_URL", given)
        return given
    address = owner_url_of_running(settings.data)
    if address is None:
        raise NotServedError(
            f"No cloud runs on {settings.data}: start `maxbooster cloud serve` with that folder first."
        )
    return address


def api_address(settings: CloudSettings) -> str:
    """Return where the running cloud answers."""
    if settings.public_address is not None:
        return settings.public_address
    try:
        return str(json.loads((settings.data / _NOTE).read_text(encoding="utf-8"))["url"])
    except (OSError, ValueError, KeyError):
        return f"http://{settings.host}:{settings.port}"


def require_usable(project_id: str, minutes: str) -> None:
    """Refuse what no ticket can be for; raises TicketWordError."""
    if not rules.is_project_id(project_id):
        raise TicketWordError(f"{project_id} is no project's id: take letters, digits, - and _, at most 64.")
    if not minutes.isdecimal() or not 1 <= int(minutes) <= _LONGEST_MINUTES:
        raise TicketWordError(f"A ticket cannot last {minutes} minutes: choose 1 to {_LONGEST_MINUTES}.")
