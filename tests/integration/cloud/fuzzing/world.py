"""Who fuzzes the API, and what there is for them: accounts by role, and fresh things for each request that names one.

The API under test and the program that fuzzes it are two processes on one database. Here is what both know: who the
roles are, how a request says which one it is (`Doors`), and how the fuzzer makes what a request needs (`preparing.py`).
"""

import itertools
import os
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import get_args

from argon2 import PasswordHasher
from fastapi import Request
from pydantic import SecretStr

from cloud.foundation.calls import system_call
from cloud.foundation.database import Database
from cloud.foundation.encryption import Keyring
from cloud.foundation.principals import ANONYMOUS, OPERATOR, Principal, bearer_token
from cloud.foundation.unit_of_work import UnitOfWork, Units
from cloud.gateways.objects.parts import StoreParts
from cloud.gateways.objects.signing import Bucket
from cloud.gateways.objects.store import ObjectStore, open_store
from cloud.identity import session_store, store, workspace_store
from cloud.identity.key_schemas import Scope

CALL = system_call("fuzzing")
#: What passkeys belong to; nobody goes there.
ADDRESS = "https://fuzzed.example.org"
BUCKET = "fuzzed"
STORE = f"s3://{BUCKET}/sounds"
PASSWORD = "ninety grey herons"
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
DAY = timedelta(days=1)
_TOKENS = "fuzzed-2b7e1516-"
#: Accounts by role. Everything belongs to the member; the stranger is a tenant of their own. The guest, who is let in,
#: and the chief, a second admin, send nothing.
ACCOUNTS = {
    "member": ("member",),
    "stranger": ("member",),
    "support": ("member", "support"),
    "admin": ("member", "admin"),
    "guest": ("member",),
    "chief": ("member", "admin"),
}
SCOPES = get_args(Scope)
#: Who sends requests: nobody, four accounts, a key of the member's with every scope, whoever runs the cloud.
ROLES = ("anonymous", "member", "stranger", "support", "admin", "key", "operator")


def id_of(role: str) -> str:
    """Return the id of a role's account."""
    return f"acc_{role}"


def email_of(role: str) -> str:
    """Return the address of a role's account."""
    return f"{role}@example.org"


def people(work: UnitOfWork) -> None:
    """Add the accounts."""
    for role, roles in ACCOUNTS.items():
        add_account(work, role, *roles)


def add_account(work: UnitOfWork, name: str, *roles: str, state: str = "active") -> str:
    """Add an account with a workspace of its own; return its id."""
    made = store.add_account(work, email_of(name), name.title(), HASH)
    store.change_account(
        work, made, id=id_of(name), state=state, roles=list(roles) or ["member"], verified_at=work.clock.now()
    )
    if state == "active":
        workspace_store.add(work, name.title(), id_of(name), is_personal=True)
    return id_of(name)


def say_role(data: Path, role: str) -> None:
    """Say who sends the next request that has the token `anybody`; they come one after the other."""
    (data / "role").write_text(role, encoding="ascii")


def said_role(data: Path) -> str:
    """Return who sends the present request."""
    return (data / "role").read_text(encoding="ascii")


def token_of(role: str) -> str:
    """Return what requests of a role carry; no word that the fuzzer comes upon by itself, as "admin" is."""
    return _TOKENS + role


@dataclass(frozen=True, slots=True)
class Doors:
    """An authenticator with a token for each role (`token_of`): each request has a session of its own, just proven."""

    units: Units
    data: Path

    def principal_of(self, request: Request) -> Principal | None:
        """Return whom the token names, and note the session on the request."""
        token = bearer_token(request) or ""
        name = token.removeprefix(_TOKENS)
        if name == token:
            return None
        if name == "anybody":
            name = said_role(self.data)
        others = {
            "anonymous": ANONYMOUS,
            "operator": OPERATOR,
            "key": Principal("key_fuzz", "key", frozenset(f"scope:{one}" for one in SCOPES), id_of("member")),
        }
        if name not in ACCOUNTS:
            return others.get(name)
        methods = ["pwd", "otp"]
        opened = self.units.run(CALL, lambda work: session_store.open_session(work, id_of(name), "Fuzzer", methods))
        request.scope["session"] = opened[0]
        return Principal(id_of(name), "user", frozenset(ACCOUNTS[name]))


@dataclass(frozen=True, slots=True)
class World:
    """The database of the API under test, as the fuzzer reaches it."""

    units: Units
    keyring: Keyring
    data: Path
    objects: ObjectStore
    parts: StoreParts
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    @classmethod
    def from_environment(cls) -> "World":
        """Return the world that `environment` describes."""
        units, data = Units(Database(os.environ["FUZZ_DATABASE"], pool_size=2)), Path(os.environ["FUZZ_DATA"])
        objects, bucket = open_store(STORE, data), Bucket.of(BUCKET, os.environ)
        assert bucket is not None
        assert objects.remote is not None
        parts = StoreParts(bucket, objects.remote)
        return cls(units, Keyring.of(SecretStr(os.environ["FUZZ_KEYS"])), data, objects, parts)

    def number(self) -> int:
        """Return a number that was not used before, by no other run either."""
        return next(self.numbers) + 1_000_000 * os.getpid()


def environment(database: str, keys: str, data: Path, *, role: str, seen: Path) -> dict[str, str]:
    """Return what tells the fuzzer where it is: `role` sends the requests, `seen` gets a line for each."""
    own = {"FUZZ_DATABASE": database, "FUZZ_KEYS": keys, "FUZZ_DATA": str(data), "FUZZ_ROLE": role}
    return os.environ | own | {"FUZZ_SEEN": str(seen), "PYTHONPATH": str(Path(__file__).parents[4])}
