"""Webhooks as their owners see them: made, read, changed, rotated, removed; every cell of who may."""

from datetime import timedelta

import pytest

from cloud.foundation.calls import system_call
from cloud.foundation.events import EVENT_TYPES
from cloud.foundation.unit_of_work import UnitOfWork
from cloud.identity import key_store, session_store, workspace_store
from cloud.webhooks import delivery_store, endpoint_store, rules
from tests.integration.cloud.conftest import OPERATOR_KEY
from tests.integration.cloud.identity.people import City, Person, add_member
from tests.integration.cloud.webhooks.receivers import Hook
from tests.integration.cloud.webhooks.who_may import BODIES, MATRIX, ROLES

_INSIDE = ("member", "finance", "admin", "owner")


def _people(work: UnitOfWork) -> tuple[dict[str, str], dict[str, str | None]]:
    """Add somebody for each role; return their accounts and their tokens."""
    accounts = {name: add_member(work, f"{name}@example.org") for name in ("outsider", *_INSIDE)}
    accounts["platform"] = add_member(work, "platform@example.org", "admin")
    tokens: dict[str, str | None] = {"anonymous": None, "operator": OPERATOR_KEY}
    for name, account_id in accounts.items():
        tokens[name] = session_store.open_session(work, account_id, "Own", ["pwd", "otp"])[1]
    until = work.clock.now() + timedelta(days=1)
    more = {"name": "Robot", "scopes": ["account:read"], "networks": [], "expires_at": until}
    tokens["owner's key"] = key_store.add_key(work, accounts["owner"], **more)[1]
    return accounts, tokens


def test_who_may_use_a_route(city: City) -> None:
    units = city.api.runtime.units
    accounts, tokens = units.run(system_call("test"), _people)

    def team(work: UnitOfWork) -> str:
        made = workspace_store.add(work, "Band", accounts["owner"])
        for role in ("member", "finance", "admin"):
            workspace_store.put_member(work, made.id, accounts[role], role)
        return made.id

    def webhook(work: UnitOfWork) -> dict[str, str]:
        for old in endpoint_store.all_of(work, workspace_id):
            endpoint_store.remove(work, old.id)
        about = {"url": "https://example.org/", "description": "", "events": [], "secret": rules.new_secret()}
        made = endpoint_store.add(work, city.api.runtime.keyring, workspace_id, **about)
        failed = delivery_store.add(work, made.id, "project.created", "{}", state="failed")
        return {"workspace_id": workspace_id, "webhook_id": made.id, "delivery_id": failed.id}

    def cell(name: str, role: str) -> int:
        method, path = name.split()
        ids = units.run(system_call("test"), webhook)
        more = {"If_Match": '"1"'} if method == "PATCH" else {}
        return (
            Person(city, "", token=tokens[role]).send(method, path.format(**ids), BODIES.get(name), **more).status_code
        )

    workspace_id = units.run(system_call("test"), team)
    assert {name: tuple(cell(name, role) for role in ROLES) for name in MATRIX} == MATRIX


def test_a_webhook_is_made_and_its_secret_is_shown_once(hook: Hook) -> None:
    secret = hook.first["secret"]
    assert secret.startswith("whsec_")
    shown = hook.read()
    assert "secret" not in shown
    assert {**hook.first, "secret": None} == {**shown, "secret": None}
    assert shown["state"] == "active"
    assert hook.owner.send("GET", hook.path.rpartition("/")[0]).json()["items"] == [shown]
    assert secret not in hook.city.dump()
    form = {"url": hook.receiver.url}
    first, again = (
        hook.owner.send("POST", hook.path.rpartition("/")[0], form, Idempotency_Key="same") for _ in range(2)
    )
    assert (first.json()["id"], again.json()["secret"]) == (again.json()["id"], None)
    assert first.headers["ETag"] == again.headers["ETag"]


