"""The pages of workspaces, as a browser without scripts meets them: what each role is shown, and what forms change."""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode, urlsplit

import pytest

from tests.integration.cloud.identity.browsing import Browser
from tests.integration.cloud.identity.people import PASSWORD, City, Person


@pytest.fixture
def browsers(city: City) -> Iterator[tuple[tuple[Person, Browser], ...]]:
    """Return Ada and Bob, each signed in."""
    made = []
    for name in ("ada", "bob"):
        person, browser = city.member(name), Browser(city)
        browser.sign_in(person.email, PASSWORD)
        made.append((person, browser))
    yield tuple(made)
    for _, browser in made:
        browser.wire.close()


def _made(browser: Browser, name: str = "Band <1>") -> str:
    browser.open("/workspaces")
    return urlsplit(browser.send("/workspaces", name=name).url).path


def _invited(browser: Browser, path: str, person: Person, role: str = "member") -> str:
    browser.open(path)
    assert browser.send(f"{path}/invitations", email=person.email, role=role).status_code == 200
    person.city.run_jobs()
    return person.mails("An invitation")[-1].split("\n\n")[1]


def _id(person: Person) -> str:
    return str(person.account().json()["id"])


def test_a_team_is_made_and_joined_by_the_link_in_the_mail(city: City, browsers) -> None:
    (_ada, adas), (bob, bobs) = browsers
    path = _made(adas)
    assert "Band &lt;1&gt;" in adas.page.text
    code = _invited(adas, path, bob, "finance")
    assert f"{city.origin}/invitation?code={code}\n" in bob.mails("An invitation")[0]
    assert bob.email in adas.open(path).text
    assert bobs.open(path).status_code == 404
    bobs.open(f"/invitation?code={code}")
    assert urlsplit(bobs.send("/invitation").url).path == path
    assert "Your role here: finance." in bobs.page.text
    assert set(bobs.forms()) == {f"{path}/departure", "/sign-out"}
    bobs.open(f"/invitation?code={code}")
    assert bobs.send("/invitation").status_code == 404
    assert bobs.problem().startswith("This invitation is not for your address")


@pytest.mark.parametrize("way", ["by the code", "by the link", "in another browser"])
def test_who_registers_on_the_way_to_an_invitation_gets_there(city: City, browsers, way: str) -> None:
    (_ada, adas), _ = browsers
    path, newcomer = _made(adas), Person(city, "newcomer@example.org")
    code = _invited(adas, path, newcomer)
    browser, other = Browser(city), Browser(city)
    browser.open(f"/invitation?code={code}")
    (register,) = re.findall(r'href="(/register\?[^"]+)"', browser.page.text)
    browser.open(register)
    assert browser.send("/register", email=newcomer.email, name="New", password="password1").status_code == 422
    browser.send("/register", name="New", password=PASSWORD)
    city.run_jobs()
    mailed, confirming = newcomer.mailed_code("Confirm"), other if way == "in another browser" else browser
    if way != "by the code":
        confirming.open(f"/confirm?code={mailed}")
    confirming.send("/confirm", token=mailed)
    confirming.send("/sign-in", password=PASSWORD)
    where = urlsplit(confirming.page.url)[2:4]
    assert where == (("/account", "") if confirming is other else ("/invitation", f"code={code}"))
    confirming.open(f"/invitation?code={code}")
    assert urlsplit(confirming.send("/invitation").url).path == path
    assert "mb_next" not in confirming.wire.cookies
    for one in (browser, other):
        one.wire.close()


