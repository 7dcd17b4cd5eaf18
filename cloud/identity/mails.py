"""What identity mails, as jobs. Between the request and the sending every address and token is sealed.

A request that names an address (registration, reset) does the same whether it is known or not: it seals the address
into a job. What follows happens in the job, so neither reply nor time tells who has an account.
"""

import base64
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cloud.foundation.encryption import Keyring, Place, Vault
from cloud.foundation.ids import new_id
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.contracts import Account
from cloud.identity.ports import Mail

SEND = "mail.send"
#: Whose key seals what belongs to no account yet.
_NOBODY = "identity:requests"
_SEALED = "sealed"
#: What programs for mail make a link of.
_ADDRESS = re.compile(r"://|@|\bwww\.|\w\.[a-z]{2,}\b", re.IGNORECASE)
_OURS = "\n\nIf this was not you, you need do nothing.\n\nMax Booster\n"


def enqueue_sealed(
    work: UnitOfWork, keyring: Keyring, kind: str, values: Mapping[str, Any], *, subject: str = _NOBODY
) -> None:
    """Start a job whose payload only its handler can read."""
    job_id = new_id("job")
    sealed = Vault(work.connection, keyring).seal(subject, _place(job_id), json.dumps(values).encode())
    work.jobs.enqueue(kind, {_SEALED: base64.b64encode(sealed).decode()}, id=job_id)


