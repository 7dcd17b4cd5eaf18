"""The API: who may use which route, by hand; pages, ETags and keys over real HTTP."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import requests
import sqlalchemy as sa
from fastapi import Request
from fastapi.routing import iter_route_contexts

from cloud.app import api, openapi
from cloud.foundation.calls import system_call
from cloud.foundation.principals import Principal, bearer_token
from cloud.ops.drain import Drain
from tests.integration.cloud.blobs import who_may as who_may_blobs
from tests.integration.cloud.compliance import who_may as who_may_compliance
from tests.integration.cloud.conftest import OPERATOR_KEY, RunningApi
from tests.integration.cloud.drafts import who_may as who_may_drafts
from tests.integration.cloud.identity import pages, staff_who_may, who_may, workspace_who_may
from tests.integration.cloud.projects import who_may as who_may_projects
from tests.integration.cloud.webhooks import who_may as who_may_webhooks

CALL = system_call("test")
#: Who sends a request, and the status each gets. Written by hand: what is not here fails the tests.
ROLES = ("anonymous", "stranger", "member", "support", "admin", "admin's key", "operator")
MATRIX = {
    "GET /healthz": (200, 200, 200, 200, 200, 200, 200),
    "GET /readyz": (200, 200, 200, 200, 200, 200, 200),
    "GET /metrics": (401, 401, 403, 200, 200, 200, 200),
    "GET /v1/ops/jobs": (401, 401, 403, 200, 200, 200, 200),
    "GET /v1/ops/jobs/{job_id}": (401, 401, 403, 200, 200, 200, 200),
    "POST /v1/ops/jobs/{job_id}/retry": (401, 401, 403, 403, 200, 403, 200),
    "POST /v1/ops/jobs/{job_id}/cancel": (401, 401, 403, 403, 200, 403, 200),
    "GET /v1/ops/audit": (401, 401, 403, 200, 200, 200, 200),
}
_PRINCIPALS = {
    "member": Principal("m", "user", frozenset({"member"})),
    "support": Principal("s", "user", frozenset({"support"})),
    "admin": Principal("a", "user", frozenset({"admin"})),
    "admin's key": Principal("k", "key", frozenset({"admin"})),
}
_ACCOUNTS = sa.text("INSERT INTO account (id, email, name, password_hash) VALUES (:id, :id, 'x', 'x')")


class _ByName:
    """An authenticator whose tokens are the roles' names."""

    def principal_of(self, request: Request) -> Principal | None:
        """Return the principal that the token names."""
        return _PRINCIPALS.get(bearer_token(request) or "")


@dataclass
class Client:
    """Sends requests as somebody."""

    api: RunningApi

    def send(self, who: str, method: str, path: str, **more: object) -> requests.Response:
        """Send one request; `who` is one of ROLES."""
        token = OPERATOR_KEY if who == "operator" else who
        headers = {} if who == "anonymous" else {"Authorization": f"Bearer {token}"}
        headers |= more.pop("headers", {})
        return requests.request(method, self.api.url + path, headers=headers, timeout=20, **more)

    def job(self, state: str = "dead") -> tuple[str, str]:
        """Make a job in a state; return its id and its ETag."""
        units = self.api.runtime.units
        job_id = units.run(CALL, lambda work: work.jobs.enqueue("test.job", {"number": 1}))
        change = sa.text("UPDATE job SET state = :state WHERE id = :id")
        units.run(CALL, lambda work: work.connection.execute(change, {"state": state, "id": job_id}))
        return job_id, '"1"'


@pytest.fixture
def client(start_api: Callable[..., RunningApi]) -> Client:
    running = start_api()
    running.runtime.authenticators.append(_ByName())
    people = [{"id": who.id} for who in _PRINCIPALS.values()]
    running.runtime.units.run(CALL, lambda work: work.connection.execute(_ACCOUNTS, people))
    return Client(running)


