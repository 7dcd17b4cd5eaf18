"""Open an account, or tell its owner that there is one."""

from cloud.foundation.encryption import Keyring
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import address_store, mails, rules, store
from cloud.identity.tokens import new_token


def register(
    work: UnitOfWork, keyring: Keyring, *, email: str, name: str, password_hash: str, address: str = ""
) -> None:
    """Add an account and mail what confirms it; links go to `address`.

    While nobody has confirmed the address, the last registration counts: its password, its mail. So nobody waits with
    a password of theirs for the owner of an address to confirm it.
    """
    found = store.account_by_email(work, email, is_locked=True)
    if found is not None and found.state != "unverified":
        mails.send(work, keyring, found, mails.already_registered(address))
        work.audit.write("account.registered_again", f"account:{found.id}")
        return
    if found is None and address_store.is_taken(work, email):
        mails.send_to(work, keyring, email.lower(), mails.reserved_address())
        return
    if found is None:
        account_id = store.add_account(work, email, name, password_hash)
    else:
        account_id, now = found.id, work.clock.now()
        store.change_account(work, account_id, name=name, password_hash=password_hash, password_changed_at=now)
    token = new_token()
    store.keep_token(work, account_id, "verify", token, work.clock.now() + rules.VERIFICATION_LASTS)
    mails.send(work, keyring, store.account_by_id(work, account_id), mails.verification(address, token))
    work.audit.write("account.registered", f"account:{account_id}", after={"state": "unverified"})