def unsealed(work: UnitOfWork, keyring: Keyring, job_id: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `enqueue_sealed` was given."""
    sealed = base64.b64decode(payload[_SEALED])
    values: dict[str, Any] = json.loads(Vault(work.connection, keyring).unseal(_place(job_id), sealed))
    return values


def send(work: UnitOfWork, keyring: Keyring, account: Account, mail: tuple[str, str]) -> None:
    """Mail a subject and a text to an account's owner when the unit is durable."""
    send_to(work, keyring, account.email, mail, subject=account.id)


def send_to(work: UnitOfWork, keyring: Keyring, to: str, mail: tuple[str, str], *, subject: str = _NOBODY) -> None:
    """Mail a subject and a text to an address; `subject` says whose key seals it meanwhile."""
    enqueue_sealed(work, keyring, SEND, {"to": to, "subject": mail[0], "text": mail[1]}, subject=subject)


def mail_of(values: Mapping[str, Any]) -> Mail:
    """Return the message that `send` was given."""
    return Mail(values["to"], values["subject"], values["text"])


def verification(address: str, token: str) -> tuple[str, str]:
    """Return the mail that confirms an address."""
    text = f"Confirm your address for Max Booster with this code:{_code(address, '/confirm', token)}"
    return "Confirm your address", text + _OURS


def already_registered(address: str) -> tuple[str, str]:
    """Return the mail for whoever registers an address that has an account."""
    text = "Somebody registered with this address, which has an account already: sign in, or reset the password."
    return "You have an account already", text + _page(address, "/sign-in") + _OURS


def reset(address: str, token: str) -> tuple[str, str]:
    """Return the mail that lets its reader choose a new password."""
    text = f"Choose a new password within 30 minutes with this code:{_code(address, '/reset/completion', token)}"
    return "Choose a new password", text + _OURS


def new_address(address: str, token: str) -> tuple[str, str]:
    """Return the mail that confirms the address that an account is to have."""
    way = _code(address, "/email/confirmation", token)
    text = f"Make this the address of your account within an hour with this code:{way}"
    return "Confirm your new address", text + _OURS


def address_changed(address: str, token: str) -> tuple[str, str]:
    """Return the mail that tells an old address of the change, with the way back."""
    text = (
        "This address is not your account's any more. If that was not you, put it back and choose a new password "
        f"within seven days with this code:{_code(address, '/email/undo', token)}"
    )
    return "Your address was changed", f"{text}\n\nMax Booster\n"


def reserved_address() -> tuple[str, str]:
    """Return the mail for whoever registers an address that an account had until lately."""
    text = (
        "Somebody registered with this address, which an account had until lately. It can be put back with the code "
        "that we mailed then, and be registered seven days after that."
    )
    return "This address is not free yet", text + _OURS


def deletion_begun(address: str, at: datetime) -> tuple[str, str]:
    """Return the mail that tells when an account is erased, with the way to keep it."""
    text = (
        f"Your account and all that is yours alone is erased on {at:%d %B %Y}. Sign in before that to keep it"
        f"{_page(address, '/sign-in') or '.'}\n\nIf this was not you, sign in and change your password."
    )
    return "Your account will be deleted", f"{text}\n\nMax Booster\n"


def deletion_stopped() -> tuple[str, str]:
    """Return the mail that tells that an account stays."""
    text = "You have signed in, so your account stays. If this was not you, reset your password and end all sessions."
    return "Your account stays", f"{text}\n\nMax Booster\n"


def deletion_done() -> tuple[str, str]:
    """Return the last mail to somebody."""
    return "Your account is deleted", "Your account is erased, as you asked for two weeks ago.\n\nMax Booster\n"


def role_asked_for(role: str, request_id: str) -> tuple[str, str]:
    """Return the mail that tells the other admins what waits for one of them."""
    text = f"An admin asks to give or take the role {role}. Confirm or refuse it within a day: it is {request_id}."
    return "A role waits for a second admin", f"{text}\n\nMax Booster\n"


def suspended() -> tuple[str, str]:
    """Return the mail that tells that an account is kept out."""
    text = "Your account was suspended: nobody can sign in to it, and its keys are not taken. What is in it stays."
    return "Your account is suspended", f"{text}\n\nMax Booster\n"


def restored() -> tuple[str, str]:
    """Return the mail that tells that an account is let in again."""
    return "Your account is in use again", "Your account is not suspended any more: sign in again.\n\nMax Booster\n"


def sign_in_code(code: str) -> tuple[str, str]:
    """Return the mail with a code for one sign-in."""
    text = f"Sign in on the new device within 10 minutes with this code:\n\n{code}"
    return "Your sign-in code", f"{text}\n\nIf this was not you, change your password.\n\nMax Booster\n"


def notice(what: str) -> tuple[str, str]:
    """Return the mail that tells of a change to the account."""
    text = f"{what}.\n\nIf this was not you, reset your password and end all sessions.\n\nMax Booster\n"
    return "Your account was changed", text


def invitation(address: str, workspace: str, role: str, token: str) -> tuple[str, str]:
    """Return the mail that invites into a workspace."""
    where = quoted(workspace, "a workspace")
    text = (
        f"You are invited into {where} as {role}. Sign in with this address (or open an account with it first)"
        " and accept with this code:"
    )
    way = _code(address, "/invitation", token)
    return (
        "An invitation",
        f"{text}{way}\n\nIt lasts seven days; you need do nothing to decline.\n\nMax Booster\n",
    )


def key_found(address: str, name: str, last_four: str) -> tuple[str, str]:
    """Return the mail that tells of a key that was found and stopped."""
    text = (
        f"Somebody found your key {quoted(name)}, which ends with {last_four}, where others can read it, so it opens "
        f"nothing any more. Make a new one{_page(address, '/account') or '.'}\n\nIf your programs need the old one "
        "until then, ask support within a day."
    )
    return "A key of yours was stopped", f"{text}\n\nMax Booster\n"


def ended_for_reuse(label: str) -> tuple[str, str]:
    """Return the mail that tells of a sign-in that somebody else had got hold of."""
    text = (
        f"An old key of your sign-in on “{label}” was used again, which only somebody who copied it does. "
        "That sign-in has ended; sign in there again. Your other devices are not affected."
    )
    return (
        "A device was signed out",
        f"{text}\n\nIf you see devices that are not yours, end their sessions.\n\nMax Booster\n",
    )


def quoted(name: str, instead: str = "that you know") -> str:
    """Return a name as a mail shows it: not one with an address in it, as people choose both names and readers."""
    return instead if _ADDRESS.search(name) else f"“{name}”"


def _code(address: str, path: str, token: str) -> str:
    """Return a code as a mail shows it: to copy, and as the page that takes it."""
    return f"\n\n{token}" + (f"\n\nor on this page:\n\n{address}{path}?code={token}" if address else "")


def _page(address: str, path: str) -> str:
    return f"\n\n{address}{path}" if address else ""


def _place(job_id: str) -> Place:
    return Place("job", "payload", job_id)
