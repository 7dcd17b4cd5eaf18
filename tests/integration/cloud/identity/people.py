"""People who use the API over real HTTP: they register, read their mail, sign in, and carry their token along."""

import email
import email.policy
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import psycopg
import pyotp
import requests
from requests.adapters import HTTPAdapter

from cloud.foundation.calls import system_call
from cloud.foundation.clock import FixedClock, SystemClock
from cloud.foundation.job_worker import Worker
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import passwords, store, workspace_store
from cloud.identity.facade import Identity
from cloud.identity.throttle import Limits
from tests.integration.cloud.conftest import RunningApi, TestDatabase

PASSWORD = "ninety grey herons"
_numbers = itertools.count()


def add_member(work: UnitOfWork, email: str, *roles: str) -> str:
    """Add an account whose address is confirmed; return its id."""
    account_id = store.add_account(work, email, "Ada", passwords._HASHER.hash(PASSWORD))
    now = work.clock.now()
    store.change_account(work, account_id, state="active", verified_at=now, roles=["member", *roles])
    workspace_store.add(work, "Ada", account_id, is_personal=True)
    return account_id


@dataclass
class Person:
    """Somebody with an address, perhaps with a session."""

    city: "City"
    email: str
    password: str = PASSWORD
    token: str | None = None
    device: str | None = None
    recovery: list[str] = field(default_factory=list)

    def send(
        self, method: str, path: str, body: object = None, form: dict[str, str] | None = None, **headers: str
    ) -> requests.Response:
        """Send one request, under a new key unless `Idempotency_Key` gives one."""
        sent = {"Idempotency-Key": f"key-{next(_numbers)}"} if method != "GET" else {}
        sent |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        url = self.city.api.url + path
        return self.city.wire.request(method, url, json=body, data=form, headers=sent, timeout=20)

    def register(self, name: str = "Ada") -> requests.Response:
        """Ask for an account and let the jobs run."""
        reply = self.send("POST", "/v1/registrations", {"email": self.email, "password": self.password, "name": name})
        self.city.run_jobs()
        return reply

    def mails(self, subject: str = "") -> list[str]:
        """Return the texts of the mails that came, in no order."""
        found = [mail for mail in self.city.mails() if mail["To"] == self.email and subject in mail["Subject"]]
        return [mail.get_content().replace("\r\n", "\n") for mail in found]

    def mailed_code(self, subject: str) -> str:
        """Return the code in the only mail with a subject."""
        (text,) = self.mails(subject)
        return re.search(r"\n\n(\S{10,})\n", text)[1]

    def confirm(self) -> requests.Response:
        """Confirm the address."""
        return self.send("POST", "/v1/registrations/confirmation", {"token": self.mailed_code("Confirm")})

    def sign_in(self, **more: object) -> requests.Response:
        """Sign in and keep the token if there is one."""
        form = {"email": self.email, "password": self.password, **more}
        reply = Person(self.city, self.email).send("POST", "/v1/sessions", form)
        if reply.status_code == 201:
            self.token = reply.json()["token"]
            self.device = reply.json()["device"] or self.device
        return reply

    def account(self) -> requests.Response:
        """Read the account."""
        return self.send("GET", "/v1/account")

    def add_authenticator(self) -> str:
        """Add an authenticator, keep the recovery codes, return the secret."""
        secret = self.send("POST", "/v1/account/authenticator").json()["secret"]
        code = pyotp.TOTP(secret).at(self.city.clock.now())
        reply = self.send("POST", "/v1/account/authenticator/confirmation", {"code": code})
        self.recovery = reply.json()["codes"]
        return str(secret)

    def prove(self, **more: object) -> requests.Response:
        """Prove who it is and keep the new token."""
        reply = self.send("POST", "/v1/sessions/current/proof", {"password": self.password, **more})
        if reply.status_code == 200:
            self.token = reply.json()["token"]
        return reply


@dataclass
class City:
    """An API, its mail, its time and its people."""

    api: RunningApi
    database: TestDatabase
    identity: Identity
    clock: FixedClock = field(default_factory=lambda: FixedClock(SystemClock().now()))
    wire: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.api.runtime.units.clock = self.clock
        self.wire.mount("http://", HTTPAdapter(pool_maxsize=64))
        authority = self.api.runtime.settings.tls_authority
        if authority is not None:
            self.wire.verify, self.wire.trust_env = str(authority), False

    @property
    def origin(self) -> str:
        """Return the API's address as pages know it."""
        return f"http://localhost:{self.api.url.rpartition(':')[2]}"

    def person(self, name: str = "ada") -> Person:
        """Return somebody with an address and no account."""
        return Person(self, f"{name}@example.org")

    def member(self, name: str = "ada") -> Person:
        """Return somebody who is signed in; the account is there without the mails of registering."""
        person = self.person(name)
        self.api.runtime.units.run(system_call("test"), lambda work: add_member(work, person.email))
        assert person.sign_in().status_code == 201
        return person

    def limit(self, limits: Limits) -> None:
        """Hold sign-ins to other limits."""
        self.identity.limits = self.identity.prover.limits = limits

    def advance(self, **by: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(**by))

    def run_jobs(self) -> None:
        """Run every job that is due, those included that messages of the outbox start."""
        runtime = self.api.runtime
        worker = Worker(runtime.units, runtime.kinds, runtime.subscriptions, 1)
        while worker._dispatch() == 0 or worker._run_next() == 0:
            pass

    def mails(self) -> Sequence[email.message.EmailMessage]:
        """Return every message."""
        files = (self.api.runtime.settings.data / "mail").glob("*.eml")
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    def rows(self, query: str, **values: object) -> list[tuple]:
        """Return what the database's owner reads."""
        with psycopg.connect(self.database.owner) as connection:
            return connection.execute(query, values).fetchall()

    def execute(self, statement: str, **values: object) -> None:
        """Change the database behind the API's back."""
        with psycopg.connect(self.database.owner) as connection:
            connection.execute(statement, values)

    def audited(self, action: str) -> list[tuple]:
        """Return actor, resource, before and after of the entries of an action."""
        query = "SELECT actor, resource, before, after FROM audit_entry WHERE action = %(action)s ORDER BY seq"
        return self.rows(query, action=action)

    def dump(self) -> str:
        """Return everything that the database holds, as text."""
        tables = [name for (name,) in self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return "\n".join(str(self.rows(f"SELECT * FROM {table}")) for table in tables)
