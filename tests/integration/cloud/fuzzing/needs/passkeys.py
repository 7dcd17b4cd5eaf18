"""What requests with passkeys need: a device in software that makes them and signs challenges (WebAuthn level 2).

It agrees without asking and makes a new key each time.
"""

import json
import secrets
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from webauthn.helpers import bytes_to_base64url, encode_cbor

from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import passkey_store
from cloud.identity.webauthn_checks import NewCredential, Site
from tests.integration.cloud.fuzzing.needs.accounts import reset_member
from tests.integration.cloud.fuzzing.needs.wanted import OWNER, Needs, Wanted
from tests.integration.cloud.fuzzing.world import ADDRESS, World

NEEDS = Needs()
_SITE = Site(ADDRESS)
#: Of authenticator data: somebody was there and was verified; a credential follows.
_VERIFIED, _WITH_CREDENTIAL = 0x05, 0x45
_COUNT = (0).to_bytes(4)
_NO_MODEL = bytes(16)


@NEEDS.of("begin_passkey")
def _room(_world: World, work: UnitOfWork) -> Wanted:
    passkey_store.remove_since(work, OWNER, datetime.min.replace(tzinfo=UTC))
    return Wanted()


@NEEDS.of("remove_passkey")
def _removable(_world: World, work: UnitOfWork) -> Wanted:
    new = NewCredential(secrets.token_bytes(16), b"", 0)
    return Wanted({"passkey_id": passkey_store.add(work, OWNER, "Finger", new).id})


@NEEDS.of("add_passkey")
def _new(_world: World, work: UnitOfWork) -> Wanted:
    key, id_ = Ed25519PrivateKey.generate(), secrets.token_bytes(16)
    credential = _NO_MODEL + len(id_).to_bytes(2) + id_ + _public(key)
    attested = encode_cbor({"fmt": "none", "attStmt": {}, "authData": _data(_WITH_CREDENTIAL) + credential})
    said = _client_data("webauthn.create", passkey_store.new_challenge(work, "add", OWNER))
    return Wanted(body={"credential": _credential(id_, clientDataJSON=said, attestationObject=attested)})


@NEEDS.of("sign_in_with_passkey")
def _entering(_world: World, work: UnitOfWork) -> Wanted:
    reset_member(work)
    return _signed(work, passkey_store.new_challenge(work, "sign in"))


@NEEDS.of("prove_with_passkey")
def _proving(_world: World, work: UnitOfWork) -> Wanted:
    return _signed(work, passkey_store.new_challenge(work, "prove", OWNER))


def _signed(work: UnitOfWork, challenge: bytes) -> Wanted:
    """Give the member a passkey that has signed a challenge."""
    key, id_ = Ed25519PrivateKey.generate(), secrets.token_bytes(16)
    passkey_store.add(work, OWNER, "Finger", NewCredential(id_, _public(key), 0))
    said, data = _client_data("webauthn.get", challenge), _data(_VERIFIED)
    signature = key.sign(data + sha256(said).digest())
    answer = {"clientDataJSON": said, "authenticatorData": data, "signature": signature}
    answer = _credential(id_, clientDataJSON=said, authenticatorData=data, signature=signature)
    return Wanted(body={"credential": answer})


def _credential(id_: bytes, **answer: bytes) -> dict[str, Any]:
    name, response = bytes_to_base64url(id_), {part: bytes_to_base64url(one) for part, one in answer.items()}
    return {"id": name, "rawId": name, "type": "public-key", "response": response}


def _client_data(kind: str, challenge: bytes) -> bytes:
    return json.dumps({"type": kind, "challenge": bytes_to_base64url(challenge), "origin": ADDRESS}).encode()


def _data(flags: int) -> bytes:
    return sha256(_SITE.name.encode()).digest() + bytes([flags]) + _COUNT


def _public(key: Ed25519PrivateKey) -> bytes:
    """Return a public key as COSE writes it (RFC 9053, 7.2): an octet key pair, EdDSA on Ed25519."""
    return encode_cbor({1: 1, 3: -8, -1: 6, -2: key.public_key().public_bytes_raw()})
