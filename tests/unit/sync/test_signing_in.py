"""Signing in: the address that the browser comes back to, what is refused there, and the code for another device."""

import http.client
import threading
import time
from base64 import b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from sync.client.errors import RefusedError, SignInError, UnreachableError
from sync.client.loopback import Loopback
from sync.client.oauth import AuthorizationServer, DeviceCode, Proof, Tokens, clamped_interval_s
from sync.client.signing_in import sign_in_with_browser, sign_in_with_code

ISSUER = "http://127.0.0.1:9"
TOKENS = Tokens("access", "refresh", 3600.0, "session")


class PlayedServer:
    """An authorization server whose answers the test writes."""

    issuer, is_there = ISSUER, True

    def __init__(self, *polls):
        self.exchanged, self.polled, self.polls = [], 0, list(polls)

    def greet(self):
        if not self.is_there:
            raise UnreachableError("Nobody is there.")

    def page(self, redirect_uri, state, proof):
        return f"{ISSUER}/oauth/authorize?" + urlencode({"redirect_uri": redirect_uri, "state": state})

    def exchange(self, code, proof, redirect_uri):
        self.exchanged.append((code, redirect_uri))
        return TOKENS

    def begin_device(self):
        return DeviceCode("device", "BCDF-GHJK", "page", 600.0, 0.001)

    def poll_device(self, device_code):
        self.polled += 1
        answer = self.polls.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def visit(uri, method="GET", body=None):
    """Go to an address as a browser does; return status, headers and page."""
    parts = urlsplit(uri)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=5)
    try:
        connection.request(method, f"{parts.path}?{parts.query}", body)
        reply = connection.getresponse()
        return reply.status, dict(reply.getheaders()), reply.read()
    finally:
        connection.close()


class Browser:
    """A person's browser: `visits` makes addresses from (redirect uri, state), visited one after the other."""

    def __init__(self, *visits):
        self.visits, self.seen, self._thread = visits, [], None

    def __call__(self, page):
        asked = parse_qs(urlsplit(page).query)
        arguments = asked["redirect_uri"][0], asked["state"][0]
        self._thread = threading.Thread(target=self._go, args=arguments)
        self._thread.start()
        return True

    def _go(self, uri, state):
        for make in self.visits:
            address, *rest = make(uri, state)
            try:
                self.seen.append(visit(address, *rest))
            except OSError as error:
                self.seen.append(error)

    def join(self):
        self._thread.join()


def answer(uri, state, **more):
    return (f"{uri}?" + urlencode({"code": "c1", "state": state, "iss": ISSUER} | more),)


def test_the_browser_brings_the_code_and_sees_a_page_without_a_secret():
    server, browser = PlayedServer(), Browser(answer)
    assert sign_in_with_browser(server, browser, threading.Event()) is TOKENS
    browser.join()
    status, headers, page = browser.seen[0]
    assert (status, headers["Cache-Control"]) == (200, "no-store")
    assert b"c1" not in page
    assert b"script" not in page
    style = page.partition(b"<style>")[2].partition(b"</style>")[0]
    assert b"color-scheme:light dark" in style
    hashed = b64encode(sha256(style).digest()).decode()
    assert headers["Content-Security-Policy"] == f"default-src 'none'; style-src 'sha256-{hashed}'"
    ((code, uri),) = server.exchanged
    assert code == "c1"
    assert urlsplit(uri).hostname == "127.0.0.1"
    assert urlsplit(uri).path == "/cb"


def test_other_requests_change_nothing():
    strangers = (
        lambda uri, _: (f"{uri}?code=x&state=wrong",),
        lambda uri, _: (f"{uri}?code=x",),
        lambda uri, state: (uri.removesuffix("/cb") + f"/other?code=x&state={state}",),
        lambda uri, state: (f"{uri}?code=x&state={state}", "POST", b"code=x"),
        lambda uri, state: (f"{uri}?code=x&code=y&state={state}",),
    )
    server, browser = PlayedServer(), Browser(*strangers, answer, answer)
    sign_in_with_browser(server, browser, threading.Event())
    browser.join()
    assert [seen[0] for seen in browser.seen[:5]] == [404, 404, 404, 501, 404]
    assert browser.seen[5][0] == 200
    assert isinstance(browser.seen[6], OSError), "a second hit finds nobody"
    assert [code for code, _ in server.exchanged] == ["c1"]


