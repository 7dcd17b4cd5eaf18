"""What every reply keeps to, and what none of them shows, seen from outside (OWASP ASVS 5.0)."""

import json
import logging
import socket
import time
from collections.abc import Callable, Iterator

import pytest
import requests

from cloud.app import openapi
from tests.integration.cloud.conftest import OPERATOR_KEY
from tests.integration.cloud.identity.browsing import Browser
from tests.integration.cloud.identity.pages import PAGES
from tests.integration.cloud.identity.people import PASSWORD, City, Person

#: Nothing that answers may be called so: what proves who somebody is goes one way only.
_NEVER_SHOWN = ("hash", "hint", "question", "sealed", "secret", "password")
#: Shown once, to whoever has just made them; a blob is named by its hash, and an audit entry tied by its own.
_MAY_BE_SHOWN = {
    *("AuthenticatorModel.secret", "AuditModel.hash", "AccountModel.password_changed_at"),
    *("NewWebhook.secret", "ProjectBlobModel.hash", "HaveModel.hashes", "UploadModel.hash"),
}


def _asked(city: City, method: str, path: str, **headers: str) -> requests.Response:
    given = {"Host": city.origin.removeprefix("http://")} | headers
    return city.wire.request(method, city.api.url + path, headers=given, allow_redirects=False, timeout=20)


def _said(city: City, text: str) -> bytes:
    """Send bytes as they are; return the first line of the reply."""
    host, port = city.api.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as wire:
        wire.sendall(text.encode("latin-1"))
        return b"".join(iter(lambda: wire.recv(65_536), b"")).partition(b"\r\n")[0]


