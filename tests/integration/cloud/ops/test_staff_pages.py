"""The pages for staff: who sees them, what admins do to accounts, what is found in the audit, what needs two people."""

import csv
import io
import re
from collections.abc import Callable

import pyotp
import pytest
import sqlalchemy as sa

from cloud.foundation.calls import system_call
from cloud.projects import store
from tests.integration.cloud.identity.people import PASSWORD, City, Person
from tests.integration.cloud.ops.conftest import Enter

_PAGES = ("/admin/people", "/admin/audit", "/admin/jobs", "/admin/drafts")
_ROLES = "/admin/roles"


def _dead(city: City, number: int = 1, kind: str = "test.job") -> list[str]:
    """Make dead jobs; return their ids."""
    units = city.api.runtime.units
    made = [units.run(system_call("test"), lambda work: work.jobs.enqueue(kind, {})) for _ in range(number)]
    change = sa.text("UPDATE job SET state = 'dead', attempts = 10, error = 'OSError: no' WHERE id = ANY(:ids)")
    units.run(system_call("test"), lambda work: work.connection.execute(change, {"ids": made}))
    return made


def _states(city: City, job_ids: list[str]) -> set[str]:
    return {state for (state,) in city.rows("SELECT state FROM job WHERE id = ANY(%(ids)s)", ids=job_ids)}


@pytest.mark.parametrize(("role", "expected"), [("member", 403), ("support", 200), ("operator", 200), ("admin", 200)])
def test_who_sees_the_pages(enter: Enter, role: str, expected: int) -> None:
    browser = enter("somebody", role)
    assert [browser.open(path).status_code for path in _PAGES] == [expected] * len(_PAGES)
    assert [browser.open(f"/admin/people/{browser.account}").status_code] == [expected]
    assert ("Platform" in browser.open("/account").text) is (expected == 200)
    assert (browser.open(_ROLES).status_code == 200) is (role == "admin")
    assert (_ROLES in browser.open("/admin/people").text) is (role == "admin")


def test_a_role_is_given_by_two_and_taken_by_two(enter: Enter, city: City) -> None:
    ann, bob = enter("ann", "admin"), enter("bob", "admin")
    target = city.member("cleo")
    target.add_authenticator()
    account = target.account().json()["id"]
    for is_grant, roles in (("true", ["member", "support"]), ("false", ["member"])):
        ann.open(_ROLES)
        ann.send("/admin/role-requests", account_id=account, role="support", is_grant=is_grant)
        (path,) = (action for action in ann.forms() if action.endswith("/refusal"))
        confirmation = path.replace("/refusal", "/confirmation")
        assert confirmation not in ann.forms()
        own = ann.forms()[path]
        refused = ann.wire.post(ann.origin + confirmation, own, headers={"Origin": ann.origin}, timeout=20)
        assert (refused.status_code, "Another admin confirms" in refused.text) == (403, True)
        bob.open(_ROLES)
        bob.send(confirmation)
        assert city.rows("SELECT roles FROM account WHERE id = %(id)s", id=account) == [(roles,)]


def test_what_cannot_be_is_said_on_the_page_of_roles(enter: Enter, city: City) -> None:
    ann = enter("ann", "admin")
    ann.open(_ROLES)
    ann.send("/admin/role-requests", account_id=ann.account, role="admin", is_grant="false")
    assert "last admin" in ann.problem()
    ann.send("/admin/leaked-keys/restoration", key_id="key_none")
    assert "There is no" in ann.problem()
    city.advance(minutes=16)
    ann.open(_ROLES)
    assert ann.send("/admin/role-requests", account_id="acc_x", role="support", is_grant="true").url.endswith(
        "/prove?next=/account"
    )


