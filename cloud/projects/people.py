"""Accounts, as far as shared projects know them: a name to show, an address to compare. Identity keeps them."""

from collections.abc import Iterable

from cloud.foundation.encryption import Keyring
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import mails, store


def names(work: UnitOfWork, account_ids: Iterable[str]) -> dict[str, str]:
    """Return the accounts' names by id."""
    return store.names_of(work, set(account_ids))


def name(work: UnitOfWork, account_id: str) -> str:
    """Return an account's name; raises NotFoundError."""
    return store.account_by_id(work, account_id).name


def email(work: UnitOfWork, account_id: str) -> str:
    """Return an account's address, in lower case; raises NotFoundError."""
    return store.account_by_id(work, account_id).email


def quoted(text: str, instead: str) -> str:
    """Return a name that somebody has chosen, fit for a mail to others."""
    return mails.quoted(text, instead)


def mail(work: UnitOfWork, keyring: Keyring, address: str, subject: str, text: str) -> None:
    """Mail a text to an address, sealed until it is sent."""
    mails.enqueue_sealed(work, keyring, mails.SEND, {"to": address, "subject": subject, "text": text})
