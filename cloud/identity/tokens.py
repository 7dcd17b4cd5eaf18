"""Secrets that we hand out, and how they are known again: by SHA-256, as 256 random bits cannot be guessed.

Session and device tokens and API keys begin with what they are, so that scanners find them in places where they do not
belong. An API key ends with a checksum: what was mistyped or invented is refused without asking the database.
"""

import hashlib
import secrets
import zlib

SESSION = "mb_session_"
DEVICE = "mb_device_"
CODE = "mb_code_"
REFRESH = "mb_refresh_"
API_KEY = "mb_live_"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_DIGITS = 43  # 256 bits
_CHECK_DIGITS = 6  # 32 bits


def new_token(prefix: str = "") -> str:
    """Return a new secret of 256 bits."""
    return prefix + secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """Return what is kept of a token."""
    return digest_of(token.encode())


def digest_of(secret: bytes) -> bytes:
    """Return what is kept of random bytes."""
    return hashlib.sha256(secret).digest()


def new_api_key() -> str:
    """Return a new API key: prefix, 256 bits and a checksum, in base 62."""
    secret = API_KEY + _base62(secrets.randbits(256), _SECRET_DIGITS)
    return secret + _checksum(secret)


def is_api_key(text: str) -> bool:
    """Return whether a text has the form of an API key and its checksum is right."""
    whole = len(API_KEY) + _SECRET_DIGITS + _CHECK_DIGITS
    is_well_formed = text.startswith(API_KEY) and len(text) == whole and text.isascii()
    return is_well_formed and _checksum(text[:-_CHECK_DIGITS]) == text[-_CHECK_DIGITS:]


def _checksum(text: str) -> str:
    return _base62(zlib.crc32(text.encode()), _CHECK_DIGITS)


def _base62(number: int, digits: int) -> str:
    found = []
    for _ in range(digits):
        number, digit = divmod(number, 62)
        found.append(_DIGITS[digit])
    return "".join(reversed(found))
