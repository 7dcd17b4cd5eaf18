"""Shared projects over the API: list, make, members, invitations, tickets, what was overwritten. Raises CloudError."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.client.http import Wire, readable


@dataclass(frozen=True, slots=True)
class SharedProject:
    """A shared project as the one who is signed in sees it."""

    id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a project."""

    account_id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """A way in; `token` is there only where it was just made for a link."""

    id: str
    role: str
    email: str | None
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A value that lost against one that its writer did not know."""

    id: int
    root: str
    key: str
    lost_account: str
    lost_value: Any
    won_account: str
    at: str


class Projects:
    """The calls; who is signed in makes them."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def account(self) -> tuple[str, str]:
        """Return (id, name) of who is signed in."""
        reply = self._wire.send("GET", "/v1/account")
        return readable(lambda: (str(reply["id"]), str(reply["name"])))

    def all(self) -> list[SharedProject]:
        """Return all projects one is in, those joined last first."""
        items = self._all("/v1/projects")
        return readable(lambda: [_project(item) for item in items])

    def create(self, name: str) -> SharedProject:
        """Make a project."""
        return self._project("POST", "/v1/projects", {"name": name})

    def read(self, project_id: str) -> SharedProject:
        """Return one project."""
        return self._project("GET", f"/v1/projects/{project_id}")

    def join(self, token: str) -> SharedProject:
        """Come in with an invitation."""
        return self._project("POST", "/v1/project-invitations/acceptance", {"token": token})

    def members(self, project_id: str) -> list[Member]:
        """Return who is in a project."""
        items = self._all(f"/v1/projects/{project_id}/members")
        return readable(lambda: [_member(item) for item in items])

    def change_role(self, project_id: str, account_id: str, role: str) -> Member:
        """Make a member something else."""
        reply = self._send("PUT", f"/v1/projects/{project_id}/members/{account_id}", {"role": role})
        return readable(lambda: _member(reply))

    def remove_member(self, project_id: str, account_id: str) -> None:
        """Remove a member; `me` leaves."""
        self._send("DELETE", f"/v1/projects/{project_id}/members/{account_id}")

    def invite(self, project_id: str, role: str, *, email: str | None = None, uses: int = 1) -> Invitation:
        """Make a way in: by mail, or a token for a link."""
        body = {"role": role, "email": email, "max_uses": 1 if email else uses}
        reply = self._send("POST", f"/v1/projects/{project_id}/invitations", body)
        return readable(lambda: _invitation(reply))

    def invitations(self, project_id: str) -> list[Invitation]:
        """Return the ways in that are open."""
        items = self._all(f"/v1/projects/{project_id}/invitations")
        return readable(lambda: [_invitation(item) for item in items])

    def revoke(self, project_id: str, invitation_id: str) -> None:
        """Close a way in."""
        self._send("DELETE", f"/v1/projects/{project_id}/invitations/{invitation_id}")

    def ticket(self, project_id: str, device: str, epoch: int | None = None) -> str:
        """Return what lets this device into the project's room for the next minute."""
        body = {"device": device, **({"epoch": epoch} if epoch else {})}
        reply = self._send("POST", f"/v1/projects/{project_id}/tickets", body)
        return readable(lambda: str(reply["ticket"]))

    def overwritten(self, project_id: str, after: int) -> list[Overwritten]:
        """Return what lost after an entry of the feed, the first first; the feed comes newest first."""
        items = self._all(f"/v1/projects/{project_id}/overwritten", is_known=lambda item: int(item["id"]) <= after)
        found = readable(lambda: [_overwritten(item) for item in items])
        return sorted((one for one in found if one.id > after), key=lambda one: one.id)

    def _project(self, method: str, path: str, body: Any = None) -> SharedProject:
        reply = self._send(method, path, body)
        return readable(lambda: _project(reply))

    def _send(self, method: str, path: str, body: Any = None) -> Any:
        keyed = {} if method == "GET" else {"Idempotency-Key": str(uuid.uuid4())}
        return self._wire.send(method, path, body, headers=keyed)

    def _all(
        self, path: str, is_known: "Callable[[Mapping[str, Any]], bool]" = lambda _: False
    ) -> "list[Mapping[str, Any]]":
        """Return the items of all pages, or of those up to the first with an item that is known."""
        items: list[Mapping[str, Any]] = []
        cursor: str | None = None
        while True:
            query = {"limit": "100", **({"cursor": cursor} if cursor else {})}
            more, cursor = _page(self._wire.send("GET", path, query=query))
            items += more
            if cursor is None or readable(lambda: any(is_known(item) for item in more)):  # noqa: B023 - called at once
                return items


def _page(reply: Any) -> "tuple[list[Mapping[str, Any]], str | None]":
    return readable(lambda: (list(reply["items"]), reply["next"]))


def _project(item: Mapping[str, Any]) -> SharedProject:
    return SharedProject(str(item["id"]), str(item["name"]), str(item["role"]))


def _member(item: Mapping[str, Any]) -> Member:
    return Member(str(item["account_id"]), str(item["name"]), str(item["role"]))


def _invitation(item: Mapping[str, Any]) -> Invitation:
    return Invitation(str(item["id"]), str(item["role"]), item["email"], item.get("token"))


def _overwritten(item: Mapping[str, Any]) -> Overwritten:
    return Overwritten(
        int(item["id"]),
        str(item["root"]),
        str(item["key"]),
        str(item["lost_account"]),
        item["lost_value"],
        str(item["won_account"]),
        str(item["at"]),
    )
