"""Sessions: what a token is worth and until when, who is slowed down after wrong passwords, fresh proof."""

import contextlib
import hashlib
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
import sqlalchemy as sa

from cloud.identity.throttle import Limits, Rule
from tests.integration.cloud.identity.people import City, Person


def test_signing_in_gives_a_token_that_is_kept_as_a_hash(city: City) -> None:
    member = city.member()
    assert member.token.startswith("mb_session_")
    assert len(member.token) == len("mb_session_") + 43
    ((kept,),) = city.rows("SELECT token_hash FROM account_session")
    assert bytes(kept) == hashlib.sha256(member.token.encode()).digest()
    assert member.account().json()["email"] == member.email
    first = member.token
    member.sign_in()
    assert member.token != first
    (entry, _) = city.audited("session.opened")
    assert entry[3]["methods"] == ["pwd"]


def test_a_repeated_sign_in_opens_no_second_session_and_shows_no_token_again(city: City) -> None:
    member = city.member()
    form = {"email": member.email, "password": member.password}
    first, again = (member.send("POST", "/v1/sessions", form, Idempotency_Key="one") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.json() | {"token": None, "device": None} == again.json()
    assert city.rows("SELECT count(*) FROM account_session") == [(2,)]


@pytest.mark.parametrize("token", ["mb_session_", "mb_session_" + "A" * 43, "mb_live_x", "", "ä", "x" * 5_000])
def test_tokens_that_nobody_gave_out(city: City, token: str) -> None:
    reply = Person(city, "", token=token).send("GET", "/v1/account", Authorization=f"Bearer {token}".encode())
    assert reply.status_code == 401


def test_sessions_are_listed_and_ended_one_by_one(city: City) -> None:
    desk = city.member()
    couch = Person(city, desk.email)
    couch.sign_in(label="Couch")
    listed = desk.send("GET", "/v1/sessions").json()["items"]
    assert [(item["label"], item["is_current"]) for item in listed] == [("Couch", False), ("A device", True)]
    first = desk.send("GET", "/v1/sessions?limit=1").json()
    second = desk.send("GET", f"/v1/sessions?limit=1&cursor={first['next']}").json()
    assert [first["items"], second["items"], second["next"]] == [listed[:1], listed[1:], None]
    assert desk.send("DELETE", f"/v1/sessions/{listed[0]['id']}").status_code == 200
    assert couch.account().status_code == 401
    assert desk.send("DELETE", f"/v1/sessions/{listed[0]['id']}").status_code == 404
    assert desk.send("DELETE", "/v1/sessions/current").status_code == 200
    assert desk.account().status_code == 401
    assert [resource for _, resource, _, _ in city.audited("session.ended")] == [
        f"session:{item['id']}" for item in listed
    ]


def test_everywhere_else_or_everywhere_is_signed_out(city: City) -> None:
    desk = city.member()
    others = [Person(city, desk.email) for _ in range(2)]
    for other in others:
        other.sign_in()
    assert desk.send("DELETE", "/v1/sessions?but_current=true").json() == {"ended": 2}
    assert [other.account().status_code for other in others] == [401, 401]
    assert desk.send("DELETE", "/v1/sessions").json() == {"ended": 1}
    assert desk.account().status_code == 401


def test_ending_other_sessions_needs_a_fresh_proof_and_signing_oneself_out_none(city: City) -> None:
    desk = city.member()
    couch = Person(city, desk.email)
    couch.sign_in()
    (there, here) = (item["id"] for item in desk.send("GET", "/v1/sessions").json()["items"])
    city.advance(minutes=16)
    for path in (f"/v1/sessions/{there}", "/v1/sessions?but_current=true", "/v1/sessions"):
        refused = desk.send("DELETE", path)
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:maxbooster:problem:step-up-needed")
    assert couch.account().status_code == 200
    desk.prove()
    assert desk.send("DELETE", f"/v1/sessions/{there}").status_code == 200
    assert couch.account().status_code == 401
    city.advance(minutes=16)
    assert desk.send("DELETE", f"/v1/sessions/{here}").status_code == 200
    assert desk.account().status_code == 401


def test_sessions_of_others_do_not_exist(city: City) -> None:
    ada, bob = city.member(), city.member("bob")
    (session,) = ada.send("GET", "/v1/sessions").json()["items"]
    foreign, none = (bob.send("DELETE", f"/v1/sessions/{name}") for name in (session["id"], "ses_none"))
    assert (foreign.status_code, none.status_code) == (404, 404)
    assert foreign.json()["detail"].replace(session["id"], "ses_none") == none.json()["detail"]
    assert ada.account().status_code == 200


def test_an_unused_session_ends_after_fourteen_days_and_every_one_after_ninety(city: City) -> None:
    member, idle = city.member(), city.member("bob")
    for _ in range(6):
        city.advance(days=13)
        assert member.account().status_code == 200
    assert idle.account().status_code == 401
    city.advance(days=11, hours=23)
    assert member.account().status_code == 200
    city.advance(hours=2)
    assert member.account().status_code == 401


def test_staff_has_half_an_hour_and_half_a_day(city: City) -> None:
    member = city.member()
    city.execute("UPDATE account SET roles = '{member,admin}'")
    for _ in range(24):
        city.advance(minutes=29)
        assert member.account().status_code == 200
    city.advance(minutes=25)
    assert member.account().status_code == 401
    member.sign_in()
    city.advance(minutes=31)
    assert member.account().status_code == 401


def test_admins_work_with_a_second_factor_only(city: City) -> None:
    member, other = city.member(), city.member("bob")
    city.execute("UPDATE account SET roles = '{member,admin}' WHERE email = 'ada@example.org'")
    account = other.account().json()["id"]
    for path, method in (("/v1/ops/jobs", "GET"), (f"/v1/accounts/{account}/sessions", "DELETE")):
        assert member.send(method, path).status_code == 403
    city.execute("UPDATE account_session SET methods = '{pwd,otp}'")
    assert member.send("GET", "/v1/ops/jobs").status_code == 200
    assert member.send("DELETE", f"/v1/accounts/{account}/sessions").json() == {"ended": 1}
    assert other.account().status_code == 401
    assert member.send("DELETE", "/v1/accounts/acc_none/sessions").status_code == 404


def test_five_wrong_passwords_then_twice_as_long_each_time(city: City) -> None:
    member, elsewhere = city.member(), Person(city, "ada@example.org", "not the password")
    assert [elsewhere.sign_in().status_code for _ in range(6)] == [401] * 5 + [429]
    for wait_s in (2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900):
        refused = elsewhere.sign_in()
        assert (refused.status_code, int(refused.headers["Retry-After"])) == (429, wait_s)
        assert refused.json()["type"] == "urn:maxbooster:problem:too-many-attempts"
        city.advance(seconds=wait_s)
        assert elsewhere.sign_in().status_code == 401
    stranger = Person(city, "nobody@example.org", "not the password")
    assert [stranger.sign_in().status_code for _ in range(6)] == [401] * 5 + [429]
    # The owner comes in meanwhile, on a device that is known.
    assert member.sign_in(device=member.device).status_code == 201
    assert Person(city, member.email).sign_in().status_code == 429
    city.advance(minutes=15)
    assert Person(city, member.email).sign_in().status_code == 201
    assert elsewhere.sign_in().status_code == 401


def test_a_known_device_is_slowed_down_on_its_own(city: City) -> None:
    member = city.member()
    thief = Person(city, member.email, "not the password")
    statuses = [thief.sign_in(device=member.device).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    assert Person(city, member.email).sign_in().status_code == 201
    foreign = city.member("bob")
    assert [thief.sign_in(device=foreign.device).status_code for _ in range(6)][-1] == 429


def test_a_storm_of_guesses_is_counted_whole(city: City) -> None:
    city.member()
    thief = Person(city, "ada@example.org", "not the password")
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: thief.sign_in().status_code, range(15)))
    assert statuses.count(401) == 5
    assert statuses.count(429) == 10