def test_every_kind_of_reply_keeps_browsers_careful(city: City) -> None:
    member = city.member()
    kinds = {
        ("GET", "/healthz"): 200,
        ("GET", "/v1/account"): 200,
        ("GET", "/v1/sessions?limit=0"): 422,
        ("GET", "/v1/ops/jobs"): 403,
        ("GET", "/nothing"): 404,
        ("DELETE", "/v1/account"): 405,
        ("GET", "/sign-in"): 200,
        ("GET", "/account"): 303,
        ("GET", "/static/pages.css"): 200,
        ("OPTIONS", "/v1/account"): 405,
    }
    for (method, path), status in kinds.items():
        token = {"Authorization": f"Bearer {member.token}"}
        reply = _asked(city, method, path, Origin="https://evil.example", **token)
        found = reply.headers
        assert reply.status_code == status, path
        assert found["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains", path
        assert found["X-Content-Type-Options"] == "nosniff", path
        assert found["Referrer-Policy"] in ("no-referrer", "same-origin"), path
        policy = found["Content-Security-Policy"]
        assert all(part in policy for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'")), path
        assert not [name for name in found if name.lower().startswith("access-control-")], path
        assert found["Cache-Control"] == ("public, max-age=300" if "static" in path else "no-store"), path
        kind = found.get("Content-Type", "")
        assert bool(kind) == bool(reply.content), path
        assert not kind.startswith("text/") or "charset=utf-8" in kind, path


def test_the_api_sends_nobody_to_another_scheme(start_city: Callable[..., City]) -> None:
    safe = start_city(public_address="https://music.example")
    for path in ("/v1/account", "/v1/projects", "/oauth/token"):
        reply = safe.wire.get(safe.api.url + path, allow_redirects=False, timeout=20)
        assert reply.status_code in (401, 405), path


def test_a_request_of_two_lengths_is_refused(city: City, expected_log: Callable[[str], None]) -> None:
    expected_log("Invalid HTTP request received")
    start = "POST /v1/registrations HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    smuggled = "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    both = f"{start}Content-Length: {len(smuggled)}\r\nTransfer-Encoding: chunked\r\n\r\n{smuggled}"
    twice = f"{start}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"
    for text in (both, twice):
        assert _said(city, text).startswith(b"HTTP/1.1 400 ")


def test_an_address_is_decoded_once(city: City) -> None:
    reply = _asked(city, "GET", "/v1/ops/jobs/job%252Fx", Authorization=f"Bearer {OPERATOR_KEY}")
    assert (reply.status_code, reply.json()["detail"]) == (404, "There is no job job%2Fx.")


def test_a_value_counts_where_it_belongs(city: City) -> None:
    member = city.member()
    form = {"email": "eve@example.org", "password": PASSWORD, "name": "Eve"}
    reply = member.send("POST", "/v1/registrations?email=ada@example.org&name=Ada", form, X_Email="ada@example.org")
    assert reply.status_code == 202
    city.run_jobs()
    assert city.rows("SELECT email, name FROM account WHERE state = 'unverified'") == [("eve@example.org", "Eve")]
    listed = member.send("GET", "/v1/sessions?limit=100&limit=0")
    assert listed.status_code == 422


def test_nothing_is_served_that_is_no_route(city: City) -> None:
    for path in (
        "/.git/config",
        "/.env",
        "/static/",
        "/static",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/cloud",
    ):
        assert _asked(city, "GET", path).status_code == 404, path
    for method in ("TRACE", "PROPFIND", "LOCK"):
        assert _asked(city, method, "/healthz").status_code == 405, method


def test_nobody_has_an_account_at_the_beginning(city: City) -> None:
    assert city.rows("SELECT count(*) FROM account") == [(0,)]
    for name in ("admin", "root", "operator", "test"):
        for word in (name, "password", ""):
            assert Person(city, f"{name}@localhost", word).sign_in().status_code in (401, 422, 429)


def test_every_page_shows_the_way_out(city: City, browser: Browser) -> None:
    browser.sign_in(city.member().email, PASSWORD)
    own = [name.split()[1] for name, (anybody, member) in PAGES.items() if (anybody, member) == ("/sign-in", 200)]
    assert len(own) >= 4
    for path in own:
        assert browser.open(path).status_code == 200
        assert "/sign-out" in browser.forms(), path


def _properties(schemas: dict[str, dict[str, object]], names: set[str]) -> Iterator[str]:
    for name in names:
        for field in schemas[name].get("properties", {}):
            yield f"{name}.{field}"


def test_no_answer_shows_what_proves_who_somebody_is() -> None:
    document = openapi()
    shown: set[str] = set()
    for operations in document["paths"].values():
        for operation in operations.values():
            shown |= _named(json.dumps(operation["responses"]), document["components"]["schemas"])
    fields = set(_properties(document["components"]["schemas"], shown))
    assert "AccountModel.email" in fields
    found = {field for field in fields if any(word in field.partition(".")[2] for word in _NEVER_SHOWN)}
    assert found - _MAY_BE_SHOWN == set()


def _named(text: str, schemas: dict[str, dict[str, object]]) -> set[str]:
    """Return the schemas that a text refers to, and those that they refer to."""
    found = {name for name in schemas if f'"#/components/schemas/{name}"' in text}
    more = found.copy()
    while more:
        more = {name for one in more for name in _named(json.dumps(schemas[one]), {**schemas, one: {}})} - found
        found |= more
    return found


def test_reading_needs_no_key_and_changing_is_no_get() -> None:
    for path, operations in openapi()["paths"].items():
        for method, operation in operations.items():
            takes_key = any(one["name"].lower() == "idempotency-key" for one in operation.get("parameters", []))
            if method in ("get", "head", "options"):
                assert not takes_key, path
                assert "requestBody" not in operation, path


def _statuses(caplog: pytest.LogCaptureFixture) -> list[int]:
    return [record.__dict__["status"] for record in caplog.records if record.msg == "request"]


def test_what_was_refused_is_written_down(city: City, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    member = city.member()
    thief = Person(city, member.email, "not the password")
    assert [thief.sign_in().status_code for _ in range(6)] == [401] * 5 + [429]
    assert member.send("GET", "/v1/ops/jobs").status_code == 403
    assert member.send("POST", "/v1/api-keys", {"scopes": ["everything"]}).status_code == 422
    end = time.monotonic() + 10
    while len(statuses := _statuses(caplog)) < 9:  # a line is written after its reply
        assert time.monotonic() < end, statuses
        time.sleep(0.01)
    assert statuses.count(401) == 5
    assert {403, 422, 429} <= set(statuses)
    lines = [record.__dict__ for record in caplog.records if record.name.startswith("maxbooster")]
    (denied,) = [line for line in lines if line["msg"] == "decision" and not line["allowed"]]
    assert (denied["action"], denied["who"]) == ("job.list", city.rows("SELECT id FROM account")[0][0])
    assert len(city.audited("sign_in.refused")) == 5
    assert {entry[3]["methods"][0] for entry in city.audited("session.opened")} == {"pwd"}
