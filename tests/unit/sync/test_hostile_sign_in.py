"""A sign-in at a server that means ill: no page of somebody else's is shown or opened, and what is none is no token."""

import json
import threading
from contextlib import closing

import pytest

from sync.client.errors import ServerTroubleError, SignInError
from sync.client.http import Wire
from sync.client.oauth import AuthorizationServer
from sync.client.signing_in import sign_in_with_browser, sign_in_with_code
from tests.factories.hostile_server import hostile, reply

_CODE = {"device_code": "d", "user_code": "BCDF-GHJK", "expires_in": 600, "interval": 5}
_TOKENS = {"access_token": "a", "refresh_token": "r", "expires_in": 3600}


def asked(answers, ask):
    """Return what `ask` makes of a server of answers by path."""

    def answer(request):
        said = answers[request.split(b" ", 2)[1].decode()]
        yield reply(json.dumps(said(server) if callable(said) else said).encode())

    with hostile(answer) as server, closing(Wire(server.address, lambda: None)) as wire:
        return ask(AuthorizationServer(wire, "device", "label"))


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example/device",
        "http://127.0.0.1:1/device",
        "http://127.0.0.1@evil.example/device",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "maxbooster://join?token=x",
        "/device",
        "",
        "https://evil.example/\x1b[2J" + "x" * 10_000,
    ],
)
def test_a_code_is_typed_at_the_cloud_alone(page):
    shown = []
    with pytest.raises(SignInError, match="which is not part of it: set the setting") as refused:
        asked(
            {"/oauth/device": _CODE | {"verification_uri": page}},
            lambda server: sign_in_with_code(server, shown.append, threading.Event()),
        )
    assert shown == []
    assert len(str(refused.value)) < 400
    assert str(refused.value).isprintable()


def test_a_code_is_shown_as_a_code_and_ends():
    about = {"user_code": "<b>\x1b[2J" + "x" * 10_000, "expires_in": 1e300, "interval": 1e300}
    code = asked(
        {"/oauth/device": lambda server: _CODE | about | {"verification_uri": f"{server.address}/device"}},
        AuthorizationServer.begin_device,
    )
    assert code.user_code == "<b> [2J" + "x" * 25
    assert (code.lasts_s, code.interval_s) == (3_600, 60)


@pytest.mark.parametrize("wrong", [{"a": 1}, "", "a b", "a\nb", "\u00e4", "x" * 5_000, None, 5])
@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_what_is_none_is_no_token(name, wrong):
    with pytest.raises(ServerTroubleError, match="cannot be read"):
        asked({"/oauth/token": _TOKENS | {name: wrong}}, lambda server: server.refresh("r"))


def test_the_browser_is_sent_to_the_cloud_whatever_it_says_of_itself():
    opened = []
    about = {"authorization_endpoint": "file:///etc/passwd", "token_endpoint": "https://evil.example/token"}

    def ask(server):
        with pytest.raises(SignInError, match="No browser"):
            sign_in_with_browser(server, lambda page: bool(opened.append(page)), threading.Event())
        return server.issuer

    issuer = asked({"/.well-known/oauth-authorization-server": lambda server: about | {"issuer": server.address}}, ask)
    assert len(opened) == 1
    assert opened[0].startswith(f"{issuer}/oauth/authorize?")


def test_who_a_cloud_says_it_is_steers_no_terminal():
    with pytest.raises(SignInError) as refused:
        asked(
            {"/.well-known/oauth-authorization-server": {"issuer": "\x1b[2J" + "x" * 5_000}}, AuthorizationServer.greet
        )
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 500
