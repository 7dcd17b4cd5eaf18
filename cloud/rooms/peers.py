"""How API processes of one deployment know each other when they hand sockets on.

Both prove with the first message that they have the deployment's key. Who calls seals what its client asked for, the
ticket included, so nobody else at that address learns it; who is called answers with a signature of that very call.
Always holds: a call is good for one room and for a minute.
"""

import base64
import binascii
import hashlib
import hmac
import os
import ssl
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cloud.foundation.errors import OperatorError

_NONCE, _GOOD_S = 12, 60.0
_AT = struct.Struct(">d")


@dataclass(frozen=True, slots=True)
class Called:
    """A call of one of ours: what the client asked for, and what to answer to the caller."""

    query: bytes
    answer: str


class AuthorityError(OperatorError):
    """Nobody could be taken for one of ours."""


def trusting(authority: Path | None) -> ssl.SSLContext:
    """Return what takes those for ours whom an authority certifies, by default a public one; raises AuthorityError."""
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as error:
        raise AuthorityError(
            f"MAXBOOSTER_CLOUD_TLS_AUTHORITY is {authority}, which holds no authority's certificate: name its PEM file."
        ) from error


class Peers:
    """See the module; `key` is the deployment's, for this purpose alone, and `tls` what owners have to prove besides.

    Without `tls` sockets are handed on in plain, which settings allow on one machine or on a network of our own.
    """

    def __init__(
        self, key: bytes, clock: Callable[[], float] = time.time, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self.tls = tls
        self._seal = AESGCM(hmac.digest(key, b"seal", hashlib.sha256))
        self._signing = hmac.digest(key, b"answer", hashlib.sha256)
        self._clock = clock

    def call(self, project_id: str, query: bytes) -> str:
        """Return the call that hands on a socket for a room."""
        nonce = os.urandom(_NONCE)
        sealed = self._seal.encrypt(nonce, _AT.pack(self._clock()) + query, project_id.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def called(self, project_id: str, call: str) -> Called | None:
        """Return what a call says; None when it is of nobody of ours, for another room, or old."""
        try:
            data = base64.urlsafe_b64decode(call)
            opened = self._seal.decrypt(data[:_NONCE], data[_NONCE:], project_id.encode())
        except (InvalidTag, ValueError, binascii.Error):
            return None
        (at,) = _AT.unpack_from(opened)
        if abs(self._clock() - at) > _GOOD_S:
            return None
        return Called(opened[_AT.size :], self._answer(call))

    def is_answer(self, call: str, answer: str) -> bool:
        """Return whether an answer to a call is of one of ours."""
        return hmac.compare_digest(self._answer(call).encode(), answer.encode())

    def _answer(self, call: str) -> str:
        return hmac.new(self._signing, call.encode(), hashlib.sha256).hexdigest()
