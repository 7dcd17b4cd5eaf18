"""What a browser carries from the password to the code: both are sent together, in the end.

The password is sealed into the form, for ten minutes and for this browser only, with the attempt that a code was mailed
for; the server keeps nothing of it.
"""

import base64
import binascii
import json
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cloud.foundation.encryption import Keyring
from cloud.identity.errors import CredentialsError

_LASTS_S = 600
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class HalfWay:
    """Somebody whose password was right; `attempt` names the try, when a code was mailed for it."""

    email: str
    password: str
    attempt: str | None = None


def sealed(keyring: Keyring, browser: str, carried: HalfWay, now_s: float) -> str:
    """Return what a form carries."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    text = json.dumps([carried.email, carried.password, carried.attempt, now_s]).encode()
    return base64.urlsafe_b64encode(nonce + _cipher(keyring).encrypt(nonce, text, browser.encode())).decode()


def opened(keyring: Keyring, browser: str, text: str, now_s: float) -> HalfWay:
    """Return what a form carried; raises CredentialsError when it is not ours, or too old."""
    try:
        raw = base64.urlsafe_b64decode(text)
        found = _cipher(keyring).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], browser.encode())
    except (InvalidTag, binascii.Error, ValueError):
        raise CredentialsError from None
    *carried, at_s = json.loads(found)
    if not 0 <= now_s - at_s < _LASTS_S:
        raise CredentialsError
    return HalfWay(*carried)


def _cipher(keyring: Keyring) -> AESGCM:
    return AESGCM(keyring.derived("half way in", min(keyring.versions)))