def test_every_route_is_in_the_table_and_no_other() -> None:
    documented = {
        f"{method.upper()} {path}" for path, operations in openapi()["paths"].items() for method in operations
    }
    tables = MATRIX | who_may.MATRIX | workspace_who_may.MATRIX | who_may_projects.MATRIX | who_may_drafts.MATRIX
    tables |= who_may_blobs.MATRIX | staff_who_may.MATRIX | who_may_compliance.MATRIX | who_may_webhooks.MATRIX
    assert documented == set(tables)
    found = [(route, route.methods or ()) for route in iter_route_contexts(api(Drain()).routes)]
    every = {f"{method} {route.path}" for route, methods in found for method in methods}
    assert every == documented | set(pages.PAGES) | pages.FORMS


@pytest.mark.parametrize("name", MATRIX)
def test_who_may_use_a_route(client: Client, name: str) -> None:
    method, path = name.split()
    found = []
    for who in ROLES:
        job_id, tag = client.job("dead" if "retry" in path else "waiting")
        headers = {"Idempotency-Key": f"{who}-{method}".replace(" ", "-"), "If-Match": tag} if method == "POST" else {}
        found.append(client.send(who, method, path.format(job_id=job_id), headers=headers).status_code)
    assert tuple(found) == MATRIX[name]


def test_ids_of_others_look_like_ids_that_do_not_exist(client: Client) -> None:
    job_id, tag = client.job()
    for path in (f"/v1/ops/jobs/{job_id}", "/v1/ops/jobs/job_none"):
        assert client.send("member", "GET", path).status_code == 403
    for who, status in (("member", 403), ("admin", 404)):
        headers = {"Idempotency-Key": f"n{who}", "If-Match": tag}
        assert client.send(who, "POST", "/v1/ops/jobs/job_none/retry", headers=headers).status_code == status


def test_a_change_happens_once_is_audited_and_has_a_version(client: Client) -> None:
    job_id, tag = client.job()
    path, key = f"/v1/ops/jobs/{job_id}/retry", {"Idempotency-Key": '"one"'}
    assert client.send("admin", "POST", path, headers=key).json()["type"].endswith("condition-missing")
    wrong = client.send("admin", "POST", path, headers={"Idempotency-Key": "two", "If-Match": '"7"'})
    assert (wrong.status_code, wrong.headers["ETag"]) == (412, tag)
    headers = {"Idempotency-Key": "three", "If-Match": tag}
    first, again = (client.send("admin", "POST", path, headers=headers) for _ in range(2))
    assert (first.status_code, first.json()["state"], first.headers["ETag"]) == (200, "waiting", '"2"')
    assert (again.status_code, again.content, again.headers["ETag"]) == (200, first.content, '"2"')
    assert again.headers["Idempotency-Replayed"] == "true"
    other = client.send("admin", "POST", path.replace("retry", "cancel"), headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "urn:maxbooster:problem:idempotency-key-reused")
    late = client.send("admin", "POST", path, headers={"Idempotency-Key": "four", "If-Match": "*"})
    assert (late.status_code, late.json()["detail"]) == (
        409,
        f"The job {job_id} is waiting; only a dead job can be tried again.",
    )
    (entry,) = client.send("admin", "GET", "/v1/ops/audit?action=job.retried").json()["items"]
    assert (entry["actor"], entry["resource"], entry["policy"]) == ("user:a", f"job:{job_id}", "admins-operate")
    assert (entry["before"]["state"], entry["after"]["state"]) == ("dead", "waiting")
    assert entry["request_id"] == first.headers["X-Request-Id"]


def test_pages_show_every_row_once_while_rows_are_added(client: Client) -> None:
    before = {client.job()[0] for _ in range(25)}
    seen, cursor = [], ""
    while cursor is not None:
        page = client.send("admin", "GET", f"/v1/ops/jobs?limit=4{cursor and f'&cursor={cursor}'}").json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        client.job()
    assert len(seen) == len(set(seen))
    assert before <= set(seen)
    foreign = client.send("admin", "GET", "/v1/ops/jobs?limit=1").json()["next"]
    assert client.send("admin", "GET", f"/v1/ops/jobs?state=dead&cursor={foreign}").status_code == 404


