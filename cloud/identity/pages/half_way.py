"""What a browser carries from the password to the code: both are sent together, in the end.

The password is sealed into the form, for ten minutes and for this browser only; the server keeps nothing of it.
"""

import base64
import binascii
import json
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cloud.foundation.encryption import Keyring
from cloud.identity.errors import CredentialsError

_LASTS_S = 600
_NONCE_BYTES = 12


def sealed(keyring: Keyring, browser: str, email: str, password: str, now_s: float) -> str:
    """Return a password as a form carries it."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    text = json.dumps([email, password, now_s]).encode()
    return base64.urlsafe_b64encode(nonce + _cipher(keyring).encrypt(nonce, text, browser.encode())).decode()


def opened(keyring: Keyring, browser: str, text: str, now_s: float) -> tuple[str, str]:
    """Return the address and the password; raises CredentialsError when it is not ours, or too old."""
    try:
        raw = base64.urlsafe_b64decode(text)
        found = _cipher(keyring).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], browser.encode())
    except (InvalidTag, binascii.Error, ValueError):
        raise CredentialsError from None
    email, password, at_s = json.loads(found)
    if not 0 <= now_s - at_s < _LASTS_S:
        raise CredentialsError
    return email, password


def _cipher(keyring: Keyring) -> AESGCM:
    return AESGCM(keyring.derived("half way in", min(keyring.versions)))
