"""What the desktop's sign-in knows without a database: its only client, what a request may ask, what is handed out.

OAuth 2.1 for one public client of our own: authorization code with PKCE S256 and loopback redirect (RFC 6749, 7636,
8252, 9207), device code (RFC 8628), refresh tokens that rotate (RFC 9700). Why by hand: docs/decisions/0011.
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from cloud.identity.contracts import Session

#: The desktop. It cannot keep a secret, so it has none.
CLIENT_ID = "maxbooster-desktop"
CODE_LASTS = timedelta(seconds=60)
ACCESS_LASTS = timedelta(hours=1)
#: How long a token that was just refreshed gives the same answer again, to the same installation.
GRACE = timedelta(seconds=60)
DEVICE_LASTS = timedelta(minutes=10)
INTERVAL_S = 5
#: Consonants that are told apart and spell no words; 34 bits, for ten minutes, five tries an account.
_USER_DIGITS = "BCDFGHJKLMNPQRSTVWXZ"
_USER_HALF = 4
_REDIRECT = re.compile(r"http://(?:127\.0\.0\.1|\[::1\]):([1-9][0-9]{0,4})/cb")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class DesktopRequest:
    """What a desktop that wants to be let in says of itself.

    Attributes:
        device: a secret that this installation made once and keeps; the sign-in belongs to it.
        label: what the installation is called in the list of sessions.
    """

    redirect_uri: str
    challenge: str
    device: str
    label: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a program that was let in gets."""

    access: str
    refresh: str
    session: Session


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a program gets no tokens, as RFC 6749 and 8628 name it. What led to it stays done."""

    error: str
    description: str


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What a device without a browser shows and polls with."""

    device_code: str
    user_code: str
    lasts_s: int
    interval_s: int


@dataclass(frozen=True, slots=True)
class WaitingDevice:
    """A device that a person is asked about."""

    label: str
    user_code: str


def is_redirect(uri: str) -> bool:
    """Return whether an address is a loopback one of the desktop's: any port, host and path exact."""
    match = _REDIRECT.fullmatch(uri)
    return match is not None and int(match[1]) <= _LAST_PORT


def is_challenge(text: str) -> bool:
    """Return whether a text is a SHA-256 in base64url."""
    return _CHALLENGE.fullmatch(text) is not None


def fits_challenge(verifier: str, challenge: str) -> bool:
    """Return whether a verifier is the one that a challenge was made from (RFC 7636, 4.6)."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode())


def new_user_code() -> str:
    """Return a code for a person to type."""
    digits = [secrets.choice(_USER_DIGITS) for _ in range(2 * _USER_HALF)]
    return f"{''.join(digits[:_USER_HALF])}-{''.join(digits[_USER_HALF:])}"


def folded_user_code(text: str) -> str:
    """Return a code as it was shown, however it was typed."""
    letters = re.sub(r"[^A-Z]", "", text.upper())
    return f"{letters[:_USER_HALF]}-{letters[_USER_HALF:]}"
