"""Another address for an account: confirmed by its reader, put back by the old one's, free for nobody meanwhile."""

from collections.abc import Callable

import pytest

from tests.integration.cloud.identity.browsing import Browser
from tests.integration.cloud.identity.people import PASSWORD, City, Person

_NEW_PASSWORD = "eleven slow trams"


def _ask(person: Person, email: str = "new@example.org"):
    reply = person.send("POST", "/v1/account/email", {"email": email})
    person.city.run_jobs()
    return reply


def _confirm(city: City, code: str):
    reply = city.person().send("POST", "/v1/email-changes/confirmation", {"token": code})
    city.run_jobs()
    return reply


def _moved(person: Person, name: str) -> Person:
    """Change somebody's address; return its new reader, with the same session."""
    new = Person(person.city, f"{name}@example.org", token=person.token)
    assert _ask(person, new.email).status_code == 202
    assert _confirm(person.city, new.mailed_code("Confirm your new address")).status_code == 200
    return new


def _put_back(city: City, code: str):
    body = {"token": code, "password": _NEW_PASSWORD}
    return city.person().send("POST", "/v1/email-changes/undo", body)


def test_an_address_changes_when_its_reader_confirms_it(city: City) -> None:
    member, couch = city.member(), city.person()
    couch.sign_in()
    member.send("POST", "/v1/password-resets", {"email": member.email})
    assert _ask(member, "New@Example.org").status_code == 202
    assert member.account().json()["email"] == member.email
    new = Person(city, "new@example.org")
    code = new.mailed_code("Confirm your new address")
    assert f"{city.origin}/email/confirmation?code={code}\n" in new.mails()[0]
    assert code not in city.dump()
    assert (_confirm(city, code).status_code, _confirm(city, code).status_code) == (200, 404)
    assert member.account().json()["email"] == new.email
    assert (couch.account().status_code, couch.sign_in().status_code, new.sign_in().status_code) == (401, 401, 201)
    reset = {"token": member.mailed_code("Choose"), "password": _NEW_PASSWORD}
    assert member.send("POST", "/v1/password-resets/completion", reset).status_code == 404
    assert [after for _, _, _, after in city.audited("email.changed")] == [{"ended": 1}]


def test_a_change_needs_a_fresh_proof_and_is_for_one_session_and_one_hour(city: City) -> None:
    member, new = city.member(), city.person("new")
    assert _ask(member, member.email).status_code == 409
    _ask(member)
    code = new.mailed_code("Confirm")
    city.advance(hours=1)
    assert _ask(member).json()["type"] == "urn:maxbooster:problem:step-up-needed"
    assert _confirm(city, code).status_code == 404
    member.prove()
    _ask(member)
    (later,) = {text.split("\n\n")[1] for text in new.mails("Confirm")} - {code}
    member.send("DELETE", "/v1/sessions/current")
    assert _confirm(city, later).status_code == 404
    assert city.person().sign_in().status_code == 201


def test_whether_somebody_has_an_address_is_told_by_mail_alone(city: City) -> None:
    member, bob = city.member(), city.member("bob")
    free, taken = _ask(member), _ask(member, bob.email)
    assert (free.status_code, free.content) == (taken.status_code, taken.content)
    (text,) = bob.mails()
    assert "has an account already" in text
    assert city.rows("SELECT count(*) FROM email_change") == [(1,)]
    for _ in range(3):
        assert _ask(member, bob.email).status_code == 202
    assert [_ask(member, bob.email).status_code for _ in range(2)] == [202, 429]


def test_an_address_that_was_taken_meanwhile_is_not_changed_to(city: City) -> None:
    member, new = city.member(), city.person("new")
    _ask(member)
    city.member("new")
    assert _confirm(city, new.mailed_code("Confirm")).status_code == 409
    assert member.account().json()["email"] == member.email


def test_the_old_reader_puts_the_address_back_and_shuts_out_whoever_changed_it(city: City) -> None:
    owner = city.member()
    kept = owner.send("POST", "/v1/api-keys", {"name": "Kept", "scopes": ["account:read"]}).json()["key"]
    city.advance(minutes=1)
    thief = _moved(owner, "thief")
    thief.add_authenticator()
    stolen = thief.send("POST", "/v1/api-keys", {"name": "Mine", "scopes": ["account:read"]}).json()["key"]
    city.advance(days=6)
    code = owner.mailed_code("Your address was changed")
    assert f"{city.origin}/email/undo?code={code}\n" in owner.mails("Your address was changed")[0]
    assert _put_back(city, code).status_code == 200
    assert [Person(city, "", token=token).account().status_code for token in (thief.token, stolen, kept)] == [
        401
    ] * 2 + [200]
    assert (thief.sign_in().status_code, owner.sign_in().status_code) == (401, 401)
    owner.password = _NEW_PASSWORD
    assert owner.sign_in().status_code == 201
    assert owner.account().json()["has_second_factor"] is False
    assert _put_back(city, code).status_code == 404
    ((_, _, _, after),) = city.audited("email.put_back")
    assert after == {"ended": 1, "authenticators": 1, "passkeys": 0, "keys": 1}


def test_every_earlier_address_of_a_week_leads_back(city: City) -> None:
    owner = city.member()
    second = _moved(owner, "second")
    _moved(second, "third")
    codes = [one.mailed_code("Your address was changed") for one in (owner, second)]
    assert _put_back(city, codes[0]).status_code == 200
    assert _put_back(city, codes[1]).status_code == 404
    owner.password = _NEW_PASSWORD
    assert owner.sign_in().status_code == 201


def test_an_address_that_may_be_put_back_is_free_for_nobody_else(city: City, run_kind: Callable[[str], None]) -> None:
    owner, eve = city.member(), city.member("eve")
    _moved(owner, "new")
    again = city.person()
    assert again.register().status_code == 202
    assert len(again.mails("This address is not free yet")) == 1
    _ask(eve, owner.email)
    assert len(again.mails("You have an account already")) == 1
    city.advance(days=7, seconds=1)
    run_kind("identity.forget")
    assert city.rows("SELECT count(*) FROM email_undo") == [(0,)]
    assert _put_back(city, owner.mailed_code("Your address was changed")).status_code == 404
    again.register()
    assert again.confirm().status_code == 200


@pytest.mark.parametrize("is_same_browser", [True, False])
def test_an_address_is_changed_and_put_back_on_pages(city: City, is_same_browser: bool) -> None:
    owner, new, browser = city.member(), city.person("new"), Browser(city)
    browser.sign_in(owner.email, PASSWORD)
    assert browser.send("/account/email", email=owner.email).status_code == 409
    assert browser.problem() == "This is your address already."
    assert "until then nothing changes" in browser.send("/account/email", email=new.email).text
    city.run_jobs()
    reader = browser if is_same_browser else Browser(city)
    reader.open(f"/email/confirmation?code={new.mailed_code('Confirm')}")
    shown = reader.send("/email/confirmation")
    assert ("sign in with it" in shown.text, new.email in shown.text) == (not is_same_browser, is_same_browser)
    city.run_jobs()
    reader.open(f"/email/undo?code={owner.mailed_code('Your address was changed')}")
    assert reader.send("/email/undo", password="password1").status_code == 422
    assert "put back" in reader.send("/email/undo", password=_NEW_PASSWORD).text
    assert reader.send("/sign-in", email=owner.email, password=_NEW_PASSWORD).status_code == 200
    for one in {id(browser): browser, id(reader): reader}.values():
        one.wire.close()
