"""The rules of identity that need no database: which passwords are taken, how long things last, what keys may.

A password is taken as it is: 8 to 128 characters, none of them demanded, nothing cut or changed. Refused is what
others guess early: what leaked (`breaches.py`), white space alone, and what is little more than a name that everybody
knows.
"""

import re
from collections.abc import Iterable
from datetime import timedelta

from cloud.foundation.principals import Principal
from cloud.foundation.problems import ConflictError, UnauthenticatedError
from cloud.identity.errors import PasswordUnsafeError

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 128
VERIFICATION_LASTS = timedelta(days=2)
RESET_LASTS = timedelta(minutes=30)
MAILED_CODE_LASTS = timedelta(minutes=10)
STEP_UP_LASTS = timedelta(minutes=15)
DEVICE_LASTS = timedelta(days=180)
UNVERIFIED_LASTS = timedelta(days=7)
ROTATED_KEY_LASTS = timedelta(days=7)
KEY_RESTORED_WITHIN = timedelta(days=1)
INVITATION_LASTS = timedelta(days=7)
EMAIL_CHANGE_LASTS = timedelta(hours=1)
EMAIL_UNDO_LASTS = timedelta(days=7)
DELETION_WAITS = timedelta(days=14)
ROLE_REQUEST_LASTS = timedelta(days=1)
STAFF = frozenset({"admin", "operator", "support"})
#: What the authenticator and its recovery codes prove.
CODES = frozenset({"otp", "recovery"})
#: What more than a password was proven with; a passkey verifies its owner itself.
SECOND_FACTORS = CODES | {"passkey"}
_OUR_NAMES = ("maxbooster", "booster")
_SHORTEST_NAME = 4


def require_more_than_space(password: str) -> None:
    """Refuse a password of white space alone, of whatever kind; raises PasswordUnsafeError."""
    if not password.strip():
        raise PasswordUnsafeError("This password is white space alone: add letters, digits or signs.")


def require_more_than_names(password: str, *names: str) -> None:
    """Refuse a password that is little more than our name or one of its owner's; raises PasswordUnsafeError."""
    folded = _letters_and_digits(password)
    for name in filter(None, map(_letters_and_digits, (*_OUR_NAMES, *names))):
        if len(name) >= _SHORTEST_NAME and name in folded and len(folded.replace(name, "")) < SHORTEST_PASSWORD:
            raise PasswordUnsafeError(
                "This password is little more than a name: add words that have nothing to do with it."
            )


def require_somebody(who: Principal) -> None:
    """Refuse whoever has not signed in, before anything is looked up; raises UnauthenticatedError."""
    if who.kind == "anonymous":
        raise UnauthenticatedError


def names_in(email: str, name: str) -> tuple[str, ...]:
    """Return what of an account may not be most of its password."""
    return (email.partition("@")[0], name, *name.split())


def session_lifetimes(roles: Iterable[str]) -> tuple[timedelta, timedelta]:
    """Return how long a session lasts unused, and at most."""
    if STAFF & set(roles):
        return timedelta(minutes=30), timedelta(hours=12)
    return timedelta(days=14), timedelta(days=90)


def effective_roles(roles: Iterable[str], methods: Iterable[str]) -> frozenset[str]:
    """Return the roles that a session has: those of staff with a second factor only."""
    has_second_factor = SECOND_FACTORS & set(methods)
    return frozenset(role for role in roles if has_second_factor or role not in STAFF)


def require_factor_of_staff(roles: Iterable[str], *, is_left: bool) -> None:
    """Refuse staff to give up their last second factor; raises ConflictError."""
    if STAFF & set(roles) and not is_left:
        raise ConflictError("Whoever has a role on the platform keeps a second factor: add another one first.")


def needs_second_factor(scopes: Iterable[str]) -> bool:
    """Return whether a key with these scopes needs an account with a second factor."""
    return any(scope.startswith("money:") for scope in scopes)


def _letters_and_digits(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())
