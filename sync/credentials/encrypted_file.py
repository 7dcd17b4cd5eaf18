"""Secrets in one file that a passphrase opens: scrypt makes the key (RFC 7914), AES-GCM encrypts and authenticates.

    {"format": 1, "salt": ..., "nonce": ..., "box": ...}    base64; salt and costs are authenticated with the box

The file is readable by its owner only, and replaced whole: a reader sees the old secrets or the new ones.
"""

import base64
import hashlib
import json
import os
import secrets
import threading
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.credentials.errors import StoreUnavailableError, WrongPassphraseError
from sync.credentials.store import check_length

FORMAT = 1
# 32 MiB and about 0.1 s for each guess (RFC 7914, 2; the costs that OWASP names for interactive use).
_COST, _BLOCK, _LANES = 2**15, 8, 1
_MEMORY = 2 * 128 * _COST * _BLOCK
_KEY_BYTES, _SALT_BYTES, _NONCE_BYTES = 32, 16, 12


class EncryptedFile:
    """Secrets in `path`; the passphrase is asked for once and its key kept in memory."""

    is_lasting = True

    def __init__(self, path: Path, passphrase: str) -> None:
        """Open the file, or be ready to make it.

        Raises:
            WrongPassphraseError: it is there and does not open.
        """
        self._path, self._gate = path, threading.Lock()
        self._salt = self._salt_on_disk() or secrets.token_bytes(_SALT_BYTES)
        self._key = hashlib.scrypt(
            passphrase.encode(), salt=self._salt, n=_COST, r=_BLOCK, p=_LANES, maxmem=_MEMORY, dklen=_KEY_BYTES
        )
        self._load()

    def read(self, name: str) -> str | None:
        """Return a secret, None when there is none. Read from the disk: another process may have written it."""
        with self._gate:
            return self._load().get(name)

    def write(self, name: str, secret: str) -> None:
        """Keep a secret in place of the one before."""
        check_length(secret)
        with self._gate:
            self._store({**self._load(), name: secret})

    def delete(self, name: str) -> None:
        """Forget a secret, if there is one."""
        with self._gate:
            kept = self._load()
            if kept.pop(name, None) is not None:
                self._store(kept)

    def _salt_on_disk(self) -> bytes | None:
        found = self._document()
        return None if found is None else found[0]

    def _document(self) -> tuple[bytes, bytes, bytes] | None:
        """Return (salt, nonce, box), None without a file."""
        try:
            found = json.loads(self._path.read_bytes())
            if found["format"] != FORMAT:
                raise WrongPassphraseError(f"{self._path} was written by another version of the program.")
            salt, nonce, box = (base64.b64decode(found[part]) for part in ("salt", "nonce", "box"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreUnavailableError(f"{self._path} cannot be read ({error.strerror}).") from error
        except (ValueError, KeyError, TypeError) as error:
            raise WrongPassphraseError(
                f"{self._path} holds no secrets of ours; remove it and sign in again."
            ) from error
        return salt, nonce, box

    def _load(self) -> dict[str, str]:
        found = self._document()
        if found is None:
            return {}
        _, nonce, box = found
        try:
            opened = AESGCM(self._key).decrypt(nonce, box, self._bound())
        except InvalidTag:
            raise WrongPassphraseError("The passphrase does not open the kept sign-in; try again.") from None
        kept: dict[str, str] = json.loads(opened)
        return kept

    def _store(self, kept: dict[str, str]) -> None:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        box = AESGCM(self._key).encrypt(nonce, json.dumps(kept).encode(), self._bound())
        parts = {"salt": self._salt, "nonce": nonce, "box": box}
        text = json.dumps({"format": FORMAT, **{k: base64.b64encode(v).decode() for k, v in parts.items()}})
        try:
            _replace(self._path, text.encode())
        except OSError as error:
            raise StoreUnavailableError(f"{self._path} cannot be written ({error.strerror}).") from error

    def _bound(self) -> bytes:
        return b"%d %d %d %d " % (FORMAT, _COST, _BLOCK, _LANES) + self._salt


def _replace(path: Path, data: bytes) -> None:
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
