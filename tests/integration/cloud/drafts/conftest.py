"""An API whose people are known by name, each with an account."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg
import pytest
import requests
from fastapi import Request

from cloud.foundation.principals import Principal, bearer_token
from sync.protocol.kinds import SCHEMA_VERSION
from tests.integration.cloud.conftest import OPERATOR_KEY, RunningApi, TestDatabase
from tests.integration.cloud.identity.conftest import citys_database, database

__all__ = ["citys_database", "database"]
_MEMBER = frozenset({"member"})
PEOPLE = {
    "stranger": Principal("acc_stranger", "user", _MEMBER),
    "owner": Principal("acc_owner", "user", _MEMBER),
    "owner's key": Principal("key_owner", "key", frozenset({"scope:account:read"}), "acc_owner"),
    "reader": Principal("key_reader", "key", frozenset({"scope:drafts:read"}), "acc_owner"),
    "writer": Principal("key_writer", "key", frozenset({"scope:drafts:write"}), "acc_owner"),
    "support": Principal("acc_support", "user", _MEMBER | {"support"}),
    "admin": Principal("acc_admin", "user", _MEMBER | {"admin"}),
}
_numbers = itertools.count()
_NEW_ACCOUNT = "INSERT INTO account (id, email, name, password_hash) VALUES (%(id)s, %(id)s, 'x', 'x')"


class _ByName:
    """An authenticator whose tokens are the people's names."""

    def principal_of(self, request: Request) -> Principal | None:
        """Return whom the token names."""
        return PEOPLE.get(bearer_token(request) or "")


@dataclass
class Desk:
    """Sends requests as somebody, and operations as a client of theirs."""

    api: RunningApi
    numbers: dict[str, int] = field(default_factory=dict)

    def send(self, who: str, method: str, path: str, body: object = None, **headers: str) -> requests.Response:
        """Send one request, under a new key unless `Idempotency_Key` gives one."""
        token = OPERATOR_KEY if who == "operator" else who
        sent = {"Idempotency-Key": f"key-{next(_numbers)}"} if method != "GET" else {}
        sent |= {} if who == "anonymous" else {"Authorization": f"Bearer {token}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(method, self.api.url + path, json=body, headers=sent, timeout=20)

    def register(self, who: str, client: str) -> requests.Response:
        """Make a client known."""
        return self.send(who, "PUT", f"/v1/sync/clients/{client}", {"label": "Studio"})

    def push(self, who: str, client: str, *operations: dict[str, object], **more: object) -> requests.Response:
        """Send operations under the client's next numbers, unless they have their own."""
        numbered = []
        for operation in operations:
            seq = operation.get("seq", self.numbers.get(client, 0) + 1)
            self.numbers[client] = max(self.numbers.get(client, 0), int(str(seq)))
            numbered.append({"op_id": f"op-{next(_numbers)}", "base_version": 0, **operation, "seq": seq})
        body = {"client_id": client, "schema_version": SCHEMA_VERSION, "operations": numbered, **more}
        return self.send(who, "POST", "/v1/sync/operations", body)

    def answers(self, who: str, client: str, *operations: dict[str, object]) -> list[dict[str, object]]:
        """Send operations and return their answers."""
        reply = self.push(who, client, *operations)
        assert reply.status_code == 200, reply.text
        return list(reply.json()["answers"])

    def changes(self, who: str, cursor: str | None = None, limit: int = 200) -> dict[str, object]:
        """Return a part of the feed."""
        path = f"/v1/sync/changes?schema_version={SCHEMA_VERSION}&limit={limit}"
        reply = self.send(who, "GET", path + (f"&cursor={cursor}" if cursor else ""))
        assert reply.status_code == 200, reply.text
        return dict(reply.json())


def release(draft_id: str = "rel1", base_version: int = 0, **patch: object) -> dict[str, object]:
    """Return an operation that changes a release."""
    return {"kind": "release", "draft_id": draft_id, "base_version": base_version, "patch": patch}


@pytest.fixture
def desk(start_api: Callable[..., RunningApi], database: TestDatabase) -> Desk:
    """Return the API with its people."""
    running = start_api()
    running.runtime.authenticators.append(_ByName())
    with psycopg.connect(database.owner) as connection:
        for person in PEOPLE.values():
            if person.kind == "user":
                connection.execute(_NEW_ACCOUNT, {"id": person.id})
    return Desk(running)
