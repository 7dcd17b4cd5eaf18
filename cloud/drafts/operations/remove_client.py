"""Remove a client: a device that is gone. What it sent stays done, and what could not be done stays listed."""

from cloud.drafts.contracts import Client
from cloud.drafts.errors import ClientUnknownError
from cloud.drafts.ports import Desk


def remove_client(desk: Desk, client_id: str) -> Client:
    """Remove a client and return it; a program that still goes by it begins as a new one.

    Raises ClientUnknownError (404), also for one of somebody else's.
    """
    desk.store.locked_feed(desk.account_id)
    found = desk.store.client(client_id)
    if found is None or found.account_id != desk.account_id:
        raise ClientUnknownError(f"There is no client {client_id}.")
    desk.store.remove_client(client_id)
    return found
