"""The page of the API in a real browser: every operation is there, and one that is tried shows its reply."""

import requests
from playwright.sync_api import Page, expect

from cloud.app import openapi
from cloud.foundation.description import operations_of
from tests.integration.cloud.identity.people import City


def test_operations_are_tried_with_a_token_and_without_cookies(tab: Page, city: City) -> None:
    person = city.member()
    tab.goto("/api")
    assert tab.locator("details.operation").count() >= len(list(operations_of(openapi())))
    shown = tab.locator("details.operation", has_text="GET /v1/account ").first
    shown.locator("summary").click()
    shown.get_by_role("button", name="Send").click()
    expect(shown.locator("output")).to_contain_text('401\n{\n  "type": "urn:maxbooster:problem:unauthenticated"')
    tab.locator("#token").fill(person.token or "")
    shown.get_by_role("button", name="Send").click()
    expect(shown.locator("output")).to_contain_text(person.email)


def test_a_change_is_tried_with_its_example(tab: Page, city: City) -> None:
    person = city.member()
    tab.goto("/api")
    tab.locator("#token").fill(person.token or "")
    shown = tab.locator("details.operation", has_text="POST /v1/projects ").first
    shown.locator("summary").click()
    shown.locator("textarea").fill('{"name": "Tried"}')
    shown.get_by_role("button", name="Send").click()
    expect(shown.locator("output")).to_contain_text("201")
    assert [one["name"] for one in person.send("GET", "/v1/projects").json()["items"]] == ["Tried"]


def test_programs_read_the_same_description(city: City) -> None:
    reply = requests.get(f"{city.api.url}/openapi.json", timeout=20)
    assert reply.json() == openapi()
    page = requests.get(f"{city.api.url}/api", timeout=20)
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'nonce-" in policy
    assert "unsafe" not in policy
    assert "https://" not in policy
