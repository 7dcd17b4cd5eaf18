"""Make a client known: a program on a device, by the id it gave itself."""

from dataclasses import replace

from cloud.drafts.contracts import Client
from cloud.drafts.errors import ClientUnknownError
from cloud.drafts.ports import Desk
from cloud.drafts.rules import MOST_CLIENTS
from cloud.foundation.problems import ConflictError


def register_client(desk: Desk, client_id: str, label: str) -> Client:
    """Return the client under its present label, made when it is new.

    Raises ClientUnknownError (404) for one of somebody else's or that was removed, ConflictError (409) beyond so many.
    """
    desk.store.locked_feed(desk.account_id)
    found = desk.store.client(client_id)
    is_over = found is None and desk.store.has_answered(client_id)
    if is_over or (found is not None and found.account_id != desk.account_id):
        raise ClientUnknownError(f"The client {client_id} cannot be used by this account: make another.")
    if found is None and len(desk.store.clients(desk.account_id)) >= MOST_CLIENTS:
        raise ConflictError(f"An account has at most {MOST_CLIENTS} clients: remove one that is gone.")
    client = replace(found, label=label, seen_at=desk.now) if found else _new(desk, client_id, label)
    desk.store.save_client(client)
    return client


def _new(desk: Desk, client_id: str, label: str) -> Client:
    return Client(client_id, desk.account_id, label, 0, 0, desk.now, desk.now)
