"""Another part of identity's facade: an account's address, and its end."""

from datetime import datetime

from cloud.foundation.calls import Call
from cloud.foundation.problems import NotFoundError
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import address_store, store
from cloud.identity.contracts import Account
from cloud.identity.core import Core, Verb
from cloud.identity.operations import change_email
from cloud.identity.operations.delete_account import ask_for_deletion


class Accounts:
    """What becomes of accounts after they were opened."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._keyring = core.keyring

    def change_email(self, call: Call, email: str) -> Verb[None]:
        """Ask for another address; whether somebody has it is told by mail alone. Raises QuotaExceededError (429)."""
        self._core.run(call, change_email.allowed)
        self._core.spend_mail(call, email)
        return lambda work: change_email.ask_for_email(work, self._keyring, email)

    def confirm_email(self, token: str) -> Verb[None]:
        """Change the address with the token that was mailed to the new one."""
        return lambda work: change_email.confirm_email(work, self._keyring, token)

    def put_email_back(self, call: Call, token: str, password: str) -> Verb[None]:
        """Give an earlier address back, and a new password, with the token that was mailed to it."""

        def owner(work: UnitOfWork) -> Account | None:
            try:
                return store.account_by_id(work, address_store.former(work, token).account_id)
            except NotFoundError:
                return None  # the operation says so, and its reply is kept

        found = self._core.run(call, owner)
        kept = self._core.hashed(password, found) if found else ""
        return lambda work: change_email.put_email_back(work, self._keyring, token, kept)

    def delete(self) -> Verb[datetime]:
        """Have the caller's account erased in two weeks; the result is when."""
        return lambda work: ask_for_deletion(work, self._keyring)