def test_pages_are_kept_by_nobody_and_run_no_script(enter: Enter) -> None:
    browser = enter("ann", "admin")
    for path in (*_PAGES, _ROLES, f"/admin/people/{browser.account}"):
        headers = browser.open(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'nonce-")
        assert "<script" not in browser.page.text
        assert "/sign-out" in browser.forms()


def test_staff_works_with_a_second_factor_for_half_an_hour(enter: Enter, city: City) -> None:
    weak, strong = enter("weak", "admin", methods=("pwd",)), enter("strong", "admin")
    assert weak.open("/admin/people").status_code == 403
    assert "second factor" in weak.problem()
    for _ in range(3):
        city.advance(minutes=29)
        assert strong.open("/admin/people").status_code == 200
    city.advance(minutes=31)
    assert strong.open("/admin/people").url.endswith("/sign-in?next=/admin/people")


def test_people_are_found_and_seen(enter: Enter, city: City) -> None:
    browser = enter("ann", "support")
    member = city.member("o_neil%")
    city.member("other")
    assert browser.open("/admin/people?query=NEIL%25").text.count("@example.org</td>") == 1
    assert browser.open("/admin/people?query=o-neil").text.count("@example.org</td>") == 0
    shown = browser.open(f"/admin/people/{member.account().json()['id']}").text
    assert member.email in shown
    assert "A device" in shown
    assert "Suspend" not in shown
    assert browser.open("/admin/people/acc_none").status_code == 404


def test_pages_of_people_show_everybody_once(enter: Enter, city: City) -> None:
    browser = enter("ann", "support")
    for number in range(60):
        city.execute(
            "INSERT INTO account (id, email, name, password_hash, created_at) VALUES (%(id)s, %(id)s, 'x', 'x', now())",
            id=f"acc_{number:02}",
        )
    seen, path = [], "/admin/people"
    while path:
        text = browser.open(path).text
        seen += re.findall(r"/admin/people/(acc_\w+)", text)
        (path,) = re.findall(r'href="(/admin/people\?[^"]*cursor[^"]*)"', text) or [""]
        path = path.replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 61


def test_a_suspended_account_is_kept_out_until_it_is_let_in_again(enter: Enter, city: City) -> None:
    browser, member = enter("ann", "admin"), city.member()
    account = member.account().json()["id"]
    key = member.send("POST", "/v1/api-keys", {"name": "Robot", "scopes": ["account:read", "projects:read"]}).json()
    robot = Person(city, "", token=key["key"])
    project = member.send("POST", "/v1/projects", {"name": "Song"}).json()["id"]
    path = f"/admin/people/{account}"
    browser.open(path)
    assert "suspended" in browser.send(f"{path}/suspension").text
    city.run_jobs()
    assert [one.account().status_code for one in (member, robot)] == [401, 401]
    refused = member.sign_in(device=member.device)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:maxbooster:problem:account-suspended")
    assert len(member.mails("Your account is suspended")) == 1
    member.register("Somebody else")
    assert member.sign_in(device=member.device).status_code == 403
    assert city.rows("SELECT name, state FROM account WHERE id = %(id)s", id=account) == [("Ada", "suspended")]
    browser.open(path)
    browser.send(f"{path}/suspension/end")
    assert member.sign_in(device=member.device).status_code == 201
    assert robot.account().status_code == 200
    assert member.send("GET", f"/v1/projects/{project}").status_code == 200
    assert [len(city.audited(action)) for action in ("account.suspended", "account.restored")] == [1, 1]


def test_a_suspended_member_has_no_part_in_projects(enter: Enter, city: City) -> None:
    browser, owner, member = enter("ann", "admin"), city.member("owner"), city.member()
    project = owner.send("POST", "/v1/projects", {"name": "Song"}).json()["id"]
    token = owner.send("POST", f"/v1/projects/{project}/invitations", {"role": "editor"}).json()["token"]
    member.send("POST", "/v1/project-invitations/acceptance", {"token": token})
    account = member.account().json()["id"]

    def roles() -> set[str]:
        found = city.api.runtime.units.run(system_call("test"), lambda work: store.roles_in(work, [project]))
        return set(found.values())

    assert roles() == {"owner", "editor"}
    browser.open(f"/admin/people/{account}")
    browser.send(f"/admin/people/{account}/suspension")
    assert roles() == {"owner"}


def test_what_an_admin_may_not_do_is_said(enter: Enter, city: City) -> None:
    browser, other = enter("ann", "admin"), enter("ben", "support")
    path = f"/admin/people/{other.account}"
    browser.open(path)
    assert browser.send(f"{path}/suspension").status_code == 409
    assert "has a role on the platform" in browser.problem()
    city.advance(minutes=16)
    browser.open("/admin/jobs")
    browser.open(path)
    assert browser.send(f"{path}/suspension").url.endswith("/prove?next=/account")


def test_attempts_are_forgotten_and_sessions_ended(enter: Enter, city: City) -> None:
    browser, member = enter("ann", "admin"), city.member()
    account = member.account().json()["id"]
    thief = Person(city, member.email, "not the password")
    assert [thief.sign_in().status_code for _ in range(6)][-1] == 429
    path = f"/admin/people/{account}"
    browser.open(path)
    browser.send(f"{path}/attempts/forget")
    assert Person(city, member.email).sign_in().status_code == 201
    browser.send(f"{path}/sessions/end")
    assert member.account().status_code == 401
    assert city.audited("account.unlocked")[0][3]["counters"] >= 1


def test_the_audit_is_searched_by_everything(enter: Enter, city: City) -> None:
    browser, member = enter("ann", "support"), city.member()
    account = member.account().json()["id"]
    member.send("POST", "/v1/workspaces", {"name": "Band"}, X_Request_Id="request-of-ada-1")

    def count(**wanted: str) -> int:
        reply = browser.wire.get(f"{browser.origin}/admin/audit", params=wanted, timeout=20)
        assert reply.status_code == 200
        return reply.text.count('<td data-label="When (UTC)">')

    everything = count()
    assert everything >= 2
    assert count(actor=f"user:{account}", action="workspace.created") == 1
    assert count(request_id="request-of-ada-1") == 1
    assert count(action="nothing.of_the_kind") == 0
    assert count(ip="127.0.0.1") == everything
    assert count(ip="203.0.113.9") == 0
    today = city.clock.now().date().isoformat()
    assert count(since=today, until=today) == everything
    assert count(until="2001-01-01") == count(since="2999-01-01") == 0
    assert browser.wire.get(f"{browser.origin}/admin/audit?since=yesterday", timeout=20).status_code == 422


def test_the_audit_is_taken_away_as_a_file_which_is_audited(enter: Enter, city: City) -> None:
    browser, support = enter("ann", "operator"), enter("ben", "support")
    units = city.api.runtime.units
    units.run(system_call("=1+1"), lambda work: work.audit.write("made", "=cmd|'/c calc'!A1", after={"n": 1}))
    browser.open("/admin/audit?action=made")
    sent = browser.send("/admin/audit/export")
    assert sent.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    assert sent.headers["Content-Type"] == "text/csv; charset=utf-8"
    head, row = csv.reader(io.StringIO(sent.text, newline=""))
    found = dict(zip(head, row, strict=True))
    assert (found["resource"], found["request_id"], found["action"]) == ("'=cmd|'/c calc'!A1", "'=1+1", "made")
    assert city.audited("audit.exported")[0][3] == {"action": "made", "entries": 1}
    support.open("/admin/audit")
    assert "/admin/audit/export" not in support.forms()


def test_one_job_is_tried_again_or_stopped_by_one_person(enter: Enter, city: City) -> None:
    browser = enter("ann", "operator")
    (job,) = _dead(city)
    browser.open("/admin/jobs")
    assert "OSError: no" in browser.page.text
    browser.send(f"/admin/jobs/{job}/retry")
    assert _states(city, [job]) == {"waiting"}
    browser.open("/admin/jobs?state=waiting&kind=test.job")
    assert browser.send(f"/admin/jobs/{job}/cancel", version="1").status_code == 412
    browser.open("/admin/jobs?state=waiting&kind=test.job")
    browser.send(f"/admin/jobs/{job}/cancel")
    assert _states(city, [job]) == {"cancelled"}
    assert [len(city.audited(action)) for action in ("job.retried", "job.cancelled")] == [1, 1]


def test_discarding_needs_a_second_person(enter: Enter, city: City) -> None:
    ann, ben = enter("ann", "operator"), enter("ben", "admin")
    (job,) = _dead(city)
    ann.open("/admin/jobs")
    ann.send("/admin/job-requests", verb="discard", job_id=job, kind="")
    assert _states(city, [job]) == {"dead"}
    (confirm,) = [path for path in _forms(ben) if path.endswith("/confirmation")]
    assert not [path for path in _forms(ann) if path.endswith("/confirmation")]
    own = ann.wire.post(
        ann.origin + confirm,
        {"form_token": ann.forms()["/sign-out"]["form_token"]},
        headers={"Origin": ann.origin},
        timeout=20,
    )
    assert (own.status_code, "Somebody else confirms" in own.text) == (403, True)
    assert _states(city, [job]) == {"dead"}
    ben.open("/admin/jobs")
    ben.send(confirm)
    assert _states(city, [job]) == {"cancelled"}
    ((actor, resource, _, after),) = city.audited("job.discarded")
    assert (actor, resource, after["asked_by"]) == (f"user:{ben.account}", f"job:{job}", ann.account)
    assert confirm not in ben.forms()


def _forms(browser) -> dict[str, dict[str, str]]:
    """Return the forms of the page of jobs."""
    browser.open("/admin/jobs")
    return browser.forms()


def test_many_at_once_need_a_second_person_and_take_what_was_dead_then(enter: Enter, city: City) -> None:
    ann, ben = enter("ann", "operator"), enter("ben", "operator")
    jobs, other = _dead(city, 5), _dead(city, 1, "test.other")
    ann.open("/admin/jobs?kind=test.job&state=dead")
    ann.send("/admin/job-requests", verb="retry", kind="test.job", job_id="")
    late = _dead(city)
    city.execute("UPDATE job SET state = 'done' WHERE id = %(id)s", id=jobs[0])
    (confirm,) = [path for path in _forms(ben) if path.endswith("/confirmation")]
    ben.send(confirm)
    assert _states(city, jobs[1:]) == {"waiting"}
    assert _states(city, [*other, *late]) == {"dead"}
    assert _states(city, jobs[:1]) == {"done"}


def test_a_request_is_refused_taken_back_or_over(enter: Enter, city: City, run_kind: Callable[[str], None]) -> None:
    ann, ben = enter("ann", "operator"), enter("ben", "operator")
    jobs = _dead(city, 3)
    for job in jobs:
        ann.open("/admin/jobs")
        ann.send("/admin/job-requests", verb="discard", job_id=job, kind="")
    first = next(path for path in _forms(ben) if path.endswith("/refusal"))
    ben.send(first)
    second = next(path for path in _forms(ann) if path.endswith("/refusal"))
    ann.send(second)
    assert city.rows("SELECT count(*) FROM job_request") == [(1,)]
    city.advance(days=1, seconds=1)
    run_kind("ops.forget")
    assert city.rows("SELECT count(*) FROM job_request") == [(0,)]
    assert _states(city, jobs) == {"dead"}
    assert len(city.audited("jobs.refused")) == 2


def test_asking_needs_a_fresh_proof_and_something_dead(enter: Enter, city: City) -> None:
    ann = enter("ann", "operator")
    ann.open("/admin/jobs")
    assert "There are none." in ann.page.text
    _dead(city)
    ann.open("/admin/jobs")
    assert ann.send("/admin/job-requests", verb="discard", job_id="job_none", kind="").status_code == 409
    city.advance(minutes=16)
    ann.open("/admin/jobs")
    assert ann.send("/admin/job-requests", verb="discard", kind="").url.endswith("/prove?next=/account")


def test_signing_in_with_a_code_opens_the_pages(city: City, enter: Enter) -> None:
    browser = enter("nobody")
    member = city.member()
    secret = member.add_authenticator()
    city.execute("UPDATE account SET roles = '{member,operator}' WHERE email = %(email)s", email=member.email)
    city.advance(minutes=1)
    browser.wire.cookies.clear()
    browser.sign_in(member.email, PASSWORD, "/sign-in?next=/admin/jobs")
    shown = browser.send("/sign-in/code", code=pyotp.TOTP(secret).at(city.clock.now()))
    assert (shown.status_code, shown.url.endswith("/admin/jobs")) == (200, True)


def test_refused_changes_of_drafts_are_seen_without_their_values(enter: Enter, city: City) -> None:
    browser, member = enter("ann", "support"), city.member()
    account = member.account().json()["id"]
    member.send("PUT", "/v1/sync/clients/desk", {"label": "Studio"})
    wanted = {"kind": "release", "base_version": 0, "patch": {"title": "Secret song", "upc": 4}}
    operations = [{**wanted, "seq": n, "op_id": f"op-{n}", "draft_id": f"rel-{n}"} for n in range(1, 53)]
    for batch in (operations[:50], operations[50:]):
        sent = {"client_id": "desk", "schema_version": 1, "operations": batch}
        assert member.send("POST", "/v1/sync/operations", sent).status_code == 200
    first = browser.open("/admin/drafts").text
    (older,) = re.findall(r'href="(/admin/drafts\?cursor=[^"]+)"', first)
    pages = first + browser.open(older).text
    assert sorted(re.findall(r"<code>(rel-\d+)</code>", pages)) == sorted(f"rel-{n}" for n in range(1, 53))
    assert pages.count(f'href="/admin/people/{account}"') == 52
    assert pages.count("The upc is no text.") == 52
    assert "Secret song" not in pages
