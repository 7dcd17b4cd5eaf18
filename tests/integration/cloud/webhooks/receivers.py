"""Who gets messages: a real HTTPS server that answers as told, and a webhook that leads to it."""

import base64
import hashlib
import hmac
import http.server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from cloud.foundation.fetcher import Fetcher
from tests.factories.https_servers import HOST, https_served
from tests.integration.cloud.identity.people import City, Person


@dataclass
class Message:
    """What came."""

    headers: dict[str, str]
    body: str

    def is_signed_with(self, secret: str) -> bool:
        """Verify it as a receiver does by the specification."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.{self.body}"
        made = base64.b64encode(hmac.new(key, signed.encode(), hashlib.sha256).digest()).decode()
        return f"v1,{made}" in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """Answers with `replies`, one after the other, then with 204."""

    fetcher: Fetcher
    messages: list[Message] = field(default_factory=list)
    replies: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Return where it is reached."""
        return f"https://{HOST}:{min(self.fetcher.ports)}/hook"

    def answer(self, *statuses: int, **headers: str) -> None:
        """Answer so next."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies += [(status, named) for status in statuses]


@contextmanager
def receiving(folder: Path) -> Iterator[Receiver]:
    """Run a receiver."""
    made: list[Receiver] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            made[0].messages.append(Message({name.lower(): value for name, value in self.headers.items()}, body))
            status, headers = made[0].replies.pop(0) if made[0].replies else (204, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with https_served(Handler, folder) as fetcher:
        made.append(Receiver(fetcher))
        yield made[0]


@dataclass
class Hook:
    """A webhook of somebody's own workspace."""

    owner: Person
    receiver: Receiver
    workspace_id: str
    first: dict[str, object]

    @classmethod
    def made(cls, owner: Person, receiver: Receiver, **wish: object) -> "Hook":
        """Make one."""
        workspace_id = owner.send("GET", "/v1/workspaces").json()["items"][0]["id"]
        reply = owner.send("POST", f"/v1/workspaces/{workspace_id}/webhooks", {"url": receiver.url, **wish})
        assert reply.status_code == 201, reply.text
        return cls(owner, receiver, workspace_id, reply.json())

    @property
    def city(self) -> City:
        """Return where it is."""
        return self.owner.city

    @property
    def path(self) -> str:
        """Return its address in the API."""
        return f"/v1/workspaces/{self.workspace_id}/webhooks/{self.first['id']}"

    def read(self) -> dict[str, object]:
        """Return it as it is now."""
        return self.owner.send("GET", self.path).json()

    def change(self, **what: object) -> requests.Response:
        """Change it, whatever its version is."""
        return self.owner.send("PATCH", self.path, what, If_Match="*")

    def deliveries(self, query: str = "") -> list[dict[str, object]]:
        """Return its messages, newest first."""
        return self.owner.send("GET", f"{self.path}/deliveries{query}").json()["items"]

    def happen(self, name: str = "Song") -> str:
        """Let something happen: a project of that name is made; return its id."""
        reply = self.owner.send("POST", "/v1/projects", {"name": name})
        assert reply.status_code == 201, reply.text
        self.city.run_jobs()
        return str(reply.json()["id"])

    def wait(self, **time: float) -> int:
        """Let time pass and the jobs of then run; return how many messages have come by then."""
        self.city.advance(**time)
        self.city.execute("UPDATE job SET run_at = now() WHERE state = 'waiting'")
        self.city.run_jobs()
        return len(self.receiver.messages)
