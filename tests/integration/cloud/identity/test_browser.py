"""The pages in Chromium: what needs a real browser. Passkeys, a desktop's loopback listener, policies that bite."""

import socket
import threading
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from cloud.identity.grants import CLIENT_ID
from tests.integration.cloud.identity.desktops import Desktop
from tests.integration.cloud.identity.people import PASSWORD, City, Person


def _sign_in(tab: Page, person: Person, path: str = "/sign-in") -> None:
    tab.goto(path)
    tab.get_by_label("E-mail").fill(person.email)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in", exact=True).click()


def _add_passkey(tab: Page, name: str) -> None:
    tab.get_by_role("button", name="Add a passkey").click()
    tab.get_by_label("Name").fill(name)
    tab.get_by_role("button", name="Make the passkey").click()
    expect(tab.get_by_role("cell", name=name, exact=True)).to_be_visible()


def test_a_passkey_is_added_used_and_removed(tab: Page, city: City) -> None:
    member = city.member()
    _sign_in(tab, member)
    _add_passkey(tab, "Finger")
    assert city.rows("SELECT methods FROM account_session WHERE label = 'A browser'") == [(["passkey", "pwd"],)]
    # A device makes no second key for the same account, and says so.
    tab.get_by_role("button", name="Add a passkey").click()
    tab.get_by_role("button", name="Make the passkey").click()
    expect(tab.get_by_role("alert")).to_have_text("This device has a passkey for your account already.")
    tab.get_by_role("button", name="Sign out", exact=True).click()
    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab).to_have_url(f"{city.origin}/account")
    assert city.audited("session.opened")[-1][3]["methods"] == ["passkey"]
    # It is proof enough for what asks for a second factor, and proves again who it is.
    city.advance(minutes=16)
    tab.get_by_label("read what was earned").check()
    tab.locator("form[action='/account/keys']").get_by_label("Name").fill("Bank")
    tab.get_by_role("button", name="Make a key").click()
    tab.get_by_role("button", name="Use a passkey").click()
    tab.get_by_label("read what was earned").check()
    tab.locator("form[action='/account/keys']").get_by_label("Name").fill("Bank")
    tab.get_by_role("button", name="Make a key").click()
    expect(tab.locator("code")).to_contain_text("mb_live_")
    tab.goto("/account")
    tab.get_by_role("button", name="Remove Finger").click()
    expect(tab.get_by_role("cell", name="Finger", exact=True)).to_have_count(0)
    assert city.rows("SELECT count(*) FROM api_key") == [(0,)]
    assert city.rows("SELECT count(*) FROM account_session WHERE 'passkey' = ANY(methods)") == [(0,)]
    tab.get_by_role("button", name="Sign out", exact=True).click()
    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab.get_by_role("alert")).to_contain_text("The passkey was not accepted")
    city.run_jobs()
    assert len(member.mails("Your account was changed")) == 2


def test_an_answer_of_a_passkey_works_once_within_five_minutes_at_our_address(tab: Page, city: City) -> None:
    _sign_in(tab, city.member())
    _add_passkey(tab, "Finger")
    anybody = city.person()

    def answered() -> dict[str, object]:
        options = anybody.send("POST", "/v1/passkey-sessions/options").json()["public_key"]
        made = "PublicKeyCredential.parseRequestOptionsFromJSON(options)"
        script = f"async (options) => (await navigator.credentials.get({{publicKey: {made}}})).toJSON()"
        return tab.evaluate(script, options)

    def sign_in(credential: object) -> int:
        return anybody.send("POST", "/v1/passkey-sessions", {"credential": credential}).status_code

    first = answered()
    for part in ("signature", "authenticatorData", "clientDataJSON", "userHandle"):
        kept = first["response"][part]
        bent = kept[:8] + ("AAAA" if kept[8:12] != "AAAA" else "BBBB") + kept[12:]
        assert sign_in({**first, "response": {**first["response"], part: bent}}) == 401, part
    assert sign_in(first) == 201
    assert sign_in(first) == 401
    late = answered()
    city.advance(minutes=5)
    assert sign_in(late) == 401
    copied = answered()
    city.execute("UPDATE passkey SET sign_count = 999")
    assert sign_in(copied) == 401
    city.execute("UPDATE passkey SET sign_count = 0")
    assert sign_in(copied) == 201


