"""A copy of one's own data: what is in it, how long it is there, and for whom."""

import io
import json
import zipfile
from collections.abc import Callable

import pyotp
import pytest

from tests.integration.cloud.compliance.who_may import MATRIX, ROLES
from tests.integration.cloud.conftest import OPERATOR_KEY
from tests.integration.cloud.identity.browsing import Browser
from tests.integration.cloud.identity.people import PASSWORD, City, Person
from tests.integration.cloud.projects.bands import Band


def _asked(person: Person) -> str:
    reply = person.send("POST", "/v1/account/exports")
    assert (reply.status_code, reply.json()["state"]) == (202, "waiting"), reply.text
    person.city.run_jobs()
    return str(reply.json()["id"])


def _content(person: Person, export_id: str):
    return person.send("GET", f"/v1/account/exports/{export_id}/content")


def _archive(person: Person, export_id: str) -> zipfile.ZipFile:
    reply = _content(person, export_id)
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "application/zip"), reply.text
    return zipfile.ZipFile(io.BytesIO(reply.content))


def test_who_may_use_a_route(band: Band) -> None:
    owner, key = band.player("owner"), band.key("owner", "account:read")
    people = {"anonymous": Person(band.city, ""), "stranger": band.player("stranger"), "owner": owner}
    people |= {"owner's key": key, "operator": Person(band.city, "", token=OPERATOR_KEY)}
    export_id = _asked(owner)
    found = {}
    for name in reversed(MATRIX):
        method, path = name.split()
        sent = (people[role].send(method, path.format(export_id=export_id)) for role in ROLES)
        found[name] = tuple(reply.status_code for reply in sent)
    assert found == MATRIX


def test_a_copy_holds_all_that_is_kept_and_no_secret(city: City) -> None:
    member = city.member()
    secret = member.add_authenticator()
    member.send("POST", "/v1/api-keys", {"name": "Robot <1>", "scopes": ["account:read"]})
    member.send("POST", "/v1/workspaces", {"name": "The Band"})
    couch = Person(city, member.email)
    city.advance(minutes=1)
    couch.sign_in(label="Couch", code=pyotp.TOTP(secret).at(city.clock.now()))
    archive = _archive(member, _asked(member))
    files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert json.loads(files["account.json"])[0]["email"] == member.email
    assert {row["label"] for row in json.loads(files["account_session.json"])} == {"A device", "Couch"}
    assert json.loads(files["api_key.json"])[0]["name"] == "Robot <1>"
    assert {row["action"] for row in json.loads(files["audit_entry.json"])} >= {"key.created", "export.requested"}
    assert len(json.loads(files["membership.json"])) == 2
    assert "Robot &lt;1&gt;" in files["index.html"]
    assert "<p>1 row. Why" in files["index.html"]
    assert "<td>account:read</td>" in files["index.html"]
    assert not [odd for odd in ("1 rows", "<td>[", "<td>None<") if odd in files["index.html"]]
    assert all(name in files["index.html"] for name in files if name != "index.html")
    everything = "".join(files.values())
    for hidden in (secret, member.token, "argon2", *member.recovery):
        assert hidden not in everything
    assert "bob@" not in everything


def test_a_copy_is_sealed_told_and_gone_after_seven_days(city: City, run_kind: Callable[[str], None]) -> None:
    member, folder = city.member(), city.api.runtime.settings.data / "objects"
    export_id = _asked(member)
    assert "can be fetched for seven days" in member.mails("Your data is ready")[0]
    (file,) = [path for path in folder.rglob("*") if path.is_file()]
    assert b"ada@" not in file.read_bytes()
    assert b"PK" not in file.read_bytes()[:40]
    city.advance(days=6, hours=23)
    member.sign_in()
    assert _content(member, export_id).headers["Content-Disposition"].startswith('attachment; filename="max-booster-')
    city.advance(hours=1)
    assert _content(member, export_id).status_code == 404
    run_kind("compliance.keep")
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert city.rows("SELECT count(*) FROM personal_export") == [(0,)]
    assert len(city.audited("export.fetched")) == 1


def test_one_copy_is_made_at_a_time_and_needs_a_fresh_proof(city: City) -> None:
    member = city.member()
    assert member.send("POST", "/v1/account/exports").status_code == 202
    again = member.send("POST", "/v1/account/exports")
    assert (again.status_code, again.json()["type"]) == (409, "urn:maxbooster:problem:conflict")
    city.run_jobs()
    (listed,) = member.send("GET", "/v1/account/exports").json()["items"]
    assert listed["state"] == "ready"
    city.advance(minutes=16)
    assert member.send("POST", "/v1/account/exports").json()["type"] == "urn:maxbooster:problem:step-up-needed"


def test_a_copy_for_somebody_who_is_gone_is_not_kept(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    member = city.member()
    member.send("POST", "/v1/account/exports")
    city.execute("DELETE FROM account")
    city.run_jobs()
    assert city.rows("SELECT state FROM job WHERE kind = 'compliance.export'") == [("done",)]
    assert not [path for path in (city.api.runtime.settings.data / "objects").rglob("*") if path.is_file()]


def test_a_copy_is_asked_for_and_fetched_on_its_page(city: City, browser: Browser) -> None:
    member = city.member()
    browser.sign_in(member.email, PASSWORD)
    browser.open("/account/data")
    assert "being made" in browser.send("/account/data/exports").text
    assert browser.send("/account/data/exports").status_code == 409
    assert browser.problem().startswith("A copy of your data is being made already")
    city.run_jobs()
    shown = browser.open("/account/data").text
    path = shown.partition('href="/account/data/exports/')[2].partition('"')[0]
    fetched = browser.open(f"/account/data/exports/{path}")
    assert zipfile.ZipFile(io.BytesIO(fetched.content)).testzip() is None
    # A store in trouble, here that of one file: the page is there, and fetching says what is the matter.
    (kept,) = (city.api.runtime.settings.data / "objects").rglob("*/*/*")
    aside = kept.rename(kept.with_suffix(".aside"))
    kept.symlink_to(kept)
    assert "Fetch the copy" in browser.open("/account/data").text
    assert browser.open(f"/account/data/exports/{path}").status_code == 503
    assert browser.problem().startswith("The object store cannot do this at the moment")
    kept.unlink()
    aside.rename(kept)
    # As after a restore: a backup holds no copies.
    for kept in (city.api.runtime.settings.data / "objects").rglob("*/*/*"):
        kept.unlink()
    assert browser.open(f"/account/data/exports/{path}").status_code == 404
    assert browser.problem() == "This copy is not here any more: ask for a new one."
    shown = browser.open("/account/data").text
    assert "is not here any more: ask again" in shown
    assert "Fetch the copy" not in shown
    assert "being made" in browser.send("/account/data/exports").text
