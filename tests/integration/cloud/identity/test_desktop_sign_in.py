"""The desktop's sign-in: codes that work once for whoever asked, device codes, tokens that rotate and are missed."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from cloud.foundation.problems import NotFoundError
from cloud.identity.errors import TooManyAttemptsError
from cloud.identity.grants import fits_challenge, folded_user_code, is_challenge, is_redirect, new_user_code
from tests.integration.cloud.identity.desktops import REDIRECT, Desktop, allowed_code, call_of, signed_in
from tests.integration.cloud.identity.people import City, Person


@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1:1/cb", "http://127.0.0.1:65535/cb", "http://[::1]:49152/cb", "http://127.0.0.1:8080/cb"]
)
def test_any_port_of_this_machine_is_a_redirect(uri: str) -> None:
    assert is_redirect(uri)


@pytest.mark.parametrize(
    "uri",
    [
        *("http://localhost:49152/cb", "https://127.0.0.1:49152/cb", "http://127.0.0.1/cb", "http://127.0.0.1:0/cb"),
        *(
            "http://127.0.0.1:65536/cb",
            "http://127.0.0.1:49152/cb/",
            "http://127.0.0.1:49152/",
            "http://127.0.0.2:1/cb",
        ),
        *("http://127.0.0.1:49152/cb?a=b", "http://127.0.0.1:49152/cb#a", "http://127.0.0.1:49152/cb\n", ""),
        *("http://127.0.0.1:1@evil.example/cb", "http://evil.example/cb", "http://127.0.0.1.evil.example:1/cb"),
        *("HTTP://127.0.0.1:1/cb", "http://[::1]/cb", "http://[::]:1/cb", "http://127.0.0.1:1/CB", "maxbooster://cb"),
    ],
)
def test_nothing_else_is(uri: str) -> None:
    assert not is_redirect(uri)


def test_a_verifier_is_that_of_the_standard() -> None:
    verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert is_challenge(challenge)
    assert fits_challenge(verifier, challenge)
    assert not fits_challenge(verifier[:-1] + "K", challenge)
    for wrong in ("", "short", "x" * 129, verifier[:-1] + "/", verifier + "\n"):
        assert not fits_challenge(wrong, challenge)
    assert not any(map(is_challenge, ("", challenge + "=", challenge[:-1], verifier + "\n")))


def test_a_code_for_a_person_is_read_however_it_is_typed() -> None:
    code = new_user_code()
    assert folded_user_code(f" {code.lower().replace('-', ' ')} ") == code
    assert len({new_user_code() for _ in range(500)}) == 500


def test_a_code_becomes_a_session_that_is_listed_and_ended_like_any(city: City) -> None:
    member = city.member()
    desktop = Desktop(city, "Studio")
    reply = desktop.exchange(allowed_code(member, desktop))
    assert (reply.status_code, reply.headers["Cache-Control"]) == (200, "no-store")
    body = reply.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert len(body["refresh_token"]) < 512
    assert desktop.account() == 200
    listed = {item["label"]: item for item in member.send("GET", "/v1/sessions").json()["items"]}
    assert (listed["Studio"]["id"], listed["Studio"]["client_id"]) == (body["session_id"], "maxbooster-desktop")
    assert listed["A device"]["client_id"] is None
    everything = city.dump()
    for secret in (desktop.access, desktop.refresh_token, desktop.device, desktop.verifier):
        assert secret not in everything
    assert member.send("DELETE", f"/v1/sessions/{body['session_id']}").status_code == 200
    assert desktop.account() == 401
    assert desktop.refresh().json()["error"] == "invalid_grant"


def test_a_code_is_for_whoever_asked_for_it(city: City) -> None:
    member = city.member()
    desktop, thief = Desktop(city), Desktop(city)
    code = allowed_code(member, desktop)
    for wrong in (
        thief.exchange(code),
        desktop.exchange(code, redirect_uri="http://127.0.0.1:49153/cb"),
        desktop.exchange(code, redirect_uri="http://localhost:49152/cb"),
        desktop.exchange(code, code_verifier=desktop.challenge),
    ):
        assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_grant")
    assert desktop.exchange(code).status_code == 200


def test_a_code_used_twice_ends_what_it_opened(city: City) -> None:
    member = city.member()
    desktop = Desktop(city)
    code = allowed_code(member, desktop)
    assert desktop.exchange(code).status_code == 200
    assert desktop.exchange(code).json()["error"] == "invalid_grant"
    assert desktop.account() == 401
    assert desktop.refresh().json()["error"] == "invalid_grant"
    assert member.account().status_code == 200
    assert len(city.audited("session.ended_for_reuse")) == 1


def test_a_code_at_one_moment_opens_one_session(city: City) -> None:
    member = city.member()
    desktop = Desktop(city)
    code = allowed_code(member, desktop)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: Desktop(city, verifier=desktop.verifier).exchange(code), range(8)))
    assert sorted(reply.status_code for reply in replies) == [200] + [400] * 7


def test_a_code_is_over_after_a_minute_and_with_the_session_that_allowed_it(city: City) -> None:
    member = city.member()
    desktop = Desktop(city)
    code = allowed_code(member, desktop)
    city.advance(seconds=60)
    assert desktop.exchange(code).json()["error"] == "invalid_grant"
    code = allowed_code(member, desktop)
    member.send("DELETE", "/v1/sessions/current")
    assert desktop.exchange(code).json()["error"] == "invalid_grant"


def test_a_session_is_as_proven_as_the_one_that_allowed_it(city: City) -> None:
    member = city.member()
    member.add_authenticator()
    city.advance(minutes=14)
    desktop = signed_in(member)
    person = Person(city, member.email, token=desktop.access)
    (own,) = [item for item in person.send("GET", "/v1/sessions").json()["items"] if item["is_current"]]
    assert own["methods"] == ["otp", "pwd"]
    city.advance(minutes=1)
    stale = person.send("POST", "/v1/api-keys", {"name": "Robot", "scopes": ["account:read"]})
    assert stale.json()["type"] == "urn:maxbooster:problem:step-up-needed"


def test_tokens_are_refreshed_every_hour_for_ninety_days(city: City) -> None:
    member = city.member()
    desktop = signed_in(member)
    first = desktop.access
    city.advance(hours=1)
    assert desktop.account() == 401
    assert desktop.refresh().status_code == 200
    assert desktop.access != first
    assert desktop.account() == 200
    for _ in range(6):
        city.advance(days=13)
        assert desktop.refresh().status_code == 200
    city.advance(days=12)
    assert desktop.refresh().json()["error"] == "invalid_grant"


def test_an_unused_sign_in_is_over_after_fourteen_days(city: City) -> None:
    desktop = signed_in(city.member())
    city.advance(days=14)
    assert desktop.refresh().json()["error"] == "invalid_grant"


def test_fifty_refreshes_at_one_moment_are_one(city: City) -> None:
    desktop = signed_in(city.member())
    old = desktop.refresh_token
    with ThreadPoolExecutor(50) as pool:
        replies = list(pool.map(lambda _: desktop.refresh(old), range(50)))
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.text for reply in replies}) == 1
    assert len(city.audited("session.refreshed")) == 1
    assert city.rows("SELECT count(*) FROM refresh_token") == [(2,)]
    assert desktop.account() == 200


def test_a_reply_that_was_lost_is_given_again(city: City) -> None:
    desktop = signed_in(city.member())
    old = desktop.refresh_token
    lost = desktop.refresh(old)
    city.advance(seconds=60)
    assert desktop.refresh(old).json() == lost.json()
    assert desktop.account() == 200
    assert desktop.refresh().status_code == 200
    # The answer is forgotten when it was used; asking once more within the minute harms nobody.
    assert desktop.refresh(lost.json()["refresh_token"]).status_code == 200
    assert desktop.refresh(old, "z" * 40).json()["error"] == "invalid_grant"


def test_a_token_that_comes_back_later_ends_its_sign_in_and_no_other(city: City) -> None:
    member = city.member()
    stolen, other = signed_in(member, "Laptop"), signed_in(member, "Tower")
    old = stolen.refresh_token
    stolen.refresh()
    city.advance(minutes=2)
    assert stolen.refresh(old).json()["error"] == "invalid_grant"
    assert (stolen.account(), other.account(), member.account().status_code) == (401, 200, 200)
    assert stolen.refresh().json()["error"] == "invalid_grant"
    assert other.refresh().status_code == 200
    city.run_jobs()
    (text,) = member.mails("A device was signed out")
    assert "“Laptop”" in text
    assert len(city.audited("session.ended_for_reuse")) == 1


def test_another_installation_gets_nothing_for_a_copied_token(city: City) -> None:
    desktop = signed_in(city.member())
    old, thief = desktop.refresh_token, "t" * 43
    assert desktop.refresh(old, thief).json()["error"] == "invalid_grant"
    assert desktop.account() == 200
    desktop.refresh()
    # Used, and now elsewhere: somebody has copied it.
    assert desktop.refresh(old, thief).json()["error"] == "invalid_grant"
    assert desktop.account() == 401


def test_a_new_password_ends_the_desktop_s_sign_in_too(city: City) -> None:
    member = city.member()
    desktop = signed_in(member)
    assert member.send("PUT", "/v1/account/password", {"password": "eleven slow trams"}).status_code == 200
    assert desktop.account() == 401
    assert desktop.refresh().json()["error"] == "invalid_grant"
    assert city.rows("SELECT count(*) FROM refresh_token") == [(0,)]


@pytest.mark.parametrize("which", ["access", "refresh_token"])
def test_either_token_revokes_the_sign_in(city: City, which: str) -> None:
    desktop = signed_in(city.member())
    token = getattr(desktop, which)
    for _ in range(2):
        assert (reply := desktop.post("/oauth/revocation", token=token)).status_code == 200
        assert reply.json() == {}
    assert desktop.post("/oauth/revocation", token="nothing").status_code == 200
    assert desktop.account() == 401
    assert desktop.refresh().status_code == 400


def test_a_device_without_a_browser_waits_for_a_person(city: City) -> None:
    member, device = city.member(), Desktop(city, "Rack")
    codes = device.post("/oauth/device", device=device.device, label=device.label).json()
    assert (codes["interval"], codes["expires_in"]) == (5, 600)
    assert codes["verification_uri_complete"] == f"{codes['verification_uri']}?code={codes['user_code']}"
    assert device.poll(codes["device_code"]).json()["error"] == "authorization_pending"
    assert device.poll(codes["device_code"]).json()["error"] == "slow_down"
    city.advance(seconds=5)
    assert device.poll(codes["device_code"]).json()["error"] == "slow_down"
    city.advance(seconds=15)
    assert device.poll(codes["device_code"]).json()["error"] == "authorization_pending"
    identity, call = city.identity, call_of(member)
    assert identity.desktop.device(call, codes["user_code"].lower()).label == "Rack"
    identity.run(call, identity.desktop.decide(call, codes["user_code"], is_allowed=True))
    city.advance(seconds=15)
    assert device.poll(codes["device_code"]).status_code == 200
    assert device.account() == 200
    assert device.refresh().status_code == 200
    city.advance(seconds=15)
    assert device.poll(codes["device_code"]).json()["error"] == "invalid_grant"
    assert codes["device_code"] not in city.dump()
    assert codes["user_code"] not in city.dump()


def test_a_device_is_refused_or_nobody_comes(city: City) -> None:
    member, refused, left = city.member(), Desktop(city), Desktop(city)
    identity, call = city.identity, call_of(member)
    codes = [one.post("/oauth/device", device=one.device).json() for one in (refused, left)]
    identity.run(call, identity.desktop.decide(call, codes[0]["user_code"], is_allowed=False))
    assert refused.poll(codes[0]["device_code"]).json()["error"] == "access_denied"
    city.advance(minutes=10)
    assert left.poll(codes[1]["device_code"]).json()["error"] == "expired_token"
    assert left.poll("mb_code_nothing").json()["error"] == "invalid_grant"


def test_codes_of_devices_are_not_guessed_freely(city: City) -> None:
    call = call_of(city.member())
    for _ in range(5):
        with pytest.raises(NotFoundError):
            city.identity.desktop.device(call, "BCDF-GHJK")
    with pytest.raises(TooManyAttemptsError):
        city.identity.desktop.device(call, "BCDF-GHJK")


def test_what_is_missing_or_unknown_is_named(city: City) -> None:
    desktop = Desktop(city)
    for form, error in (
        ({}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "client_id": "somebody"}, "invalid_client"),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_request"),
    ):
        reply = desktop.post("/oauth/token", **form)
        assert (reply.status_code, reply.json()["error"]) == (400, error), form
    assert "redirect_uri" in desktop.ask("authorization_code", code="x", code_verifier="y").json()["error_description"]
    assert desktop.exchange("x" * 301, redirect_uri=REDIRECT).status_code == 422


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/device", "/oauth/revocation"])
def test_what_is_no_form_is_refused_as_such(city: City, path: str) -> None:
    reply = city.wire.post(city.api.url + path, json={"client_id": "x"}, timeout=20)
    assert (reply.status_code, reply.json()["type"]) == (415, "urn:maxbooster:problem:media-type")
    assert "application/x-www-form-urlencoded" in reply.json()["detail"]


def test_where_everything_is(start_city) -> None:
    city = start_city(public_address="https://music.example")
    found = city.wire.get(city.api.url + "/.well-known/oauth-authorization-server", timeout=20).json()
    assert found["issuer"] == "https://music.example"
    assert found["token_endpoint"] == "https://music.example/oauth/token"
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["authorization_response_iss_parameter_supported"] is True


def test_without_an_address_it_is_this_machine_whatever_the_request_says(city: City) -> None:
    url = city.api.url + "/.well-known/oauth-authorization-server"
    found = city.wire.get(url, headers={"Host": "evil.example"}, timeout=20).json()
    assert found["issuer"] == f"http://localhost:{city.api.url.rpartition(':')[2]}"
