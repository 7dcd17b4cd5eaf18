"""The rules of webhooks that need no database: signatures, how often it is tried, how long a pause may be.

After Standard Webhooks 1.0.0 (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
"""

import base64
import hashlib
import hmac
import random
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

PREFIX = "whsec_"
_SECRET_BYTES = 32
#: Pauses before the attempts, as the specification has them: three days in all.
SCHEDULE = tuple(timedelta(seconds=s) for s in (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400))
_JITTER = 0.1
TIMEOUT_S = 15.0
#: An endpoint is given up when nothing has reached it for so long and a message ran out of attempts.
LONG_FAILURE = timedelta(days=3)
LONGEST_PAUSE = timedelta(days=1)
#: What a server that is overloaded gets of peace when it does not say how much it needs.
USUAL_PAUSE = timedelta(minutes=1)
OVERLOADED = frozenset({429, 502, 503, 504})
GONE = 410
OLD_SECRET_LASTS = timedelta(days=1)
MOST_ENDPOINTS = 20
MOST_REPLAYED = 1000
KEPT = timedelta(days=30)
#: A message that was replayed on its last day waits for its attempts; what waits longer was left behind by its job.
WAITS_AT_MOST = timedelta(days=7)
_LONGEST_NUMBER = 10


def new_secret() -> str:
    """Return a new secret of 256 bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signature(keys: Iterable[str], message_id: str, timestamp: int, body: str) -> str:
    """Return the value of `webhook-signature`: one signature for each secret that is valid."""
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return " ".join(f"v1,{_mac(key, signed)}" for key in keys)


def pause_before(attempt: int, asked_for: timedelta | None) -> timedelta:
    """Return how long to wait before an attempt (0 is the first): by the schedule, or as the receiver asks."""
    planned = SCHEDULE[attempt] * random.uniform(1, 1 + _JITTER)
    return max(planned, asked_for or timedelta())


def retry_after(text: str | None, now: datetime) -> timedelta | None:
    """Return what a Retry-After header asks for, at most a day; None when it says nothing that can be read."""
    if text is None:
        return None
    if text.strip().isdecimal():
        is_short = len(text) < _LONGEST_NUMBER
        return min(timedelta(seconds=int(text)), LONGEST_PAUSE) if is_short else LONGEST_PAUSE
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a year of twenty digits, for one
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(timedelta(), min(aware - now, LONGEST_PAUSE))


def _mac(key: str, signed: bytes) -> str:
    raw = base64.b64decode(key.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(raw, signed, hashlib.sha256).digest()).decode()