@pytest.mark.parametrize("path", ["/invitation?code=mb_invitation", "//evil.example"])
def test_a_new_password_on_the_way_loses_no_invitation(city: City, path: str) -> None:
    browser, member = Browser(city), city.member()
    browser.open(path) if path.startswith("/i") else browser.open(f"/sign-in?{urlencode({'next': path})}")
    (link,) = re.findall(r'href="(/reset\?[^"]*)"', browser.page.text)
    browser.open(link)
    assert browser.send("/reset", email="no address").status_code == 422
    browser.open(link)
    browser.send("/reset", email=member.email)
    city.run_jobs()
    token = member.mailed_code("Choose")
    browser.open(f"/reset/completion?code={token}")
    browser.send("/reset/completion", password="eleven slow trams")
    assert "mb_next" not in browser.wire.cookies
    browser.send("/sign-in", email=member.email, password="eleven slow trams")
    landed = urlsplit(browser.page.url)[2:4]
    assert landed == (("/invitation", "code=mb_invitation") if path.startswith("/i") else ("/account", ""))
    browser.wire.close()


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_who_registers_is_sent_to_no_other_site(city: City, path: str) -> None:
    browser, newcomer = Browser(city), Person(city, "newcomer@example.org")
    assert browser.open(f"/register?{urlencode({'next': path})}").status_code == 200
    assert browser.forms()["/register"]["next"] == "/account"
    browser.send("/register", email=newcomer.email, name="New", password=PASSWORD, next=path)
    del browser.wire.cookies["mb_next"]
    browser.wire.cookies.set("mb_next", quote(path, safe=""))
    city.run_jobs()
    browser.send("/confirm", token=newcomer.mailed_code("Confirm"))
    assert browser.forms()["/sign-in"]["next"] == "/account"
    browser.wire.close()


def test_an_invitation_is_declined_or_withdrawn(browsers) -> None:
    (_ada, adas), (bob, bobs) = browsers
    path = _made(adas)
    code = _invited(adas, path, bob)
    bobs.open(f"/invitation?code={code}")
    form = dict(bobs.forms()["/invitation"])
    reply = bobs.wire.post(f"{bobs.origin}/invitation/refusal", form, headers={"Origin": bobs.origin}, timeout=20)
    assert "You have declined the invitation." in reply.text
    assert adas.city.rows("SELECT count(*) FROM invitation") == [(0,)]
    _invited(adas, path, bob)
    adas.open(path)
    adas.send(f"{path}/invitations/withdrawal")
    assert f"{path}/invitations/withdrawal" not in adas.forms()


def test_people_are_looked_after(city: City, browsers) -> None:
    (ada, adas), (bob, bobs) = browsers
    path = _made(adas)
    bobs.open(f"/invitation?code={_invited(adas, path, bob)}")
    bobs.send("/invitation")
    adas.open(path)
    adas.send(f"{path}/members/role", role="admin")
    assert "Your role here: admin." in bobs.open(path).text
    # An admin is offered nothing that touches an owner.
    assert f"{path}/members/role" not in bobs.forms()
    assert 'value="owner"' not in bobs.page.text
    bobs.send(f"{path}/name", name="Trio")
    adas.send(f"{path}/name", name="Duo")
    assert adas.problem() != ""
    assert "<h1>Trio</h1>" in adas.page.text
    adas.open(path)
    adas.send(f"{path}/departure")
    assert adas.problem() == "This is the last owner: make another one first."
    city.advance(minutes=16)
    adas.open(path)
    assert urlsplit(adas.send(f"{path}/transfer").url).path == "/prove"
    adas.send("/prove", password=PASSWORD)
    adas.open(path)
    assert "Your role here: admin." in adas.send(f"{path}/transfer").text
    assert urlsplit(adas.send(f"{path}/departure").url).path == "/workspaces"
    assert adas.open(path).status_code == 404
    bobs.open(path)
    assert [one["email"] for one in bob.send("GET", f"/v1{path}/members").json()["items"]] == [bob.email]
    bobs.open("/prove")
    bobs.send("/prove", password=PASSWORD)
    bobs.open(path)
    assert urlsplit(bobs.send(f"{path}/removal").url).path == "/workspaces"
    assert city.rows("SELECT count(*) FROM workspace WHERE personal_of IS NULL") == [(0,)]
    assert ada.account().status_code == 200


def test_a_member_is_removed_and_ones_own_workspace_stays(browsers) -> None:
    (_ada, adas), (bob, bobs) = browsers
    path = _made(adas)
    bobs.open(f"/invitation?code={_invited(adas, path, bob)}")
    bobs.send("/invitation")
    adas.open(path)
    adas.send(f"{path}/members/removal")
    assert bobs.open(path).status_code == 404
    adas.open("/workspaces")
    (own,) = adas.city.rows("SELECT id FROM workspace WHERE personal_of = %(id)s", id=_id(_ada))
    adas.open(f"/workspaces/{own[0]}")
    assert set(adas.forms()) == {f"/workspaces/{own[0]}/name", "/sign-out"}