def test_who_signs_in_while_another_succeeds_is_counted_all_the_same(city: City) -> None:
    member, taken_away = city.member(), []
    engine = city.api.runtime.database.engine

    def take_away(_connection, _cursor, statement, *_rest: object) -> None:
        if not taken_away and statement.startswith("INSERT INTO attempt_counter"):
            taken_away.append(True)
            # As `throttle.succeed` does, between this statement and the next; a row that is held stays.
            with contextlib.suppress(psycopg.errors.LockNotAvailable):
                city.execute("SET lock_timeout = '200ms'; DELETE FROM attempt_counter WHERE kind = 'account'")

    city.execute("INSERT INTO attempt_counter SELECT 'account', %(who)s, 1, now(), now()", who=_subject(city, member))
    sa.event.listen(engine, "after_cursor_execute", take_away)
    try:
        assert member.sign_in().status_code == 201
    finally:
        sa.event.remove(engine, "after_cursor_execute", take_away)
    assert taken_away


def _subject(city: City, member: Person) -> str:
    return city.identity.prover.masked(member.email)


def test_a_network_is_slowed_down_whomever_it_tries(city: City) -> None:
    day = Rule("network-day", 22, timedelta(days=1))
    city.limit(Limits(day=day))
    guesses = [Person(city, f"p{number}@example.org").sign_in().status_code for number in range(21)]
    assert guesses == [401] * 20 + [429]
    city.advance(seconds=60)
    later = [Person(city, f"q{number}@example.org").sign_in() for number in range(3)]
    assert [reply.status_code for reply in later] == [401, 401, 429]
    assert 86_000 < int(later[2].headers["Retry-After"]) <= 86_400
    city.advance(days=1)
    assert Person(city, "r@example.org").sign_in().status_code == 401


