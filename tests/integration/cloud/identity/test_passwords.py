"""Another password: forgotten and reset by mail, or changed with a fresh proof."""

import pyotp

from tests.integration.cloud.identity.people import City, Person

_NEW = "eleven slow trams"


def _ask(person: Person) -> str:
    assert person.send("POST", "/v1/password-resets", {"email": person.email}).status_code == 202
    person.city.run_jobs()
    return person.mailed_code("Choose a new password")


def _reset(person: Person, token: str, password: str = _NEW):
    return person.send("POST", "/v1/password-resets/completion", {"token": token, "password": password})


def test_a_reset_ends_every_session_and_signs_nobody_in(city: City) -> None:
    member = city.member()
    couch = Person(city, member.email)
    couch.sign_in()
    token = _ask(member)
    assert token not in city.dump()
    anonymous = Person(city, member.email)
    done = _reset(anonymous, token)
    assert (done.status_code, done.json()) == (200, {"accepted": True})
    assert [somebody.account().status_code for somebody in (member, couch)] == [401, 401]
    assert member.sign_in().status_code == 401
    member.password = _NEW
    assert member.sign_in(device=member.device).status_code == 201
    assert _reset(anonymous, token).status_code == 404
    ((actor, _, _, after),) = city.audited("password.reset")
    assert (actor, after) == ("anonymous:anonymous", {"ended": 2})
    city.run_jobs()
    assert any("password was changed" in text for text in member.mails("Your account was changed"))


def test_a_reset_is_over_after_half_an_hour_or_with_a_newer_one(city: City) -> None:
    member = city.member()
    old = _ask(member)
    assert member.send("POST", "/v1/password-resets", {"email": member.email}).status_code == 202
    city.run_jobs()
    assert _reset(member, old).status_code == 404
    new = next(code for code in (text.split("\n\n")[1].strip() for text in member.mails("Choose")) if code != old)
    city.advance(minutes=30)
    assert _reset(member, new).status_code == 404


def test_tokens_are_for_one_thing_only(city: City) -> None:
    member, other = city.member(), city.person("bob")
    other.register()
    assert _reset(member, other.mailed_code("Confirm")).status_code == 404
    assert member.send("POST", "/v1/registrations/confirmation", {"token": _ask(member)}).status_code == 404


def test_an_unsafe_password_uses_no_token_up(city: City) -> None:
    member = city.member()
    token = _ask(member)
    for unsafe in ("password1", " " * 8):
        assert _reset(member, token, unsafe).status_code == 422
    assert _reset(member, token).status_code == 200


def test_the_reply_is_the_same_without_an_account_and_no_mail_leaves(city: City) -> None:
    member, stranger = city.member(), city.person("bob")
    replies = [who.send("POST", "/v1/password-resets", {"email": who.email}) for who in (member, stranger)]
    assert replies[0].content == replies[1].content
    city.run_jobs()
    assert len(member.mails("Choose")) == 1
    assert stranger.mails() == []


def test_a_reset_does_not_skip_the_second_factor(city: City) -> None:
    member = city.member()
    secret = member.add_authenticator()
    assert _reset(member, _ask(member)).status_code == 200
    member.password, member.token = _NEW, None
    assert member.sign_in().json()["type"] == "urn:maxbooster:problem:code-needed"
    city.advance(minutes=1)
    assert member.sign_in(code=pyotp.TOTP(secret).at(city.clock.now())).status_code == 201


def test_a_change_needs_a_fresh_proof_and_ends_the_other_sessions(city: City) -> None:
    member, couch = city.member(), city.person()
    couch.sign_in()
    city.advance(minutes=15)
    stale = member.send("PUT", "/v1/account/password", {"password": _NEW})
    assert (stale.status_code, stale.json()["type"]) == (403, "urn:maxbooster:problem:step-up-needed")
    member.prove()
    old = member.token
    changed = member.send("PUT", "/v1/account/password", {"password": _NEW})
    assert (changed.status_code, changed.json()["is_current"]) == (200, True)
    assert [Person(city, "", token=token).account().status_code for token in (old, couch.token)] == [401, 401]
    member.token, member.password = changed.json()["token"], _NEW
    assert member.account().status_code == 200
    assert member.sign_in().status_code == 201
    assert couch.sign_in().status_code == 401
    assert city.audited("password.changed")[0][3] == {"ended": 1}


def test_no_password_is_refused_for_being_old(city: City) -> None:
    member = city.member()
    city.advance(days=3_000)
    assert member.sign_in().status_code == 201
