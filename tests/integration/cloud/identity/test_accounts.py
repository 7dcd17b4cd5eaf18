"""Accounts: which passwords are taken, confirmed addresses, and nothing that tells whether an address is known."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import bcrypt
import pytest
from pydantic import SecretStr

from cloud.foundation.calls import system_call
from cloud.identity import passwords
from cloud.identity.errors import CredentialsError, HashingBusyError, PasswordUnsafeError
from cloud.identity.passwords import Passwords, is_outdated
from cloud.identity.proving import Claim
from cloud.identity.rules import names_in, require_more_than_names
from cloud.identity.throttle import Limits, Rule
from tests.integration.cloud.identity.people import PASSWORD, City, Person
from tests.unit.cloud.test_breaches import breach_list

_TAKEN = ("aaaa bbb", "12 45678", "ä" * 128, "🎹🥁🎸🎺🎻🪕🪗🎷", " at both ends ", "nul\0in it")
_REFUSED = (
    ("short 7", "invalid"),
    ("x" * 129, "invalid"),
    ("\ud800 surrogate", "invalid"),
    (" " * 8, "password-unsafe"),
    ("\u3000\t \u2003" * 2, "password-unsafe"),
    ("password1", "password-unsafe"),
    ("PASSWORD1", "password-unsafe"),
    ("maxbooster24", "password-unsafe"),
    ("Max Booster!", "password-unsafe"),
    ("lovelace.77", "password-unsafe"),
    ("ada.byron-1", "password-unsafe"),
)


def test_passwords_are_taken_as_they_are(city: City) -> None:
    for number, password in enumerate(_TAKEN):
        person = city.person(f"person{number}")
        person.password = password
        assert person.register().status_code == 202
        assert person.confirm().status_code == 200
        assert person.sign_in().status_code == 201
        person.password = password + "x" if len(password) < 128 else password[:-1]
        assert person.sign_in().status_code == 401


def test_passwords_that_others_guess_early_are_refused(city: City) -> None:
    for password, problem in _REFUSED:
        form = {"email": "ada.byron@example.org", "name": "Ada Lovelace", "password": password}
        reply = city.person().send("POST", "/v1/registrations", form)
        assert (reply.status_code, reply.json()["type"]) == (422, f"urn:maxbooster:problem:{problem}"), password
        assert password not in reply.text
    assert city.rows("SELECT count(*) FROM job") == [(0,)]


def test_passwords_that_leaked_are_refused_when_there_is_a_list(
    start_city: Callable[..., City], tmp_path: Path
) -> None:
    city = start_city(breached_passwords=breach_list(tmp_path, [PASSWORD]))
    for password, status in ((PASSWORD, 422), ("password1", 422), ("eleven slow trams", 202)):
        person = city.person()
        person.password = password
        assert person.register().status_code == status, password


def test_a_name_inside_a_long_password_is_no_harm() -> None:
    require_more_than_names("lovelace writes seven programs", *names_in("ada@example.org", "Ada Lovelace"))
    with pytest.raises(PasswordUnsafeError, match="little more than a name: add words that have nothing to do with it"):
        require_more_than_names("Lovelace.42", *names_in("x@example.org", "Ada Lovelace"))


def test_an_address_is_confirmed_once(city: City) -> None:
    person = city.person()
    assert person.register("Ada Lovelace").json() == {"accepted": True}
    early = person.sign_in()
    assert (early.status_code, early.json()["type"]) == (403, "urn:maxbooster:problem:email-unverified")
    token = person.mailed_code("Confirm")
    assert f"{city.origin}/confirm?code={token}\n" in person.mails("Confirm")[0]
    first = person.confirm()
    assert (first.status_code, first.json()["email"], first.json()["name"]) == (200, person.email, "Ada Lovelace")
    assert person.confirm().status_code == 404
    assert token not in city.dump()
    ((actor, resource, before, after),) = city.audited("account.verified")
    assert (actor, resource) == ("anonymous:anonymous", f"account:{first.json()['id']}")
    assert (before, after) == ({"state": "unverified"}, {"state": "active"})


def test_a_code_that_is_too_old_confirms_nothing(city: City) -> None:
    person = city.person()
    person.register()
    city.advance(days=2, seconds=1)
    assert person.confirm().status_code == 404


def test_the_last_registration_counts_until_one_is_confirmed(city: City) -> None:
    squatter, owner = city.person(), city.person()
    squatter.password = "somebody elses wish"
    squatter.register()
    (first,) = owner.mails("Confirm")
    owner.register()
    (second,) = set(owner.mails("Confirm")) - {first}
    for text, status in ((first, 404), (second, 200)):
        code = text.split("\n\n")[1].strip()
        assert owner.send("POST", "/v1/registrations/confirmation", {"token": code}).status_code == status
    assert squatter.sign_in().status_code == 401
    assert owner.sign_in().status_code == 201


def test_whether_an_address_is_known_is_told_by_mail_alone(city: City) -> None:
    member = city.member()
    stranger = city.person("bob")
    known, unknown = member.register(), stranger.register()
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content) == (202, b'{"accepted":true}')
    assert len(member.mails("You have an account already")) == 1
    assert len(stranger.mails("Confirm")) == 1
    wrong = {"email": member.email, "password": "not the password"}
    first = member.send("POST", "/v1/sessions", wrong)
    second = member.send("POST", "/v1/sessions", wrong | {"email": "nobody@example.org"})
    hidden = [{**reply.json(), "request_id": ""} for reply in (first, second)]
    assert (first.status_code, hidden[0]) == (second.status_code, hidden[1])
    assert hidden[0]["type"] == "urn:maxbooster:problem:credentials-wrong"


@pytest.mark.parametrize("tries", [30, pytest.param(200, marks=pytest.mark.full)])
def test_a_wrong_password_takes_as_long_as_an_unknown_address(real_hashing: None, city: City, tries: int) -> None:
    many = Rule("account", 10_000, timedelta(minutes=15), does_double=True)
    city.limit(Limits(account=many, minute=Rule("m", 10_000, timedelta(1)), day=Rule("d", 10_000, timedelta(1))))
    took_s: dict[str, list[float]] = {city.member().email: [], "nobody@example.org": []}
    for _ in range(tries):
        for address, found in took_s.items():
            # Processor time of this thread: the clock's is the neighbours', on shared cores.
            began = time.thread_time()
            with pytest.raises(CredentialsError):
                _try(city, address)
            found.append(time.thread_time() - began)
    known, unknown = (sorted(found)[round(0.95 * tries) - 1] for found in took_s.values())
    assert abs(known - unknown) < 0.020, took_s


def _try(city: City, address: str) -> None:
    claim = Claim(address, SecretStr("not the password"), "network")
    city.identity.run(system_call("test"), city.identity.sign_in(system_call("test"), claim, "A device"))


def test_mail_is_asked_for_five_times_an_hour_whoever_has_an_account(city: City) -> None:
    for person in (city.member(), city.person("bob")):
        statuses = [person.register().status_code for _ in range(6)]
        assert statuses[-1] == 429
        assert set(statuses[:4]) == {202}


def test_nobody_has_us_mail_everybody(city: City) -> None:
    city.limit(Limits(mails_asked_for=3))
    strangers = [city.person(f"stranger{number}").register().status_code for number in range(4)]
    assert strangers == [202, 202, 202, 429]
    member = city.member()
    workspace = member.send("POST", "/v1/workspaces", {"name": "Band"}).json()["id"]
    path = f"/v1/workspaces/{workspace}/invitations"
    invited = [
        member.send("POST", path, {"email": f"x{number}@example.org", "role": "member"}).status_code
        for number in range(4)
    ]
    assert invited == [201, 201, 201, 429]


@pytest.mark.parametrize(
    "name",
    ["\u202egnp.exe", "a\u2028b", "a\x85b", "\u2066x\u2069", "\u200b", "\xa0\u3164", " "],
    ids=lambda name: name.encode("unicode_escape").decode(),
)
def test_names_that_are_not_what_they_look_like_are_refused(city: City, name: str) -> None:
    assert city.person().register(name).status_code == 422


@pytest.mark.parametrize("name", ["Zażółć 音楽", "שלום", "👩\u200d🎤 x", "AC/DC", "नमस्\u200dते"])
def test_names_of_all_the_world_are_taken(city: City, name: str) -> None:
    assert city.person().register(name).status_code == 202


def test_bcrypt_hashes_are_accepted_and_replaced(real_hashing: None, city: City) -> None:
    member = city.member()
    old = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    city.execute("UPDATE account SET password_hash = %(old)s", old=old)
    assert member.sign_in().status_code == 201
    ((new,),) = city.rows("SELECT password_hash FROM account")
    assert new.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert [resource for _, resource, _, _ in city.audited("password.hash_upgraded")]
    assert member.sign_in().status_code == 201


def test_bcrypt_does_not_cut_long_passwords() -> None:
    kept = bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode()
    assert Passwords().verify(kept, "x" * 72)
    assert not Passwords().verify(kept, "x" * 73)
    assert is_outdated(kept)
    assert not is_outdated(Passwords().hash("x" * 73))


@pytest.mark.parametrize("kept", ["", "$argon2id$nonsense", "plain text", None])
def test_what_is_no_hash_fits_no_password(kept: str | None) -> None:
    assert not Passwords().verify(kept, "plain text")


def test_two_hash_eight_wait_and_more_are_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, running, most = threading.Event(), [], [0]

    def slow(_kept: str, _password: str) -> bool:
        running.append(1)
        most[0] = max(most[0], len(running))
        go_on.wait(10)
        running.pop()
        return True

    monkeypatch.setattr(passwords, "_fits", slow)
    hashing = Passwords()
    with ThreadPoolExecutor(10) as pool:
        inside = [pool.submit(hashing.verify, "", "") for _ in range(10)]
        while hashing._places._value:
            time.sleep(0.001)
        with pytest.raises(HashingBusyError) as refused:
            hashing.verify("", "")
        go_on.set()
        assert all(done.result() for done in inside)
    assert refused.value.headers == {"Retry-After": "1"}
    assert most == [2]
    assert hashing.verify("", "")


def test_a_busy_process_says_when_to_come_again(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    member = city.member()
    monkeypatch.setattr(city.identity.passwords, "_places", threading.BoundedSemaphore(1))
    assert city.identity.passwords._places.acquire(blocking=False)
    for send in (member.sign_in, member.register):
        reply = send()
        assert (reply.status_code, reply.headers["Retry-After"]) == (503, "1")
        assert reply.json()["type"] == "urn:maxbooster:problem:unavailable"


def test_sign_ins_that_wait_leave_threads_to_everybody_else(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    member, go_on = city.member(), threading.Event()
    city.limit(Limits(account=Rule("account", 99, timedelta(minutes=15), does_double=True)))
    monkeypatch.setattr(passwords, "_fits", lambda _kept, _password: go_on.wait(20))
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(Person(city, member.email).sign_in) for _ in range(8)]
        while sum(one.done() for one in waiting) < 2:
            time.sleep(0.005)
        assert {one.result().status_code for one in waiting if one.done()} == {503}
        assert member.account().status_code == 200
        go_on.set()
        assert sorted(one.result().status_code for one in waiting) == [201] * 6 + [503] * 2


def test_nothing_that_is_secret_stands_in_the_database(city: City) -> None:
    member = city.member()
    everything = city.dump()
    for secret in (PASSWORD, member.token, member.device):
        assert secret not in everything
    assert "ada@example.org" not in str(city.rows("SELECT * FROM audit_entry"))
    assert "ada@example.org" not in str(city.rows("SELECT * FROM job"))


def test_forms_that_are_not_usable(city: City) -> None:
    for change in (
        {"email": "no address"},
        {"email": "a@b"},
        {"email": "ada@example.org\nBcc: all@example.org"},
        {"name": ""},
        {"name": "  "},
        {"name": "a\0b"},
        {"name": "\ud800"},
        {"password": None},
        {"roles": ["admin"]},
    ):
        form = {"email": "ada@example.org", "name": "Ada", "password": PASSWORD} | change
        assert city.person().send("POST", "/v1/registrations", form).status_code == 422, change


def test_accounts_that_nobody_confirms_are_forgotten(city: City, run_kind: Callable[[str], None]) -> None:
    city.member()
    city.person("bob").register()
    city.advance(days=8)
    run_kind("identity.forget")
    assert city.rows("SELECT email FROM account") == [("ada@example.org",)]
    assert city.rows("SELECT count(*) FROM mailed_token") == [(0,)]
