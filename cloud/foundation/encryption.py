"""Secrets at rest: each subject's data under a key of its own (AES-256-GCM), that key under a key from the settings.

The additional data names table, column, row and data key, so a sealed value opens in its own place only. Rotation
seals the data keys anew and touches no data; destroying a subject's data key makes its data unreadable for good.
"""

import base64
import binascii
import json
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr
from sqlalchemy.dialects.postgresql import insert

from cloud.foundation.errors import CloudError, OperatorError
from cloud.foundation.ids import new_id
from cloud.foundation.tables import data_key, encryption_key

_KEY_BYTES = 32
_NONCE_BYTES = 12
_FORMAT = b"\x01"
_REWRAPPED_AT_ONCE = 100


class KeysError(OperatorError):
    """The encryption keys in the settings are not the ones that the database needs."""


class SealBrokenError(CloudError):
    """A sealed value was changed, stands in a place that is not its own, or its key was destroyed."""


class Keyring:
    """The keys that seal data keys, by version; the highest seals, all of them open."""

    def __init__(self, keys: dict[int, bytes]) -> None:
        self._keys = keys
        self.newest = max(keys)

    @classmethod
    def of(cls, setting: SecretStr | None) -> "Keyring":
        """Read `VERSION:BASE64,...`; raises KeysError, whose text shows no key."""
        if setting is None:
            raise KeysError(
                "With DATABASE_URL, MAXBOOSTER_CLOUD_KEYS must be set, the same for every process: "
                "`maxbooster cloud new-key` makes one."
            )
        try:
            pairs = [part.split(":", 1) for part in setting.get_secret_value().split(",") if part.strip()]
            keys = {int(version): base64.b64decode(text, validate=True) for version, text in pairs}
        except (ValueError, binascii.Error):
            keys = {}
        if not keys or any(len(key) != _KEY_BYTES for key in keys.values()):
            raise KeysError("MAXBOOSTER_CLOUD_KEYS is not usable: write VERSION:BASE64 of 32 bytes, several by comma.")
        return cls(keys)

    @property
    def versions(self) -> frozenset[int]:
        """Return the versions there are."""
        return frozenset(self._keys)

    def aead(self, version: int) -> AESGCM:
        """Return the cipher of one version; raises KeysError."""
        if version not in self._keys:
            raise KeysError(f"The encryption key of version {version} is needed: put it back into the setting.")
        return AESGCM(self._keys[version])

    def derived(self, purpose: str, version: int | None = None) -> bytes:
        """Return a key for something else (signatures, salts) that tells nothing of the key it comes from."""
        key = self._keys[self.newest if version is None else version]
        return HKDF(SHA256(), _KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands."""

    table: str
    column: str
    row: str

    def additional_data(self, key_id: str) -> bytes:
        """Return what ties a value to its place."""
        return json.dumps([self.table, self.column, self.row, key_id, _FORMAT.hex()]).encode()


class Vault:
    """Seals and opens values inside one unit of work."""

    def __init__(self, connection: sa.Connection, keyring: Keyring) -> None:
        self._connection, self._keyring = connection, keyring

    def seal(self, subject: str, place: Place, value: bytes) -> bytes:
        """Return `value` as only this subject's key and this place open it."""
        key_id, cipher = self._key_of(subject)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        name = key_id.encode()
        head = _FORMAT + bytes([len(name)]) + name + nonce
        return head + cipher.encrypt(nonce, value, place.additional_data(key_id))

    def unseal(self, place: Place, sealed: bytes) -> bytes:
        """Return what was sealed; raises SealBrokenError."""
        if sealed[:1] != _FORMAT or len(sealed) < 2 + sealed[1] + _NONCE_BYTES:
            raise SealBrokenError(f"A value in {place.table}.{place.column} is no sealed value.")
        end = 2 + sealed[1]
        key_id, nonce, body = (
            sealed[2:end].decode("latin-1"),
            sealed[end : end + _NONCE_BYTES],
            sealed[end + _NONCE_BYTES :],
        )
        row = self._connection.execute(sa.select(data_key).where(data_key.c.id == key_id)).mappings().first()
        if row is None:
            raise SealBrokenError(f"The key of a value in {place.table}.{place.column} was destroyed.")
        try:
            return self._unwrapped(dict(row)).decrypt(nonce, body, place.additional_data(key_id))
        except InvalidTag:
            raise SealBrokenError(f"A value in {place.table}.{place.column} does not belong there.") from None

    def destroy(self, subject: str) -> bool:
        """Make everything of a subject unreadable for good; return whether there was a key."""
        gone = sa.delete(data_key).where(data_key.c.subject == subject).returning(data_key.c.id)
        return self._connection.execute(gone).first() is not None

    def rewrap(self) -> int:
        """Seal some data keys with the newest key; return how many (none: every one is)."""
        old = sa.select(data_key).where(data_key.c.kek_version < self._keyring.newest)
        rows = (
            self._connection.execute(old.limit(_REWRAPPED_AT_ONCE).with_for_update(skip_locked=True)).mappings().all()
        )
        for row in rows:
            plain = self._unwrapped_bytes(dict(row))
            values = {"kek_version": self._keyring.newest, "wrapped": self._wrapped(row["id"], plain)}
            self._connection.execute(sa.update(data_key).where(data_key.c.id == row["id"]).values(values))
        return len(rows)

    def _key_of(self, subject: str) -> tuple[str, AESGCM]:
        query = sa.select(data_key).where(data_key.c.subject == subject)
        row = self._connection.execute(query).mappings().first()
        if row is None:
            key_id = new_id("key")
            wrapped = self._wrapped(key_id, secrets.token_bytes(_KEY_BYTES))
            values = {"id": key_id, "subject": subject, "kek_version": self._keyring.newest, "wrapped": wrapped}
            self._connection.execute(insert(data_key).values(values).on_conflict_do_nothing())
            row = self._connection.execute(query).mappings().one()  # another unit's, when that one was quicker
        return row["id"], self._unwrapped(dict(row))

    def _wrapped(self, key_id: str, plain: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        place = Place("data_key", "wrapped", key_id).additional_data(str(self._keyring.newest))
        return nonce + self._keyring.aead(self._keyring.newest).encrypt(nonce, plain, place)

    def _unwrapped(self, row: dict[str, object]) -> AESGCM:
        return AESGCM(self._unwrapped_bytes(row))

    def _unwrapped_bytes(self, row: dict[str, object]) -> bytes:
        key_id, version, wrapped = row["id"], row["kek_version"], row["wrapped"]
        assert isinstance(key_id, str)
        assert isinstance(version, int)
        assert isinstance(wrapped, bytes)
        place = Place("data_key", "wrapped", key_id).additional_data(str(version))
        return self._keyring.aead(version).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], place)


def enrol(connection: sa.Connection, keyring: Keyring) -> None:
    """Make sure that the settings hold the right keys, and all that are still needed; raises KeysError."""
    for version in sorted(keyring.versions):
        mark = keyring.derived("fingerprint", version)
        values = insert(encryption_key).values(version=version, fingerprint=mark).on_conflict_do_nothing()
        connection.execute(values)
        kept = sa.select(encryption_key.c.fingerprint).where(encryption_key.c.version == version)
        if connection.execute(kept).scalar_one() != mark:
            raise KeysError(f"The encryption key of version {version} is not the one that this database was used with.")
    used = set(connection.execute(sa.select(data_key.c.kek_version).distinct()).scalars())
    if used - keyring.versions:
        raise KeysError(f"The encryption key of version {min(used - keyring.versions)} is still needed: put it back.")
