"""One-time codes and recovery codes: the standard's numbers, each code once, five tries."""

import base64
import re

import pyotp
import pytest

from cloud.identity.second_factors import matching_counter
from tests.integration.cloud.identity.people import City, Person

_RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("at_s", "eight_digits"),
    [(59, "94287082"), (1111111109, "07081804"), (1234567890, "89005924"), (20000000000, "65353130")],
)
def test_codes_are_those_of_the_standard(at_s: int, eight_digits: str) -> None:
    code = eight_digits[-6:]
    assert [matching_counter(_RFC_SECRET, code, at_s + shift, 0) for shift in (-30, 0, 30)] == [at_s // 30] * 3
    assert [matching_counter(_RFC_SECRET, code, at_s + shift, 0) for shift in (-60, 90)] == [None, None]
    assert matching_counter(_RFC_SECRET, code, at_s, at_s // 30) is None


@pytest.mark.parametrize("code", ["", "000000 ", "ä00000", "\uff11\uff12\uff13\uff14\uff15\uff16", "0" * 40])
def test_what_is_no_code(code: str) -> None:
    assert matching_counter(_RFC_SECRET, code, 59, 0) is None


def test_an_authenticator_is_in_force_when_a_code_confirms_it(city: City) -> None:
    member = city.member()
    added = member.send("POST", "/v1/account/authenticator").json()
    assert (
        added["uri"] == f"otpauth://totp/Max%20Booster:ada%40example.org?secret={added['secret']}&issuer=Max%20Booster"
    )
    assert len(base64.b32decode(added["secret"])) == 20
    assert member.sign_in().status_code == 201
    wrong = member.send("POST", "/v1/account/authenticator/confirmation", {"code": "000000"})
    assert (wrong.status_code, wrong.json()["type"]) == (401, "urn:maxbooster:problem:code-wrong")
    code = pyotp.TOTP(added["secret"]).at(city.clock.now())
    codes = member.send("POST", "/v1/account/authenticator/confirmation", {"code": code}).json()["codes"]
    assert len(set(codes)) == 10
    everything = city.dump()
    for secret in (added["secret"], *codes):
        assert secret not in everything
    assert member.account().json()["has_second_factor"] is True
    assert member.account().json()["recovery_codes_left"] == 10
    assert member.send("POST", "/v1/account/authenticator").status_code == 409
    assert Person(city, member.email).sign_in().status_code == 401


def test_a_code_works_once_and_in_its_window(city: City) -> None:
    member = city.member()
    secret = member.add_authenticator()
    codes = pyotp.TOTP(secret)
    city.advance(minutes=5)
    now = codes.at(city.clock.now())
    for code, status in (
        (codes.at(city.clock.now(), counter_offset=-2), 401),
        (now, 201),
        (now, 401),
        (codes.at(city.clock.now(), counter_offset=-1), 401),
    ):
        assert Person(city, member.email).sign_in(code=code).status_code == status
    city.advance(minutes=16)
    assert Person(city, member.email).sign_in(code=codes.at(city.clock.now(), counter_offset=1)).json()["methods"] == [
        "pwd",
        "otp",
    ]
    assert Person(city, member.email).sign_in(code=codes.at(city.clock.now())).status_code == 401


def test_five_wrong_codes_then_a_pause(city: City) -> None:
    member = city.member()
    secret = member.add_authenticator()
    city.advance(minutes=1)
    known = {"device": member.device}
    statuses = [member.sign_in(code="000000", **known).status_code for _ in range(4)]
    statuses += [Person(city, member.email).sign_in(code="000000").status_code for _ in range(2)]
    assert statuses == [401] * 5 + [429]
    right = pyotp.TOTP(secret).at(city.clock.now())
    refused = Person(city, member.email).sign_in(code=right)
    assert (refused.status_code, 0 < int(refused.headers["Retry-After"]) <= 900) == (429, True)
    city.advance(minutes=15)
    assert member.sign_in(code=pyotp.TOTP(secret).at(city.clock.now()), **known).status_code == 201


def test_a_recovery_code_works_once_and_its_owner_is_told(city: City) -> None:
    member = city.member()
    member.add_authenticator()
    code = member.recovery[0]
    assert re.fullmatch(r"([a-z2-7]{4}-){5}[a-z2-7]{4}", code)
    fresh = Person(city, member.email)
    assert fresh.sign_in(code=code.upper().replace("-", " ")).json()["methods"] == ["pwd", "recovery"]
    assert fresh.account().json()["recovery_codes_left"] == 9
    assert fresh.sign_in(code=code).status_code == 401
    city.run_jobs()
    assert any("A recovery code was used; 9 are left" in text for text in member.mails())
    assert city.audited("recovery_code.used")[0][3] == {"left": 9}
    renewed = fresh.send("POST", "/v1/account/recovery-codes").json()["codes"]
    assert not set(renewed) & set(member.recovery)
    assert fresh.sign_in(code=member.recovery[1]).status_code == 401
    assert fresh.sign_in(code=renewed[0]).status_code == 201


def test_proving_again_needs_the_second_factor_too(city: City) -> None:
    member = city.member()
    secret = member.add_authenticator()
    city.advance(minutes=20)
    assert member.prove().json()["type"] == "urn:maxbooster:problem:code-needed"
    assert member.prove(code=pyotp.TOTP(secret).at(city.clock.now())).status_code == 200


def test_without_the_authenticator_sessions_lose_what_it_gave(city: City) -> None:
    member = city.member()
    member.add_authenticator()
    body = {"name": "Bank", "scopes": ["money:read"]}
    assert member.send("POST", "/v1/api-keys", body).status_code == 201
    city.advance(minutes=16)
    assert member.send("DELETE", "/v1/account/authenticator").status_code == 403
    member.prove(code=member.recovery[0])
    assert member.send("DELETE", "/v1/account/authenticator").status_code == 200
    assert member.send("DELETE", "/v1/account/authenticator").status_code == 409
    assert member.send("POST", "/v1/account/recovery-codes").status_code == 409
    assert city.rows("SELECT methods FROM account_session") == [(["pwd"],)]
    assert city.rows("SELECT count(*) FROM api_key") == [(0,)]
    assert city.rows("SELECT count(*) FROM recovery_code") == [(0,)]
    assert Person(city, member.email).sign_in().status_code == 201


def test_a_sealed_secret_opens_in_its_own_row_only(city: City, expected_log) -> None:
    expected_log("unexpected failure")
    ada, bob = city.member(), city.member("bob")
    ada.add_authenticator()
    secret = bob.add_authenticator()
    city.execute("UPDATE totp_secret SET sealed = (SELECT sealed FROM totp_secret LIMIT 1)")
    city.advance(minutes=1)
    code = pyotp.TOTP(secret).at(city.clock.now())
    assert {Person(city, who.email).sign_in(code=code).status_code for who in (ada, bob)} == {401, 500}
