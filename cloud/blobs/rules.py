"""The rules of blobs that need no database: what uploads look like (tus 1.0), ranges, how long things last."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from blake3 import blake3

from cloud.blobs.contracts import DERIVED, KINDS, About
from cloud.blobs.errors import RangeError, TusVersionError
from cloud.foundation.principals import Principal
from cloud.foundation.problems import MalformedError, UnauthenticatedError
from cloud.foundation.wording import spoken

TUS_VERSION = "1.0.0"
TUS_EXTENSIONS = "creation,expiration,checksum,termination"
CHUNK_TYPE = "application/offset+octet-stream"
HASH_PATTERN = spoken(r"^[0-9a-f]{64}$", "it must be a BLAKE3 hash: 64 digits of 0 to 9 and a to f")
#: An upload that is not whole by then begins anew.
UPLOAD_LASTS = timedelta(days=7)
#: So does one of which nothing was ever sent: it holds as much of the quota as it has announced.
UNSENT_LASTS = timedelta(hours=1)
#: A blob that no document names is kept this long after the last time one did.
UNNAMED_KEPT = timedelta(days=30)
#: Between finding that nobody needs a blob and removing it.
DOOMED_KEPT = timedelta(days=1)
#: When what nobody needs counts as last needed: it goes with the next round, not in a month.
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
ADDRESS_LASTS = timedelta(minutes=15)
MOST_ASKED = 500
#: Of an upload straight into the store: all parts but the last are as large. No store takes any below 5 MiB.
DIRECT_PART_BYTES = 8 << 20
MOST_PARTS_ASKED = 100
_CHECKSUMS: dict[str, Callable[[], Any]] = {
    "blake3": blake3,
    "sha256": hashlib.sha256,
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
}
TUS_CHECKSUMS = ",".join(_CHECKSUMS)
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{1,18})?|-(\d{1,18}))")


def account_of(who: Principal) -> str:
    """Return the account whose matter a request is; raises UnauthenticatedError for nobody."""
    if who.kind == "anonymous":
        raise UnauthenticatedError
    return who.on_behalf_of or who.id


def require_tus(who: Principal, version: str | None) -> None:
    """Raise UnauthenticatedError (401) for nobody, TusVersionError (412) for a client of another version of tus."""
    account_of(who)
    if version != TUS_VERSION:
        raise TusVersionError(f"Send Tus-Resumable: {TUS_VERSION}.", headers={"Tus-Version": TUS_VERSION})


def about_from(metadata: str) -> About:
    """Read Upload-Metadata (names and base64 values by comma): `hash`, `kind`, `original`; raises MalformedError."""
    found = {}
    for pair in metadata.split(","):
        name, _, value = pair.strip().partition(" ")
        found[name] = _text(value)
    hash_ = found.get("hash", "")
    original = found.get("original", hash_)
    if not all(re.fullmatch(HASH_PATTERN, one) for one in (hash_, original)):
        raise MalformedError("Upload-Metadata needs `hash`, the BLAKE3 of the bytes in hex; `original` is one, too.")
    kind = next((one for one in KINDS if one == found.get("kind")), None)
    if kind is None:
        raise MalformedError(f"Upload-Metadata needs `kind`, one of {', '.join(KINDS)}.")
    if kind in DERIVED and original == hash_:
        raise MalformedError(f"A blob of kind {kind} names the content it was made from as `original`.")
    return About(hash_, kind, original)


def _text(value: str) -> str:
    try:
        return base64.b64decode(value.strip(), validate=True).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise MalformedError("Upload-Metadata has `name base64` pairs by comma.") from error


def checksum_from(header: str | None) -> tuple[Any, bytes] | None:
    """Return a hasher and what it must come to, from Upload-Checksum; raises MalformedError."""
    if header is None:
        return None
    name, _, value = header.partition(" ")
    try:
        wanted = base64.b64decode(value.strip(), validate=True)
        hasher = _CHECKSUMS[name]()
    except (binascii.Error, ValueError, KeyError) as error:
        raise MalformedError(f"Upload-Checksum is `algorithm base64` with one of {TUS_CHECKSUMS}.") from error
    if len(wanted) != len(hasher.digest()):
        raise MalformedError(f"Upload-Checksum holds no {name}.")
    return hasher, wanted


def range_from(header: str | None, size: int) -> tuple[int, int] | None:
    """Return the first byte and the one behind the last that a Range header wants; None for all of it.

    Several ranges or what is no range count as none (RFC 9110 14.2); raises RangeError (416) for one behind the end.
    """
    match = _RANGE.fullmatch(header or "")
    if match is None:
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        start, end = max(0, size - int(suffix)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= end:
        raise RangeError(f"The blob has {size} bytes.", headers={"Content-Range": f"bytes */{size}"})
    return start, end
