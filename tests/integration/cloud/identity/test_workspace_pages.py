"""The pages of workspaces, as a browser without scripts meets them: what each role is shown, and what forms change."""

from collections.abc import Iterator
from urllib.parse import urlsplit

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
