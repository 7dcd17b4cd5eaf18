"""One-time codes (RFC 6238: 30 s, six digits, SHA-1) and recovery codes, inside one unit of work.

A code works once: the counter of the last accepted one is kept, under a lock, and only later ones count. The secret is
sealed under its owner's key; recovery codes have 120 random bits, so a plain hash of them is enough.
"""

import base64
import hmac
import re
import secrets
from datetime import datetime

import pyotp
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from cloud.foundation.encryption import Keyring, Place, Vault
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity.tables import recovery_code, totp_secret
from cloud.identity.tokens import digest

_PERIOD_S = 30
_WINDOW = 1
_DAY = 24 * 3600 // _PERIOD_S
_CODES = 10
_CODE_BYTES = 15
_ISSUER = "Max Booster"


def matching_counter(secret: str, code: str, now_s: float, last_counter: int) -> int | None:
    """Return the counter whose code was given: of this moment or a neighbour of it, and later than the last one.

    A last one of more than a day ahead was noted by a clock that has been put right since, and keeps nobody out.
    """
    present = int(now_s // _PERIOD_S)
    last_counter = last_counter if last_counter - present <= _DAY else 0
    generator = pyotp.TOTP(secret)
    for counter in range(max(present - _WINDOW, last_counter + 1), present + _WINDOW + 1):
        if hmac.compare_digest(generator.generate_otp(counter).encode(), code.encode()):
            return counter
    return None


def is_enabled(work: UnitOfWork, account_id: str) -> bool:
    """Return whether signing in needs a code."""
    query = sa.select(totp_secret.c.confirmed_at).where(totp_secret.c.account_id == account_id)
    return work.connection.execute(query).scalar() is not None


def enrol(work: UnitOfWork, keyring: Keyring, account_id: str, email: str) -> tuple[str, str]:
    """Keep a new secret that is not in force yet; return it, and as the address that authenticators scan."""
    secret = pyotp.random_base32()
    sealed = Vault(work.connection, keyring).seal(account_id, _place(account_id), secret.encode())
    values = {"account_id": account_id, "sealed": sealed, "confirmed_at": None, "last_counter": 0}
    put = insert(totp_secret).values(values)
    work.connection.execute(put.on_conflict_do_update(index_elements=[totp_secret.c.account_id], set_=values))
    return secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=_ISSUER)


def use_code(work: UnitOfWork, keyring: Keyring, account_id: str, code: str) -> bool:
    """Return whether `code` is valid now, and make it and all earlier ones void."""
    query = sa.select(totp_secret).where(totp_secret.c.account_id == account_id).with_for_update()
    row = work.connection.execute(query).first()
    if row is None:
        return False
    secret = Vault(work.connection, keyring).unseal(_place(account_id), row.sealed).decode()
    counter = matching_counter(secret, code, work.clock.now().timestamp(), row.last_counter)
    if counter is not None:
        _change(work, account_id, last_counter=counter)
    return counter is not None


def confirm(work: UnitOfWork, account_id: str) -> None:
    """Put the secret in force."""
    _change(work, account_id, confirmed_at=work.clock.now())


def remove(work: UnitOfWork, account_id: str) -> None:
    """Remove the secret and all recovery codes."""
    work.connection.execute(sa.delete(totp_secret).where(totp_secret.c.account_id == account_id))
    work.connection.execute(sa.delete(recovery_code).where(recovery_code.c.account_id == account_id))


def remove_since(work: UnitOfWork, account_id: str, moment: datetime) -> int:
    """Remove the secret and the recovery codes when they came into force since a moment; return how many secrets."""
    ours = (totp_secret.c.account_id == account_id, totp_secret.c.confirmed_at >= moment)
    if work.connection.execute(sa.select(totp_secret.c.account_id).where(*ours)).first() is None:
        return 0
    remove(work, account_id)
    return 1


def renew_recovery_codes(work: UnitOfWork, account_id: str) -> list[str]:
    """Make ten new recovery codes and void the old ones; return them."""
    work.connection.execute(sa.delete(recovery_code).where(recovery_code.c.account_id == account_id))
    codes = [_new_code() for _ in range(_CODES)]
    rows = [{"account_id": account_id, "code_hash": digest(_folded(code))} for code in codes]
    work.connection.execute(sa.insert(recovery_code), rows)
    return codes


def use_recovery_code(work: UnitOfWork, account_id: str, code: str) -> bool:
    """Return whether `code` is one of the account's, and make it void."""
    ours = (recovery_code.c.account_id == account_id, recovery_code.c.code_hash == digest(_folded(code)))
    used = sa.delete(recovery_code).where(*ours).returning(recovery_code.c.account_id)
    return work.connection.execute(used).first() is not None


def recovery_codes_left(work: UnitOfWork, account_id: str) -> int:
    """Return how many recovery codes are left."""
    query = sa.select(sa.func.count()).where(recovery_code.c.account_id == account_id)
    return int(work.connection.execute(query).scalar_one())


def _new_code() -> str:
    text = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _folded(code: str) -> str:
    return re.sub(r"[\s-]", "", code.lower())


def _change(work: UnitOfWork, account_id: str, **values: object) -> None:
    work.connection.execute(sa.update(totp_secret).where(totp_secret.c.account_id == account_id).values(values))


def _place(account_id: str) -> Place:
    return Place("totp_secret", "sealed", account_id)
