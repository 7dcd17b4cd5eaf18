"""What the desktop asks the authorization server for: tokens, device codes, revocation (RFC 6749, 7636, 8628, 7009)."""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sync.client.errors import SignInError
from sync.client.http import Wire, readable
from sync.client.server_text import shown
from sync.protocol.addresses import is_same_origin

CLIENT_ID = "maxbooster-desktop"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
#: A server that names no interval, or an absurd one, is asked in this range (RFC 8628, 3.5).
_SHORTEST_S, _USUAL_S, _LONGEST_S = 1.0, 5.0, 60.0
_LONGEST_CODE_S, _LONGEST_CODE, _LONGEST_PLACE = 3_600.0, 32, 100
#: A token is kept in keyrings that take little, and sent in a header.
_TOKEN = re.compile(r"[!-~]{1,4096}")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in works with. `refresh` is the only one that is ever stored."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    lasts_s: float
    session_id: str


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What a person types elsewhere, and what asks whether they have."""

    device_code: str = field(repr=False)
    user_code: str
    page: str
    lasts_s: float
    interval_s: float


@dataclass(frozen=True, slots=True)
class Proof:
    """A PKCE pair: whoever holds the verifier began the sign-in."""

    verifier: str = field(repr=False)
    challenge: str

    @classmethod
    def made(cls) -> "Proof":
        """Return a fresh pair (S256)."""
        verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        return cls(verifier, base64.urlsafe_b64encode(digest).decode().rstrip("="))


class AuthorizationServer:
    """The cloud's authorization server; `device` is the secret that this installation keeps.

    Every method that asks raises CloudError: RefusedError with the server's `error` as its code.
    """

    def __init__(self, wire: Wire, device: str, label: str) -> None:
        self._wire, self.device, self._label = wire, device, label

    @property
    def issuer(self) -> str:
        """Return who answers: what `iss` must be."""
        return self._wire.address

    def greet(self) -> None:
        """Make sure that the server is there, before a browser is sent to it; SignInError when it is another one."""
        about = self._wire.read("/.well-known/oauth-authorization-server")
        issuer = readable(lambda: str(about["issuer"]))
        if issuer != self.issuer:
            raise SignInError(
                f"The cloud at {self.issuer} goes by {shown(issuer)}: set the setting cloud.address to that."
            )

    def page(self, redirect_uri: str, state: str, proof: Proof) -> str:
        """Return the page on which a person lets this program in."""
        about = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": redirect_uri,
            "state": state,
            "code_challenge": proof.challenge,
            "code_challenge_method": "S256",
            "device": self.device,
            "label": self._label,
        }
        return f"{self._wire.address}/oauth/authorize?{urlencode(about)}"

    def exchange(self, code: str, proof: Proof, redirect_uri: str) -> Tokens:
        """Return the tokens for a code."""
        return self._tokens(
            grant_type="authorization_code", code=code, code_verifier=proof.verifier, redirect_uri=redirect_uri
        )

    def refresh(self, token: str) -> Tokens:
        """Return new tokens; the refresh token is used up."""
        return self._tokens(grant_type="refresh_token", refresh_token=token, device=self.device)

    def begin_device(self) -> DeviceCode:
        """Return codes for a sign-in without a browser on this machine; SignInError when they lead elsewhere."""
        form = {"client_id": CLIENT_ID, "device": self.device, "label": self._label}
        reply = self._wire.send_form("/oauth/device", form)
        code = readable(lambda: _device_code(reply))
        if not is_same_origin(self.issuer, code.page):
            raise SignInError(
                f"The cloud at {self.issuer} sends you to {shown(code.page)[:_LONGEST_PLACE]} to sign in, "
                "which is not part of it: set the setting cloud.address to the address that it goes by."
            )
        return code

    def poll_device(self, device_code: str) -> Tokens:
        """Return the tokens when the person has decided."""
        return self._tokens(grant_type=DEVICE_GRANT, device_code=device_code)

    def revoke(self, token: str) -> None:
        """End the sign-in that a refresh token belongs to."""
        self._wire.send_form("/oauth/revocation", {"client_id": CLIENT_ID, "token": token})

    def _tokens(self, **form: str) -> Tokens:
        reply = self._wire.send_form("/oauth/token", {"client_id": CLIENT_ID, **form})
        return readable(
            lambda: Tokens(
                _token(reply["access_token"]),
                _token(reply["refresh_token"]),
                float(reply["expires_in"]),
                str(reply.get("session_id", "")),
            )
        )


def _token(value: str) -> str:
    if not _TOKEN.fullmatch(value):
        raise ValueError("no token looks like that")
    return value


def _device_code(reply: Mapping[str, Any]) -> DeviceCode:
    return DeviceCode(
        _token(reply["device_code"]),
        shown(str(reply["user_code"]))[:_LONGEST_CODE],
        str(reply["verification_uri"]),
        min(_LONGEST_CODE_S, float(reply["expires_in"])),
        clamped_interval_s(float(reply.get("interval", _USUAL_S))),
    )


def clamped_interval_s(interval_s: float) -> float:
    """Return a polling interval that neither floods the server nor forgets the person."""
    return min(_LONGEST_S, max(_SHORTEST_S, interval_s))