def test_an_answer_of_another_server_signs_nobody_in():
    server = PlayedServer()
    browser = Browser(lambda uri, state: answer(uri, state, iss="http://127.0.0.1:10"))
    with pytest.raises(SignInError, match="another server"):
        sign_in_with_browser(server, browser, threading.Event())
    browser.join()
    assert server.exchanged == []


def test_a_refusal_in_the_browser_is_told():
    browser = Browser(lambda uri, state: (f"{uri}?error=access_denied&state={state}&iss={ISSUER}",))
    with pytest.raises(SignInError, match="was refused"):
        sign_in_with_browser(PlayedServer(), browser, threading.Event())
    browser.join()


def test_a_browser_that_never_returns_and_a_person_who_gives_up():
    with pytest.raises(SignInError, match="did not come back"):
        sign_in_with_browser(PlayedServer(), lambda _: True, threading.Event(), waits_s=0.05)
    given_up = threading.Event()
    given_up.set()
    with pytest.raises(SignInError, match="given up"):
        sign_in_with_browser(PlayedServer(), lambda _: True, given_up)
    with pytest.raises(SignInError, match="No browser"):
        sign_in_with_browser(PlayedServer(), lambda _: False, given_up)


def test_two_sign_ins_at_once_do_not_meet():
    with Loopback("one") as first, Loopback("two") as second:
        assert first.redirect_uri != second.redirect_uri
        browser = threading.Thread(target=visit, args=(f"{second.redirect_uri}?code=x&state=one",))
        browser.start()
        with pytest.raises(SignInError):
            Loopback.wait(_ending(second), threading.Event())
        browser.join()


def _ending(loopback):
    loopback._until = time.monotonic() + 0.3
    return loopback


def test_without_the_usual_interface_the_other_is_taken(monkeypatch):
    from sync.client import loopback

    real = loopback._Server

    def only_v6(family, host):
        if host == "127.0.0.1":
            raise OSError("no such interface")
        return real(family, host)

    monkeypatch.setattr(loopback, "_Server", only_v6)
    with Loopback("s") as listening:
        assert listening.redirect_uri.startswith("http://[::1]:")
    monkeypatch.setattr(loopback, "_Server", lambda *_: (_ for _ in ()).throw(OSError("none")))
    with pytest.raises(SignInError, match="sign in with a code"):
        Loopback("s")


def refused(code):
    return RefusedError("no", 400, code)


def test_a_device_code_is_shown_and_asked_for_until_it_is_allowed(monkeypatch):
    waits, shown = [], []
    server = PlayedServer(
        refused("authorization_pending"), refused("slow_down"), refused("authorization_pending"), UnreachableError("x"),
        TOKENS,
    )  # fmt: skip
    given_up = threading.Event()
    monkeypatch.setattr(given_up, "wait", waits.append)
    assert sign_in_with_code(server, shown.append, given_up) is TOKENS
    assert shown[0].user_code == "BCDF-GHJK"
    assert waits == [0.001, 0.001, 5.001, 5.001, 10.002]


@pytest.mark.parametrize(("error", "sentence"), [("expired_token", "in time"), ("access_denied", "refused")])
def test_a_device_code_that_ended_is_never_begun_again(error, sentence):
    server = PlayedServer(refused(error))
    with pytest.raises(SignInError, match=sentence):
        sign_in_with_code(server, lambda _: None, threading.Event())
    assert server.polled == 1


def test_intervals_are_kept_in_range():
    assert [clamped_interval_s(s) for s in (0, 5, 3600)] == [1, 5, 60]


def test_a_proof_is_the_digest_of_its_verifier():
    one, other = Proof.made(), Proof.made()
    assert one.verifier != other.verifier
    assert len(one.challenge) == 43
    assert 43 <= len(one.verifier) <= 128
    assert one.verifier not in repr(one)


def test_a_cloud_that_goes_by_another_name_is_not_asked():
    class Elsewhere:
        address = ISSUER

        def read(self, path):
            return {"issuer": "https://other.example"}

    with pytest.raises(SignInError, match="goes by https://other"):
        AuthorizationServer(Elsewhere(), "device", "label").greet()


def test_no_browser_is_sent_to_a_cloud_that_is_not_there():
    server, opened = PlayedServer(), []
    server.is_there = False
    with pytest.raises(UnreachableError):
        sign_in_with_browser(server, opened.append, threading.Event())
    assert opened == []