def test_a_desktop_is_let_in_through_the_system_s_browser(tab: Page, city: City) -> None:
    member, desktop = city.member(), Desktop(city, "Studio")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        redirect = f"http://127.0.0.1:{listener.getsockname()[1]}/cb"
        query = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": redirect, "state": "s" * 20}
        query |= {"code_challenge": desktop.challenge, "code_challenge_method": "S256"}
        query |= {"device": desktop.device, "label": desktop.label}
        _sign_in(tab, member, f"/oauth/authorize?{urlencode(query)}")
        heard: list[bytes] = []
        thread = threading.Thread(target=_answer_once, args=(listener, heard))
        thread.start()
        tab.get_by_role("button", name="Let it in").click()
        expect(tab.get_by_text("Back to the studio")).to_be_visible()
        thread.join()
    target = heard[0].split()[1].decode()
    answer = {name: value for name, (value,) in parse_qs(urlsplit(target).query).items()}
    assert (urlsplit(target).path, answer["state"], answer["iss"]) == ("/cb", "s" * 20, city.origin)
    assert desktop.exchange(answer["code"], redirect_uri=redirect).status_code == 200
    assert desktop.account() == 200


def _answer_once(listener: socket.socket, heard: list[bytes]) -> None:
    """Be the desktop's listener: one request, a static page."""
    listener.settimeout(15)
    wire, _ = listener.accept()
    with wire:
        heard.append(wire.recv(65_536))
        body = b"<p>Back to the studio</p>"
        wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + body)


@pytest.mark.parametrize("path", ["/sign-in", "/register", "/account", "/workspaces", "/invitation"])
def test_pages_fit_a_narrow_window_and_their_fields_have_names(tab: Page, city: City, path: str) -> None:
    if path not in ("/sign-in", "/register"):
        _sign_in(tab, city.member())
    tab.set_viewport_size({"width": 360, "height": 740})
    tab.goto(path)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    for field in tab.locator("input:not([type=hidden], [hidden]), select").all():
        assert field.evaluate("field => field.labels.length") == 1
    for scheme, colour in (("dark", "rgb(14, 17, 22)"), ("light", "rgb(243, 245, 248)")):
        tab.emulate_media(color_scheme=scheme)
        assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == colour


def test_a_team_fits_a_narrow_window(tab: Page, city: City) -> None:
    member, bob = city.member(), city.member("bob")
    team = member.send("POST", "/v1/workspaces", {"name": "Band"}).json()["id"]
    body = {"email": bob.email, "role": "member"}
    assert member.send("POST", f"/v1/workspaces/{team}/invitations", body).status_code == 201
    city.run_jobs()
    code = bob.mails("An invitation")[0].split("\n\n")[1]
    assert bob.send("POST", "/v1/workspace-invitations/acceptance", {"token": code}).status_code == 200
    _sign_in(tab, member)
    tab.set_viewport_size({"width": 360, "height": 740})
    tab.goto(f"/workspaces/{team}")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    # Columns would be some letters wide: rows are lists there, and say what each item is.
    addresses = tab.locator("td[data-label=Address]")
    assert addresses.first.evaluate("cell => cell.clientWidth") > 300
    assert "Address: " in addresses.first.evaluate("cell => getComputedStyle(cell, '::before').content")
    tab.get_by_label("Role of Ada", exact=True).select_option("admin")
    tab.get_by_role("button", name="Change the role of Ada").click()
    expect(tab.get_by_label("Role of Ada", exact=True)).to_have_value("admin")
