"""Mail what lets the owner of an address choose a new password."""

from cloud.foundation.encryption import Keyring
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import mails, rules, store
from cloud.identity.tokens import new_token


def mail_reset(work: UnitOfWork, keyring: Keyring, *, email: str, address: str = "") -> None:
    """Mail a token when the address has an active account, nothing otherwise; links go to `address`."""
    found = store.account_by_email(work, email)
    if found is None or found.state != "active":
        return
    token = new_token()
    store.keep_token(work, found.id, "reset", token, work.clock.now() + rules.RESET_LASTS)
    mails.send(work, keyring, found, mails.reset(address, token))
    work.audit.write("password.reset_mailed", f"account:{found.id}")
