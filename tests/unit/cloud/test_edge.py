"""The edge around a small application: what a request's body may be, and what its fingerprint is made of."""

import asyncio
import hashlib
import json
from typing import Annotated, Any, Literal

import pytest
from fastapi import Depends, FastAPI, Form, Request
from pydantic import BaseModel, ConfigDict, Field

from cloud.foundation import bodies, problem_handlers
from cloud.foundation.admission import subscriber
from cloud.foundation.bodies import require_clear_body
from cloud.foundation.edge import Edge
from cloud.foundation.problems import MalformedError


class Thing(BaseModel):
    """A body."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=3)
    count: int = Field(default=1, ge=1)
    kind: Literal["a", "b"] = "a"


def _application() -> Edge:
    app = FastAPI(dependencies=[Depends(require_clear_body)])
    problem_handlers.install(app)

    @app.post("/things/{number}")
    def make(request: Request, number: int, thing: Thing) -> dict[str, str]:
        return {"name": thing.name, "sha256": request.scope["body_sha256"].hex()}

    @app.post("/names")
    def name(form: Annotated[Thing, Form()]) -> dict[str, str]:
        return {"name": form.name}

    return Edge(app, request_bytes=1_000, part_bytes=2_000)


def _sent(
    parts: list[bytes],
    *more: tuple[bytes, bytes],
    path: str = "/things/1",
    kind: bytes = b"application/json",
) -> tuple[int, dict[str, Any]]:
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
    scope |= {"headers": [(b"content-type", kind), *more], "client": ("127.0.0.1", 1), "scheme": "http"}
    scope |= {"http_version": "1.1"}
    waiting = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})
    got: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        got.append(message)

    asyncio.run(_application()(scope, receive, send))
    assert (b"content-type", b"application/problem+json") in got[0]["headers"] or got[0]["status"] == 200
    return got[0]["status"], json.loads(b"".join(part.get("body", b"") for part in got))


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        *(("192.0.2.7", "192.0.2.7"), ("2001:db8::1", "2001:db8::/64"), ("2001:db8::ffff:2", "2001:db8::/64")),
        *(("::ffff:192.0.2.7", "192.0.2.7"), ("testclient", "testclient"), ("", "")),
    ],
)
def test_another_address_of_the_same_subscriber_counts_as_the_same(address: str, counted_as: str) -> None:
    assert subscriber(address) == counted_as


def test_the_fingerprint_covers_the_whole_body() -> None:
    body = b'{"name": "sun"}'
    status, reply = _sent([body[:5], body[5:]])
    assert (status, reply) == (200, {"name": "sun", "sha256": hashlib.sha256(body).hexdigest()})


def test_a_body_that_grows_past_the_limit_is_refused_while_it_is_read() -> None:
    status, reply = _sent([b"{" + b" " * 400] * 10_000)
    assert (status, reply["type"]) == (413, "urn:maxbooster:problem:too-large")


@pytest.mark.parametrize(
    ("body", "kind", "status", "pointer"),
    [
        (b"{", b"application/json", 400, None),
        (b"", b"application/json", 422, "/body"),
        (b'{"name": 5}', b"application/json", 422, "/body/name"),
        (b'{"name": "a", "role/x": "admin"}', b"application/json", 422, "/body/role~1x"),
        (b'{"name": "a"}', b"application/problem+json", 200, None),
        *((b'{"name": "a"}', kind, 415, None) for kind in (b"text/plain", b"", b"application/x-www-form-urlencoded")),
    ],
)
def test_bad_bodies_are_told_where(body: bytes, kind: bytes, status: int, pointer: str | None) -> None:
    found, reply = _sent([body], kind=kind)
    assert (found, reply.get("status", 200)) == (status, status)
    assert [error["pointer"] for error in reply.get("errors", [])] == ([pointer] if pointer else [])


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"name": "a", "name": "b"}', "name"),
        (b'{"name": "a", "n\\u0061me": "a"}', "name"),
        (b'{"name": "a", "other": [{"deep": 1, "x": 2, "deep": 1}]}', "deep"),
    ],
)
def test_a_name_that_stands_twice_in_an_object_is_refused(body: bytes, name: str) -> None:
    status, reply = _sent([body])
    assert (status, reply["detail"]) == (400, f"“{name}” stands twice in one object: send it once.")


def test_a_body_that_is_nested_too_deeply_is_refused_and_no_defect() -> None:
    """What reads the body before it gives up at almost the same depth, so a request seldom comes so far."""
    with pytest.raises(MalformedError, match="nested too deeply: send it flatter"):
        bodies._require_names_once(b"[" * 100_000)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (b"application/x-www-form-urlencoded", 200),
        (b"Application/X-WWW-Form-Urlencoded; charset=utf-8", 200),
        (b"application/json", 415),
        (b"text/plain", 415),
    ],
)
def test_a_form_of_another_kind_is_refused_in_words(kind: bytes, status: int) -> None:
    found, reply = _sent([b"name=a"], path="/names", kind=kind)
    assert (found, reply.get("detail")) == (
        status,
        None if status == 200 else "Send a body of type application/x-www-form-urlencoded.",
    )


@pytest.mark.parametrize(("encoding", "status"), [(b"gzip", 415), (b"identity, br", 415), (b"Identity", 200)])
def test_an_encoded_body_is_refused_and_not_read_as_it_stands(encoding: bytes, status: int) -> None:
    for length in ((b"content-length", b"13"), (b"transfer-encoding", b"chunked")):
        found, reply = _sent([b'{"name": "a"}'], (b"content-encoding", encoding), length)
        assert (found, reply.get("type")) == (
            status,
            None if status == 200 else "urn:maxbooster:problem:content-encoding",
        )


def test_a_second_host_is_refused() -> None:
    hosts = [(b"host", b"a.example"), (b"host", b"a.example")]
    assert _sent([b'{"name": "a"}'], hosts[0])[0] == 200
    status, reply = _sent([b'{"name": "a"}'], *hosts)
    assert (status, reply["detail"]) == (400, "The request has more than one Host header: send one.")


def test_a_bad_path_is_told_where() -> None:
    status, reply = _sent([b'{"name": "a"}'], path="/things/one")
    assert (status, reply["errors"][0]["pointer"]) == (422, "/path/number")
    assert reply["detail"] == "“number” cannot be used: it must be a whole number."


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "The body cannot be used: it is missing."),
        (b"[]", "The body cannot be used: it must be an object."),
        (b"{}", "“name” cannot be used: it is missing."),
        (b'{"name": 5}', "“name” cannot be used: it must be text."),
        (b'{"name": 5, "role": 1}', "“name” cannot be used: it must be text. And 1 more: see `errors`."),
        (b'{"name": "a", "role": 1}', "“role” cannot be used: there is no field of that name: leave it out."),
        (b'{"name": "abcd"}', "“name” cannot be used: it must have at most 3 characters."),
        (b'{"name": ""}', "“name” cannot be used: it must have at least 1 character."),
        (b'{"name": "a", "count": 0}', "“count” cannot be used: it must be at least 1."),
        (b'{"name": "a", "kind": "c"}', "“kind” cannot be used: it must be 'a' or 'b'."),
    ],
)
def test_what_a_value_must_be_is_said_in_words(body: bytes, detail: str) -> None:
    status, reply = _sent([body])
    assert (status, reply["detail"]) == (422, detail)
    assert detail.partition("used: ")[2][1:].startswith(reply["errors"][0]["message"][1:])


@pytest.mark.parametrize(
    ("peer", "passed_on", "client"),
    [
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("::ffff:10.0.0.1", "::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_only_our_own_proxies_say_who_asks(peer: str, passed_on: str, client: str) -> None:
    seen: list[str] = []

    async def app(scope: dict[str, Any], _receive: Any, _send: Any) -> None:
        seen.append(scope["client"][0])

    headers = [(b"x-forwarded-for", passed_on.encode())] if passed_on else []
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "client": (peer, 1)}
    sizes = {"request_bytes": 1_000, "part_bytes": 2_000}
    asyncio.run(Edge(app, **sizes, trusted_proxies=["10.0.0.0/8"])(scope, _nothing, _nothing))
    asyncio.run(Edge(app, **sizes)({**scope, "client": (peer, 1)}, _nothing, _nothing))
    assert seen == [client, peer.removeprefix("::ffff:")]


async def _nothing(*_: Any) -> Any:
    return None
