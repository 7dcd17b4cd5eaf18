"""Desktops that sign in: each with its installation's secret, its verifier and what it was given."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field

import requests

from cloud.foundation.calls import Call
from cloud.foundation.principals import Principal
from cloud.identity.grants import CLIENT_ID, DesktopRequest
from tests.integration.cloud.identity.people import City, Person

REDIRECT = "http://127.0.0.1:49152/cb"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass
class Desktop:
    """A program without a secret of its own."""

    city: City
    label: str = "Studio"
    device: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    access: str | None = None
    refresh_token: str | None = None

    @property
    def challenge(self) -> str:
        """Return the verifier's SHA-256."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip("=")

    def post(self, path: str, **form: str) -> requests.Response:
        """Send a form as this client."""
        return self.city.wire.post(self.city.api.url + path, {"client_id": CLIENT_ID, **form}, timeout=20)

    def ask(self, grant_type: str, **form: str) -> requests.Response:
        """Ask for tokens and keep them."""
        reply = self.post("/oauth/token", grant_type=grant_type, **form)
        if reply.status_code == 200:
            self.access, self.refresh_token = reply.json()["access_token"], reply.json()["refresh_token"]
        return reply

    def exchange(self, code: str, **other: str) -> requests.Response:
        """Exchange a code."""
        form = {"code": code, "code_verifier": self.verifier, "redirect_uri": REDIRECT}
        return self.ask("authorization_code", **(form | other))

    def refresh(self, token: str | None = None, device: str | None = None) -> requests.Response:
        """Refresh."""
        return self.ask("refresh_token", refresh_token=token or self.refresh_token or "", device=device or self.device)

    def poll(self, device_code: str) -> requests.Response:
        """Ask whether a person has decided."""
        return self.ask("device_code" if not device_code else DEVICE_GRANT, device_code=device_code)

    def account(self) -> int:
        """Read the account with the access token; return the status."""
        return Person(self.city, "", token=self.access).account().status_code


def call_of(person: Person) -> Call:
    """Return a call as a page makes it for somebody who has signed in."""
    (session,) = [item for item in person.send("GET", "/v1/sessions").json()["items"] if item["is_current"]]
    who = Principal(person.account().json()["id"], "user", frozenset({"member"}))
    return Call(who, "req_test", session=session["id"])


def allowed_code(person: Person, desktop: Desktop) -> str:
    """Let a person allow a desktop; return the code."""
    wish = DesktopRequest(REDIRECT, desktop.challenge, desktop.device, desktop.label)
    identity = person.city.identity
    return identity.run(call_of(person), identity.desktop.allow(wish))


def signed_in(person: Person, label: str = "Studio") -> Desktop:
    """Return a desktop that a person has let in."""
    desktop = Desktop(person.city, label)
    assert desktop.exchange(allowed_code(person, desktop)).status_code == 200
    return desktop
