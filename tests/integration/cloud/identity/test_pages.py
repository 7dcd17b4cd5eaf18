"""The pages, as a browser without scripts meets them: who sees which, forms of others, what each failure says."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pyotp
import pytest

from cloud.identity.grants import CLIENT_ID
from cloud.identity.pages.visit import own_path
from cloud.identity.throttle import Limits
from tests.integration.cloud.identity.browsing import Browser
from tests.integration.cloud.identity.desktops import REDIRECT, Desktop
from tests.integration.cloud.identity.pages import FORMS, PAGES
from tests.integration.cloud.identity.people import PASSWORD, City, Person


@pytest.fixture
def browser(city: City) -> Iterator[Browser]:
    made = Browser(city)
    yield made
    made.wire.close()


@pytest.fixture
def member(city: City, browser: Browser) -> Person:
    """Return somebody whose browser has signed in."""
    person = city.member()
    assert browser.sign_in(person.email, PASSWORD).status_code == 200
    return person


def test_who_sees_which_page(city: City, browser: Browser) -> None:
    def seen(path: str) -> int | str:
        reply = browser.open(
            path.format(name="other.css", workspace_id="wsp_none", export_id="exp_none", account_id="acc_none")
        )
        where = urlsplit(reply.url).path
        return where if where != path and reply.status_code == 200 else reply.status_code

    before = [seen(name.split()[1]) for name in PAGES]
    browser.sign_in(city.member().email, PASSWORD)
    after = [seen(name.split()[1]) for name in PAGES]
    assert dict(zip(PAGES, zip(before, after, strict=True), strict=True)) == PAGES


def test_forms_of_others_are_refused(city: City, browser: Browser, member: Person) -> None:
    for path in sorted(name.split()[1] for name in FORMS):
        for form, origin in (({}, browser.origin), ({"form_token": "x"}, browser.origin)):
            reply = browser.wire.post(browser.origin + path, form, headers={"Origin": origin}, timeout=20)
            assert reply.status_code == 403, path
            assert "came from another site" in reply.text
    browser.open("/account")
    for origin in ("https://evil.example", "null", browser.origin.replace("localhost", "127.0.0.1")):
        browser.open("/account")
        assert browser.send("/account/sessions/end-others", origin=origin).status_code == 403
    browser.open("/account")
    stolen = browser.forms()["/sign-out"]["form_token"]
    other = Browser(city)
    other.open("/sign-in")
    assert other.send("/sign-in", email=member.email, password=PASSWORD, form_token=stolen).status_code == 403
    other.wire.close()
    assert browser.open("/account").status_code == 200


def test_pages_carry_the_headers_that_keep_browsers_careful(browser: Browser, member: Person) -> None:
    for path in ("/account", "/register", "/oauth/authorize"):
        headers = browser.open(path).headers
        policy = headers["Content-Security-Policy"]
        assert re.search(r"script-src 'nonce-[\w-]{22}'", policy)
        for part in ("default-src 'none'", "form-action 'self';", "frame-ancestors 'none'", "base-uri 'none'"):
            assert part in policy
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "max-age=31536000" in headers["Strict-Transport-Security"]
    nonces = {browser.open("/register").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(nonces) == 3
    style = browser.open("/static/pages.css")
    assert style.headers["Content-Type"].startswith("text/css")
    assert "@bg" not in style.text


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(city: City, browser: Browser, start_city) -> None:
    browser.open("/sign-in")
    form = browser.forms()["/sign-in"] | {"email": city.member().email, "password": PASSWORD}
    headers = {"Origin": browser.origin}
    sent = browser.wire.post(browser.origin + "/sign-in", form, headers=headers, allow_redirects=False, timeout=20)
    cookies = sent.raw.headers.getlist("set-cookie")
    assert sorted(cookie.partition("=")[0] for cookie in cookies) == ["mb_device", "mb_session"]
    for cookie in cookies:
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        assert "Domain" not in cookie
    safe = start_city(public_address="https://music.example")
    shown = safe.wire.get(safe.api.url + "/sign-in", headers={"Host": "music.example"}, timeout=20)
    (cookie,) = shown.raw.headers.getlist("set-cookie")
    assert cookie.startswith("__Host-mb_form=")
    assert "Secure" in cookie


def test_a_session_of_a_page_opens_no_api(browser: Browser, member: Person) -> None:
    assert browser.wire.get(browser.origin + "/v1/account", timeout=20).status_code == 401
    assert browser.wire.post(browser.origin + "/v1/api-keys", json={}, timeout=20).status_code in (400, 401)


def test_another_name_of_this_machine_leads_to_ours(city: City, browser: Browser) -> None:
    reply = city.wire.get(city.api.url + "/sign-in?next=/device", allow_redirects=False, timeout=20)
    assert (reply.status_code, reply.headers["Location"]) == (307, f"{browser.origin}/sign-in?next=/device")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/device?code=A", "/device?code=A"),
        *(
            (path, "/account")
            for path in ("//evil.example", "https://evil.example", "/\\evil.example", "", "a", "/a\n")
        ),
    ],
)
def test_nobody_is_sent_to_another_site(path: str, expected: str) -> None:
    assert own_path(path) == expected


def test_signing_in_goes_back_to_where_it_was_asked_for(browser: Browser, city: City) -> None:
    member = city.member()
    wrong = browser.sign_in(member.email, "not the password", "/device?code=BCDF-GHJK")
    assert (wrong.status_code, browser.problem()) == (401, "The address or the password is wrong.")
    assert browser.forms()["/sign-in"]["email"] == member.email
    right = browser.send("/sign-in", password=PASSWORD)
    assert urlsplit(right.url)[2:4] == ("/device", "code=BCDF-GHJK")
    browser.send("/sign-out")
    assert urlsplit(browser.open("/account").url).path == "/sign-in"


def test_whoever_signs_out_leaves_nothing_in_the_browser(browser: Browser, member: Person) -> None:
    assert member.token
    browser.open("/account")
    form, headers = browser.forms()["/sign-out"], {"Origin": browser.origin}
    reply = browser.wire.post(f"{browser.origin}/sign-out", form, headers=headers, timeout=20, allow_redirects=False)
    assert reply.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert 'mb_session=""' in reply.headers["Set-Cookie"]
    assert browser.open("/account").url.endswith("/sign-in?next=/account")


def test_signing_in_again_leaves_one_session_of_the_browser(browser: Browser, member: Person, city: City) -> None:
    before = city.rows("SELECT count(*) FROM account_session WHERE label = 'A browser'")
    browser.wire.cookies.set("other", "x")
    page = browser.open("/account")
    form = {"form_token": browser.forms()["/sign-out"]["form_token"], "email": member.email, "password": PASSWORD}
    assert browser.wire.post(browser.origin + "/sign-in", form, headers={"Origin": browser.origin}, timeout=20).ok
    assert page.status_code == 200
    assert city.rows("SELECT count(*) FROM account_session WHERE label = 'A browser'") == before


def test_signing_in_with_a_code_comes_second_and_carries_the_password_sealed(browser: Browser, city: City) -> None:
    member = city.member()
    secret = member.add_authenticator()
    city.advance(minutes=1)
    page = browser.sign_in(member.email, PASSWORD)
    assert page.status_code == 200
    assert PASSWORD not in page.text
    assert browser.send("/sign-in/code", code="000000").status_code == 401
    assert "is wrong, too old" in browser.problem()
    shown = browser.send("/sign-in/code", code=pyotp.TOTP(secret).at(city.clock.now()))
    assert urlsplit(shown.url).path == "/account"
    # A recovery code is as good; ten minutes later the password is asked for again, in another browser always.
    browser.send("/sign-out")
    browser.sign_in(member.email, PASSWORD)
    carried = browser.forms()["/sign-in/code"]["carried"]
    other = Browser(city)
    other.sign_in(member.email, PASSWORD)
    assert other.send("/sign-in/code", code=member.recovery[0], carried=carried).status_code == 401
    other.wire.close()
    city.advance(minutes=10)
    assert browser.send("/sign-in/code", code=member.recovery[0]).status_code == 401
    browser.send("/sign-in", email=member.email, password=PASSWORD)
    assert urlsplit(browser.send("/sign-in/code", code=member.recovery[0]).url).path == "/account"


def test_a_mailed_code_belongs_to_the_form_that_asked_for_it(browser: Browser, city: City) -> None:
    member, other = city.member(), Browser(city)
    city.limit(Limits(alarm_floor=0))
    city.person("nobody").sign_in()
    other.sign_in(member.email, PASSWORD)
    browser.sign_in(member.email, PASSWORD)
    city.run_jobs()
    codes = [re.search(r"\n\n(\S{10})\n", text)[1] for text in member.mails("sign-in code")]
    assert [other.send("/sign-in/code", code=code).status_code for code in codes] == [401, 401]
    other.wire.close()
    assert any(urlsplit(browser.send("/sign-in/code", code=code).url).path == "/account" for code in codes)


def test_an_account_is_opened_and_a_password_reset_on_pages(browser: Browser, city: City) -> None:
    person = city.person()
    browser.open("/register")
    assert browser.send("/register", email=person.email, name="Ada", password="password1").status_code == 422
    assert browser.problem().startswith("This password is one of the most used ones")
    assert browser.send("/register", name="<Ada>", password=PASSWORD).status_code == 200
    city.run_jobs()
    assert browser.send("/confirm", token="x" * 43).status_code == 404
    browser.send("/confirm", token=person.mailed_code("Confirm"))
    assert urlsplit(browser.send("/sign-in", password=PASSWORD).url).path == "/account"
    assert "&lt;Ada&gt;" in browser.open("/account").text
    browser.open("/reset")
    browser.send("/reset", email=person.email)
    city.run_jobs()
    token = person.mailed_code("Choose")
    assert browser.send("/reset/completion", token=token, password="eleven slow trams").status_code == 200
    assert urlsplit(browser.open("/account").url).path == "/sign-in"
    assert browser.send("/sign-in", email=person.email, password="eleven slow trams").status_code == 200


def test_the_account_is_looked_after_on_its_page(browser: Browser, member: Person, city: City) -> None:
    page = browser.open("/account")
    assert member.email in page.text
    assert "A device" in page.text
    browser.send("/account/sessions/end-others")
    assert member.account().status_code == 401
    new = browser.send("/account/keys", name="Robot", scopes="account:read")
    (key,) = re.findall(r"mb_live_\w{49}", new.text)
    assert Person(city, "", token=key).account().status_code == 200
    shown = browser.open("/account").text
    assert ("anywhere" in shown, shown.count("never")) == (True, 0)
    (renewed,) = re.findall(r"mb_live_\w{49}", browser.send("/account/keys/rotation").text)
    assert renewed != key
    browser.open("/account")
    assert browser.send("/account/keys", name="Near", scopes="drafts:read", networks="10.0.0.1/8").status_code == 422
    assert "for “networks” cannot" in browser.problem()
    browser.open("/account")
    browser.send("/account/keys", name="Near", scopes=["drafts:read", "projects:read"], networks="10.0.0.0/8, ::1")
    shown = browser.open("/account").text
    assert "10.0.0.0/8, ::1/128" in shown
    assert ">read drafts, read projects</td>" in shown
    assert "move money" not in shown
    browser.send("/account/keys/revocation")
    browser.send("/account/keys/revocation")
    assert Person(city, "", token=key).account().status_code == 401
    (secret,) = re.findall(r"<code>([A-Z2-7]{32})</code>", browser.send("/account/authenticator").text)
    assert "<svg" in browser.page.text
    browser.send("/account/authenticator/confirmation", code="000000")
    assert "is wrong, too old" in browser.problem()
    (secret,) = re.findall(r"<code>([A-Z2-7]{32})</code>", browser.send("/account/authenticator").text)
    shown = browser.send("/account/authenticator/confirmation", code=pyotp.TOTP(secret).at(city.clock.now()))
    assert len(re.findall(r"<li>([a-z2-7-]{29})</li>", shown.text)) == 10
    browser.open("/account")
    assert browser.send("/account/keys", name="Bank", scopes="money:read").status_code == 200
    browser.open("/account")
    changed = browser.send("/account/password", password="eleven slow trams")
    assert urlsplit(changed.url).path == "/account"
    assert "The password is changed, and all other devices are signed out." in changed.text


def test_what_needs_a_fresh_proof_asks_for_it(browser: Browser, member: Person, city: City) -> None:
    city.advance(minutes=16)
    browser.open("/account")
    asked = browser.send("/account/keys", name="Robot", scopes="account:read")
    assert urlsplit(asked.url).path == "/prove"
    assert browser.send("/prove", password="not it").status_code == 401
    assert urlsplit(browser.send("/prove", password=PASSWORD).url).path == "/account"
    assert browser.send("/account/keys", name="Robot", scopes="account:read").status_code == 200
    city.advance(minutes=16)
    for action in ("/account/sessions/end", "/account/sessions/end-others"):
        browser.open("/account")  # the last row is the other device
        assert urlsplit(browser.send(action).url).path == "/prove"
    assert member.account().status_code == 200
    browser.send("/prove", password=PASSWORD)
    browser.send("/account/sessions/end")
    assert member.account().status_code == 401


def _asked(desktop: Desktop, **other: str) -> str:
    query = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": REDIRECT, "state": "s" * 20}
    query |= {"code_challenge": desktop.challenge, "code_challenge_method": "S256"}
    query |= {"device": desktop.device, "label": desktop.label}
    return f"/oauth/authorize?{urlencode(query | other)}"


def test_a_desktop_is_let_in_by_its_redirect(browser: Browser, city: City) -> None:
    member, desktop = city.member(), Desktop(city, "Studio <1>")
    shown = browser.sign_in(member.email, PASSWORD, _asked(desktop))
    assert urlsplit(shown.url).path == "/oauth/authorize"
    assert "Studio &lt;1&gt;" in shown.text
    assert "your projects and your account until you end its session, 90 days at most" in shown.text
    assert "form-action 'self' http://127.0.0.1:49152;" in shown.headers["Content-Security-Policy"]
    (action,) = [action for action in browser.forms() if action.startswith("/oauth/authorize")]
    sent = browser.send(action, is_allowed="true")
    address = urlsplit(sent.headers["Location"])
    answer = {name: value for name, (value,) in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}{address.path}" == REDIRECT
    assert (answer["state"], answer["iss"]) == ("s" * 20, browser.origin)
    assert desktop.exchange(answer["code"]).status_code == 200
    assert desktop.account() == 200
    browser.open(_asked(desktop))
    refused = urlsplit(browser.send(action, is_allowed="false").headers["Location"])
    assert parse_qs(refused.query)["error"] == ["access_denied"]


def test_wrong_requests_are_answered_to_the_desktop_and_foreign_ones_to_nobody(
    browser: Browser, member: Person
) -> None:
    desktop = Desktop(member.city)
    for other, error in (
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"state": "short"}, "invalid_request"),
        ({"device": "short"}, "invalid_request"),
        ({"label": "\0"}, "invalid_request"),
    ):
        location = browser.open(_asked(desktop, **other)).headers["Location"]
        assert location.startswith(REDIRECT)
        assert parse_qs(urlsplit(location).query)["error"] == [error], other
    for other in (
        {"redirect_uri": "http://evil.example/cb"},
        {"redirect_uri": "http://localhost:49152/cb"},
        {"redirect_uri": ""},
        {"client_id": "somebody"},
    ):
        reply = browser.open(_asked(desktop, **other))
        assert (reply.status_code, "Location" in reply.headers) == (400, False)
        assert "begin again there" in browser.problem()


def test_a_device_is_let_in_by_its_code(browser: Browser, member: Person, city: City) -> None:
    device = Desktop(city, "Rack")
    codes = device.post("/oauth/device", device=device.device, label=device.label).json()
    browser.open("/device")
    assert browser.send("/device", user_code="BCDF-GHJK").status_code == 404
    browser.open(codes["verification_uri_complete"])
    assert "Rack" in browser.send("/device", user_code=browser.forms()["/device"]["user_code"]).text
    assert "signed in" in browser.send("/device/decision", is_allowed="true").text
    assert device.poll(codes["device_code"]).status_code == 200
    assert device.account() == 200


def test_what_cannot_be_used_is_named(browser: Browser) -> None:
    browser.open("/register")
    assert browser.send("/register", email="no address", name="Ada", password=PASSWORD).status_code == 422
    assert browser.problem() == (
        "What was entered for “email” cannot be used: it must be a mail address such as ada@example.org. "
        "Go back and change it."
    )


@pytest.mark.parametrize(
    ("path", "accept", "expected"),
    [
        ("/nonsense", "text/html,*/*", (404, "text/html; charset=utf-8")),
        ("/account/keys", "text/html,*/*", (404, "text/html; charset=utf-8")),  # where a form is sent, only
        ("/nonsense", "*/*", (404, "application/problem+json")),
        ("/account/keys", "*/*", (405, "application/problem+json")),
        ("/v1/nonsense", "text/html,*/*", (404, "application/problem+json")),
    ],
)
def test_where_there_is_no_page_people_get_one_and_programs_a_problem(
    browser: Browser, path: str, accept: str, expected: tuple[int, str]
) -> None:
    reply = browser.wire.get(browser.origin + path, headers={"Accept": accept}, timeout=20)
    assert (reply.status_code, reply.headers["Content-Type"]) == expected
    assert ("There is no page at this address." in reply.text) is expected[1].startswith("text/html")
