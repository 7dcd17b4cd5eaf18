"""The server's clock is wrong for a while: nobody is kept out, let in or removed by it for longer than it is wrong."""

from datetime import timedelta

import psycopg
import pyotp
import pytest
import requests

from cloud.foundation import metrics
from cloud.foundation.calls import system_call
from cloud.foundation.job_worker import Worker
from cloud.identity.second_factors import matching_counter
from cloud.ops import alerting, maintenance, objective_store
from cloud.ops.objectives import OBJECTIVES
from cloud.projects.contracts import TicketWish
from cloud.projects.operations.open_ticket import open_local_ticket
from cloud.rooms import lease_store
from cloud.rooms.contracts import Lease
from tests.integration.cloud.identity.desktops import signed_in
from tests.integration.cloud.identity.people import City, Person

_CALL = system_call("test")
_TEN_YEARS = timedelta(days=3652)
_JUMPS = [timedelta(hours=-1), timedelta(days=-1), timedelta(days=1), _TEN_YEARS]
_NAMES = ["an hour back", "a day back", "a day ahead", "ten years ahead"]


def _worker(city: City) -> Worker:
    runtime = city.api.runtime
    return Worker(runtime.units, runtime.kinds, runtime.subscriptions, 1)


def _signed_in(city: City, member: Person, secret: str) -> requests.Response:
    code = pyotp.TOTP(secret).at(city.clock.now())
    return Person(city, member.email).sign_in(code=code)


@pytest.mark.parametrize("jump", _JUMPS, ids=_NAMES)
def test_people_come_in_during_a_jump_and_after_it(city: City, jump: timedelta) -> None:
    member = city.member()
    keeper = Person(city, member.email)
    assert keeper.sign_in().status_code == 201
    city.clock.advance(jump)
    assert member.account().status_code == (401 if jump == _TEN_YEARS else 200)
    visitor = Person(city, member.email)
    assert visitor.sign_in().status_code == 201
    _worker(city)._keep()
    city.run_jobs()
    city.clock.advance(-jump)
    assert keeper.account().status_code == 200, "a session that was there before the jump is there after it"
    assert visitor.account().status_code == (401 if jump == _TEN_YEARS else 200), "it would last ten years and more"
    assert Person(city, member.email).sign_in().status_code == 201
    assert maintenance.verify_now(city.api.runtime) == 0


def test_a_code_of_the_future_keeps_nobody_out_and_one_of_the_last_hour_is_not_taken_twice(city: City) -> None:
    member = city.member()
    secret = member.add_authenticator()
    city.clock.advance(_TEN_YEARS)
    assert _signed_in(city, member, secret).status_code == 201
    city.clock.advance(-_TEN_YEARS)
    assert _signed_in(city, member, secret).status_code == 201
    assert _signed_in(city, member, secret).status_code == 401, "each code once"
    now_s = city.clock.now().timestamp()
    code = pyotp.TOTP(secret).at(city.clock.now())
    assert matching_counter(secret, code, now_s, int(now_s + 3600) // 30) is None


def test_wrong_passwords_of_the_future_slow_nobody_down(city: City) -> None:
    member = city.member()
    city.clock.advance(_TEN_YEARS)
    stranger = Person(city, member.email, password="not the right one")
    assert [stranger.sign_in().status_code for _ in range(7)][-1] == 429
    city.clock.advance(-_TEN_YEARS)
    assert Person(city, member.email).sign_in().status_code == 201


@pytest.mark.parametrize("jump", _JUMPS[:3], ids=_NAMES[:3])
def test_a_desktop_refreshes_over_a_jump(city: City, jump: timedelta) -> None:
    desktop = signed_in(city.member())
    for step in (jump, -jump):
        city.clock.advance(step)
        assert desktop.refresh().status_code == 200
        assert desktop.account() == 200


def test_a_fresh_proof_of_the_future_is_none(city: City) -> None:
    member = city.member()
    city.advance(hours=1)
    member.prove()
    city.advance(hours=-1)
    assert member.send("POST", "/v1/account/authenticator").json()["type"].endswith("step-up-needed")
    member.prove()
    assert member.send("POST", "/v1/account/authenticator").status_code == 201


def _recurring(city: City) -> set[str]:
    return {job_id.partition(":")[0] for (job_id,) in city.rows("SELECT id FROM job WHERE id LIKE '%%:%%'")}


def test_a_clock_that_jumps_ahead_removes_nobody(city: City) -> None:
    member = city.member()
    assert member.send("POST", "/v1/account/deletion").status_code == 200
    removing = {one.kind for one in city.api.runtime.kinds.recurring if one.removes}
    assert {"identity.erase", "identity.forget", "blobs.collect", "compliance.keep", "rooms.forget"} <= removing
    _worker(city)._keep()
    city.clock.advance(_TEN_YEARS)
    _worker(city)._keep()
    city.run_jobs()
    assert not _recurring(city) & removing
    assert metrics.clock_unproven._value.get() == 1
    assert city.rows("SELECT count(*) FROM account WHERE deletion_at IS NOT NULL") == [(1,)]
    city.execute("UPDATE job SET created_at = %(at)s", at=city.clock.now() - timedelta(days=1, hours=1))
    _worker(city)._keep()
    assert removing <= _recurring(city), "after a day it is the time"
    assert metrics.clock_unproven._value.get() == 0


def test_leases_that_a_wrong_clock_gave_are_over(city: City, expected_log) -> None:
    expected_log("jobs of a lost worker run again")
    units = city.api.runtime.units
    units.run(_CALL, lambda work: open_local_ticket(work, "song", TicketWish("d")))
    units.run(_CALL, lambda work: lease_store.claim(work, "song", "gone", "gone:1"))
    assert not isinstance(units.run(_CALL, lambda work: lease_store.claim(work, "song", "us", "us:1")), Lease)
    city.execute("UPDATE room SET leased_until = now() + interval '10 years'")
    assert isinstance(units.run(_CALL, lambda work: lease_store.claim(work, "song", "us", "us:1")), Lease)
    job_id = units.run(_CALL, lambda work: work.jobs.enqueue("ops.count", {}))
    held = "UPDATE job SET state = 'running', leased_by = 'gone', leased_until = now() + interval '10 years'"
    city.execute(f"{held} WHERE id = %(id)s", id=job_id)
    _worker(city)._keep()
    city.run_jobs()
    assert city.rows("SELECT state FROM job WHERE id = %(id)s", id=job_id) == [("done",)]


def test_who_asked_by_a_clock_ahead_may_ask_again(city: City) -> None:
    member = city.member()
    assert member.account().status_code == 200
    full = "UPDATE rate_limit SET tokens = 0, granted = false, at = now() + interval '10 years'"
    city.execute(full)
    assert member.account().status_code == 429
    city.execute("UPDATE rate_limit SET at = at - interval '10 seconds'")  # since the request above it stands at now
    assert member.account().status_code == 200


def test_failures_of_the_future_burn_no_budget(city: City) -> None:
    units, name = city.api.runtime.units, OBJECTIVES[0].name
    city.clock.advance(_TEN_YEARS)
    units.run(_CALL, lambda work: objective_store.record(work, {name: (1_000, 1_000)}))
    city.clock.advance(-_TEN_YEARS)
    units.run(_CALL, alerting.judge)
    assert not any(state.is_firing for state in units.run(_CALL, objective_store.states).values())
    units.run(_CALL, objective_store.forget_old)
    with psycopg.connect(city.database.owner) as connection:
        assert connection.execute("SELECT count(*) FROM objective_count").fetchone() == (0,)
