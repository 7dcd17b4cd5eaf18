"""What browsers are asked for a passkey and how their answers are judged (WebAuthn level 2): pure, no database.

A passkey must verify its owner (by finger, face or PIN), so it is two factors in one. It belongs to the name of our
address: an answer made for another site does not pass. Attestations are not asked for: any maker's device will do.
"""

import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from cloud.identity.contracts import Account, Passkey
from cloud.identity.errors import PasskeyError

_NAME = "Max Booster"
_REQUIRED = UserVerificationRequirement.REQUIRED
#: What the library lets through when an answer is cut or rearranged.
_BROKEN = (WebAuthnException, ValueError, KeyError, IndexError, TypeError, OverflowError)
Credential = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Site:
    """Our address, as browsers tie passkeys to it."""

    origin: str

    @property
    def name(self) -> str:
        """Return the name that passkeys belong to."""
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True, slots=True)
class NewCredential:
    """A passkey that a browser has made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def creation_options(site: Site, challenge: bytes, owner: Account, taken: Sequence[bytes]) -> dict[str, Any]:
    """Return what a browser is asked to make a passkey with; devices that hold one of `taken` make no second."""
    options = webauthn.generate_registration_options(
        rp_id=site.name,
        rp_name=_NAME,
        user_id=owner.id.encode(),
        user_name=owner.email,
        user_display_name=owner.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED
        ),
        exclude_credentials=_descriptors(taken),
    )
    return _as_json(options)


def request_options(site: Site, challenge: bytes, allowed: Sequence[bytes] = ()) -> dict[str, Any]:
    """Return what a browser is asked to use a passkey with: one of `allowed`, or any that it has for us."""
    options = webauthn.generate_authentication_options(
        rp_id=site.name,
        challenge=challenge,
        allow_credentials=_descriptors(allowed),
        user_verification=_REQUIRED,
    )
    return _as_json(options)


def challenge_in(credential: Credential) -> bytes:
    """Return the challenge that an answer claims to answer; raises PasskeyError."""
    try:
        client_data = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        return base64url_to_bytes(client_data["challenge"])
    except (*_BROKEN, AttributeError, binascii.Error, RecursionError):
        raise PasskeyError from None


def credential_id_in(credential: Credential) -> bytes:
    """Return which passkey an answer claims to come from; raises PasskeyError."""
    try:
        return base64url_to_bytes(credential["rawId"])
    except (*_BROKEN, binascii.Error):
        raise PasskeyError from None


def made(site: Site, credential: Credential, challenge: bytes) -> NewCredential:
    """Return the passkey that an answer to `creation_options` brings; raises PasskeyError."""
    try:
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except _BROKEN:
        raise PasskeyError from None
    return NewCredential(found.credential_id, found.credential_public_key, found.sign_count)


def new_sign_count(site: Site, credential: Credential, challenge: bytes, kept: Passkey, public_key: bytes) -> int:
    """Return the count of a passkey that answered `request_options`; raises PasskeyError, also for a copied one."""
    try:
        owner = credential["response"].get("userHandle")
        if owner is not None and base64url_to_bytes(owner) != kept.account_id.encode():
            raise PasskeyError
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=kept.sign_count,
            require_user_verification=True,
        )
    except _BROKEN:
        raise PasskeyError from None
    return found.new_sign_count


def _descriptors(ids: Sequence[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one) for one in ids]


def _as_json(options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(options_to_json(options))
    return found