def test_successes_cost_a_network_nothing(city: City) -> None:
    member = city.member()
    assert {Person(city, member.email).sign_in().status_code for _ in range(25)} == {201}


def test_when_sign_ins_fail_everywhere_new_devices_need_a_mailed_code(city: City) -> None:
    member = city.member()
    city.limit(Limits(alarm_floor=3))
    for number in range(4):
        Person(city, f"p{number}@example.org").sign_in()
    assert member.sign_in(device=member.device).status_code == 201
    fresh = Person(city, member.email)
    asked = fresh.sign_in()
    assert (asked.status_code, asked.json()["type"]) == (401, "urn:maxbooster:problem:code-needed")
    city.run_jobs()
    code, attempt = member.mailed_code("sign-in code"), asked.json()["attempt"]
    wrong = fresh.sign_in(code="0000000000", attempt=attempt)
    assert wrong.json()["type"] == "urn:maxbooster:problem:code-wrong"
    assert fresh.sign_in(code=code.upper(), attempt=attempt).json()["methods"] == ["pwd", "mail"]
    assert fresh.sign_in(code=code, attempt=attempt).status_code == 401
    city.advance(hours=1)
    assert fresh.sign_in().status_code == 201


def test_a_mailed_code_counts_for_the_attempt_that_asked_for_it(city: City) -> None:
    member, seen = city.member(), set()
    city.limit(Limits(alarm_floor=0))
    Person(city, "nobody@example.org").sign_in()

    def asked() -> tuple[str, str]:
        """Send a request under `key`; return the attempt that it is and the code that was mailed."""
        form = {"email": member.email, "password": member.password}
        attempt = Person(city, "").send("POST", "/v1/sessions", form, Idempotency_Key=key).json()["attempt"]
        city.run_jobs()
        mailed = {re.search(r"\n\n(\S{10})\n", text)[1] for text in member.mails("sign-in code")}
        (code,) = mailed - seen
        seen.add(code)
        return attempt, code

    key = "thief's"
    thief, _ = asked()
    key = "owner's"
    first, _ = asked()
    attempt, code = asked()
    assert attempt == first != thief  # the request was repeated, and the newest code counts
    fresh = Person(city, member.email)
    for other in ({"attempt": thief}, {"attempt": "x" * 32}, {}):
        assert fresh.sign_in(code=code, **other).json()["type"] == "urn:maxbooster:problem:code-wrong"
    assert fresh.sign_in(code=code, attempt=attempt).status_code == 201


def test_proving_again_changes_the_token(city: City) -> None:
    member = city.member()
    old, city_started = member.token, member.send("GET", "/v1/sessions").json()["items"][0]
    city.advance(minutes=20)
    assert member.prove(password="not the password").status_code == 401
    assert member.prove().status_code == 200
    assert member.token != old
    assert member.account().status_code == 200
    assert Person(city, member.email, token=old).account().status_code == 401
    (now,) = member.send("GET", "/v1/sessions").json()["items"]
    assert (now["id"], now["created_at"]) == (city_started["id"], city_started["created_at"])
    assert now["authenticated_at"] > city_started["authenticated_at"]


def test_a_stolen_session_does_not_guess_the_password_freely(city: City) -> None:
    member = city.member()
    assert [member.prove(password="not it").status_code for _ in range(6)] == [401] * 5 + [429]
    assert Person(city, member.email).sign_in().status_code == 201


def test_what_is_over_is_forgotten(city: City, run_kind: Callable[[str], None]) -> None:
    city.member()
    Person(city, "nobody@example.org").sign_in()
    city.advance(days=181)
    run_kind("identity.forget")
    for table in ("account_session", "known_device", "attempt_counter"):
        assert city.rows(f"SELECT count(*) FROM {table}") == [(0,)]
