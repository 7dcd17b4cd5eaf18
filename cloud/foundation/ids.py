"""Names for rows: `job_01jd...`, a prefix that says what it is and 128 bits that sort by when they were made.

An id is no secret (it holds a time): whoever knows one may do nothing with it that `authorize` does not allow.
"""

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, in ASCII order
_RANDOM_BITS = 80
_CHARACTERS = 26


def new_id(prefix: str) -> str:
    """Return a new id: 48 bits of milliseconds, then 80 random ones, after the ULID specification."""
    number = (time.time_ns() // 1_000_000 << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    digits = []
    for _ in range(_CHARACTERS):
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return f"{prefix}_{''.join(reversed(digits))}"
