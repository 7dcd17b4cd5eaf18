"""Who uses a cloud that is measured: accounts with projects, made the way anybody makes them, over HTTP.

They register, confirm the code in the mail (which a cloud without a mail server keeps in its folder), and sign in.
"""

import email
import email.policy
import re
import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import requests

from sync.client.generated import api
from sync.client.http import Wire

_PASSWORD = "ninety grey herons"  # noqa: S105 - of accounts that live for a minute
_MAILED_S, _LOOK_AGAIN_S = 60.0, 0.05
_TICKET_S = 3_600


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with an account who is signed in on a device."""

    email: str
    password: str
    token: str
    device: str

    def sent(self) -> dict[str, str]:
        """Return it as a plan for the load generator holds it."""
        return asdict(self)


def members(url: str, data: Path, number: int) -> list[Member]:
    """Make so many accounts in the cloud that keeps its mail in `data`."""
    addresses = [f"player{one}@example.org" for one in range(number)]
    for address in addresses:
        _post(f"{url}/v1/registrations", {"email": address, "password": _PASSWORD, "name": "Player"}, 202)
    codes = _mailed_codes(data / "mail", set(addresses))
    return [_signed_in(url, address, codes[address]) for address in addresses]


def project(url: str, member: Member, name: str) -> str:
    """Make a shared project; return its id."""
    wire = _wire(url, member)
    try:
        return api.create_project(wire, name=name).id
    finally:
        wire.close()


def room_address(url: str, member: Member, project_id: str) -> str:
    """Return where the room of a project is, with a ticket into it; `url` is the process that answers."""
    wire = _wire(url, member)
    try:
        ticket = api.open_ticket(wire, project_id, device="bench", lasts_s=_TICKET_S).ticket
    finally:
        wire.close()
    return f"{url.replace('http', 'ws', 1)}/v1/rooms/{project_id}?ticket={ticket}"


def _wire(url: str, member: Member) -> Wire:
    return Wire(url, lambda: member.token)


def _signed_in(url: str, address: str, code: str) -> Member:
    _post(f"{url}/v1/registrations/confirmation", {"token": code}, 200)
    opened = _post(f"{url}/v1/sessions", {"email": address, "password": _PASSWORD}, 201)
    return Member(address, _PASSWORD, opened["token"], opened["device"])


def _post(url: str, body: dict[str, str], status: int) -> dict[str, Any]:
    reply = requests.post(url, json=body, headers={"Idempotency-Key": secrets.token_urlsafe(16)}, timeout=60)
    if reply.status_code != status:
        raise RuntimeError(f"{url} answers with {reply.status_code}: {reply.text[:200]}")
    found: dict[str, Any] = reply.json()
    return found


def _mailed_codes(folder: Path, addresses: set[str]) -> dict[str, str]:
    """Wait until everybody has a mail with a code; return the codes."""
    end = time.monotonic() + _MAILED_S
    while True:
        codes = dict(_code(file) for file in folder.glob("*.eml"))
        if addresses <= set(codes):
            return codes
        if time.monotonic() > end:
            raise RuntimeError(f"{len(addresses - set(codes))} accounts got no mail.")
        time.sleep(_LOOK_AGAIN_S)


def _code(file: Path) -> tuple[str, str]:
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    found = re.search(r"\n\n(\S{20,})\r?\n", str(mail.get_content()).replace("\r\n", "\n"))
    return str(mail["To"]), found[1] if found else ""