def test_many_requests_by_one_caller_are_refused_with_the_time_to_wait(start_api: Callable[..., RunningApi]) -> None:
    sides = [Client(start_api(requests_per_minute=10)) for _ in range(2)]
    replies = [sides[number % 2].send("operator", "GET", "/v1/ops/jobs") for number in range(12)]
    assert [reply.status_code for reply in replies[:10]] == [200] * 10
    refused = replies[-1]
    assert refused.status_code == 429
    assert refused.json()["violated-policies"] == ["default"]
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.headers["RateLimit-Policy"] == '"default";q=10;w=60'
    assert sides[0].send("anonymous", "GET", "/v1/ops/jobs").status_code == 401
    assert sides[0].send("anonymous", "GET", "/healthz").status_code == 200


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET /nothing HTTP/1.1\r\n", 404),
        ("DELETE /v1/ops/jobs HTTP/1.1\r\n", 405),
        ("POST /v1/ops/jobs/x/retry HTTP/1.1\r\nIdempotency-Key: \r\n", 400),
        ("POST /v1/ops/jobs/x/retry HTTP/1.1\r\n", 400),
        ("POST /v1/ops/jobs/x/retry HTTP/1.1\r\nIdempotency-Key: k\r\nContent-Length: 99999999\r\n", 413),
        ("GET /v1/ops/jobs?limit=0 HTTP/1.1\r\n", 422),
        ("GET /v1/ops/jobs?kind=%00 HTTP/1.1\r\n", 422),
        ("GET /v1/ops/jobs?cursor=%FF%FE HTTP/1.1\r\n", 404),
    ],
)
def test_bad_requests_get_a_problem_document(client: Client, request_line: str, status: int) -> None:
    host, port = client.api.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as wire:
        text = f"{request_line}Host: x\r\nAuthorization: Bearer {OPERATOR_KEY}\r\nConnection: close\r\n\r\n"
        wire.sendall(text.encode("latin-1"))
        reply = b"".join(iter(lambda: wire.recv(65_536), b"")).decode()
    head, _, body = reply.partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert "content-type: application/problem+json" in head.lower()
    assert f'"status":{status}' in body
    assert "Traceback" not in body


def test_a_defect_is_a_problem_without_a_trace(client: Client, monkeypatch, expected_log) -> None:
    expected_log("unexpected failure")

    def fail(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("cloud.ops.store.jobs", fail)
    reply = client.send("operator", "GET", "/v1/ops/jobs")
    assert (reply.status_code, reply.json()["title"]) == (500, "Something went wrong here")
    assert "secret" not in reply.text
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_replies_carry_the_headers_that_keep_browsers_careful(client: Client) -> None:
    found = client.send("operator", "GET", "/v1/ops/jobs", headers={"X-Request-Id": "my-request-1"}).headers
    assert found["X-Request-Id"] == "my-request-1"
    assert found["Cache-Control"] == "no-store"
    assert found["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Server" not in found
    forged = client.send("operator", "GET", "/healthz", headers={"X-Request-Id": "a b;c\t" * 3}).headers
    assert forged["X-Request-Id"].startswith("req_")


def test_readiness_says_what_is_wrong(client: Client) -> None:
    assert client.send("anonymous", "GET", "/readyz").json() == {
        "ready": True,
        "checks": {"draining": "ok", "database": "ok"},
    }
    client.api.drain.begin()
    reply = client.send("anonymous", "GET", "/readyz")
    assert (reply.status_code, reply.json()["checks"]["draining"]) == (503, "stops soon")
    assert client.send("anonymous", "GET", "/healthz").status_code == 200


def test_more_requests_than_connections_all_end(client: Client) -> None:
    job_id, _ = client.job()
    statuses, began = [], time.monotonic()

    def ask() -> None:
        statuses.append(client.send("operator", "GET", f"/v1/ops/jobs/{job_id}").status_code)

    threads = [threading.Thread(target=ask) for _ in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 60
    assert time.monotonic() - began < 20


def test_metrics_count_by_route_and_never_by_address(client: Client) -> None:
    for number in range(3):
        client.send("operator", "GET", f"/v1/ops/jobs/job_{number}")
    text = client.send("operator", "GET", "/metrics").text
    assert 'route="/v1/ops/jobs/{job_id}",status="4xx"' in text
    assert "job_1" not in text