def test_a_change_names_the_version_that_was_seen(hook: Hook) -> None:
    etag = hook.owner.send("GET", hook.path).headers["ETag"]
    form = {"events": ["project.created"], "description": "Build server"}
    assert hook.owner.send("PATCH", hook.path, form).status_code == 428
    changed = hook.owner.send("PATCH", hook.path, form, If_Match=etag)
    assert (changed.status_code, changed.json()["events"]) == (200, ["project.created"])
    assert changed.json()["url"] == hook.receiver.url
    assert hook.owner.send("PATCH", hook.path, form, If_Match=etag).status_code == 412
    (entry,) = hook.city.audited("webhook.changed")
    assert (entry[2]["events"], entry[3]["events"]) == ([], ["project.created"])


@pytest.mark.parametrize(
    "wish",
    [
        *({"url": "http://example.org/"}, {"url": "https://localhost/"}, {"url": "https://u:p@example.org/"}),
        *({"url": "https://example.org:22/"}, {"url": "https://example.org/a b"}, {"url": "https://[::1]/"}),
        *({"url": "ftp://example.org/"}, {"url": ""}, {"events": ["no.such"]}, {"state": "disabled"}, {"id": "whk_1"}),
    ],
)
def test_what_is_not_usable_is_refused(hook: Hook, wish: dict[str, object]) -> None:
    refused = hook.change(**wish)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"].startswith("/body/")
    assert hook.read()["version"] == 1


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "127.1", "0x7f.0.0.1", "hooks.localhost", "nas.local"]
)
def test_an_address_of_a_private_network_is_refused_when_it_is_given(city: City, host: str) -> None:
    owner = city.member()
    (workspace,) = owner.send("GET", "/v1/workspaces").json()["items"]
    refused = owner.send("POST", f"/v1/workspaces/{workspace['id']}/webhooks", {"url": f"https://{host}/hook"})
    sentence = f"{host} leads into a private network: name a machine of the public internet."
    assert (refused.status_code, refused.json()["detail"]) == (422, sentence)
    assert refused.json()["errors"][0]["pointer"] == "/body/url"
    assert city.rows("SELECT count(*) FROM webhook_endpoint") == [(0,)]


def test_a_workspace_has_room_for_some(hook: Hook) -> None:
    path = hook.path.rpartition("/")[0]
    made = [hook.owner.send("POST", path, {"url": hook.receiver.url}).status_code for _ in range(rules.MOST_ENDPOINTS)]
    assert made == [201] * (rules.MOST_ENDPOINTS - 1) + [409]


def test_making_one_needs_a_fresh_proof(hook: Hook) -> None:
    hook.city.advance(minutes=16)
    for path in (hook.path.rpartition("/")[0], f"{hook.path}/secret"):
        refused = hook.owner.send("POST", path, {"url": hook.receiver.url})
        assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (403, "step-up-needed")


def test_leading_one_elsewhere_needs_a_fresh_proof_too(hook: Hook) -> None:
    hook.city.advance(minutes=16)
    assert hook.change(url=f"{hook.receiver.url}/other").status_code == 403
    assert hook.read()["url"] == hook.receiver.url
    assert hook.change(description="Build server").status_code == 200


def test_a_workspace_s_webhooks_are_nobody_else_s(hook: Hook) -> None:
    stranger = hook.city.member("bob")
    theirs = stranger.send("GET", "/v1/workspaces").json()["items"][0]["id"]
    elsewhere = hook.path.replace(hook.workspace_id, theirs)
    for method, path in (
        ("GET", hook.path),
        ("GET", elsewhere),
        ("DELETE", elsewhere),
        ("GET", f"{elsewhere}/deliveries"),
    ):
        assert stranger.send(method, path).status_code == 404
    assert hook.read()["state"] == "active"


def test_every_type_of_event_is_described(hook: Hook) -> None:
    items = hook.owner.send("GET", "/v1/webhook-events").json()["items"]
    assert [item["name"] for item in items] == sorted(EVENT_TYPES)
    assert {"project.created", "project.member_joined", "member.joined", "draft.accepted"} <= set(EVENT_TYPES)
    assert all(item["description"].endswith(".") and item["example"] for item in items)
